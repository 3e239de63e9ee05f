//! CCTV cameras: at street corners, along main roads, by schools and parks.

use crate::geometry::plane::{PlanePoint, add_scaled, cut_line, distance, left_normal, sub, unit};
use crate::land::dongs::DongDivision;
use crate::land::roads::Road;
use crate::land::streets::StreetLayout;
use crate::land::water::NaturalAreas;
use crate::numbers::rng::Rng;

/// Number of CCTV cameras in the district.
pub(crate) const COUNT: usize = 3_066;

/// A camera on its pole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Camera {
    /// Purpose: 방범, 어린이보호, 쓰레기무단투기, 교통 or 공원.
    pub(crate) purpose: &'static str,
    /// Year of installation.
    pub(crate) installed: i64,
    /// Whether the pole has an emergency bell.
    pub(crate) bell: bool,
    /// Position in metres.
    pub(crate) at: PlanePoint,
}

/// Places [`COUNT`] cameras.
#[must_use]
pub(crate) fn place_cameras(
    seed: u64,
    division: &DongDivision,
    nature: &NaturalAreas,
    main: &[Road],
    streets: &StreetLayout,
    schools: &[PlanePoint],
) -> Vec<Camera> {
    let mut rng = Rng::new(seed, "cameras");
    let mut places: Vec<(&'static str, PlanePoint)> = Vec::new();
    for road in main.iter().filter(|road| !road.bridge) {
        for piece in cut_line(&road.line, 170.0) {
            let side = left_normal(unit(sub(piece[piece.len() - 1], piece[0])));
            places.push(("교통", add_scaled(piece[0], side, road.width / 2.0 + 1.5)));
        }
    }
    for green in &nature.greens {
        for p in green.wavy_loop(0.6, &mut rng).iter().step_by(7) {
            places.push(("공원", *p));
        }
    }
    let mut alleys = Vec::new();
    for road in &streets.roads {
        for piece in cut_line(&road.line, 60.0).into_iter().skip(1) {
            alleys.push(("쓰레기무단투기", piece[0]));
        }
    }
    rng.shuffle(&mut alleys);
    alleys.truncate(420);
    places.extend(alleys);
    let mut corners = streets.corners.clone();
    rng.shuffle(&mut corners);
    for corner in corners {
        let near = schools.iter().any(|school| distance(*school, corner) < 160.0);
        places.push((if near { "어린이보호" } else { "방범" }, corner));
    }
    let on_land = |p: PlanePoint| division.dong_at(p).is_some() && !nature.is_wet(p, 2.0);
    places.retain(|place| on_land(place.1));
    // Corners outnumber the cameras: some have none, busy ones have two poles.
    let poles: Vec<(&'static str, PlanePoint)> = places.into_iter().take(COUNT).collect();
    let mut cameras: Vec<Camera> = (0..COUNT)
        .filter_map(|i| poles.get(i).or_else(|| poles.get(i % poles.len().max(1))))
        .map(|&(purpose, at)| Camera {
            purpose,
            installed: rng.whole(2008, 2024).max(rng.whole(2008, 2024)),
            bell: rng.chance(if purpose == "방범" { 0.3 } else { 0.1 }),
            at: [at[0] + rng.range(-2.5, 2.5), at[1] + rng.range(-2.5, 2.5)],
        })
        .collect();
    // Numbered from the north-west, row by row, as registers are.
    cameras.sort_by(|a, b| {
        let row = |c: &Camera| (-c.at[1] / 250.0).floor();
        row(a).total_cmp(&row(b)).then(a.at[0].total_cmp(&b.at[0]))
    });
    cameras
}
