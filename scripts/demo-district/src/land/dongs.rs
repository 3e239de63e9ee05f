//! The district's outline and its 17 administrative dongs.
//!
//! The borders are those of Statistics Korea as of 2018. Neighbours share every vertex of
//! their border, so the dongs tile the district exactly.

use std::collections::{BTreeMap, BTreeSet};

use crate::geometry::plane::{self, LonLat, PlanePoint, distance, from_degrees};
use crate::land::dong_facts::{DONGS, DongFacts};

/// Outline of each dong by its code of Statistics Korea: a closed ring in degrees.
const OUTLINES: &[(&str, &[LonLat])] = include!(concat!(env!("OUT_DIR"), "/dong_outlines.rs"));

/// A dong of the district.
#[derive(Debug, Clone)]
pub(crate) struct Dong {
    /// Public facts of the dong.
    pub(crate) facts: DongFacts,
    /// Border: an open ring, counter-clockwise, in metres.
    pub(crate) ring: Vec<PlanePoint>,
    /// Centre in metres.
    pub(crate) centre: PlanePoint,
    bounds: [f64; 4],
}

impl Dong {
    fn new(facts: DongFacts) -> Self {
        let outline = OUTLINES.iter().find(|(code, _)| *code == facts.code);
        let closed = outline.map_or(&[][..], |(_, ring)| ring);
        let mut ring: Vec<PlanePoint> = closed.iter().skip(1).map(|p| from_degrees(*p)).collect();
        if plane::area(&ring) < 0.0 {
            ring.reverse();
        }
        let (centre, bounds) = (from_degrees(facts.centre), plane::bounds(&ring));
        Self { facts, ring, centre, bounds }
    }

    /// Whether `p` lies in the dong.
    #[must_use]
    pub(crate) fn contains(&self, p: PlanePoint) -> bool {
        let [west, south, east, north] = self.bounds;
        west <= p[0]
            && p[0] <= east
            && south <= p[1]
            && p[1] <= north
            && plane::ring_contains(&self.ring, p)
    }

    /// Area in square metres.
    #[must_use]
    pub(crate) fn area(&self) -> f64 {
        plane::area(&self.ring)
    }
}

/// The district divided into dongs.
#[derive(Debug, Clone)]
pub(crate) struct DongDivision {
    /// The outline: an open ring, clockwise, in metres.
    pub(crate) outline: Vec<PlanePoint>,
    /// The dongs, in the order of [`DONGS`].
    pub(crate) dongs: Vec<Dong>,
}

impl DongDivision {
    /// Division with the published borders.
    #[must_use]
    pub(crate) fn new() -> Self {
        let dongs: Vec<Dong> = DONGS.iter().map(|facts| Dong::new(*facts)).collect();
        Self { outline: outline_of(&dongs), dongs }
    }

    /// Dong that contains `p`.
    #[must_use]
    pub(crate) fn dong_at(&self, p: PlanePoint) -> Option<usize> {
        self.dongs.iter().position(|dong| dong.contains(p))
    }

    /// Part of the outline from the vertex nearest `from` to the vertex nearest `to`,
    /// clockwise.
    #[must_use]
    pub(crate) fn outline_part(&self, from: LonLat, to: LonLat) -> Vec<PlanePoint> {
        let place = |lon_lat: LonLat| {
            let p = from_degrees(lon_lat);
            let nearest =
                |a: &&PlanePoint, b: &&PlanePoint| distance(**a, p).total_cmp(&distance(**b, p));
            let vertex = self.outline.iter().min_by(nearest);
            vertex.and_then(|v| self.outline.iter().position(|o| o == v)).unwrap_or(0)
        };
        ring_part(&self.outline, place(from), place(to))
    }
}

/// Vertices of a ring from one index to another, both included.
fn ring_part(ring: &[PlanePoint], from: usize, to: usize) -> Vec<PlanePoint> {
    let count = (to + ring.len() - from) % ring.len();
    (0..=count).map(|k| ring[(from + k) % ring.len()]).collect()
}

/// Position by the bits of its coordinates: equal vertices are equal keys.
fn vertex_key(p: PlanePoint) -> [u64; 2] {
    p.map(f64::to_bits)
}

/// Outline of the dongs together, clockwise: the sides that no two dongs share.
fn outline_of(dongs: &[Dong]) -> Vec<PlanePoint> {
    let sides = || dongs.iter().flat_map(|dong| plane::ring_sides(&dong.ring));
    let shared: BTreeSet<_> = sides().map(|(a, b)| (vertex_key(b), vertex_key(a))).collect();
    let outer = sides().filter(|(a, b)| !shared.contains(&(vertex_key(*a), vertex_key(*b))));
    // Counter-clockwise, from vertex to vertex.
    let next: BTreeMap<_, PlanePoint> = outer.map(|(a, b)| (vertex_key(a), b)).collect();
    let mut ring: Vec<PlanePoint> = next.values().copied().take(1).collect();
    while let Some(follower) = ring.last().and_then(|last| next.get(&vertex_key(*last)))
        && *follower != ring[0]
        && ring.len() < next.len()
    {
        ring.push(*follower);
    }
    ring.reverse();
    ring
}

#[cfg(test)]
mod tests;
