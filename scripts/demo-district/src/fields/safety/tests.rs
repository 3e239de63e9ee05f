//! Reports, lights and floods lie at plausible places.

use rstest::rstest;

use crate::activity::density::DensityKind;
use crate::fields::tests::rows;
use crate::geometry::plane::{self, PlanePoint, from_degrees};
use crate::tables::cell::CellValue;
use crate::tables::schema::DatasetPart;
use crate::tables::writer::TableRow;
use crate::world::World;

fn world() -> World {
    World::new(11_200, 1.0)
}

fn at(row: &TableRow) -> PlanePoint {
    from_degrees(row.0.as_ref().unwrap().coordinates[0])
}

fn number(cell: &CellValue<'_>) -> f64 {
    match cell {
        CellValue::Int(number) => *number as f64,
        CellValue::Double(number) => *number,
        _ => f64::NAN,
    }
}

#[rstest]
#[case::reports("child_hazard_report", 15.0)]
#[case::accidents("child_accident", 40.0)]
fn children_report_and_come_to_harm_where_the_way_is_dangerous(
    #[case] dataset: &str,
    #[case] metres: f64,
) {
    let world = world();
    let (_, reports) = rows(&world, dataset, DatasetPart::Features);
    let reports: Vec<PlanePoint> = reports.iter().map(at).collect();
    let mut routes: Vec<_> = world.school_routes().iter().collect();
    routes.sort_by(|a, b| a.risk.total_cmp(&b.risk));
    let per_metre = |routes: &[&crate::society::school_routes::SchoolRoute]| {
        let near = |line: &[PlanePoint]| {
            let by = |p: &&PlanePoint| {
                line.windows(2).any(|w| plane::distance_to_segment(**p, w[0], w[1]) < metres)
            };
            reports.iter().filter(by).count() as f64
        };
        let sum: f64 = routes.iter().map(|route| near(&route.line)).sum();
        sum / routes.iter().map(|route| plane::length(&route.line)).sum::<f64>()
    };
    let quarter = routes.len() / 4;
    let (safe, risky) = (per_metre(&routes[..quarter]), per_metre(&routes[3 * quarter..]));
    assert!(risky > 2.0 * safe, "{risky} against {safe}");
}

#[test]
fn police_are_called_where_the_night_is_lively() {
    let world = world();
    let (_, calls) = rows(&world, "crime_report_grid", DatasetPart::Values);
    let cells = world.grid().cells.len();
    let last = &calls[calls.len() - cells..];
    let (mut lively, mut quiet) = ((0.0, 0.0), (0.0, 0.0));
    for (c, row) in last.iter().enumerate() {
        let night = world.density().level(DensityKind::Night, c);
        let group = if night > 0.2 { &mut lively } else { &mut quiet };
        group.0 += number(&row.1[2]);
        group.1 += 1.0;
    }
    assert!(lively.0 / lively.1 > 4.0 * quiet.0 / quiet.1, "{lively:?} {quiet:?}");
}

#[test]
fn floods_follow_the_water_and_stay_off_the_hills() {
    let world = world();
    let (_, floods) = rows(&world, "flood_trace", DatasetPart::Features);
    for row in &floods {
        let ring: Vec<PlanePoint> =
            row.0.as_ref().unwrap().coordinates.iter().map(|p| from_degrees(*p)).collect();
        for p in &ring {
            let hill = world.district.nature.green_at(*p, 0.0).is_some_and(|green| green.hill);
            assert!(!hill && !world.district.nature.in_river(*p), "{:?}", row.1[0]);
        }
        let streams = &world.district.nature.streams;
        let lines = streams.iter().flat_map(|s| s.course.windows(2));
        let gap =
            lines.map(|w| plane::distance_to_segment(ring[0], w[0], w[1])).fold(f64::MAX, f64::min);
        let ponds = world.district.nature.waters[3..].iter();
        let pond = ponds.map(|w| plane::distance(w.ring[0], ring[0])).fold(f64::MAX, f64::min);
        assert!(gap < 450.0 || pond < 500.0, "{:?} lies {gap} m from water", row.1[0]);
    }
}

#[test]
fn fires_break_out_in_winter_and_ambulances_arrive_in_minutes() {
    let world = world();
    let (_, dispatches) = rows(&world, "fire_rescue_dispatch", DatasetPart::Features);
    let month = |row: &TableRow| match &row.1[1] {
        CellValue::Text(when) => when[5..7].to_owned(),
        _ => String::new(),
    };
    let fires = |months: [&str; 3]| {
        let some = dispatches.iter().filter(|row| row.1[2] == CellValue::from("화재"));
        some.filter(|row| months.contains(&month(row).as_str())).count()
    };
    assert!(fires(["12", "01", "02"]) > fires(["06", "07", "08"]));
    let mut seconds: Vec<f64> = dispatches.iter().map(|row| number(&row.1[3])).collect();
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    assert!((150.0..400.0).contains(&median), "{median}");
}

#[test]
fn lights_stand_along_the_streets_and_differ_by_quarter() {
    let world = world();
    let roads = crate::land::streets::RoadIndex::new(&world.district.roads);
    let (_, rows) = rows(&world, "security_light", DatasetPart::Features);
    let street = rows.iter().filter(|row| row.1[1] != CellValue::from("공원등"));
    for row in street {
        assert!(roads.distance_to_kerb(at(row)) < 1.0, "{:?} stands off the street", row.1[0]);
    }
    let dark = rows.iter().filter(|row| number(&row.1[3]) < 6.0).count();
    assert!(dark > 500 && dark < rows.len() / 3, "{dark}");
}
