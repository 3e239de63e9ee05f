//! Network of streets and trails: nodes at junctions and bends, edges between them.

use std::collections::BTreeMap;

use crate::geometry::plane::{self, PlanePoint, add_scaled, cross, distance, dot, sub};
use crate::land::roads::Road;
use crate::land::trails::Trail;
use crate::land::water::NaturalAreas;

/// A straight piece of way between two nodes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StreetEdge {
    /// Nodes at the ends.
    pub(crate) ends: [usize; 2],
    /// Length in metres.
    pub(crate) length: f64,
    /// Speed of cars in metres per minute; zero if cars are not allowed.
    pub(crate) drive: f64,
    /// Whether pedestrians may use the edge.
    pub(crate) walk: bool,
    /// Slope in per cent.
    pub(crate) slope: f64,
    /// Road of the edge, a position in the district's roads; `None` for trails and links.
    pub(crate) road: Option<usize>,
}

/// Network of nodes and edges.
#[derive(Debug, Clone, Default)]
pub(crate) struct StreetNetwork {
    /// Positions of junctions and bends, in metres.
    pub(crate) nodes: Vec<PlanePoint>,
    /// Straight pieces of way between nodes.
    pub(crate) edges: Vec<StreetEdge>,
    /// Edges at each node.
    pub(crate) edges_at: Vec<Vec<usize>>,
}

/// Motorways, closed to pedestrians.
const MOTORWAYS: [&str; 2] = ["강변북로", "동부간선도로"];

/// Maximum distance in metres at which the end of a street or trail is joined to the next way.
const MAX_LINK: f64 = 75.0;
/// Maximum distance in metres at which a disconnected part of the network is joined.
const MAX_PART_LINK: f64 = 260.0;

/// Straight piece of way before it is cut at crossings.
struct WayPiece {
    from: PlanePoint,
    to: PlanePoint,
    drive: f64,
    walk: bool,
    road: Option<usize>,
    cuts: Vec<PlanePoint>,
}

impl StreetNetwork {
    /// Builds the network of these roads and trails.
    #[must_use]
    pub(crate) fn new(roads: &[Road], trails: &[Trail], nature: &NaturalAreas) -> Self {
        let mut pieces = way_pieces(roads, trails);
        let squares = PieceIndex::new(&pieces);
        cut_at_crossings(&mut pieces, &squares);
        let links = join_dead_ends(&mut pieces, &squares, roads, trails, nature);
        let mut network = Self::default();
        let mut known = BTreeMap::new();
        for piece in &mut pieces {
            let (from, way) = (piece.from, sub(piece.to, piece.from));
            let along = |p: &PlanePoint| dot(sub(*p, from), way);
            piece.cuts.sort_by(|a, b| along(a).total_cmp(&along(b)));
            let stops = piece.cuts.iter().copied().chain([piece.to]);
            let mut last = network.node_at(from, &mut known);
            for stop in stops {
                let next = network.node_at(stop, &mut known);
                network.add_edge(last, next, piece.drive, piece.walk, piece.road);
                last = next;
            }
        }
        for (a, b) in links {
            let ends = [network.node_at(a, &mut known), network.node_at(b, &mut known)];
            network.add_edge(ends[0], ends[1], 200.0, true, None);
        }
        network.join_parts(nature);
        network
    }

    /// Sets the slope of every edge from the heights at its ends.
    pub(crate) fn set_slopes(&mut self, height: impl Fn(PlanePoint) -> f64) {
        let heights: Vec<f64> = self.nodes.iter().map(|p| height(*p)).collect();
        for edge in &mut self.edges {
            let [a, b] = edge.ends;
            // Short pieces would exaggerate the slope.
            let rise = (heights[a] - heights[b]).abs();
            edge.slope = (100.0 * rise / edge.length.max(15.0)).min(24.0);
        }
    }

    fn node_at(&mut self, p: PlanePoint, known: &mut BTreeMap<(i64, i64), usize>) -> usize {
        // Rounded to a tenth of a metre, so that streets share their corners.
        let key = ((p[0] * 10.0).round() as i64, (p[1] * 10.0).round() as i64);
        *known.entry(key).or_insert_with(|| {
            self.nodes.push(p);
            self.edges_at.push(Vec::new());
            self.nodes.len() - 1
        })
    }

    fn add_edge(&mut self, a: usize, b: usize, drive: f64, walk: bool, road: Option<usize>) {
        if a == b {
            return;
        }
        let length = distance(self.nodes[a], self.nodes[b]);
        let edge = self.edges.len();
        self.edges.push(StreetEdge { ends: [a, b], length, drive, walk, slope: 0.0, road });
        self.edges_at[a].push(edge);
        self.edges_at[b].push(edge);
    }

    /// Other end of an edge.
    #[must_use]
    pub(crate) fn other_end(&self, edge: usize, node: usize) -> usize {
        let [a, b] = self.edges[edge].ends;
        if a == node { b } else { a }
    }

    /// Links disconnected parts to the nearest way.
    fn join_parts(&mut self, nature: &NaturalAreas) {
        let parts = self.connected_parts();
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        for part in &parts {
            *sizes.entry(*part).or_default() += 1;
        }
        let main = sizes.iter().max_by_key(|(_, size)| **size).map_or(0, |(part, _)| *part);
        let mut bridge: BTreeMap<usize, (f64, usize, usize)> = BTreeMap::new();
        let mut squares: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
        for (i, p) in self.nodes.iter().enumerate() {
            if parts[i] == main && self.is_walkable(i) {
                squares.entry(square(*p, MAX_PART_LINK)).or_default().push(i);
            }
        }
        for (i, p) in self.nodes.iter().enumerate() {
            if parts[i] == main {
                continue;
            }
            for j in entries_around(&squares, *p, MAX_PART_LINK) {
                let away = distance(*p, self.nodes[j]);
                let best = bridge.get(&parts[i]).map_or(MAX_PART_LINK, |best| best.0);
                if away < best && is_dry_between(nature, *p, self.nodes[j]) {
                    bridge.insert(parts[i], (away, i, j));
                }
            }
        }
        for (_, i, j) in bridge.into_values() {
            self.add_edge(i, j, 200.0, true, None);
        }
    }

    fn is_walkable(&self, node: usize) -> bool {
        self.edges_at[node].iter().any(|edge| self.edges[*edge].walk)
    }

    /// Connected part of each node, named by the lowest node in the part.
    fn connected_parts(&self) -> Vec<usize> {
        let mut parts = vec![usize::MAX; self.nodes.len()];
        for start in 0..self.nodes.len() {
            if parts[start] != usize::MAX {
                continue;
            }
            parts[start] = start;
            let mut open = vec![start];
            while let Some(node) = open.pop() {
                for &edge in &self.edges_at[node] {
                    let next = self.other_end(edge, node);
                    if self.edges[edge].walk && parts[next] == usize::MAX {
                        parts[next] = start;
                        open.push(next);
                    }
                }
            }
        }
        parts
    }
}

fn way_pieces(roads: &[Road], trails: &[Trail]) -> Vec<WayPiece> {
    let mut pieces = Vec::new();
    for (i, road) in roads.iter().enumerate() {
        let motorway = MOTORWAYS.contains(&road.name.as_str());
        // Speeds of an ambulance: 70, 50, 40 and 20 km/h.
        let drive = match road.class {
            _ if motorway => 1_170.0,
            "대로" => 830.0,
            "로" => 670.0,
            _ => 330.0,
        };
        for w in road.line.windows(2) {
            let [from, to] = [w[0], w[1]];
            let cuts = Vec::new();
            pieces.push(WayPiece { from, to, drive, walk: !motorway, road: Some(i), cuts });
        }
    }
    for trail in trails {
        // A node every 20 m would be needless.
        let line: Vec<PlanePoint> = thinned(&trail.line);
        for w in line.windows(2) {
            let [from, to] = [w[0], w[1]];
            let cuts = Vec::new();
            pieces.push(WayPiece { from, to, drive: 0.0, walk: true, road: None, cuts });
        }
    }
    pieces
}

/// Every third vertex of a line, and both ends.
fn thinned(line: &[PlanePoint]) -> Vec<PlanePoint> {
    let last = line.len().saturating_sub(1);
    line.iter().enumerate().filter(|(i, _)| i % 3 == 0 || *i == last).map(|(_, p)| *p).collect()
}

/// Cuts pieces where they cross. Motorways run above and below the streets.
fn cut_at_crossings(pieces: &mut [WayPiece], squares: &PieceIndex) {
    let mut found = Vec::new();
    for list in squares.lists.values() {
        for (k, &i) in list.iter().enumerate() {
            for &j in &list[k + 1..] {
                let (a, b) = (&pieces[i], &pieces[j]);
                if a.walk == b.walk
                    && let Some(p) = crossing_point(a, b)
                {
                    found.push((i, j, p));
                }
            }
        }
    }
    for (i, j, p) in found {
        for piece in [i, j] {
            if !pieces[piece].cuts.contains(&p) {
                pieces[piece].cuts.push(p);
            }
        }
    }
}

fn crossing_point(a: &WayPiece, b: &WayPiece) -> Option<PlanePoint> {
    if !plane::segments_cross(a.from, a.to, b.from, b.to) {
        return None;
    }
    let (u, v) = (sub(a.to, a.from), sub(b.to, b.from));
    let turn = cross(u, v);
    if turn == 0.0 {
        return None;
    }
    let t = cross(sub(b.from, a.from), v) / turn;
    Some(add_scaled(a.from, u, t))
}

/// Joins dead ends of streets and trails to the next way.
///
/// Cuts that way and returns the links.
///
/// Trails are also joined at some positions along their line.
fn join_dead_ends(
    pieces: &mut [WayPiece],
    squares: &PieceIndex,
    roads: &[Road],
    trails: &[Trail],
    nature: &NaturalAreas,
) -> Vec<(PlanePoint, PlanePoint)> {
    let mut ends: Vec<PlanePoint> = Vec::new();
    for road in roads.iter().filter(|road| !MOTORWAYS.contains(&road.name.as_str())) {
        ends.extend(road.line.first());
        ends.extend(road.line.last());
    }
    for trail in trails {
        ends.extend(thinned(&trail.line).iter().step_by(3));
        ends.extend(trail.line.last());
    }
    let mut links = Vec::new();
    for end in ends {
        let mut best: Option<(f64, usize, PlanePoint)> = None;
        for i in squares.near(end) {
            let piece = &pieces[i];
            let own = piece.from == end || piece.to == end || piece.cuts.contains(&end);
            if own || !piece.walk || piece.road.is_none() {
                continue;
            }
            let p = nearest_on_segment(end, piece.from, piece.to);
            let away = distance(end, p);
            if away < best.map_or(MAX_LINK, |best| best.0) && is_dry_between(nature, end, p) {
                best = Some((away, i, p));
            }
        }
        if let Some((_, i, p)) = best {
            pieces[i].cuts.push(p);
            links.push((end, p));
        }
    }
    links
}

/// Position of a segment nearest to `p`.
#[must_use]
pub(crate) fn nearest_on_segment(p: PlanePoint, a: PlanePoint, b: PlanePoint) -> PlanePoint {
    let way = sub(b, a);
    let square = dot(way, way);
    let t = if square > 0.0 { (dot(sub(p, a), way) / square).clamp(0.0, 1.0) } else { 0.0 };
    add_scaled(a, way, t)
}

/// Whether no river lies between two positions.
fn is_dry_between(nature: &NaturalAreas, a: PlanePoint, b: PlanePoint) -> bool {
    let steps = (distance(a, b) / 10.0).ceil().max(1.0) as usize;
    (0..=steps).all(|k| !nature.in_river(plane::lerp(a, b, k as f64 / steps as f64)))
}

/// Index of pieces by squares of [`MAX_LINK`] metres.
struct PieceIndex {
    lists: BTreeMap<(i64, i64), Vec<usize>>,
}

impl PieceIndex {
    fn new(pieces: &[WayPiece]) -> Self {
        let mut lists: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
        for (i, piece) in pieces.iter().enumerate() {
            let [west, south, east, north] = plane::bounds(&[piece.from, piece.to]);
            let (low, high) = (square([west, south], MAX_LINK), square([east, north], MAX_LINK));
            for x in low.0..=high.0 {
                for y in low.1..=high.1 {
                    lists.entry((x, y)).or_default().push(i);
                }
            }
        }
        Self { lists }
    }

    fn near(&self, p: PlanePoint) -> Vec<usize> {
        let mut found: Vec<usize> = entries_around(&self.lists, p, MAX_LINK).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn square(p: PlanePoint, side: f64) -> (i64, i64) {
    ((p[0] / side).floor() as i64, (p[1] / side).floor() as i64)
}

/// Entries of the square of `p` and the eight squares around.
fn entries_around<'a>(
    squares: &'a BTreeMap<(i64, i64), Vec<usize>>,
    p: PlanePoint,
    side: f64,
) -> impl Iterator<Item = usize> + use<'a> {
    let (x, y) = square(p, side);
    let keys = (x - 1..=x + 1).flat_map(move |i| (y - 1..=y + 1).map(move |j| (i, j)));
    keys.filter_map(|key| squares.get(&key)).flatten().copied()
}
