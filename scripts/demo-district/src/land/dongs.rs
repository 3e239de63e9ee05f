//! The district's outline and its 17 administrative dongs.
//!
//! Known facts: names, codes and rough centres of the dongs, the district's
//! bounds and area, and the rivers between dongs. The borders are made up:
//! neighbouring centres are joined to triangles, and each dong reaches half-way
//! to its neighbours. Every border is one arc that both neighbours share vertex
//! by vertex, so the dongs tile the district exactly.

use std::collections::BTreeMap;

use crate::geometry::plane::{
    self, LonLat, PlanePoint, add_scaled, distance, from_degrees, left_normal, lerp, sub, unit,
};
use crate::land::dong_facts::{DONGS, DongFacts, OUTLINE};
use crate::numbers::rng::Rng;

/// Eastern outline corner of the stretch with the Han's water inside the district.
pub(crate) const HAN_FROM: LonLat = [127.0579, 37.5309];
/// Western outline corner of the stretch that begins at [`HAN_FROM`].
pub(crate) const HAN_TO: LonLat = [127.0106, 37.5393];

/// Triangles of neighbouring dongs, with the point where their borders meet.
///
/// `None` places the point in the middle; along the rivers the point follows the water.
const MEETINGS: [([usize; 3], Option<LonLat>); 22] = [
    ([0, 3, 4], None),
    ([0, 3, 14], None),
    ([0, 4, 6], None),
    ([0, 6, 15], None),
    ([1, 2, 3], None),
    ([1, 2, 13], Some([127.0484, 37.5632])),
    ([1, 3, 14], None),
    ([2, 3, 9], Some([127.0415, 37.5537])),
    ([2, 9, 13], Some([127.0486, 37.5531])),
    ([3, 4, 5], None),
    ([3, 5, 9], Some([127.0387, 37.5521])),
    ([4, 5, 6], None),
    ([5, 6, 7], None),
    ([5, 7, 8], Some([127.0318, 37.5458])),
    ([5, 8, 9], Some([127.0364, 37.5487])),
    ([6, 7, 15], None),
    ([7, 8, 16], Some([127.0300, 37.5428])),
    ([7, 15, 16], None),
    ([8, 9, 11], None),
    ([8, 10, 11], None),
    ([9, 11, 13], Some([127.0531, 37.5517])),
    ([11, 12, 13], Some([127.0578, 37.5519])),
];

/// Borders that run in a river, with the points that the river passes between the
/// border's two meeting points, from the first dong's lower-numbered meeting onwards.
const RIVER_BORDERS: [(usize, usize, &[LonLat]); 10] = [
    (12, 13, &[[127.0608, 37.5541], [127.0648, 37.5573]]),
    (11, 13, &[]),
    (9, 13, &[]),
    (2, 9, &[[127.0450, 37.5535]]),
    (3, 9, &[]),
    (5, 9, &[]),
    (5, 8, &[]),
    (7, 8, &[]),
    (1, 13, &[[127.0474, 37.5668], [127.0440, 37.5710]]),
    (2, 13, &[[127.0500, 37.5580]]),
];

/// One dong of the made-up district.
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
    arcs: BTreeMap<(usize, usize), Vec<PlanePoint>>,
}

impl DongDivision {
    /// Generates the division from `seed`.
    #[must_use]
    pub(crate) fn new(seed: u64) -> Self {
        let (outline, parting) = draw_outline(seed);
        let arcs = draw_borders(seed, &outline, &parting);
        let dongs = (0..DONGS.len())
            .map(|i| {
                let ring = dong_ring(i, &outline, &parting, &arcs);
                Dong {
                    facts: DONGS[i],
                    centre: from_degrees(DONGS[i].centre),
                    bounds: plane::bounds(&ring),
                    ring,
                }
            })
            .collect();
        Self { outline, dongs, arcs }
    }

    /// Dong that contains `p`.
    #[must_use]
    pub(crate) fn dong_at(&self, p: PlanePoint) -> Option<usize> {
        self.dongs.iter().position(|dong| dong.contains(p))
    }

    /// The border between two dongs, in either order.
    #[must_use]
    pub(crate) fn border(&self, a: usize, b: usize) -> &[PlanePoint] {
        self.arcs.get(&(a.min(b), a.max(b))).map_or(&[], Vec::as_slice)
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

/// Outline with a vertex about every 150 m, and the vertices where borders reach the outline.
fn draw_outline(seed: u64) -> (Vec<PlanePoint>, BTreeMap<(usize, usize), usize>) {
    let mut rng = Rng::new(seed, "outline");
    let corners: Vec<PlanePoint> = OUTLINE.iter().map(|c| from_degrees([c.0, c.1])).collect();
    let [west, south, east, north] = plane::bounds(&corners);
    let extreme = |p: PlanePoint| p[0] == west || p[0] == east || p[1] == south || p[1] == north;
    let mut ring = Vec::new();
    let mut parting = BTreeMap::new();
    for (i, (a, b)) in plane::ring_sides(&corners).enumerate() {
        if let Some(pair) = OUTLINE[i].2 {
            parting.insert(pair, ring.len());
        }
        ring.push(a);
        let pieces = (distance(a, b) / 150.0).round().max(1.0);
        // No bulge beside an extreme corner: the published bounds must hold.
        let bulge = if extreme(a) || extreme(b) { 0.0 } else { 0.05 * distance(a, b) };
        for k in 1..pieces as usize {
            let middle = lerp(a, b, k as f64 / pieces);
            ring.push(add_scaled(middle, left_normal(unit(sub(b, a))), rng.range(-bulge, bulge)));
        }
    }
    (ring, parting)
}

/// Every border between two dongs, as one line between two meeting points.
fn draw_borders(
    seed: u64,
    outline: &[PlanePoint],
    parting: &BTreeMap<(usize, usize), usize>,
) -> BTreeMap<(usize, usize), Vec<PlanePoint>> {
    let centre = |i: usize| from_degrees(DONGS[i].centre);
    let mut ends: BTreeMap<(usize, usize), Vec<PlanePoint>> = BTreeMap::new();
    for ([a, b, c], at) in MEETINGS {
        let middle = lerp(lerp(centre(a), centre(b), 0.5), centre(c), 1.0 / 3.0);
        let meeting = at.map_or(middle, from_degrees);
        for pair in [(a, b), (a, c), (b, c)] {
            ends.entry(pair).or_default().push(meeting);
        }
    }
    for (pair, &vertex) in parting {
        ends.entry(*pair).or_default().push(outline[vertex]);
    }
    let mut arcs = BTreeMap::new();
    for ((a, b), ends) in ends {
        let [from, to] = ends[..] else { continue };
        let river = RIVER_BORDERS.iter().find(|r| (r.0, r.1) == (a, b));
        let arc = if let Some((_, _, through)) = river {
            let mut points = vec![from];
            points.extend(through.iter().map(|p| from_degrees(*p)));
            points.push(to);
            points
        } else {
            let mut rng = Rng::new(seed, &format!("border {a} {b}"));
            let half_way = lerp(centre(a), centre(b), 0.5);
            let mut points = vec![from];
            displace_midpoints(&mut rng, from, half_way, &mut points);
            displace_midpoints(&mut rng, half_way, to, &mut points);
            points
        };
        arcs.insert((a, b), arc);
    }
    for course in river_courses(&arcs) {
        smooth_river(&mut arcs, &course);
    }
    arcs
}

/// Replaces the straight lines of a river's borders by one smooth curve through all of them.
fn smooth_river(
    arcs: &mut BTreeMap<(usize, usize), Vec<PlanePoint>>,
    course: &[((usize, usize), bool)],
) {
    let mut points: Vec<PlanePoint> = Vec::new();
    for (pair, reversed) in course {
        let mut part = arcs[pair].clone();
        if *reversed {
            part.reverse();
        }
        points.extend(part.into_iter().skip(usize::from(!points.is_empty())));
    }
    let line = plane::smooth_line(&points, 45.0);
    for (pair, reversed) in course {
        let Some(arc) = arcs.get_mut(pair) else {
            continue;
        };
        let (mut from, mut to) = (arc[0], arc[arc.len() - 1]);
        if *reversed {
            std::mem::swap(&mut from, &mut to);
        }
        let place = |p: PlanePoint| line.iter().position(|q| *q == p).unwrap_or(0);
        let mut part = line[place(from)..=place(to)].to_vec();
        if *reversed {
            part.reverse();
        }
        *arc = part;
    }
}

/// The two rivers as chains of borders, downstream; `true` marks a border stored upstream.
fn river_courses(
    arcs: &BTreeMap<(usize, usize), Vec<PlanePoint>>,
) -> Vec<Vec<((usize, usize), bool)>> {
    [&JUNGNANG[..], &CHEONGGYE[..]]
        .into_iter()
        .map(|pairs| {
            let first_of_next = |i: usize| {
                let next = &arcs[&pairs[i + 1]];
                [next[0], next[next.len() - 1]]
            };
            pairs
                .iter()
                .enumerate()
                .map(|(i, pair)| {
                    let arc = &arcs[pair];
                    let reversed = if i + 1 < pairs.len() {
                        first_of_next(i).contains(&arc[0])
                    } else {
                        let previous = &arcs[&pairs[i - 1]];
                        let ends = [previous[0], previous[previous.len() - 1]];
                        !ends.contains(&arc[0])
                    };
                    (*pair, reversed)
                })
                .collect()
        })
        .collect()
}

/// The Jungnangcheon's borders, downstream.
pub(crate) const JUNGNANG: [(usize, usize); 8] =
    [(12, 13), (11, 13), (9, 13), (2, 9), (3, 9), (5, 9), (5, 8), (7, 8)];

/// The Cheonggyecheon's borders inside the district, downstream.
pub(crate) const CHEONGGYE: [(usize, usize); 2] = [(1, 13), (2, 13)];

/// Appends the line from `a` (excluded) to `b` by midpoint displacement.
fn displace_midpoints(rng: &mut Rng, a: PlanePoint, b: PlanePoint, points: &mut Vec<PlanePoint>) {
    let long = distance(a, b);
    if long < 60.0 {
        points.push(b);
        return;
    }
    let middle = lerp(a, b, rng.range(0.42, 0.58));
    let middle = add_scaled(middle, left_normal(unit(sub(b, a))), long * rng.range(-0.11, 0.11));
    displace_midpoints(rng, a, middle, points);
    displace_midpoints(rng, middle, b, points);
}

/// Joins a dong's borders and its part of the outline to a ring.
fn dong_ring(
    dong: usize,
    outline: &[PlanePoint],
    parting: &BTreeMap<(usize, usize), usize>,
    arcs: &BTreeMap<(usize, usize), Vec<PlanePoint>>,
) -> Vec<PlanePoint> {
    let mut parts: Vec<Vec<PlanePoint>> = arcs
        .iter()
        .filter(|((a, b), _)| *a == dong || *b == dong)
        .map(|(_, arc)| arc.clone())
        .collect();
    // Clockwise along the outline a dong begins at one parting and ends at the
    // next; of the two ways round, its own has no other parting on it.
    let mine: Vec<usize> = parting
        .iter()
        .filter(|((a, b), _)| *a == dong || *b == dong)
        .map(|(_, vertex)| *vertex)
        .collect();
    if let [p, q] = mine[..] {
        let free = |from: usize, to: usize| {
            let span = (to + outline.len() - from) % outline.len();
            parting.values().all(|v| {
                let way = (v + outline.len() - from) % outline.len();
                way == 0 || way >= span
            })
        };
        let (from, to) = if free(p, q) { (p, q) } else { (q, p) };
        parts.push(ring_part(outline, from, to));
    }
    let mut ring: Vec<PlanePoint> = parts.pop().unwrap_or_default();
    while let Some(end) = ring.last().copied() {
        let Some(next) =
            parts.iter().position(|part| part[0] == end || part[part.len() - 1] == end)
        else {
            break;
        };
        let mut part = parts.swap_remove(next);
        if part[0] != end {
            part.reverse();
        }
        ring.extend(part.into_iter().skip(1));
    }
    ring.pop();
    if plane::area(&ring) < 0.0 {
        ring.reverse();
    }
    ring
}

#[cfg(test)]
mod tests;
