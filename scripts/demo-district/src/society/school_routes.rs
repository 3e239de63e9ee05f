//! School routes: the busiest stretches of the ways from homes to elementary schools.
//!
//! Ways follow the streets of the catchment and share as much of their length as possible.

use super::schools::{ELEMENTARY_COUNT, SchoolRegister};
use crate::activity::street_danger::StreetDanger;
use crate::geometry::plane::{PlanePoint, bounds_centre, distance};
use crate::land::district::District;
use crate::land::height::ground_height;
use crate::numbers::rng::noise;
use crate::numbers::rounding::rounded;
use crate::registers::output_areas::OutputAreas;
use crate::travel::travel_times::WayIndex;
use crate::travel::{StreetNetwork, TravelMode, TravelTimes};

/// Number of school route stretches in the district.
pub(crate) const COUNT: usize = 420;

/// A stretch of a school route.
#[derive(Debug, Clone)]
pub(crate) struct SchoolRoute {
    /// Elementary school at the end of the route, a position in the list of schools.
    pub(crate) school: usize,
    /// Line from the school outwards, in metres.
    pub(crate) line: Vec<PlanePoint>,
    /// Share of the school's children who walk along the stretch.
    pub(crate) flow: f64,
    /// Width of the street in metres.
    pub(crate) width: f64,
    /// Whether there is a pavement.
    pub(crate) pavement: bool,
    /// Slope in per cent.
    pub(crate) slope: f64,
    /// Danger score, 0 to 100.
    pub(crate) risk: f64,
}

/// Ground that school routes lead over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RouteGround<'a> {
    /// Seed of the district.
    pub(crate) seed: u64,
    /// Homes and roads.
    pub(crate) district: &'a District,
    /// Streets that children walk along.
    pub(crate) network: &'a StreetNetwork,
    /// Census output areas of the catchments.
    pub(crate) areas: &'a OutputAreas,
    /// Schools at the ends of the routes.
    pub(crate) schools: &'a SchoolRegister,
    /// Danger of cars along the way.
    pub(crate) danger: StreetDanger<'a>,
}

/// School routes of the district, sorted by school and then by descending flow.
#[must_use]
pub(crate) fn school_routes(ground: RouteGround<'_>) -> Vec<SchoolRoute> {
    let network = ground.network;
    let doors = WayIndex::new(network, TravelMode::Walk);
    let homes = home_nodes(ground, &doors);
    let mut kept = Vec::new();
    let mut spare = Vec::new();
    for (k, school) in ground.schools.elementary().iter().enumerate() {
        let reach = TravelTimes::from_places(network, &[(school.at, 0)], TravelMode::Walk);
        let mut mine = route_stretches(ground, network, &reach, &homes[k], k);
        mine.sort_by(|a, b| b.flow.total_cmp(&a.flow));
        spare.extend(mine.split_off(mine.len().min(COUNT / ELEMENTARY_COUNT)));
        kept.extend(mine);
    }
    // Small catchments have fewer stretches; the busiest spare ones fill the count.
    spare.sort_by(|a, b| b.flow.total_cmp(&a.flow));
    kept.extend(spare.into_iter().take(COUNT.saturating_sub(kept.len())));
    kept.sort_by(|a, b| a.school.cmp(&b.school).then(b.flow.total_cmp(&a.flow)));
    kept
}

/// Home nodes of each school's children, with weights.
fn home_nodes(ground: RouteGround<'_>, doors: &WayIndex) -> Vec<Vec<(usize, f64)>> {
    let network = ground.network;
    let schools = ground.schools;
    let mut homes = vec![Vec::new(); ELEMENTARY_COUNT];
    for building in &ground.district.town.buildings {
        if !matches!(building.usage, "단독주택" | "공동주택") {
            continue;
        }
        let at = bounds_centre(&building.ring);
        let (Some(school), Some((edge, _))) =
            (schools.school_at(ground.areas, at), doors.nearest(network, at))
        else {
            continue;
        };
        let [a, b] = network.edges[edge].ends;
        let near = distance(network.nodes[a], at) <= distance(network.nodes[b], at);
        homes[school].push((if near { a } else { b }, building.floor_area));
    }
    homes
}

/// Cuts the tree of ways to a school into stretches of about 160 m.
fn route_stretches(
    ground: RouteGround<'_>,
    network: &StreetNetwork,
    reach: &TravelTimes,
    homes: &[(usize, f64)],
    school: usize,
) -> Vec<SchoolRoute> {
    let mut flow = vec![0.0; network.nodes.len()];
    for (node, weight) in homes {
        // Further off, children are brought by car or bus.
        if reach.minutes[*node] < 25.0 {
            flow[*node] += weight;
        }
    }
    let mut order: Vec<usize> =
        (0..network.nodes.len()).filter(|node| reach.minutes[*node].is_finite()).collect();
    order.sort_by(|a, b| reach.minutes[*b].total_cmp(&reach.minutes[*a]).then(a.cmp(b)));
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); network.nodes.len()];
    let mut starts = Vec::new();
    for &node in &order {
        match reach.via_edge[node] {
            Some(edge) => {
                let before = network.other_end(edge, node);
                flow[before] += flow[node];
                children[before].push(node);
            }
            None => starts.push(node),
        }
    }
    let all: f64 = starts.iter().map(|start| flow[*start]).sum();
    let mut found = Vec::new();
    // At each branching the busiest way continues; the others start new stretches.
    let mut open: Vec<(usize, usize)> =
        starts.iter().flat_map(|s| children[*s].iter().map(|c| (*s, *c))).collect();
    while let Some((from, first)) = open.pop() {
        let mut nodes = vec![from, first];
        let mut long = distance(network.nodes[from], network.nodes[first]);
        let mut last = first;
        while let Some(next) = busiest_node(&children[last], &flow) {
            let others = children[last].iter().filter(|c| **c != next);
            open.extend(others.map(|c| (last, *c)));
            if long >= 160.0 {
                open.push((last, next));
                break;
            }
            long += distance(network.nodes[last], network.nodes[next]);
            nodes.push(next);
            last = next;
        }
        let share = flow[first] / all.max(1.0);
        if share > 0.004 && long > 30.0 {
            found.push(describe_stretch(ground, network, reach, &nodes, school, share));
        }
    }
    found
}

fn busiest_node(nodes: &[usize], flow: &[f64]) -> Option<usize> {
    let walked = nodes.iter().copied().filter(|node| flow[*node] > 0.0);
    walked.max_by(|a, b| flow[*a].total_cmp(&flow[*b]).then(b.cmp(a)))
}

fn describe_stretch(
    ground: RouteGround<'_>,
    network: &StreetNetwork,
    reach: &TravelTimes,
    nodes: &[usize],
    school: usize,
    flow: f64,
) -> SchoolRoute {
    let line: Vec<PlanePoint> = nodes.iter().map(|node| network.nodes[*node]).collect();
    let roads = nodes.iter().filter_map(|n| network.edges[reach.via_edge[*n]?].road);
    let widths = roads.map(|road| ground.district.roads[road].width);
    let width = widths.fold(0.0_f64, f64::max);
    // Trails and passages have no cars.
    let quiet = width == 0.0;
    let at = line[line.len() / 2];
    let lot = noise(ground.seed, "pavements", at, 90.0);
    let pavement = quiet || width >= 12.0 || (width >= 8.0 && lot > -0.3) || lot > 0.45;
    let steps = line.windows(2).map(|w| (distance(w[0], w[1]), w));
    let height = |p: PlanePoint| ground_height(ground.seed, ground.district, p);
    let (long, rise) = steps.fold((1.0, 0.0), |(long, rise), (step, w)| {
        (long + step, rise + (height(w[0]) - height(w[1])).abs())
    });
    let slope = 100.0 * rise / long;
    let risk = if quiet {
        8.0
    } else {
        100.0 * (0.86 * ground.danger.at(at) + 0.008 * slope + if pavement { 0.0 } else { 0.2 })
    };
    SchoolRoute {
        school,
        flow,
        width: if quiet { 2.5 } else { width },
        pavement,
        slope: rounded(slope, 1),
        risk: rounded(risk.clamp(2.0, 98.0), 1),
        line,
    }
}
