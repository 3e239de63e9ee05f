//! Prepared results of analyses: areas that can be reached within minutes along the streets.

use std::collections::BTreeMap;
use std::io;

use super::made_features::MadeFeatures;
use super::safety::fire::fire_stations;
use super::table_maker::{TableMaker, prepared};
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
use crate::geometry::feature_shapes::polygon_with_holes;
use crate::geometry::plane::PlanePoint;
use crate::tables::cell::CellValue;
use crate::tables::writer::TableWriter;
use crate::travel::isochrones::isochrone_bands;
use crate::travel::{TimeLattice, TravelMode, TravelTimes};
use crate::world::World;

/// Makers of prepared results, by layer.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        prepared("eco-07-youth-space-walk-15min", |world, table| {
            write_slow_walk(world, table, &[YOUTH_STARTUP_SPACE])
        }),
        prepared("edu-06-elementary-walk-10min", |world, table| {
            let schools = world.schools().elementary().iter().map(|school| school.at);
            write_isochrones(world, table, &number_places(schools), TravelMode::Walk, &[5, 10])
        }),
        prepared("edu-14-early-childhood-walk-5min", |world, table| {
            write_walk(world, table, &[KINDERGARTEN, DAYCARE], &[5])
        }),
        prepared("edu-18-library-walk-10min", |world, table| {
            write_walk(world, table, &[LIBRARY], &[5, 10])
        }),
        prepared("wel-06-welfare-facility-walk-15min", |world, table| {
            write_slow_walk(world, table, &[WELFARE_FACILITY])
        }),
        prepared("wel-18-meal-card-walk-5min", |world, table| {
            write_walk(world, table, &[MEAL_CARD_STORE], &[5])
        }),
        prepared("wel-21-clinic-walk-10min", write_clinic_walk),
        prepared("cit-03-park-walk-10min", |world, table| {
            write_walk(world, table, &[PARK_GREEN], &[5, 10])
        }),
        prepared("saf-18-ambulance-5min", |world, table| {
            write_isochrones(
                world,
                table,
                &number_places(fire_stations(world)?),
                TravelMode::Drive,
                &[3, 5],
            )
        }),
        prepared("saf-26-aed-reach-5min", |world, table| write_walk(world, table, &[AED], &[5])),
        prepared("adm-09-bus-walk-5min", |world, table| {
            write_walk(world, table, &[BUS_STOP], &[5])
        }),
        prepared("adm-15-kiosk-walk-10min", |world, table| {
            write_walk(world, table, &[UNMANNED_KIOSK], &[5, 10])
        }),
        prepared("com-26-living-soc-access", write_service_access),
    ];
    MAKERS
}

fn number_places(points: impl IntoIterator<Item = PlanePoint>) -> Vec<(PlanePoint, usize)> {
    points.into_iter().enumerate().map(|(i, p)| (p, i)).collect()
}

/// Positions of the places of these datasets, each with the number of its place.
///
/// Every vertex of a geometry is a position: each corner of a park's border is a gate.
/// Closed places are left out.
fn open_places(world: &World, datasets: &[TableMaker]) -> io::Result<Vec<(PlanePoint, usize)>> {
    let mut places = Vec::new();
    let mut number = 0;
    for dataset in datasets {
        let others = MadeFeatures::make(world, dataset)?;
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

fn write_walk(
    world: &World,
    table: &mut TableWriter<'_>,
    datasets: &[TableMaker],
    levels: &[i64],
) -> io::Result<()> {
    write_isochrones(world, table, &open_places(world, datasets)?, TravelMode::Walk, levels)
}

fn write_slow_walk(
    world: &World,
    table: &mut TableWriter<'_>,
    datasets: &[TableMaker],
) -> io::Result<()> {
    write_isochrones(world, table, &open_places(world, datasets)?, TravelMode::Climb, &[5, 10, 15])
}

/// Writes areas around clinics of doctors, without dentists and hospitals, as in the layer's title.
fn write_clinic_walk(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let all = MadeFeatures::make(world, &HOSPITAL_CLINIC)?;
    let clinic = |row: &usize| all.text(*row, "hos_type") == "의원";
    let rows = (0..all.rows.len()).filter(clinic);
    let points = rows.filter_map(|row| all.positions(row).first().copied());
    write_isochrones(world, table, &number_places(points), TravelMode::Walk, &[5, 10])
}

fn write_isochrones(
    world: &World,
    table: &mut TableWriter<'_>,
    places: &[(PlanePoint, usize)],
    mode: TravelMode,
    levels: &[i64],
) -> io::Result<()> {
    let network = world.network();
    let field = TimeLattice::new(network, &TravelTimes::from_places(network, places, mode));
    for band in isochrone_bands(&field, levels) {
        let counts = BTreeMap::from([("minutes", band.minutes), ("places", band.places as i64)]);
        write_area(table, &band.rings, &counts)?;
    }
    Ok(())
}

/// Adds one area; columns that `numbers` does not contain are null.
fn write_area(
    table: &mut TableWriter<'_>,
    rings: &[Vec<PlanePoint>],
    numbers: &BTreeMap<&str, i64>,
) -> io::Result<()> {
    let Some((outer, holes)) = rings.split_first() else { return Ok(()) };
    let number = |name: &str| numbers.get(name).copied().map_or(CellValue::Null, CellValue::Int);
    let cells: Vec<CellValue<'static>> =
        table.schema().columns.iter().map(|column| number(&column.name)).collect();
    table.write_row(Some(&polygon_with_holes(outer, holes)), &cells)
}

/// Datasets of the essential services, as the layer counts them.
const SERVICES: [TableMaker; 5] = [LIBRARY, SPORTS_FACILITY, PARK_GREEN, DAYCARE, WELFARE_FACILITY];

/// Maximum walking time to a service, in minutes.
const SERVICE_MINUTES: i64 = 10;

/// Writes areas by the number of kinds of service within reach.
///
/// At each corner of the lattice, the time to the `n`-th nearest kind decides whether `n`
/// kinds are reached.
fn write_service_access(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let network = world.network();
    let mut fields = Vec::new();
    for dataset in SERVICES {
        let reach =
            TravelTimes::from_places(network, &open_places(world, &[dataset])?, TravelMode::Walk);
        fields.push(TimeLattice::new(network, &reach));
    }
    let mut sorted = fields[0].clone();
    let mut times = vec![0.0; SERVICES.len()];
    // Areas where at least `n` kinds are reached, from five down to one; each
    // without the areas of more kinds is a band, as bands of minutes are.
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
        let outer = crate::travel::isochrones::contours(&sorted, SERVICE_MINUTES as f64);
        for rings in crate::travel::isochrones::band_polygons(&outer, inner) {
            let count = n as i64 + 1;
            let numbers = BTreeMap::from([
                ("minutes", SERVICE_MINUTES),
                ("services", count),
                ("score", count),
                ("places", count),
            ]);
            write_area(table, &rings, &numbers)?;
        }
        inner = outer;
    }
    Ok(())
}
