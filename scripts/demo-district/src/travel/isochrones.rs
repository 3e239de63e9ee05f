//! Isochrones: areas within a number of minutes, as polygons with clean rings.
//!
//! Marching squares: in each square of the lattice the contour is a straight line between
//! the positions at which its sides pass the level. Contours of one field never cross, so
//! a band between two levels is bounded by both.

use std::collections::{BTreeMap, BTreeSet};

use super::travel_times::{LATTICE_STEP, TimeLattice};
use crate::geometry::plane::{self, PlanePoint, lerp};

/// Polygon: outer ring, then holes; open rings in metres.
pub(crate) type PolygonRings = Vec<Vec<PlanePoint>>;

/// Connected part of a band between two levels of minutes.
#[derive(Debug, Clone)]
pub(crate) struct IsochroneBand {
    /// Upper level in minutes.
    pub(crate) minutes: i64,
    /// Polygon of the part.
    pub(crate) rings: PolygonRings,
    /// Number of places that are the nearest place for some of the ground in the part.
    pub(crate) places: usize,
}

/// Minimum area of parts and holes in square metres.
///
/// Smaller ones are below the lattice's resolution.
const MIN_AREA: f64 = 1_600.0;

/// Bands of a field between ascending levels, each in connected parts.
#[must_use]
pub(crate) fn isochrone_bands(field: &TimeLattice, levels: &[i64]) -> Vec<IsochroneBand> {
    let mut bands = Vec::new();
    let mut inner: Vec<Vec<PlanePoint>> = Vec::new();
    for &minutes in levels {
        let outer = contours(field, minutes as f64);
        for rings in band_polygons(&outer, inner) {
            let places = count_owners(field, &rings);
            bands.push(IsochroneBand { minutes, rings, places });
        }
        inner = outer;
    }
    bands
}

/// Area within the `outer` contours and outside the `inner` ones.
#[must_use]
pub(crate) fn band_polygons(
    outer: &[Vec<PlanePoint>],
    inner: Vec<Vec<PlanePoint>>,
) -> Vec<PolygonRings> {
    let mut rings = outer.to_vec();
    rings.extend(inner.into_iter().map(|mut ring| {
        ring.reverse();
        ring
    }));
    group_rings(rings)
}

/// Side of a lattice square.
///
/// Column and row of its western or southern corner, and whether the side runs north.
type LatticeSide = (usize, usize, bool);

/// Contours at `level`; lower values lie on their left.
#[must_use]
pub(crate) fn contours(field: &TimeLattice, level: f64) -> Vec<Vec<PlanePoint>> {
    let value = |i: usize, j: usize| field.minutes[j * field.columns + i];
    let below = |i: usize, j: usize| value(i, j) < level;
    let mut next: BTreeMap<LatticeSide, LatticeSide> = BTreeMap::new();
    for j in 0..field.rows - 1 {
        for i in 0..field.columns - 1 {
            let corners = [below(i, j), below(i + 1, j), below(i + 1, j + 1), below(i, j + 1)];
            let count = corners.iter().filter(|corner| **corner).count();
            if count == 0 || count == 4 {
                continue;
            }
            let sides = [(i, j, false), (i + 1, j, true), (i, j + 1, false), (i, j, true)];
            // Going round counter-clockwise, a contour leaves through the side on
            // which the ground passes from above to below the level: then what is
            // below lies on its left.
            let passes = |k: usize| (corners[k], corners[(k + 1) % 4]);
            let leave: Vec<usize> = (0..4).filter(|k| passes(*k) == (false, true)).collect();
            let enter: Vec<usize> = (0..4).filter(|k| passes(*k) == (true, false)).collect();
            if let ([from], [to]) = (&enter[..], &leave[..]) {
                next.insert(sides[*from], sides[*to]);
                continue;
            }
            // Two opposite corners are below: the mean decides whether they join.
            let middle =
                (value(i, j) + value(i + 1, j) + value(i + 1, j + 1) + value(i, j + 1)) / 4.0;
            let turn = if middle < level { 1 } else { 3 };
            for from in enter {
                next.insert(sides[from], sides[(from + turn) % 4]);
            }
        }
    }
    let at = |(i, j, north): LatticeSide| {
        let (k, l) = if north { (i, j + 1) } else { (i + 1, j) };
        let (a, b) = (value(i, j), value(k, l));
        // Kept off the corners, where contours would touch; the order of levels
        // is kept.
        let t = 0.02 + 0.96 * ((level - a) / (b - a)).clamp(0.0, 1.0);
        lerp(field.at(i, j), field.at(k, l), t)
    };
    let mut rings = Vec::new();
    while let Some((&start, _)) = next.first_key_value() {
        let mut ring = Vec::new();
        let mut side = start;
        while let Some(following) = next.remove(&side) {
            ring.push(at(side));
            side = following;
        }
        if side == start && plane::area(&ring).abs() >= MIN_AREA {
            rings.push(ring);
        }
    }
    rings
}

/// Groups rings to polygons.
///
/// Counter-clockwise rings are outer rings, the others are holes of the smallest outer
/// ring around them.
fn group_rings(rings: Vec<Vec<PlanePoint>>) -> Vec<PolygonRings> {
    let (outer, holes): (Vec<_>, Vec<_>) =
        rings.into_iter().partition(|ring| plane::area(ring) > 0.0);
    let mut polygons: Vec<PolygonRings> = outer.into_iter().map(|ring| vec![ring]).collect();
    for hole in holes {
        let around = polygons.iter_mut().filter(|rings| plane::ring_contains(&rings[0], hole[0]));
        let smallest = around.min_by(|a, b| plane::area(&a[0]).total_cmp(&plane::area(&b[0])));
        if let Some(rings) = smallest {
            rings.push(hole);
        }
    }
    polygons
}

/// Number of places that are the nearest place for some of the ground in a polygon.
fn count_owners(field: &TimeLattice, rings: &PolygonRings) -> usize {
    let mut owners = BTreeSet::new();
    for j in 0..field.rows {
        let y = field.at(0, j)[1];
        let mut crossings: Vec<f64> = rings
            .iter()
            .flat_map(|ring| plane::ring_sides(ring))
            .filter(|(a, b)| (a[1] > y) != (b[1] > y))
            .map(|(a, b)| a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
            .collect();
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let column = |x: f64| ((x - field.corner[0]) / LATTICE_STEP).ceil() as usize;
            for i in column(pair[0])..column(pair[1]) {
                owners.insert(field.owner[j * field.columns + i]);
            }
        }
    }
    owners.remove(&usize::MAX);
    owners.len()
}
