//! Schools serve catchments, and children walk to them along the streets.

use crate::fields::tests::rows;
use crate::geometry::plane::{self, PlanePoint, distance};
use crate::society::school_routes;
use crate::society::schools::ELEMENTARY_COUNT;
use crate::tables::cell::CellValue;
use crate::tables::schema::DatasetPart;
use crate::world::World;

fn world() -> World {
    World::new(11_200, 1.0)
}

#[test]
fn catchments_tile_the_district_around_their_schools() {
    let world = world();
    let (_, districts) = rows(&world, "school_district", DatasetPart::Features);
    assert_eq!(districts.len(), ELEMENTARY_COUNT);
    let mut area = 0.0;
    for (geometry, _) in &districts {
        let geometry = geometry.as_ref().unwrap();
        let ring: Vec<PlanePoint> =
            geometry.parts().next().unwrap().iter().map(|p| plane::from_degrees(*p)).collect();
        area += plane::area(&ring[1..]);
    }
    let whole = plane::area(&world.district.division.outline).abs();
    assert!((area / whole - 1.0).abs() < 1e-4, "{area} of {whole}");
    let schools = world.schools();
    for (k, school) in schools.elementary().iter().enumerate() {
        assert_eq!(schools.school_at(world.output_areas(), school.at), Some(k), "{}", school.name);
        assert!((150..1_600).contains(&school.pupils), "{}: {}", school.name, school.pupils);
    }
}

#[test]
fn there_were_more_pupils_in_the_past() {
    let world = world();
    let (_, values) = rows(&world, "school", DatasetPart::Values);
    let pupils = |year: &str| -> i64 {
        let of_year = values.iter().filter(|row| row.1[1] == CellValue::from(year));
        of_year.map(|row| if let CellValue::Int(n) = row.1[2] { n } else { 0 }).sum()
    };
    assert!(pupils("2022") > pupils("2024") && pupils("2024") > pupils("2026"));
}

#[test]
fn routes_hang_together_and_lead_to_their_school() {
    let world = world();
    let routes = world.school_routes();
    assert_eq!(routes.len(), school_routes::COUNT);
    for (i, route) in routes.iter().enumerate() {
        let start = route.line[0];
        let school = world.schools().list[route.school].at;
        let goes_on = routes.iter().enumerate().any(|(j, other)| {
            j != i && other.school == route.school && other.line.contains(&start)
        });
        assert!(goes_on || distance(start, school) < 150.0, "stretch {i} begins nowhere");
    }
    let mean = |pavement: bool| {
        let some = routes.iter().filter(|route| route.pavement == pavement);
        let risks: Vec<f64> = some.map(|route| route.risk).collect();
        risks.iter().sum::<f64>() / risks.len() as f64
    };
    assert!(mean(false) > mean(true) + 5.0);
}
