//! Trade areas: outlines and quarterly values.

use std::io;

use crate::activity::density::hub_closeness;
use crate::calendar::{YearMonth, last_quarters};
use crate::geometry::feature_shapes::polygon;
use crate::geometry::plane::{LonLat, PlanePoint, distance, from_degrees};
use crate::land::outlines;
use crate::numbers::draws::{jitter, random_count};
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Number of trade areas.
const AREAS: usize = 52;

/// One trade area.
struct TradeArea {
    code: String,
    name: String,
    kind: &'static str,
    centre: PlanePoint,
    stores: f64,
}

/// The trade areas, placed where shops are densest.
fn trade_areas(world: &World) -> Vec<TradeArea> {
    let mut rng = world.rng("commercial_area");
    let markets: Vec<PlanePoint> = MARKETS.iter().map(|m| from_degrees(m.2)).take(6).collect();
    let mut middles = markets.clone();
    let mut apart = 300.0;
    while middles.len() < AREAS {
        let spot = world.places().random_shop(&world.district, &mut rng);
        if middles.iter().all(|other| distance(*other, spot.at) > apart) {
            middles.push(spot.at);
        } else {
            // The minimum distance shrinks until all areas are placed.
            apart *= 0.999;
        }
    }
    let mut names = std::collections::BTreeMap::new();
    let areas = middles.into_iter().enumerate();
    areas
        .map(|(k, middle)| {
            let (shops, _) = hub_closeness(middle);
            let market = k < markets.len();
            let kind = match market {
                true => "전통시장",
                false if shops > 0.48 => "발달상권",
                false => "골목상권",
            };
            let dong = world.district.division.dongs[world.dong_at(middle)].facts.name;
            let name = if market {
                MARKETS[k].0.to_owned()
            } else {
                let number = names.entry(dong).and_modify(|n| *n += 1).or_insert(1);
                format!("{dong} {kind} {number}")
            };
            let stores = if market { 120.0 } else { 60.0 + 320.0 * shops * shops };
            TradeArea { code: format!("3{:06}", 110_201 + k), name, kind, centre: middle, stores }
        })
        .collect()
}

pub(super) fn commercial_area(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let areas = trade_areas(world);
    let middles: Vec<PlanePoint> = areas.iter().map(|area| area.centre).collect();
    let mut rng = world.rng("commercial_area outlines");
    for (k, area) in areas.iter().enumerate() {
        let reach = 60.0 + 0.28 * area.stores;
        let ring = outlines::wavy_outline(&world.district, &middles, k, reach, 1, &mut rng);
        let cells = [(&area.code).into(), (&area.name).into(), area.kind.into()];
        table.write_row(Some(&polygon(&ring)), &cells)?;
    }
    Ok(())
}

/// Writes eight quarters of trade area values.
///
/// The change index is that of Seoul: whether open shops, and shops that closed, lasted
/// longer than elsewhere.
pub(super) fn commercial_area_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let areas = trade_areas(world);
    let mut rng = world.rng("commercial_area values");
    for (q, (quarter, end)) in last_quarters(8).into_iter().enumerate() {
        for (k, area) in areas.iter().enumerate() {
            let (shops, night) = hub_closeness(area.centre);
            let lean = jitter(world.seed, "trade areas", k, 0);
            let trend = 0.016 * (shops - 0.30) + 0.008 * lean;
            let stores = area.stores * (1.0 + trend * q as f64) * (1.0 + 0.1 * lean);
            let stores = random_count(&mut rng, stores * 0.01) + (stores * 0.99) as i64;
            // Won a quarter and store: markets sell more from less room.
            let each = match area.kind {
                "전통시장" => 68_000_000.0,
                "발달상권" => 74_000_000.0 * (1.0 + 0.4 * night),
                _ => 41_000_000.0,
            };
            let season = end.season(12, 0.05);
            let sales = stores as f64 * each * season * (1.0 + 0.6 * trend * q as f64);
            let sales = sales * rng.range(0.96, 1.05);
            let closing = (2.6 + 1.5 * night - 20.0 * trend + rng.range(-0.9, 0.9)).max(0.3);
            let now = lean + 0.35 * jitter(world.seed, "change", k, q / 2);
            let index = match (trend > 0.0, now > 0.0) {
                (true, true) => "상권확장",
                (true, false) => "다이나믹",
                (false, true) => "정체",
                (false, false) => "상권축소",
            };
            table.write_row(
                None,
                &[
                    (&area.code).into(),
                    (&quarter).into(),
                    ((sales / 1000.0).round() as i64 * 1000).into(),
                    stores.into(),
                    rounded(closing, 1).into(),
                    index.into(),
                ],
            )?;
        }
    }
    Ok(())
}

/// Market: name, type, rough longitude and latitude, stores, arcade, parking spaces if any.
type StreetMarket = (&'static str, &'static str, LonLat, i64, bool, Option<i64>);

/// The markets and shopping streets.
#[rustfmt::skip]
const MARKETS: [StreetMarket; 9] = [
    ("마장축산물시장", "전통시장", [127.0412, 37.5690], 690, true, Some(210)),
    ("뚝도시장", "전통시장", [127.0545, 37.5385], 160, true, Some(48)),
    ("금남시장", "전통시장", [127.0205, 37.5480], 110, false, Some(22)),
    ("행당시장", "전통시장", [127.0310, 37.5580], 64, false, Some(12)),
    ("용답상가시장", "전통시장", [127.0560, 37.5620], 140, true, Some(35)),
    ("도선시장", "전통시장", [127.0290, 37.5643], 72, false, Some(8)),
    ("성수 수제화거리 상점가", "상점가", [127.0560, 37.5446], 130, false, None),
    ("한양대앞 골목형상점가", "골목형상점가", [127.0440, 37.5578], 180, false, Some(16)),
    ("옥수 골목형상점가", "골목형상점가", [127.0188, 37.5415], 58, false, None),
];

pub(super) fn traditional_market(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let middles: Vec<PlanePoint> = MARKETS.iter().map(|m| from_degrees(m.2)).collect();
    let mut rng = world.rng("traditional_market");
    for (k, (name, kind, _, stores, arcade, parking)) in MARKETS.into_iter().enumerate() {
        let reach = 34.0 + 0.17 * stores as f64;
        let ring = outlines::wavy_outline(&world.district, &middles, k, reach, 2, &mut rng);
        table.write_row(
            Some(&polygon(&ring)),
            &[name.into(), kind.into(), stores.into(), arcade.into(), parking.into()],
        )?;
    }
    Ok(())
}

/// Number of knowledge-industry centres.
const CENTRES: usize = 72;

/// Writes the knowledge-industry centres: the largest buildings of work in Seongsu, and a
/// few elsewhere.
pub(super) fn knowledge_industry_center(
    world: &World,
    table: &mut TableWriter<'_>,
) -> io::Result<()> {
    let mut rng = world.rng("knowledge_industry_center");
    let buildings = &world.district.town.buildings;
    let mut works: Vec<(usize, bool)> = buildings
        .iter()
        .enumerate()
        .filter(|(_, b)| matches!(b.usage, "공장" | "업무시설"))
        .map(|(i, b)| (i, matches!(world.dong_at(b.ring[0]), 8..=11)))
        .collect();
    works.sort_by(|a, b| {
        let size = |i: usize| buildings[i].floor_area;
        size(b.0).total_cmp(&size(a.0)).then(a.0.cmp(&b.0))
    });
    let seongsu = works.iter().filter(|w| w.1).take(CENTRES - 10);
    let elsewhere = works.iter().filter(|w| !w.1).take(10);
    for (k, (i, here)) in seongsu.chain(elsewhere).enumerate() {
        let building = &buildings[*i];
        let status = match k % 12 {
            7 => "건축 중",
            11 if k > 30 => "승인",
            _ => "완공",
        };
        let finished = status == "완공";
        let first = crate::names::random_word(&mut rng);
        let kind = ["지식산업센터", "테크노타워", "아이티센터", "비즈타워"][k % 4];
        let area = if *here { "성수" } else { "성동" };
        let tenants = (building.floor_area / rng.range(150.0, 260.0)).max(3.0).round() as i64;
        let year = building.built.max(1998);
        let day = YearMonth::new(year, rng.whole(1, 12)).day(rng.whole(1, 28));
        table.write_row(
            Some(&polygon(&building.ring)),
            &[
                format!("{area} {first} {kind} {}차", k + 1).into(),
                status.into(),
                rounded(building.floor_area, 1).into(),
                finished.then_some(tenants).into(),
                finished.then(|| day.to_string()).into(),
            ],
        )?;
    }
    Ok(())
}
