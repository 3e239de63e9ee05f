//! Factories, social ventures, shops under an agreement and voucher merchants.

use std::io;

use crate::activity::place_sampler::BuildingPosition;
use crate::calendar::{Day, TODAY, random_day};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::{LonLat, distance, from_degrees};
use crate::names;
use crate::numbers::draws::one_of;
use crate::numbers::rng::{Rng, noise};
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Industries: weight, group, KSIC code, mean workers, centre of the cluster.
#[rustfmt::skip]
const INDUSTRIES: [(f64, &str, &str, f64, Option<LonLat>); 8] = [
    (26.0, "수제화·가죽", "15211", 7.0, Some([127.0562, 37.5425])),
    (18.0, "인쇄·출판", "18113", 9.0, Some([127.0500, 37.5450])),
    (14.0, "의류·봉제", "14112", 8.0, Some([127.0440, 37.5500])),
    (15.0, "금속가공", "25924", 7.0, Some([127.0590, 37.5450])),
    (9.0, "기계·장비", "29299", 11.0, Some([127.0560, 37.5480])),
    (8.0, "전기·전자", "26299", 14.0, None),
    (4.0, "식품", "10799", 9.0, Some([127.0410, 37.5680])),
    (6.0, "기타 제조", "33999", 7.0, None),
];

pub(super) fn factory_registered(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("factory_registered");
    let choices = INDUSTRIES.map(|industry| (industry.0, industry));
    for _ in 0..world.count(2_350) {
        let (_, group, code, workers, heart) = rng.pick(&choices, INDUSTRIES[0]);
        let BuildingPosition { at, building } = random_factory_near(world, heart, &mut rng);
        let v = rng.unit();
        let size = 1.0 + (workers - 1.0) * (1.0 / (v * v + 0.03) - 0.97) / 7.1;
        let age = rng.unit();
        let registered = TODAY.plus(-(age * age * 12_500.0) as i64 - 3);
        let floor = world.district.town.buildings[building].floor_area;
        table.write_row(
            Some(&point(at)),
            &[
                names::random_firm(&mut rng).into(),
                code.into(),
                group.into(),
                (size.round() as i64).into(),
                // Small workshops register none.
                (!rng.chance(0.03)).then(|| rounded(floor * rng.range(0.2, 0.9), 1)).into(),
                registered.to_string().into(),
            ],
        )?;
    }
    Ok(())
}

/// A random factory, rather one near the centre of the cluster.
fn random_factory_near(world: &World, heart: Option<LonLat>, rng: &mut Rng) -> BuildingPosition {
    let mut spot = world.places().random_factory(&world.district, rng);
    let Some(heart) = heart.map(from_degrees) else { return spot };
    for _ in 0..12 {
        let far = distance(spot.at, heart) / 380.0;
        if rng.chance(1.0 / (1.0 + far * far * far)) {
            break;
        }
        spot = world.places().random_factory(&world.district, rng);
    }
    spot
}

#[rustfmt::skip]
const SECTORS: [&str; 10] = [
    "교육·돌봄", "환경·자원순환", "문화·예술", "식품·외식", "디자인·제작",
    "정보기술", "패션·수제화", "보건·복지", "주거·공간", "유통·판매",
];

pub(super) fn social_economy_org(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("social_economy_org");
    for _ in 0..world.count(520) {
        let kind = rng.pick(
            &[
                (46.0, "소셜벤처"),
                (14.0, "사회적기업"),
                (6.0, "예비사회적기업"),
                (27.0, "협동조합"),
                (3.0, "마을기업"),
                (2.0, "자활기업"),
            ],
            "소셜벤처",
        );
        // Social ventures sit around Seoul Forest, the others all over.
        let mut spot = world.places().random_workplace(&world.district, &mut rng);
        if kind == "소셜벤처" {
            for _ in 0..5 {
                let heart = from_degrees([127.0450, 37.5465]);
                if distance(spot.at, heart) < 700.0 {
                    break;
                }
                spot = world.places().random_workplace(&world.district, &mut rng);
            }
        }
        let name = match kind {
            "협동조합" => format!("{}협동조합", names::random_word(&mut rng)),
            _ => names::random_firm(&mut rng),
        };
        let v = rng.unit();
        let workers = (1.0 + 16.0 * v * v * v * v + 3.0 * rng.unit()).round() as i64;
        let since = random_day(&mut rng, Day::constant(2011, 3, 2), TODAY);
        table.write_row(
            Some(&point(spot.at)),
            &[
                name.into(),
                kind.into(),
                (*one_of(&mut rng, &SECTORS)).into(),
                // New organisations have not reported workers yet.
                (since < TODAY.plus(-90)).then_some(workers).into(),
                since.to_string().into(),
            ],
        )?;
    }
    Ok(())
}

/// Zones against displacement, and their centres.
const ZONES: [(&str, LonLat); 5] = [
    ("서울숲길", [127.0430, 37.5470]),
    ("방송대길", [127.0475, 37.5475]),
    ("상원길", [127.0490, 37.5495]),
    ("연무장길", [127.0555, 37.5420]),
    ("성수역", [127.0560, 37.5446]),
];

/// Writes agreements where rents rise in Seongsu.
///
/// Most keep the rise below the law's 5 %.
pub(super) fn win_win_store(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("win_win_store");
    for k in 0..world.count(330) {
        let mut spot = world.places().random_shop(&world.district, &mut rng);
        for _ in 0..6 {
            if matches!(world.dong_at(spot.at), 8..=11) {
                break;
            }
            spot = world.places().random_shop(&world.district, &mut rng);
        }
        let near = |zone: &(&str, LonLat)| distance(from_degrees(zone.1), spot.at);
        let zone = ZONES.iter().min_by(|a, b| near(a).total_cmp(&near(b)));
        let zone = zone.filter(|zone| near(zone) < 420.0).map_or("그 밖", |zone| zone.0);
        let kind =
            rng.pick(&[(82.0, "상생협약"), (13.0, "안심상가"), (5.0, "공공임대상가")], "상생협약");
        let pressure = 0.5 + 0.5 * noise(world.seed, "rents", spot.at, 300.0);
        let change = match kind {
            "상생협약" => 1.0 + 4.2 * pressure + rng.range(-1.4, 1.6),
            _ => rng.range(-1.0, 1.5),
        };
        let day = random_day(&mut rng, Day::constant(2016, 2, 1), TODAY);
        table.write_row(
            Some(&point(spot.at)),
            &[
                format!("{}-{:04}", day.year(), k + 1).into(),
                day.to_string().into(),
                // The first year has no earlier rent to compare with.
                (day < TODAY.plus(-365)).then(|| rounded(change, 1)).into(),
                zone.into(),
                kind.into(),
            ],
        )?;
    }
    Ok(())
}

pub(super) fn gift_voucher_merchant(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("gift_voucher_merchant");
    let sectors = [
        (34.0, ("음식점·카페", "한식")),
        (17.0, ("식료품·편의점", "소매")),
        (11.0, ("의류·잡화", "의류")),
        (13.0, ("미용·세탁", "미용")),
        (7.0, ("학원·교육", "기타")),
        (6.0, ("병원·약국", "기타")),
        (8.0, ("생활·수리", "기타")),
        (4.0, ("여가·체육", "기타")),
    ];
    for _ in 0..world.count(8_600) {
        let (sector, trade) = rng.pick(&sectors, sectors[0].1);
        let spot = world.places().random_shop(&world.district, &mut rng);
        // Most joined when the voucher began and in the epidemic's first year.
        let joined = if rng.chance(0.55) {
            random_day(&mut rng, Day::constant(2020, 1, 17), Day::constant(2020, 12, 31))
        } else {
            random_day(&mut rng, Day::constant(2021, 1, 1), TODAY)
        };
        let gone = rng.chance(0.03 + 0.018 * TODAY.days_since(joined) as f64 / 365.0);
        table.write_row(
            Some(&point(spot.at)),
            &[
                names::random_shop(&mut rng, trade).into(),
                sector.into(),
                joined.to_string().into(),
                (!gone).into(),
            ],
        )?;
    }
    Ok(())
}
