//! Prepared results of analyses: areas that can be reached within minutes along the streets.

use std::collections::BTreeMap;
use std::io;

use super::made_features::MadeFeatures;
use super::maker::{TableMaker, result};
use super::safety::fire::stations as fire_stations;
use crate::fields::administration::offices::UNMANNED_KIOSK;
use crate::fields::culture::venues::SPORTS_FACILITY;
use crate::fields::education::care::{DAYCARE, KINDERGARTEN};
use crate::fields::education::learning::LIBRARY;
use crate::fields::environment::green::PARK_GREEN;
use crate::fields::health::clinics::HOSPITAL_CLINIC;
use crate::fields::health::sites::AED;
use crate::fields::jobs::sites::YOUTH_STARTUP_SPACE;
use crate::fields::transport::riders::BUS_STOP;
use crate::fields::welfare::facilities::{MEAL_CARD_STORE, WELFARE_FACILITY};
use crate::geometry::plane::PlanePoint;
use crate::geometry::shapes::polygon_with_holes;
use crate::tables::cell::CellValue;
use crate::tables::sheet::TableWriter;
use crate::travel::contour::bands;
use crate::travel::{TimeLattice, TravelMode, TravelTimes};
use crate::world::World;

/// Sheet makers of prepared results, by layer.
#[must_use]
pub(crate) fn sheets() -> &'static [TableMaker] {
    const SHEETS: &[TableMaker] = &[
        result("eco-07-youth-space-walk-15min", |world, sheet| {
            climb(world, sheet, &[YOUTH_STARTUP_SPACE])
        }),
        result("edu-06-elementary-walk-10min", |world, sheet| {
            let schools = world.schools().elementary().iter().map(|school| school.at);
            areas(world, sheet, &numbered(schools), TravelMode::Walk, &[5, 10])
        }),
        result("edu-14-early-childhood-walk-5min", |world, sheet| {
            walk(world, sheet, &[KINDERGARTEN, DAYCARE], &[5])
        }),
        result("edu-18-library-walk-10min", |world, sheet| {
            walk(world, sheet, &[LIBRARY], &[5, 10])
        }),
        result("wel-06-welfare-facility-walk-15min", |world, sheet| {
            climb(world, sheet, &[WELFARE_FACILITY])
        }),
        result("wel-18-meal-card-walk-5min", |world, sheet| {
            walk(world, sheet, &[MEAL_CARD_STORE], &[5])
        }),
        result("wel-21-clinic-walk-10min", clinics),
        result("cit-03-park-walk-10min", |world, sheet| {
            walk(world, sheet, &[PARK_GREEN], &[5, 10])
        }),
        result("saf-18-ambulance-5min", |world, sheet| {
            areas(world, sheet, &numbered(fire_stations(world)?), TravelMode::Drive, &[3, 5])
        }),
        result("saf-26-aed-reach-5min", |world, sheet| walk(world, sheet, &[AED], &[5])),
        result("adm-09-bus-walk-5min", |world, sheet| walk(world, sheet, &[BUS_STOP], &[5])),
        result("adm-15-kiosk-walk-10min", |world, sheet| {
            walk(world, sheet, &[UNMANNED_KIOSK], &[5, 10])
        }),
        result("com-26-living-soc-access", services),
    ];
    SHEETS
}

fn numbered(points: impl IntoIterator<Item = PlanePoint>) -> Vec<(PlanePoint, usize)> {
    points.into_iter().enumerate().map(|(i, p)| (p, i)).collect()
}

/// Positions of the places of these datasets, each with the number of its place.
///
/// Every vertex of a geometry is a position: each corner of a park's border is a gate.
/// Closed places are left out.
fn places(world: &World, datasets: &[TableMaker]) -> io::Result<Vec<(PlanePoint, usize)>> {
    let mut places = Vec::new();
    let mut number = 0;
    for dataset in datasets {
        let others = MadeFeatures::of(world, dataset)?;
        for row in 0..others.rows.len() {
            let open = !matches!(others.text(row, "status"), "휴지" | "폐지" | "폐업");
            if open {
                places.extend(others.positions(row).into_iter().map(|p| (p, number)));
                number += 1;
            }
        }
    }
    Ok(places)
}

fn walk(
    world: &World,
    sheet: &mut TableWriter<'_>,
    datasets: &[TableMaker],
    levels: &[i64],
) -> io::Result<()> {
    areas(world, sheet, &places(world, datasets)?, TravelMode::Walk, levels)
}

fn climb(world: &World, sheet: &mut TableWriter<'_>, datasets: &[TableMaker]) -> io::Result<()> {
    areas(world, sheet, &places(world, datasets)?, TravelMode::Climb, &[5, 10, 15])
}

/// Writes areas around clinics of doctors, without dentists and hospitals, as in the layer's title.
fn clinics(world: &World, sheet: &mut TableWriter<'_>) -> io::Result<()> {
    let all = MadeFeatures::of(world, &HOSPITAL_CLINIC)?;
    let clinic = |row: &usize| all.text(*row, "hos_type") == "의원";
    let rows = (0..all.rows.len()).filter(clinic);
    let points = rows.filter_map(|row| all.positions(row).first().copied());
    areas(world, sheet, &numbered(points), TravelMode::Walk, &[5, 10])
}

fn areas(
    world: &World,
    sheet: &mut TableWriter<'_>,
    places: &[(PlanePoint, usize)],
    mode: TravelMode,
    levels: &[i64],
) -> io::Result<()> {
    let network = world.network();
    let field = TimeLattice::new(network, &TravelTimes::from(network, places, mode));
    for band in bands(&field, levels) {
        let counts = BTreeMap::from([("minutes", band.minutes), ("places", band.places as i64)]);
        area(sheet, &band.rings, &counts)?;
    }
    Ok(())
}

/// Adds one area; columns that `numbers` does not contain are null.
fn area(
    sheet: &mut TableWriter<'_>,
    rings: &[Vec<PlanePoint>],
    numbers: &BTreeMap<&str, i64>,
) -> io::Result<()> {
    let Some((outer, holes)) = rings.split_first() else { return Ok(()) };
    let number = |name: &str| numbers.get(name).copied().map_or(CellValue::Null, CellValue::Int);
    let cells: Vec<CellValue<'static>> =
        sheet.table().columns.iter().map(|column| number(&column.name)).collect();
    sheet.row(Some(&polygon_with_holes(outer, holes)), &cells)
}

/// Datasets of the essential services, as the layer counts them.
const SERVICES: [TableMaker; 5] = [LIBRARY, SPORTS_FACILITY, PARK_GREEN, DAYCARE, WELFARE_FACILITY];

/// Maximum walking time to a service, in minutes.
const NEAR: i64 = 10;

/// Writes areas by the number of kinds of service within reach.
///
/// At each corner of the lattice, the time to the `n`-th nearest kind decides whether `n`
/// kinds are reached.
fn services(world: &World, sheet: &mut TableWriter<'_>) -> io::Result<()> {
    let network = world.network();
    let mut fields = Vec::new();
    for dataset in SERVICES {
        let reach = TravelTimes::from(network, &places(world, &[dataset])?, TravelMode::Walk);
        fields.push(TimeLattice::new(network, &reach));
    }
    let mut sorted = fields[0].clone();
    let mut times = vec![0.0; SERVICES.len()];
    // The area where at least `n` are reached, from five down to one: what the
    // areas of more leave of it is a band like those of minutes.
    let mut levels: Vec<Vec<f64>> = vec![Vec::new(); SERVICES.len()];
    for i in 0..sorted.minutes.len() {
        for (time, field) in times.iter_mut().zip(&fields) {
            *time = field.minutes[i];
        }
        times.sort_by(f64::total_cmp);
        for (level, time) in levels.iter_mut().zip(&times) {
            level.push(*time);
        }
    }
    let mut inner = Vec::new();
    for (n, level) in levels.into_iter().enumerate().rev() {
        sorted.minutes = level;
        let outer = crate::travel::contour::contours(&sorted, NEAR as f64);
        for rings in crate::travel::contour::between(&outer, inner) {
            let count = n as i64 + 1;
            let numbers = BTreeMap::from([
                ("minutes", NEAR),
                ("services", count),
                ("score", count),
                ("places", count),
            ]);
            area(sheet, &rings, &numbers)?;
        }
        inner = outer;
    }
    Ok(())
}
