//! Shelters from earthquakes, raids, heat and cold; shade at crossings and stops.

use std::io;

use crate::calendar::{Day, YearMonth, random_day};
use crate::fields::administration::offices::PUBLIC_OFFICE;
use crate::fields::facility_names::FacilityNames;
use crate::fields::made_features::MadeFeatures;
use crate::fields::transport::riders::{BUS_STOP, SUBWAY_STATION};
use crate::fields::transport::roads::CROSSWALK;
use crate::fields::welfare::facilities::SENIOR_CENTER;
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::PlanePoint;
use crate::numbers::draws::one_of;
use crate::numbers::rng::Rng;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Shelter: name, type, position, area in square metres, opening hours.
type Shelter = (String, &'static str, PlanePoint, f64, &'static str);

/// Shelters outdoors: the yards of schools and the parks.
fn outdoor_shelters(world: &World, rng: &mut Rng) -> Vec<Shelter> {
    let mut list: Vec<Shelter> = Vec::new();
    for school in &world.schools().list {
        let name = format!("{} 운동장", school.name);
        list.push((name, "지진옥외대피장소", school.at, rng.range(2_200.0, 6_800.0), "상시"));
    }
    for green in world.district.nature.greens.iter().filter(|green| !green.hill) {
        let area = 0.4 * green.reach[0] * green.reach[1];
        list.push((green.name.to_owned(), "지진옥외대피장소", green.centre, area, "상시"));
    }
    list
}

/// Shelters underground: stations, then garages of estates.
fn underground_shelters(
    world: &World,
    signs: &mut FacilityNames,
    rng: &mut Rng,
) -> io::Result<Vec<Shelter>> {
    let mut list: Vec<Shelter> = Vec::new();
    let stations = MadeFeatures::make(world, &SUBWAY_STATION)?;
    for (row, at) in stations.first_positions().into_iter().enumerate() {
        let name = format!("{} 지하대합실", stations.text(row, "stn_nm"));
        list.push((name, "민방위대피소", at, rng.range(1_800.0, 7_500.0), "상시"));
    }
    for _ in 0..101 {
        let at = world.places().random_home(&world.district, rng).at;
        let name = signs.new_name(world, rng, at, " 지하주차장");
        list.push((name, "민방위대피소", at, rng.range(420.0, 6_200.0), "상시"));
    }
    Ok(list)
}

/// Cool and warm rooms: offices of the dongs, then the old people's centres.
fn room_shelters(world: &World, rng: &mut Rng) -> io::Result<Vec<Shelter>> {
    let mut list: Vec<Shelter> = Vec::new();
    let offices = MadeFeatures::make(world, &PUBLIC_OFFICE)?;
    for (row, at) in offices.first_positions().into_iter().enumerate().take(20) {
        for kind in ["한파쉼터", "무더위쉼터"] {
            let name = format!("{} {kind}", offices.text(row, "off_nm"));
            list.push((name, kind, at, rng.range(60.0, 220.0), "09:00~18:00"));
        }
    }
    let seniors = MadeFeatures::make(world, &SENIOR_CENTER)?;
    for (row, at) in seniors.first_positions().into_iter().enumerate() {
        let name = seniors.text(row, "sc_nm");
        let hours = rng.pick(&[(3.0, "10:00~18:00"), (1.0, "10:00~21:00")], "10:00~18:00");
        if row % 5 == 0 {
            list.push((format!("{name} 한파쉼터"), "한파쉼터", at, rng.range(45.0, 150.0), hours));
        }
        list.push((format!("{name} 무더위쉼터"), "무더위쉼터", at, rng.range(45.0, 150.0), hours));
    }
    Ok(list)
}

/// Writes the shelters as features.
pub(super) fn shelter(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("shelters");
    let mut signs = FacilityNames::default();
    let mut list = outdoor_shelters(world, &mut rng);
    list.extend(underground_shelters(world, &mut signs, &mut rng)?);
    list.extend(room_shelters(world, &mut rng)?);
    let wanted = world.count(410);
    while list.len() < wanted {
        let at = world.places().random_home(&world.district, &mut rng).at;
        let name = signs.new_name(world, &mut rng, at, " 무더위쉼터");
        list.push((name, "무더위쉼터", at, rng.range(40.0, 130.0), "09:00~18:00"));
    }
    list.truncate(wanted);
    for (name, kind, at, area, hours) in list {
        // Square metres for each person: outdoors, underground, in a room.
        let room = match kind {
            "지진옥외대피장소" => 1.0,
            "민방위대피소" => 0.825,
            _ => 3.3,
        };
        let capacity = (area / room).floor() as i64;
        let cells =
            [name.into(), kind.into(), capacity.into(), rounded(area, 1).into(), hours.into()];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// Writes shade at the crossings of main roads, and smart shelters at stops.
pub(super) fn shade_smart_shelter(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("shade");
    let stops = MadeFeatures::make(world, &BUS_STOP)?.first_positions();
    let crossings = MadeFeatures::make(world, &CROSSWALK)?.first_positions();
    let pick = |rng: &mut Rng, points: &[PlanePoint]| match points.len() {
        0 => world.places().beside_main_road(&world.district, rng),
        _ => *one_of(rng, points),
    };
    for i in 0..world.count(190) {
        let kind =
            rng.pick(&[(118.0, "그늘막"), (22.0, "스마트그늘막"), (50.0, "스마트쉼터")], "그늘막");
        let at = if kind == "스마트쉼터" {
            pick(&mut rng, &stops)
        } else {
            pick(&mut rng, &crossings)
        };
        // Use grows with the number of people who pass.
        let busy = 0.3 + 1.4 * crate::activity::density::hub_closeness(at).0;
        let usual = match kind {
            "스마트쉼터" => rng.range(220.0, 640.0),
            "스마트그늘막" => rng.range(160.0, 420.0),
            _ => rng.range(90.0, 360.0),
        };
        let at = [at[0] + rng.range(-3.0, 3.0), at[1] + rng.range(-3.0, 3.0)];
        let first = if kind == "그늘막" { 2015 } else { 2020 };
        let day = random_day(&mut rng, YearMonth::new(first, 5).day(1), Day::constant(2026, 7, 20));
        let cells = [
            format!("SS{:03}", i + 1).into(),
            kind.into(),
            ((usual * busy).round() as i64).into(),
            day.to_string().into(),
        ];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}
