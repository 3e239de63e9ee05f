//! Road network for routing: links between nodes.

use std::collections::BTreeMap;

use crate::geometry::lines::{LineFeature, fit_to_count};
use crate::geometry::plane::{self, PlanePoint, distance};
use crate::land::district::District;
use crate::land::height::ground_height;
use crate::land::roads::Road;
use crate::travel::StreetNetwork;

/// Number of links in the district.
pub(crate) const COUNT: usize = 6_200;

/// A stretch of road between two nodes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RoadLink {
    /// Nodes at the ends, numbered from 0.
    pub(crate) nodes: [usize; 2],
    /// Line in metres.
    pub(crate) line: Vec<PlanePoint>,
    /// Road of the link, a position in the district's list.
    ///
    /// `None` for a link that only joins a street's end to the next road.
    pub(crate) road: Option<usize>,
    /// Rank: 도시고속도로, 주간선도로, 보조간선도로, 집산도로 or 국지도로.
    pub(crate) rank: &'static str,
    /// Lanes in both directions.
    pub(crate) lanes: i64,
    /// Speed limit in km/h.
    pub(crate) limit: i64,
    /// Slope in per cent.
    pub(crate) slope: f64,
    /// Whether pedestrians may use the link.
    pub(crate) walk: bool,
}

impl LineFeature for RoadLink {
    fn line(&self) -> &[PlanePoint] {
        &self.line
    }

    fn with_line(&self, line: Vec<PlanePoint>) -> Self {
        Self { line, ..self.clone() }
    }
}

/// Links of the whole network.
#[derive(Debug, Clone)]
pub(crate) struct LinkNetwork {
    /// Every link.
    pub(crate) list: Vec<RoadLink>,
    /// Nodes that the links share.
    pub(crate) nodes: Vec<PlanePoint>,
    /// Links at each node.
    pub(crate) links_at: Vec<Vec<usize>>,
}

impl LinkNetwork {
    /// Joins the edges of the walking network to links that end at junctions.
    #[must_use]
    pub(crate) fn new(seed: u64, district: &District) -> Self {
        let network = StreetNetwork::new(&district.roads, &[], &district.nature);
        let mut used = vec![false; network.edges.len()];
        let mut list = Vec::new();
        let ends = |node: usize| {
            let around = &network.edges_at[node];
            around.len() != 2 || network.edges[around[0]].road != network.edges[around[1]].road
        };
        let starts = (0..network.nodes.len()).filter(|n| ends(*n));
        // A ring without a crossing has no end: start anywhere on it.
        let order: Vec<usize> = starts.chain(0..network.nodes.len()).collect();
        for start in order {
            for &first in &network.edges_at[start] {
                if used[first] {
                    continue;
                }
                let mut line = vec![network.nodes[start]];
                let (mut node, mut edge) = (start, first);
                loop {
                    used[edge] = true;
                    node = network.other_end(edge, node);
                    line.push(network.nodes[node]);
                    let next = network.edges_at[node].iter().copied().find(|e| !used[*e]);
                    match next {
                        Some(next) if !ends(node) => edge = next,
                        _ => break,
                    }
                }
                let edge = &network.edges[first];
                let mut link = describe_link(seed, district, line, edge.road, edge.walk);
                link.nodes = [start, node];
                list.push(link);
            }
        }
        let rank = |node: usize| {
            let roads = network.edges_at[node].iter().filter_map(|e| network.edges[*e].road);
            let main = roads.filter(|road| *road < district.main_roads).count();
            (main, network.edges_at[node].len())
        };
        let mut list = fit_to_count(merge_short_links(list, &network.nodes, rank), COUNT);
        let (mut nodes, mut at): (Vec<PlanePoint>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        let mut known = BTreeMap::new();
        for (i, link) in list.iter_mut().enumerate() {
            let ends =
                [link.line.first(), link.line.last()].map(|p| p.copied().unwrap_or_default());
            link.nodes = ends.map(|p| {
                *known.entry((p[0].to_bits(), p[1].to_bits())).or_insert_with(|| {
                    nodes.push(p);
                    at.push(Vec::new());
                    nodes.len() - 1
                })
            });
            link.nodes.iter().for_each(|n| at[*n].push(i));
        }
        Self { list, nodes, links_at: at }
    }

    /// Links of main roads, the longest roads first, as positions in the list.
    #[must_use]
    pub(crate) fn main_road_links(&self, district: &District, count: usize) -> Vec<usize> {
        let is_main = |link: &RoadLink| link.road.is_some_and(|r| r < district.main_roads);
        let mut found: Vec<usize> =
            (0..self.list.len()).filter(|i| is_main(&self.list[*i])).collect();
        let key = |i: &usize| (-self.list[*i].lanes, -(plane::length(&self.list[*i].line) as i64));
        found.sort_by_key(|i| (key(i), *i));
        found.truncate(count);
        found.sort_unstable();
        found
    }
}

/// Minimum length of a ring in metres; nobody drives round a shorter one.
const MIN_RING_LENGTH: f64 = 60.0;

/// Merges nearby crossings until no more than [`COUNT`] links are left.
///
/// The shortest links are removed and their ends become one node, so that the network
/// stays connected.
fn merge_short_links(
    list: Vec<RoadLink>,
    nodes: &[PlanePoint],
    rank: impl Fn(usize) -> (usize, usize),
) -> Vec<RoadLink> {
    let mut order: Vec<usize> = (0..list.len()).collect();
    let length = |i: usize| plane::length(&list[i].line);
    order.sort_by(|a, b| length(*a).total_cmp(&length(*b)).then(a.cmp(b)));
    let mut one: Vec<usize> = (0..nodes.len()).collect();
    let find = |one: &[usize], mut node: usize| {
        while one[node] != node {
            node = one[node];
        }
        node
    };
    let mut gone = vec![false; list.len()];
    for i in order.into_iter().take(list.len().saturating_sub(COUNT)) {
        gone[i] = true;
        let [a, b] = list[i].nodes.map(|node| find(&one, node));
        // The node of the greater road stays where it is.
        let (stays, goes) = if rank(a) >= rank(b) { (a, b) } else { (b, a) };
        one[goes] = stays;
    }
    // A link beside a removed one may now start and end at one node.
    for (link, gone) in list.iter().zip(&mut gone) {
        let [a, b] = link.nodes.map(|node| find(&one, node));
        let ring = link.line.len() > 3 && plane::length(&link.line) >= MIN_RING_LENGTH;
        *gone |= a == b && !ring;
    }
    let kept = list.into_iter().zip(gone).filter(|pair| !pair.1);
    kept.map(|(mut link, _)| {
        let [a, b] = link.nodes.map(|node| nodes[find(&one, node)]);
        if let [first, .., last] = &mut link.line[..] {
            (*first, *last) = (a, b);
        }
        link
    })
    .collect()
}

fn describe_link(
    seed: u64,
    district: &District,
    line: Vec<PlanePoint>,
    road: Option<usize>,
    walk: bool,
) -> RoadLink {
    let (a, b) = (line[0], line[line.len() - 1]);
    let rise = (ground_height(seed, district, a) - ground_height(seed, district, b)).abs();
    let slope = (100.0 * rise / distance(a, b).max(15.0)).min(24.0);
    let (rank, lanes, limit) =
        road.map_or(("국지도로", 1, 30), |r| road_class(&district.roads[r], walk));
    let slope = if rank == "도시고속도로" { slope.min(3.0) } else { slope };
    RoadLink { nodes: [0, 0], line, road, rank, lanes, limit, slope, walk }
}

fn road_class(road: &Road, walk: bool) -> (&'static str, i64, i64) {
    match road.class {
        _ if !walk => ("도시고속도로", 8, 80),
        "대로" => ("주간선도로", if road.width > 40.0 { 8 } else { 6 }, 50),
        "로" if road.width > 24.0 => ("보조간선도로", 6, 50),
        "로" => ("보조간선도로", 4, 50),
        _ if road.width >= 9.0 => ("집산도로", 2, 30),
        _ if road.width >= 6.0 => ("국지도로", 2, 30),
        _ => ("국지도로", 1, 30),
    }
}
