//! Estates, renewal zones and zoning.

use std::collections::BTreeMap;
use std::io;

use crate::activity::density::hub_closeness;
use crate::geometry::feature_shapes::{polygon, polygon_with_holes};
use crate::geometry::plane::{self, PlanePoint, lerp};
use crate::geometry::tiling::split_polygon;
use crate::land::block_groups::{group_border, grow_block_groups};
use crate::land::buildings::UrbanFabric;
use crate::names;
use crate::numbers::rng::noise;
use crate::numbers::rounding::apportion;
use crate::numbers::rounding::rounded;
use crate::tables::cell::CellValue;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Blocks of one fabric, by number.
fn blocks_of(world: &World, fabric: UrbanFabric) -> Vec<usize> {
    let lots = world.district.town.lots.iter().filter(|lot| lot.fabric == fabric);
    let mut blocks: Vec<usize> = lots.map(|lot| lot.block).collect();
    blocks.dedup();
    blocks
}

/// Buildings of every block, as positions in the town's list.
fn buildings_by_block(world: &World) -> BTreeMap<usize, Vec<usize>> {
    let town = &world.district.town;
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (i, building) in town.buildings.iter().enumerate() {
        found.entry(town.lots[building.lot].block).or_default().push(i);
    }
    found
}

const COMPLEXES: usize = 158;

pub(super) fn apartment_complex(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("apartment_complex");
    let district = &world.district;
    let built = buildings_by_block(world);
    let slabs = blocks_of(world, UrbanFabric::Slabs);
    let slabs: Vec<usize> = slabs.into_iter().filter(|b| built.contains_key(b)).collect();
    let mut sizes = rng.clone();
    let mut groups = grow_block_groups(&district.blocks, &slabs, || sizes.whole(1, 4) as usize);
    // The smallest are single blocks of flats and no estate.
    let area = |group: &Vec<usize>| {
        let list = group.iter().flat_map(|b| &built[b]);
        list.map(|i| district.town.buildings[*i].floor_area).sum::<f64>()
    };
    groups.sort_by(|a, b| area(b).total_cmp(&area(a)).then(a.cmp(b)));
    groups.truncate(COMPLEXES);
    for (k, group) in groups.iter().enumerate() {
        let buildings: Vec<usize> = group.iter().flat_map(|b| built[b].iter().copied()).collect();
        let newest = buildings.iter().map(|i| district.town.buildings[*i].built).max();
        let approved = newest.unwrap_or(1995);
        let households = (area(group) / rng.range(95.0, 125.0)).round().max(20.0) as i64;
        let per_household = rng.range(0.55, 0.9) + 0.02 * (approved - 1990).max(0) as f64;
        let dong = district.division.dongs[district.blocks[group[0]].dong].facts.name;
        let base = dong.trim_end_matches('동').trim_end_matches(|c: char| c.is_ascii_digit());
        let maker = rng.pick(
            &[
                (1.0, "한빛"),
                (1.0, "푸른"),
                (1.0, "해솔"),
                (1.0, "가온"),
                (1.0, "늘봄"),
                (1.0, "미르"),
            ],
            "한빛",
        );
        let rings = group_border(&district.blocks, group);
        let Some((outer, holes)) = rings.split_first() else { continue };
        table.write_row(
            Some(&polygon_with_holes(outer, holes)),
            &[
                format!("A{:08}", 13_380_001 + k).into(),
                format!("{base} {maker}아파트 {}단지", k + 1).into(),
                households.into(),
                buildings.len().into(),
                approved.to_string().into(),
                rounded(per_household, 2).into(),
            ],
        )?;
    }
    Ok(())
}

const RENEWALS: usize = 41;

pub(super) fn redevelopment_zone(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("redevelopment_zone");
    let district = &world.district;
    let middle = |b: usize| lerp(district.blocks[b].corners[0], district.blocks[b].corners[2], 0.5);
    let mut houses = blocks_of(world, UrbanFabric::Houses);
    houses.extend(blocks_of(world, UrbanFabric::Works));
    // Blocks with the most need of renewal first.
    let wanted = |b: usize| noise(world.seed, "renewal", middle(b), 500.0);
    houses.sort_by(|a, b| wanted(*b).total_cmp(&wanted(*a)).then(a.cmp(b)));
    let mut sizes = rng.clone();
    let groups = grow_block_groups(&district.blocks, &houses, || sizes.whole(5, 12) as usize);
    let groups = groups.into_iter().filter(|group| group.len() > 3).take(RENEWALS);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (k, group) in groups.enumerate() {
        let dong = district.division.dongs[district.blocks[group[0]].dong].facts.name;
        let base = dong.trim_end_matches('동').trim_end_matches(|c: char| c.is_ascii_digit());
        let count = counts.entry(base).or_default();
        *count += 1;
        let rings = group_border(&district.blocks, &group);
        let Some((outer, holes)) = rings.split_first() else { continue };
        let area = plane::area(outer);
        let kind = rng.pick(
            &[(5.0, "재개발"), (2.0, "재건축"), (1.0, "도시환경정비"), (3.0, "소규모정비")],
            "재개발",
        );
        let stage = rng.pick(
            &[
                (4.0, "정비구역 지정"),
                (3.0, "추진위원회"),
                (3.0, "조합설립"),
                (2.0, "사업시행인가"),
                (2.0, "관리처분인가"),
                (1.5, "착공"),
            ],
            "조합설립",
        );
        table.write_row(
            Some(&polygon_with_holes(outer, holes)),
            &[
                format!("R{:03}", k + 1).into(),
                format!("{base}제{count}구역").into(),
                kind.into(),
                stage.into(),
                rounded(area, 0).into(),
                ((area * rng.range(0.02, 0.034)).round() as i64).into(),
            ],
        )?;
    }
    Ok(())
}

const ZONES: usize = 480;

/// Zone of an area by the fabric of its lots, its closeness to shops, and whether it is a hill.
fn zone_type(fabrics: &[UrbanFabric], shops: f64, hill: bool) -> &'static str {
    let share = |fabric: UrbanFabric| {
        let count = fabrics.iter().filter(|f| **f == fabric).count();
        count as f64 / fabrics.len().max(1) as f64
    };
    if fabrics.len() < 6 {
        "자연녹지지역"
    } else if share(UrbanFabric::Works) > 0.5 {
        "준공업지역"
    } else if shops > 0.75 {
        "일반상업지역"
    } else if shops > 0.45 {
        "준주거지역"
    } else if share(UrbanFabric::Slabs) > 0.1 {
        "제3종일반주거지역"
    } else if hill {
        "제1종일반주거지역"
    } else {
        "제2종일반주거지역"
    }
}

/// Limits of floor area and coverage in a zone, in per cent of the ground.
fn density_limits(zone: &str) -> (i64, i64) {
    match zone {
        "자연녹지지역" => (50, 20),
        "제1종일반주거지역" => (150, 60),
        "제2종일반주거지역" => (200, 60),
        "제3종일반주거지역" => (250, 50),
        "일반상업지역" => (800, 60),
        _ => (400, 60),
    }
}

pub(super) fn zoning(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let district = &world.district;
    let dongs = &district.division.dongs;
    let areas: Vec<f64> = dongs.iter().map(crate::land::dongs::Dong::area).collect();
    let mut lots: Vec<Vec<(PlanePoint, UrbanFabric)>> = vec![Vec::new(); dongs.len()];
    for lot in &district.town.lots {
        let at = lerp(lot.ring[0], lot.ring[2], 0.5);
        lots[district.blocks[lot.block].dong].push((at, lot.fabric));
    }
    let mut number = 0;
    for (d, count) in apportion(ZONES as i64, &areas).into_iter().enumerate() {
        let mut rng = world.rng(&format!("zoning {d}"));
        for ring in split_polygon(&dongs[d].ring, &[], count as usize, &mut rng) {
            number += 1;
            let inside = lots[d].iter().filter(|(p, _)| plane::ring_contains(&ring, *p));
            let fabrics: Vec<UrbanFabric> = inside.map(|lot| lot.1).collect();
            let middle = plane::bounds_centre(&ring);
            let (shops, _) = hub_closeness(middle);
            let hill = district.nature.greens.iter().any(|g| g.hill && g.contains(middle, 220.0));
            let zone = zone_type(&fabrics, shops, hill);
            let (floor_area, coverage) = density_limits(zone);
            let planned = shops > 0.35 && rng.chance(0.7);
            let plan: CellValue<'_> = if planned {
                format!("{} {} 지구단위계획구역", dongs[d].facts.name, names::random_word(&mut rng))
                    .into()
            } else {
                CellValue::Null
            };
            let cells = [
                format!("UQ{number:04}").into(),
                zone.into(),
                plan,
                CellValue::Int(floor_area),
                CellValue::Int(coverage),
            ];
            table.write_row(Some(&polygon(&ring)), &cells)?;
        }
    }
    Ok(())
}
