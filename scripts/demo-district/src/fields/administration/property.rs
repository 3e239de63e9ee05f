//! Public property: streets piece by piece, parks, the grounds of offices, and lots
//! that are let.

use std::io;

use crate::cell::rounded;
use crate::density::middle;
use crate::draws::jitter;
use crate::plane::{self, P, add, left, lerp, sub, unit};
use crate::rng::Rng;
use crate::shapes::polygon;
use crate::sheet::Sheet;
use crate::world::World;

/// Book value in won for each square metre where it is highest.
const DEAREST: f64 = 9_800_000.0;

struct Asset {
    kind: &'static str,
    ring: Vec<P>,
    let_out: bool,
}

pub(super) fn public_property(world: &World, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let mut rng = world.rng("public_property");
    let all = world.count(5_200);
    let mut assets = parks(world, &mut rng);
    assets.extend(grounds(world, all * 22 / 100, &mut rng));
    assets.extend(streets(world, all - assets.len().min(all)));
    assets.truncate(all);
    let legal = world.legal_dongs();
    for (k, asset) in assets.iter().enumerate() {
        let at = middle(&asset.ring);
        let area = plane::area(&asset.ring).abs();
        let (shops, _) = crate::density::hubs(at);
        let dear = 0.35 + 0.45 * shops + 0.1 * jitter(world.seed, "book value", k, 0);
        let road = if asset.kind.contains("도로") { 0.33 } else { 1.0 };
        let value = area * DEAREST * dear.clamp(0.15, 1.0) * road;
        let legal_dong = world
            .output_areas()
            .at(at)
            .map_or(legal.list[0].code, |area| legal.list[legal.of_area[area]].code);
        // Land, then main and sub number of a lot.
        let lot = format!("{legal_dong}1{:04}{:04}", 1 + k % 900, k / 900 + 1);
        sheet.row(
            Some(&polygon(&asset.ring)),
            &[
                format!("P{:06}", k + 1).into(),
                lot.into(),
                asset.kind.into(),
                rounded(area, 1).into(),
                ((value / 1000.0).round() as i64 * 1000).into(),
                asset.let_out.into(),
            ],
        )?;
    }
    Ok(())
}

/// The parks and hills, but for their rims.
fn parks(world: &World, rng: &mut Rng) -> Vec<Asset> {
    let greens = world.district.nature.greens.iter();
    let asset = |green: &crate::water::Green| {
        let mut ring = green.loop_at(0.86, rng);
        // Closed already.
        ring.pop();
        Asset { kind: "행정재산(공원)", ring, let_out: false }
    };
    greens.map(asset).collect()
}

/// Grounds of buildings: those of offices and schools, and general property.
fn grounds(world: &World, count: usize, rng: &mut Rng) -> Vec<Asset> {
    let buildings = &world.district.town.buildings;
    let mut order: Vec<usize> = (0..buildings.len()).collect();
    rng.shuffle(&mut order);
    order
        .into_iter()
        .take(count)
        .map(|i| {
            let ring = buildings[i].ring.clone();
            let kind = match buildings[i].usage {
                "업무시설" | "교육연구시설" => "행정재산(청사)",
                "근린생활시설" if rng.chance(0.4) => "행정재산(기타)",
                _ => "일반재산",
            };
            let let_out = rng.chance(if kind == "일반재산" { 0.38 } else { 0.06 });
            Asset { kind, ring, let_out }
        })
        .collect()
}

/// Pieces of side streets, as wide as they are.
fn streets(world: &World, count: usize) -> Vec<Asset> {
    let district = &world.district;
    let side = district.roads[district.main_roads..].iter().filter(|road| !road.bridge);
    let pieces = side.flat_map(|road| {
        let half = (road.width / 2.0 - 0.3).max(1.0);
        road.line.windows(2).filter(|w| plane::distance(w[0], w[1]) > 12.0).map(move |w| {
            // Short of the corner, where another street begins.
            let (a, b) = (lerp(w[0], w[1], 0.06), lerp(w[0], w[1], 0.94));
            let across = left(unit(sub(b, a)));
            let ring = vec![
                add(a, across, -half),
                add(b, across, -half),
                add(b, across, half),
                add(a, across, half),
            ];
            Asset { kind: "행정재산(도로)", ring, let_out: false }
        })
    });
    let mut pieces: Vec<Asset> = pieces.collect();
    // Evenly over the district, should there be more than are wanted.
    let step = (pieces.len() as f64 / count.max(1) as f64).max(1.0);
    let mut wanted = 0.0;
    let mut k = -1.0;
    pieces.retain(|_| {
        k += 1.0;
        let take = k >= wanted;
        if take {
            wanted += step;
        }
        take
    });
    pieces
}
