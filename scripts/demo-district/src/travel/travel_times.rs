//! Travel times to the nearest of several places, along the network.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::network::{StreetNetwork, nearest_on_segment};
use crate::geometry::plane::{self, PlanePoint, distance};

/// Travel mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TravelMode {
    /// On foot, at 4 km/h.
    Walk,
    /// On foot, slower on slopes.
    Climb,
    /// By emergency vehicle, at the speed of each street.
    Drive,
}

/// Walking speed in metres per minute.
pub(crate) const WALKING_SPEED: f64 = 67.0;

/// Shortest ways from places to every node.
#[derive(Debug, Clone)]
pub(crate) struct TravelTimes {
    /// Minutes from the nearest place; infinite if there is no way.
    pub(crate) minutes: Vec<f64>,
    /// Number of the nearest place.
    pub(crate) nearest_place: Vec<usize>,
    /// Last edge of the way from the nearest place; `None` at its start.
    pub(crate) via_edge: Vec<Option<usize>>,
    mode: TravelMode,
}

/// Queue entry.
///
/// The earliest first, then the lowest node, so that equal times give equal ways on every
/// machine.
#[derive(PartialEq)]
struct QueuedArrival(f64, usize);

impl Eq for QueuedArrival {}

impl Ord for QueuedArrival {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

impl PartialOrd for QueuedArrival {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl TravelTimes {
    /// Computes the ways from places.
    ///
    /// Positions with the number of their owner (a park has several gates).
    #[must_use]
    pub(crate) fn from_places(
        network: &StreetNetwork,
        places: &[(PlanePoint, usize)],
        mode: TravelMode,
    ) -> Self {
        let nodes = network.nodes.len();
        let mut reach = Self {
            minutes: vec![f64::INFINITY; nodes],
            nearest_place: vec![usize::MAX; nodes],
            via_edge: vec![None; nodes],
            mode,
        };
        let mut queue = BinaryHeap::new();
        let doors = WayIndex::new(network, mode);
        for (p, owner) in places {
            let Some((edge, at)) = doors.nearest(network, *p) else {
                continue;
            };
            for end in network.edges[edge].ends {
                let out = distance(*p, at) / WALKING_SPEED;
                let along = distance(at, network.nodes[end]);
                let minutes = out + minutes_per_metre(network, edge, mode) * along;
                if minutes < reach.minutes[end] {
                    (reach.minutes[end], reach.nearest_place[end]) = (minutes, *owner);
                    queue.push(Reverse(QueuedArrival(minutes, end)));
                }
            }
        }
        while let Some(Reverse(QueuedArrival(minutes, node))) = queue.pop() {
            if minutes > reach.minutes[node] {
                continue;
            }
            for &edge in &network.edges_at[node] {
                let next = network.other_end(edge, node);
                let there =
                    minutes + minutes_per_metre(network, edge, mode) * network.edges[edge].length;
                if there < reach.minutes[next] {
                    reach.minutes[next] = there;
                    reach.nearest_place[next] = reach.nearest_place[node];
                    reach.via_edge[next] = Some(edge);
                    queue.push(Reverse(QueuedArrival(there, next)));
                }
            }
        }
        reach
    }
}

/// Minutes per metre of an edge.
fn minutes_per_metre(network: &StreetNetwork, edge: usize, mode: TravelMode) -> f64 {
    let edge = &network.edges[edge];
    match mode {
        TravelMode::Walk if edge.walk => 1.0 / WALKING_SPEED,
        // On a slope of ten per cent an old person takes half as long again.
        TravelMode::Climb if edge.walk => (1.0 + 0.05 * edge.slope) / WALKING_SPEED,
        TravelMode::Drive if edge.drive > 0.0 => 1.0 / edge.drive,
        TravelMode::Walk | TravelMode::Climb | TravelMode::Drive => f64::INFINITY,
    }
}

/// Spatial index of ways for nearest-way queries.
#[derive(Debug, Clone)]
pub(crate) struct WayIndex {
    west: f64,
    south: f64,
    columns: usize,
    rows: usize,
    lists: Vec<Vec<usize>>,
}

/// Side of the index squares in metres.
const SQUARE_SIDE: f64 = 120.0;

impl WayIndex {
    /// Indexes the ways that this mode may use.
    #[must_use]
    pub(crate) fn new(network: &StreetNetwork, mode: TravelMode) -> Self {
        let [west, south, east, north] = plane::bounds(&network.nodes);
        let columns = ((east - west) / SQUARE_SIDE) as usize + 1;
        let rows = ((north - south) / SQUARE_SIDE) as usize + 1;
        let mut doors =
            Self { west, south, columns, rows, lists: vec![Vec::new(); columns * rows] };
        for edge in 0..network.edges.len() {
            if minutes_per_metre(network, edge, mode).is_infinite() {
                continue;
            }
            let ends = network.edges[edge].ends.map(|end| network.nodes[end]);
            let [west, south, east, north] = plane::bounds(&ends);
            let (low, high) = (doors.square([west, south]), doors.square([east, north]));
            for y in low.1..=high.1 {
                for x in low.0..=high.0 {
                    doors.lists[y * columns + x].push(edge);
                }
            }
        }
        doors
    }

    fn square(&self, p: PlanePoint) -> (usize, usize) {
        let x = ((p[0] - self.west) / SQUARE_SIDE).max(0.0) as usize;
        let y = ((p[1] - self.south) / SQUARE_SIDE).max(0.0) as usize;
        (x.min(self.columns - 1), y.min(self.rows - 1))
    }

    /// Way nearest to `p` and the position on it, within 600 m.
    #[must_use]
    pub(crate) fn nearest(
        &self,
        network: &StreetNetwork,
        p: PlanePoint,
    ) -> Option<(usize, PlanePoint)> {
        let (x, y) = self.square(p);
        let mut best: Option<(f64, usize, PlanePoint)> = None;
        for ring in 0..=5_usize {
            let (low, high) = (x.saturating_sub(ring), (x + ring).min(self.columns - 1));
            for j in y.saturating_sub(ring)..=(y + ring).min(self.rows - 1) {
                for i in low..=high {
                    if i.abs_diff(x).max(j.abs_diff(y)) != ring {
                        continue;
                    }
                    for &edge in &self.lists[j * self.columns + i] {
                        let [a, b] = network.edges[edge].ends.map(|end| network.nodes[end]);
                        let at = nearest_on_segment(p, a, b);
                        let away = distance(p, at);
                        if best.is_none_or(|best| away < best.0) {
                            best = Some((away, edge, at));
                        }
                    }
                }
            }
            // Segments in further rings are further away than this.
            if best.is_some_and(|best| best.0 <= ring as f64 * SQUARE_SIDE) {
                break;
            }
        }
        best.map(|(_, edge, at)| (edge, at))
    }
}

/// Lattice of travel times over the district.
#[derive(Debug, Clone)]
pub(crate) struct TimeLattice {
    /// South-west corner in metres.
    pub(crate) corner: PlanePoint,
    /// Number of lattice corners from west to east.
    pub(crate) columns: usize,
    /// Number of lattice corners from south to north.
    pub(crate) rows: usize,
    /// Minutes at each corner, row by row from the south-west.
    pub(crate) minutes: Vec<f64>,
    /// Nearest place of each corner.
    pub(crate) owner: Vec<usize>,
}

/// Spacing of the lattice's corners in metres.
pub(crate) const LATTICE_STEP: f64 = 25.0;

/// Distance from a way in metres up to which yards and lots belong to the way.
///
/// Ground further off takes [`OFF_WAY_MINUTES`] more.
const BESIDE_WAY: f64 = 40.0;
/// Additional minutes per metre beyond [`BESIDE_WAY`].
const OFF_WAY_MINUTES: f64 = 0.3;
/// Maximum distance from a way with a computed time.
///
/// Beyond, [`OFF_WAY_MINUTES`] makes times longer than any band.
const MAX_FROM_WAY: f64 = 110.0;

impl TimeLattice {
    /// Minutes that mean "not reached".
    pub(crate) const NEVER: f64 = 40.0;

    /// Extends the times at nodes over the ground beside the ways.
    #[must_use]
    pub(crate) fn new(network: &StreetNetwork, reach: &TravelTimes) -> Self {
        let [west, south, east, north] = plane::bounds(&network.nodes);
        let margin = 2.0 * MAX_FROM_WAY;
        let corner = [west - margin, south - margin];
        let columns = ((east - west + 2.0 * margin) / LATTICE_STEP) as usize + 2;
        let rows = ((north - south + 2.0 * margin) / LATTICE_STEP) as usize + 2;
        let size = columns * rows;
        let mut field = Self {
            corner,
            columns,
            rows,
            minutes: vec![Self::NEVER; size],
            owner: vec![usize::MAX; size],
        };
        for (i, edge) in network.edges.iter().enumerate() {
            let cost = minutes_per_metre(network, i, reach.mode);
            let [a, b] = edge.ends;
            if cost.is_infinite() || reach.minutes[a].min(reach.minutes[b]) > Self::NEVER {
                continue;
            }
            field.spread_edge(network, reach, [a, b], cost);
        }
        field
    }

    fn spread_edge(
        &mut self,
        network: &StreetNetwork,
        reach: &TravelTimes,
        [a, b]: [usize; 2],
        cost: f64,
    ) {
        let (from, to) = (network.nodes[a], network.nodes[b]);
        let [west, south, east, north] = plane::bounds(&[from, to]);
        let column = |x: f64| ((x - self.corner[0]) / LATTICE_STEP).max(0.0) as usize;
        let row = |y: f64| ((y - self.corner[1]) / LATTICE_STEP).max(0.0) as usize;
        let (first, last) =
            (column(west - MAX_FROM_WAY), column(east + MAX_FROM_WAY).min(self.columns - 1));
        for j in row(south - MAX_FROM_WAY)..=row(north + MAX_FROM_WAY).min(self.rows - 1) {
            for i in first..=last {
                let p = self.at(i, j);
                let on = nearest_on_segment(p, from, to);
                let off = distance(p, on);
                if off > MAX_FROM_WAY {
                    continue;
                }
                let by_a = reach.minutes[a] + cost * distance(from, on);
                let by_b = reach.minutes[b] + cost * distance(to, on);
                let (way, owner) = if by_a <= by_b { (by_a, a) } else { (by_b, b) };
                let minutes =
                    way + off / WALKING_SPEED + OFF_WAY_MINUTES * (off - BESIDE_WAY).max(0.0);
                let here = j * self.columns + i;
                if minutes < self.minutes[here] {
                    (self.minutes[here], self.owner[here]) = (minutes, reach.nearest_place[owner]);
                }
            }
        }
    }

    /// Position of a lattice corner in metres.
    #[must_use]
    pub(crate) fn at(&self, column: usize, row: usize) -> PlanePoint {
        [self.corner[0] + column as f64 * LATTICE_STEP, self.corner[1] + row as f64 * LATTICE_STEP]
    }
}
