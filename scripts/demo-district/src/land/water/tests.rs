//! Water lies where it should, and shores do not cross themselves.

use super::*;

#[test]
fn water_lies_on_three_sides_and_nowhere_in_the_middle() {
    let division = DongDivision::new();
    let nature = NaturalAreas::new(11_200, &division);
    let wet = |lon: f64, lat: f64| nature.is_wet(from_degrees([lon, lat]), 0.0);
    for (lon, lat) in [(127.03, 37.538), (127.0531, 37.5519), (127.0517, 37.558)] {
        assert!(wet(lon, lat), "{lon} {lat}");
    }
    for (i, dong) in division.dongs.iter().enumerate() {
        assert!(!nature.is_wet(dong.centre, 20.0), "centre of dong {i}");
    }
}

#[test]
fn no_shore_crosses_itself() {
    let nature = NaturalAreas::new(11_200, &DongDivision::new());
    for water in &nature.waters {
        let sides: Vec<(PlanePoint, PlanePoint)> = plane::ring_sides(&water.ring).collect();
        for (i, a) in sides.iter().enumerate() {
            for b in &sides[i + 1..] {
                let touch = a.0 == b.1 || a.1 == b.0;
                assert!(
                    touch || !plane::segments_cross(a.0, a.1, b.0, b.1),
                    "{} near {:?}",
                    water.name,
                    plane::to_degrees(a.0)
                );
            }
        }
    }
}
