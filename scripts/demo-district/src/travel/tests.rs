//! Times and areas match results worked out by hand.

use super::isochrones::{contours, isochrone_bands};
use super::*;
use crate::geometry::plane::{self, PlanePoint};
use crate::land::district::District;
use crate::land::dongs::DongDivision;
use crate::land::roads::Road;
use crate::land::water::NaturalAreas;

fn road(name: &str, line: &[PlanePoint]) -> Road {
    Road {
        name: name.to_owned(),
        english: String::new(),
        class: "길",
        width: 6.0,
        line: line.to_vec(),
        bridge: false,
    }
}

/// Crossing of two streets of 2 km, far from any river.
fn crossroads() -> StreetNetwork {
    let nature = NaturalAreas::new(1, &DongDivision::new());
    let east = road("동길", &[[-1000.0, 0.0], [1000.0, 0.0]]);
    let north = road("북길", &[[0.0, -1000.0], [0.0, 1000.0]]);
    StreetNetwork::new(&[east, north], &[], &nature)
}

#[test]
fn streets_meet_where_they_cross() {
    let network = crossroads();
    assert_eq!((network.nodes.len(), network.edges.len()), (5, 4));
    let reach = TravelTimes::from_places(&network, &[([1000.0, 0.0], 7)], TravelMode::Walk);
    let end = network.nodes.iter().position(|p| *p == [0.0, 1000.0]).unwrap();
    assert!((reach.minutes[end] - 2000.0 / 67.0).abs() < 1e-9);
    assert_eq!(reach.nearest_place[end], 7);
}

#[test]
fn a_band_is_what_lies_beside_the_ways_within_its_minutes() {
    let network = crossroads();
    let reach = TravelTimes::from_places(&network, &[([0.0, 0.0], 0)], TravelMode::Walk);
    let field = TimeLattice::new(&network, &reach);
    // Ten minutes are 670 m, less what the last steps off the street cost.
    let rings = contours(&field, 10.0);
    assert_eq!(rings.len(), 1);
    let ring = &rings[0];
    let [west, south, east, north] = plane::bounds(ring);
    for reached in [-west, -south, east, north] {
        assert!((640.0..=680.0).contains(&reached), "{reached}");
    }
    assert!(plane::area(ring) > 0.0);
    let bands = isochrone_bands(&field, &[5, 10]);
    let areas: Vec<f64> =
        bands.iter().map(|band| band.rings.iter().map(|ring| plane::area(ring)).sum()).collect();
    assert!((areas.iter().sum::<f64>() - plane::area(ring)).abs() < 1e-6);
    assert!(bands.iter().all(|band| band.places == 1));
}

#[test]
fn nearly_the_whole_district_hangs_together() {
    let district = District::new(11_200);
    let network = StreetNetwork::new(&district.roads, &district.trails, &district.nature);
    let reach = TravelTimes::from_places(&network, &[([0.0, 0.0], 0)], TravelMode::Walk);
    let walkable =
        |node: &usize| network.edges_at[*node].iter().any(|edge| network.edges[*edge].walk);
    let nodes: Vec<usize> = (0..network.nodes.len()).filter(walkable).collect();
    let reached = nodes.iter().filter(|node| reach.minutes[**node].is_finite()).count();
    assert!(reached * 100 > nodes.len() * 99, "{reached} of {}", nodes.len());
    // Nobody walks further than four times the straight way.
    for &node in &nodes {
        let straight = plane::distance(network.nodes[node], [0.0, 0.0]) / 67.0;
        let walked = reach.minutes[node];
        assert!(!walked.is_finite() || walked < 20.0 + 4.0 * straight, "{walked} {straight}");
    }
}

#[test]
fn areas_hold_the_corners_that_are_reached_and_no_others() {
    let district = District::new(11_200);
    let network = StreetNetwork::new(&district.roads, &district.trails, &district.nature);
    let places: Vec<(PlanePoint, usize)> = district.town.schools.iter().map(|p| (*p, 0)).collect();
    let reach = TravelTimes::from_places(&network, &places, TravelMode::Walk);
    let field = TimeLattice::new(&network, &reach);
    let bands = isochrone_bands(&field, &[5, 10]);
    let band_of = |p: PlanePoint| {
        let holds = |band: &&isochrones::IsochroneBand| {
            // Even-odd over all rings: a hole takes out what it holds.
            band.rings.iter().filter(|ring| plane::ring_contains(ring, p)).count() % 2 == 1
        };
        bands.iter().find(holds).map(|band| band.minutes)
    };
    let mut wrong = 0;
    let mut asked = 0;
    for (node, minutes) in reach.minutes.iter().enumerate() {
        // Within a lattice step of a level either band is right.
        let expected = match *minutes {
            m if m < 4.4 => Some(5),
            m if (5.6..9.4).contains(&m) => Some(10),
            m if m > 10.6 && m < 30.0 => None,
            _ => continue,
        };
        asked += 1;
        // A corner may lie nearer to another street than along its own.
        wrong += usize::from(band_of(network.nodes[node]) != expected);
    }
    assert!(asked > 3_000 && wrong * 20 < asked, "{wrong} of {asked}");
}
