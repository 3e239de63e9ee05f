//! Land, roads and traffic are consistent with each other.

use std::collections::BTreeMap;

use super::{rows, world};
use crate::geometry::plane::{self, PlanePoint, distance, from_degrees};
use crate::geometry::tiling::union_rings;
use crate::tables::cell::CellValue;
use crate::tables::schema::DatasetPart;
use crate::tables::writer::TableRow;

fn text(row: &TableRow, column: usize) -> &str {
    match &row.1[column] {
        CellValue::Text(text) => text,
        _ => "",
    }
}

fn number(row: &TableRow, column: usize) -> f64 {
    match &row.1[column] {
        CellValue::Int(number) => *number as f64,
        CellValue::Double(number) => *number,
        _ => f64::NAN,
    }
}

fn at(row: &TableRow) -> PlanePoint {
    from_degrees(row.0.as_ref().unwrap().coordinates[0])
}

fn area(row: &TableRow) -> f64 {
    let ring: Vec<PlanePoint> =
        row.0.as_ref().unwrap().coordinates.iter().map(|p| from_degrees(*p)).collect();
    plane::area(&ring[..ring.len() - 1]).abs()
}

#[test]
fn buildings_stand_on_their_parcels() {
    let (world, mut numbers) = (world(), std::collections::BTreeSet::new());
    let parcels = world.parcels();
    for (i, building) in world.district.town.buildings.iter().enumerate() {
        let parcel = &parcels.list[parcels.of_building[i]];
        let whole = &parcel.ring;
        let on_it = building.ring.iter().all(|p| plane::ring_contains(whole, *p));
        assert!(on_it, "building {i} leaves parcel {}", parcel.pnu);
    }
    for parcel in &parcels.list {
        assert!(parcel.pnu.len() == 19 && parcel.pnu.starts_with("11200"), "{}", parcel.pnu);
        assert!(numbers.insert(&parcel.pnu), "{} twice", parcel.pnu);
    }
}

#[test]
fn legal_dongs_and_zones_cover_the_district_without_gaps() {
    let whole = plane::area(&world().district.division.outline).abs();
    for id in ["legal_dong", "zoning"] {
        let (_, list) = rows(world(), id, DatasetPart::Features);
        let sum: f64 = list.iter().map(area).sum();
        // Vertices are rounded to a centimetre.
        assert!((sum / whole - 1.0).abs() < 1e-6, "{id}: {sum} of {whole}");
    }
    let legal = &world().legal_dongs().list;
    let joined = union_rings(legal.iter().flat_map(|dong| dong.rings.iter().map(Vec::as_slice)));
    assert_eq!(joined.len(), 1);
    let names = world().district.division.dongs.iter().map(|dong| dong.facts.name);
    let same = names.filter(|name| legal.iter().any(|dong| dong.name == *name)).count();
    assert!(same < 10, "the two divisions are nearly the same");
}

#[test]
fn links_meet_at_their_nodes_and_hang_together() {
    let links = world().links();
    for link in &links.list {
        assert_eq!(links.nodes[link.nodes[0]], link.line[0]);
        assert_eq!(links.nodes[link.nodes[1]], link.line[link.line.len() - 1]);
    }
    let mut reached = vec![false; links.nodes.len()];
    let mut open = vec![links.list[0].nodes[0]];
    let mut count = 0;
    while let Some(node) = open.pop() {
        if std::mem::replace(&mut reached[node], true) {
            continue;
        }
        count += 1;
        open.extend(links.links_at[node].iter().flat_map(|l| links.list[*l].nodes));
    }
    assert!(count * 100 > links.nodes.len() * 97, "{count} of {} nodes", links.nodes.len());
}

#[test]
fn accidents_cluster_at_crossings_of_main_roads() {
    let (_, accidents) = rows(world(), "traffic_accident", DatasetPart::Features);
    let links = world().links();
    let main: Vec<PlanePoint> = (0..links.nodes.len())
        .filter(|n| {
            let around = links.links_at[*n].iter().map(|l| links.list[*l].lanes);
            around.clone().count() > 2 && around.filter(|lanes| *lanes >= 4).count() > 1
        })
        .map(|n| links.nodes[n])
        .collect();
    let near =
        accidents.iter().filter(|row| main.iter().any(|n| distance(*n, at(row)) < 25.0)).count();
    assert!(near * 100 > accidents.len() * 40, "{near} of {}", accidents.len());
    let years: std::collections::BTreeSet<&str> =
        accidents.iter().map(|row| &text(row, 1)[..4]).collect();
    assert_eq!(years.len(), 5);
}

#[test]
fn cars_are_left_by_day_near_shops_and_more_in_autumn_than_in_winter() {
    let (_, records) = rows(world(), "illegal_parking", DatasetPart::Features);
    let mut months: BTreeMap<&str, usize> = BTreeMap::new();
    let mut hours = [0_usize; 24];
    for row in &records {
        let time = text(row, 1);
        *months.entry(&time[..7]).or_default() += 1;
        hours[time[11..13].parse::<usize>().unwrap()] += 1;
    }
    assert_eq!(months.len(), 24);
    assert!(months["2025-10"] > months["2026-01"]);
    assert!(hours[15] > 4 * hours[3]);
    let mut cells = vec![0.0; world().grid().cells.len()];
    for row in &records {
        if let Some(cell) = world().grid().at(at(row)) {
            cells[cell] += 1.0;
        }
    }
    assert!(neighbours_alike(&cells) > 0.4);
}

/// Correlation of cells with their eastern neighbours.
fn neighbours_alike(values: &[f64]) -> f64 {
    let grid = world().grid();
    let pairs: Vec<(f64, f64)> = grid
        .cells
        .iter()
        .enumerate()
        .filter_map(|(i, cell)| Some((values[i], values[grid.find(cell.east + 1, cell.north)?])))
        .collect();
    let n = pairs.len() as f64;
    let mean = |get: fn(&(f64, f64)) -> f64| pairs.iter().map(get).sum::<f64>() / n;
    let (a, b) = (mean(|p| p.0), mean(|p| p.1));
    let sum = |get: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(get).sum::<f64>();
    let both = sum(&|p| (p.0 - a) * (p.1 - b));
    let (x, y) = (sum(&|p| (p.0 - a) * (p.0 - a)), sum(&|p| (p.1 - b) * (p.1 - b)));
    both / (x * y).sqrt()
}

#[test]
fn heat_is_like_next_door_and_low_on_shores_and_hills() {
    let (_, heat) = rows(world(), "heat_surface_grid", DatasetPart::Values);
    let cells = &world().grid().cells;
    let newest: Vec<f64> =
        heat[heat.len() - cells.len()..].iter().map(|row| number(row, 2)).collect();
    assert!(neighbours_alike(&newest) > 0.8);
    let nature = &world().district.nature;
    let mean = |cool: bool| {
        let list = cells.iter().zip(&newest);
        // The grid ends at the shores, where the water cools half of a cell.
        let mine = list.filter(|(cell, _)| {
            let on_hill = nature.green_at(cell.centre, 0.0).is_some_and(|green| green.hill);
            (on_hill || nature.in_river(cell.centre)) == cool
        });
        let temperatures: Vec<f64> = mine.map(|pair| *pair.1).collect();
        temperatures.iter().sum::<f64>() / temperatures.len() as f64
    };
    assert!(mean(false) > mean(true) + 2.0);
}

#[test]
fn land_prices_rise_most_where_shops_are() {
    let (_, prices) = rows(world(), "land_price", DatasetPart::Values);
    assert_eq!(prices.len(), 29_600 * 5);
    let seongsu = from_degrees([127.0556, 37.5444]);
    let parcels: BTreeMap<&str, PlanePoint> =
        world().parcels().list.iter().map(|parcel| (parcel.pnu.as_str(), parcel.ring[0])).collect();
    let mean = |near: bool| {
        let mine = prices.iter().filter(|row| {
            text(row, 1) == "2026" && (distance(parcels[text(row, 0)], seongsu) < 350.0) == near
        });
        let rates: Vec<f64> = mine.map(|row| number(row, 3)).collect();
        rates.iter().sum::<f64>() / rates.len() as f64
    };
    assert!(mean(true) > mean(false) + 1.0);
}

#[test]
fn speeds_fall_with_the_evening_and_stations_fill_by_their_kind() {
    let (_, speeds) = rows(world(), "traffic_speed", DatasetPart::Values);
    assert_eq!(speeds.len(), 430 * 7 * 24);
    let mean = |hour: f64| {
        let mine: Vec<f64> =
            speeds.iter().filter(|r| number(r, 2) == hour).map(|r| number(r, 3)).collect();
        mine.iter().sum::<f64>() / mine.len() as f64
    };
    assert!(mean(4.0) > 1.3 * mean(18.0));
    let (_, riders) = rows(world(), "subway_station", DatasetPart::Values);
    let count = |station: &str, hour: f64, column: usize| {
        let mine = riders.iter().filter(|r| text(r, 0) == station && number(r, 2) == hour);
        mine.map(|r| number(r, column)).sum::<f64>()
    };
    // In the morning people get off at Seongsu and on at Haengdang.
    assert!(count("0211", 8.0, 4) > 1.5 * count("0211", 8.0, 3));
    assert!(count("2538", 8.0, 3) > 1.5 * count("2538", 8.0, 4));
}
