//! Datasets of base geography.

use std::collections::BTreeMap;
use std::io;

use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::{line, point, polygon, polygon_with_holes};
use crate::geometry::lines::divide_line;
use crate::geometry::plane::{self, PlanePoint};
use crate::land::district::District;
use crate::land::rails::rail_sections;
use crate::land::river_courses::{HAN_FROM, HAN_TO};
use crate::land::water::river_banks;
use crate::names;
use crate::numbers::rounding::rounded;
use crate::tables::cell::CellValue;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        features("admin_dong", admin_dong),
        features("legal_dong", legal_dong),
        features("grid_100m", grid_100m),
        features("road_centerline", road_centerline),
        features("river_water", river_water),
        features("rail_line", rail_line),
        features("address_point", address_point),
    ];
    MAKERS
}

fn admin_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for dong in &world.district.division.dongs {
        table.write_row(
            Some(&polygon(&dong.ring)),
            &[
                dong.facts.code.into(),
                dong.facts.ministry_code.into(),
                dong.facts.name.into(),
                dong.facts.english.into(),
                "11200".into(),
                "성동구".into(),
                rounded(dong.area() / 1e6, 3).into(),
            ],
        )?;
    }
    Ok(())
}

fn legal_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for dong in &world.legal_dongs().list {
        let Some((outer, holes)) = dong.rings.split_first() else { continue };
        let code = &dong.code[..8];
        let cells = [code.into(), dong.name.into(), dong.english.into()];
        table.write_row(Some(&polygon_with_holes(outer, holes)), &cells)?;
    }
    Ok(())
}

fn grid_100m(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for cell in &world.grid().cells {
        table.write_row(
            Some(&polygon(&cell.ring)),
            &[
                (&cell.id).into(),
                (cell.east * 100).into(),
                (cell.north * 100).into(),
                world.ministry_code(cell.dong).into(),
            ],
        )?;
    }
    Ok(())
}

/// Code of each road name.
///
/// The district's five digits, a digit for the class and a running number.
///
/// All segments of a road share the code.
fn road_codes(district: &District) -> BTreeMap<&str, String> {
    let mut codes = BTreeMap::new();
    for road in &district.roads {
        let class = match road.class {
            "대로" => 2_000_000,
            "로" => 3_100_000,
            _ => 4_100_000,
        };
        let number = class + codes.len() + 1;
        codes.entry(road.name.as_str()).or_insert_with(|| format!("11200{number}"));
    }
    codes
}

fn road_centerline(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let codes = road_codes(&world.district);
    for road in &world.district.roads {
        table.write_row(
            Some(&line(&road.line)),
            &[
                (&codes[road.name.as_str()]).into(),
                (&road.name).into(),
                (&road.english).into(),
                road.class.into(),
                rounded(road.width, 1).into(),
                rounded(plane::length(&road.line), 1).into(),
            ],
        )?;
    }
    Ok(())
}

/// Writes rivers in sections, as the register lists them, and whole ponds.
fn river_water(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let (nature, division) = (&world.district.nature, &world.district.division);
    let mut row = |name: &str, class: &str, mut ring: Vec<PlanePoint>| {
        if plane::area(&ring) < 0.0 {
            ring.reverse();
        }
        let cells = [name.into(), class.into(), rounded(plane::area(&ring), 0).into()];
        table.write_row(Some(&polygon(&ring)), &cells)
    };
    let south = division.outline_part(HAN_FROM, HAN_TO);
    for (north, south) in divide_line(&nature.bank, 8).into_iter().zip(divide_line(&south, 8)) {
        let mut ring = north;
        // At both ends of the district the banks meet in one vertex.
        ring.extend(south.into_iter().rev().filter(|p| !nature.bank.contains(p)));
        row("한강", "국가하천", ring)?;
    }
    for (stream, (class, sections)) in
        nature.streams.iter().zip([("국가하천", 15), ("지방하천", 9)])
    {
        let [right, left] = river_banks(stream);
        let last = right.len() - 1;
        for k in 0..sections {
            let part = k * last / sections..=(k + 1) * last / sections;
            let mut ring = right[part.clone()].to_vec();
            ring.extend(left[part].iter().rev());
            row(stream.name, class, ring)?;
        }
    }
    for water in &nature.waters[3..] {
        row(water.name, water.class, water.ring.clone())?;
    }
    Ok(())
}

fn rail_line(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for rail in rail_sections(&world.district.division) {
        let count = counts.entry(rail.line).or_default();
        *count += 1;
        table.write_row(
            Some(&line(&rail.course)),
            &[
                format!("{} {count}구간", rail.line).into(),
                rail.line.into(),
                rail.level().into(),
                rounded(plane::length(&rail.course), 1).into(),
            ],
        )?;
    }
    Ok(())
}

/// Number of entrances in the address register.
const ADDRESSES: usize = 21_500;

fn address_point(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let district = &world.district;
    let (addresses, parcels) = (world.addresses(), world.parcels());
    let codes = road_codes(district);
    let mut rng = world.rng("address_point");
    let all = district.town.buildings.len();
    for (i, building) in district.town.buildings.iter().enumerate() {
        // Annexes share the entrance of another building and get no address.
        if (i + 1) * ADDRESSES / all == i * ADDRESSES / all {
            continue;
        }
        let address = addresses.of(i);
        let road = &district.roads[address.road];
        let legal = &parcels.list[parcels.of_building[i]].pnu[..10];
        let code = &codes[road.name.as_str()][5..];
        let name: CellValue<'_> = match building.usage {
            "업무시설" => names::random_facility(&mut rng, "빌딩", 0).into(),
            "공장" => names::random_facility(&mut rng, "공장", 0).into(),
            "공동주택" if building.floors > 6 => {
                names::random_facility(&mut rng, "아파트", 0).into()
            }
            "공동주택" => names::random_facility(&mut rng, "빌라", 0).into(),
            "교육연구시설" => "학교".into(),
            _ => CellValue::Null,
        };
        let dong = world.dong_at(address.entrance);
        let zip = format!("{:05}", 4_700 + dong * 6 + i % 6);
        table.write_row(
            Some(&point(address.entrance)),
            &[
                format!("{legal}{code}0{:05}{:05}", address.main, address.sub).into(),
                (&road.name).into(),
                address.main.into(),
                address.sub.into(),
                name,
                zip.into(),
            ],
        )?;
    }
    Ok(())
}
