//! Bus, subway and bicycle: stops, stations and ridership.

use std::io;

use crate::activity::density::{DensityKind, hub_closeness};
use crate::calendar::{data_months, last_days};
use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::{
    self, PlanePoint, add_scaled, distance, from_degrees, left_normal, sub, unit,
};
use crate::land::stations::STATIONS;
use crate::names;
use crate::numbers::rng::Rng;
use crate::numbers::rounding::apportion;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Stop or station: number, name, position in metres.
type TransitStop = (String, String, PlanePoint);

const STOP_NAMES: [&str; 10] =
    ["사거리", "주민센터", "초등학교", "아파트", "우체국", "공원", "시장", "교회", "역", "입구"];

/// Bus stops on both sides of main roads open to pedestrians.
fn bus_stops(world: &World) -> Vec<TransitStop> {
    let mut rng = world.rng("bus_stop");
    let district = &world.district;
    let roads: Vec<_> = district.roads[..district.main_roads]
        .iter()
        .filter(|road| {
            !road.bridge
                && !["강변북로", "동부간선도로", "내부순환로"].contains(&road.name.as_str())
        })
        .collect();
    let wanted = world.count(470);
    let lengths: Vec<f64> = roads.iter().map(|road| plane::length(&road.line)).collect();
    let mut stops: Vec<TransitStop> = Vec::with_capacity(wanted + 1);
    for (road, count) in roads.iter().zip(apportion(wanted.div_ceil(2) as i64, &lengths)) {
        for piece in crate::geometry::lines::divide_line(&road.line, count.max(0) as usize) {
            if count == 0 {
                continue;
            }
            let middle = piece.len() / 2;
            let (a, b) = (piece[middle - 1], piece[middle]);
            let across = left_normal(unit(sub(b, a)));
            let at = plane::lerp(a, b, rng.range(0.3, 0.7));
            let suffix = STOP_NAMES[rng.whole(0, 9) as usize];
            let name = format!("{}{suffix}", names::random_word(&mut rng));
            for side in [1.0, -1.0] {
                if stops.len() < wanted {
                    let number = format!("04{:03}", stops.len() + 101);
                    stops.push((
                        number,
                        name.clone(),
                        add_scaled(at, across, side * (road.width / 2.0 + 1.2)),
                    ));
                }
            }
        }
    }
    stops
}

/// Maker of [`bus_stop`], which other datasets are drawn from.
pub(in crate::fields) const BUS_STOP: TableMaker = features("bus_stop", bus_stop);

fn bus_stop(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("bus_stop columns");
    for (id, name, at) in bus_stops(world) {
        let routes = 1 + (hub_closeness(at).0 * 7.0).round() as i64 + rng.whole(0, 4);
        let display = routes > 3 || rng.chance(0.4);
        let cells = [id.into(), name.into(), routes.into(), display.into()];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

pub(super) fn bus_stop_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for (id, _, at) in bus_stops(world) {
        let mut rng = Rng::new(world.seed, &id);
        let usual = rng.range(120.0, 420.0) + 2_400.0 * hub_closeness(at).0 * rng.range(0.5, 1.2);
        let balance = rng.range(0.85, 1.15);
        for day in last_days(28) {
            let by_day = if day.is_weekend() { 0.66 } else { 1.0 } * rng.range(0.93, 1.07);
            let on = (usual * by_day).round() as i64;
            let off = (usual * by_day * balance * rng.range(0.97, 1.03)).round() as i64;
            let cells = [(&id).into(), day.to_string().into(), on.into(), off.into()];
            table.write_row(None, &cells)?;
        }
    }
    Ok(())
}

/// Maker of [`subway_station`], which other datasets are drawn from.
pub(in crate::fields) const SUBWAY_STATION: TableMaker = features("subway_station", subway_station);

fn subway_station(_: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for (i, station) in STATIONS.into_iter().enumerate() {
        let lift = i % 8 != 5;
        let cells = [station.number.into(), station.name.into(), station.line.into(), lift.into()];
        table.write_row(Some(&point(from_degrees(station.at))), &cells)?;
    }
    Ok(())
}

/// Shares of a day's riders by hour.
///
/// From homes in the morning, from work in the evening, and out for the night.
const FROM_HOME: [f64; 24] = [
    0.3, 0.0, 0.0, 0.0, 0.1, 1.6, 4.6, 12.5, 13.0, 6.6, 4.5, 4.2, 4.3, 4.4, 4.3, 4.5, 4.9, 5.8,
    6.2, 4.3, 3.3, 3.0, 2.6, 1.2,
];
const FROM_WORK: [f64; 24] = [
    0.4, 0.0, 0.0, 0.0, 0.0, 0.4, 0.9, 1.9, 2.6, 2.5, 2.6, 3.4, 4.3, 4.9, 4.9, 5.3, 7.2, 12.5,
    16.4, 8.9, 7.2, 7.3, 5.3, 2.2,
];
const LEISURE: [f64; 24] = [
    0.9, 0.0, 0.0, 0.0, 0.0, 0.9, 1.5, 2.2, 3.0, 3.7, 4.6, 5.6, 6.6, 7.4, 7.7, 8.0, 8.2, 8.3, 8.0,
    6.9, 6.4, 6.2, 4.4, 1.6,
];

pub(super) fn subway_station_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for station in STATIONS {
        let (id, name, at) = (station.number, station.name, station.at);
        let mut rng = world.rng(&format!("subway {id}"));
        // Share of workplaces, as opposed to homes, around the station.
        let work = match name {
            "성수" | "뚝섬" => 0.8,
            "한양대" | "서울숲" | "왕십리" => 0.55,
            _ => 0.2,
        };
        let night = hub_closeness(from_degrees(at)).1.min(1.0);
        for day in last_days(28) {
            let weekend = day.is_weekend();
            let riders =
                15_500.0 * station.riders * if weekend { 0.55 + 0.35 * night } else { 1.0 };
            for hour in 0..24 {
                let mixed = |home: f64, work_share: f64| {
                    let share = if weekend {
                        LEISURE[hour]
                    } else {
                        home * FROM_HOME[hour] + work_share * FROM_WORK[hour]
                    };
                    share / 100.0
                };
                let on = riders * mixed(1.0 - work, work) * rng.range(0.94, 1.06);
                // Workers get off in the morning, residents in the evening.
                let off = riders * mixed(work, 1.0 - work) * rng.range(0.94, 1.06);
                table.write_row(
                    None,
                    &[
                        id.into(),
                        day.to_string().into(),
                        hour.into(),
                        (on.round() as i64).into(),
                        (off.round() as i64).into(),
                    ],
                )?;
            }
        }
    }
    Ok(())
}

/// Bicycle stations: at subway exits first, then along the rivers and in busy streets.
fn bike_stations(world: &World) -> Vec<TransitStop> {
    let mut rng = world.rng("bike_share_station");
    let district = &world.district;
    let mut found: Vec<TransitStop> = Vec::new();
    let add_stop = |name: String, at: PlanePoint, apart: f64, found: &mut Vec<TransitStop>| {
        let free = found.iter().all(|other| distance(other.2, at) > apart);
        if free && district.division.dong_at(at).is_some() && !district.nature.is_wet(at, 2.0) {
            found.push((format!("ST-{:04}", 501 + found.len()), name, at));
        }
    };
    for station in STATIONS {
        let at = add_scaled(from_degrees(station.at), [18.0, 14.0], 1.0);
        let name = format!("{}역({}) 출구", station.name, station.line);
        add_stop(name, at, 60.0, &mut found);
    }
    for stream in &district.nature.streams {
        let bank = plane::offset_line(&stream.course, -(stream.half_width + 16.0));
        for (k, piece) in plane::cut_line(&bank, 640.0).into_iter().enumerate() {
            add_stop(format!("{} 나들목 {}", stream.name, k + 1), piece[0], 150.0, &mut found);
        }
    }
    let wanted = world.count(108);
    for attempt in 0..40_000_usize {
        if found.len() >= wanted {
            break;
        }
        let shop = rng.chance(0.5);
        let places = world.places();
        let at = if shop {
            let spot = places.random_shop(district, &mut rng);
            world.addresses().of(spot.building).entrance
        } else {
            places.beside_main_road(district, &mut rng)
        };
        let suffix = STOP_NAMES[rng.whole(0, 9) as usize];
        let name = format!("{}{suffix} 앞", names::random_word(&mut rng));
        add_stop(name, at, 210.0 / (1.0 + (attempt / 4_000) as f64 * 0.3), &mut found);
    }
    found.truncate(wanted);
    found
}

pub(super) fn bike_share_station(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("bike docks");
    for (id, name, at) in bike_stations(world) {
        let docks = rng.whole(7, 14) + (hub_closeness(at).0 * 12.0).round() as i64;
        table.write_row(Some(&point(at)), &[id.into(), name.into(), docks.into()])?;
    }
    Ok(())
}

pub(super) fn bike_share_station_values(
    world: &World,
    table: &mut TableWriter<'_>,
) -> io::Result<()> {
    let mut rng = world.rng("bike trips");
    let stations = bike_stations(world);
    let months = data_months();
    for (from, _, here) in &stations {
        // People ride a kilometre or two, mostly to busy places.
        let mut pulls: Vec<(f64, usize)> = stations
            .iter()
            .enumerate()
            .map(|(k, (_, _, there))| {
                let far = distance(*here, *there) / 1_100.0;
                (far * (0.35 + hub_closeness(*there).0) / (0.15 + far * far * far), k)
            })
            .collect();
        pulls.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        pulls.truncate(26);
        let all: f64 = pulls.iter().map(|pull| pull.0).sum();
        let usual = rng.range(500.0, 1_000.0) + 2_600.0 * hub_closeness(*here).0;
        for (k, month) in months.iter().enumerate() {
            // Trips peak in spring and autumn and are few in winter and in the rains.
            let season = month.season(6, 0.34) * if month.month() == 7 { 0.8 } else { 1.0 };
            let growth = 1.0 + 0.006 * k as f64;
            let label = month.to_string();
            for (pull, to) in &pulls {
                let trips = usual * season * growth * pull / all * rng.range(0.8, 1.2);
                let trips = trips.round() as i64;
                if trips > 0 {
                    let to = &stations[*to].0;
                    table.write_row(
                        None,
                        &[from.into(), to.into(), (&label).into(), trips.into()],
                    )?;
                }
            }
        }
    }
    Ok(())
}

/// Other districts of Seoul and the surrounding province, by the Interior Ministry's
/// codes, with their share of trips.
const OTHER_DISTRICTS: [(&str, f64); 25] = [
    ("1111000000", 0.9),
    ("1114000000", 1.5),
    ("1117000000", 0.8),
    ("1121500000", 1.9),
    ("1123000000", 1.7),
    ("1126000000", 0.8),
    ("1129000000", 0.9),
    ("1130500000", 0.4),
    ("1132000000", 0.4),
    ("1135000000", 0.7),
    ("1138000000", 0.4),
    ("1141000000", 0.4),
    ("1144000000", 0.6),
    ("1147000000", 0.2),
    ("1150000000", 0.3),
    ("1153000000", 0.2),
    ("1154500000", 0.2),
    ("1156000000", 0.5),
    ("1159000000", 0.4),
    ("1162000000", 0.4),
    ("1165000000", 0.9),
    ("1168000000", 2.4),
    ("1171000000", 1.3),
    ("1174000000", 0.6),
    ("4100000000", 2.2),
];

/// Origin, destination, and a day's trips to work and home.
type TravelPair = (&'static str, &'static str, f64, f64);

/// Pairs of dongs, and of dongs with other districts in both directions.
fn travel_pairs(world: &World) -> Vec<TravelPair> {
    let dongs = &world.district.division.dongs;
    let mut work = vec![0.0; dongs.len()];
    for (cell, share) in world.grid().cells.iter().zip(world.density().shares(DensityKind::Work)) {
        work[cell.dong] += share * dongs.len() as f64;
    }
    let homes: Vec<f64> =
        world.district.residents.iter().map(|r| r.total as f64 / 16_500.0).collect();
    let mut pairs = Vec::new();
    for (a, from) in dongs.iter().enumerate() {
        for (b, to) in dongs.iter().enumerate().filter(|(b, _)| *b != a) {
            let far = distance(from.centre, to.centre) / 1_500.0;
            let pull = 170.0 / (0.5 + far * far);
            let out = pull * homes[a] * work[b];
            let back = pull * homes[b] * work[a];
            pairs.push((from.facts.ministry_code, to.facts.ministry_code, out, back));
        }
        for (code, share) in OTHER_DISTRICTS {
            let own = from.facts.ministry_code;
            let (inward, outward) = (420.0 * share * work[a], 300.0 * share * homes[a]);
            pairs.push((code, own, inward, outward));
            pairs.push((own, code, outward, inward));
        }
    }
    pairs
}

pub(super) fn od_travel_flow(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("od_travel_flow");
    let pairs = travel_pairs(world);
    for month in data_months() {
        let label = month.to_string();
        let season = if matches!(month.month(), 1 | 2 | 8) { 0.94 } else { 1.0 };
        for (from, to, out, back) in &pairs {
            let own = season * rng.range(0.96, 1.04);
            for hour in 5..24 {
                let morning = out * FROM_HOME[hour] / 100.0;
                let evening = back * FROM_WORK[hour] / 100.0;
                let trips = ((morning + evening) * own).round() as i64;
                if trips == 0 {
                    continue;
                }
                let purpose = match hour {
                    6..=9 if morning > 0.6 * evening => "출근",
                    8..=9 => "등교",
                    17..=23 if evening > 0.6 * morning => "귀가",
                    _ => "기타",
                };
                let cells = [
                    (*from).into(),
                    (*to).into(),
                    (&label).into(),
                    hour.into(),
                    trips.into(),
                    purpose.into(),
                ];
                table.write_row(None, &cells)?;
            }
        }
    }
    Ok(())
}
