//! Schools and their catchments.
//!
//! Twenty elementary schools spread over the district, the others in pairs on the remaining
//! grounds.

use std::collections::BTreeMap;

use crate::activity::density::{DensityKind, DensityMap};
use crate::geometry::plane::{self, PlanePoint, bounds_centre, distance};
use crate::land::district::District;
use crate::numbers::rng::noise;
use crate::numbers::rounding::apportion;
use crate::registers::grid::NationalGrid;
use crate::registers::output_areas::OutputAreas;
use crate::travel::travel_times::WayIndex;
use crate::travel::{StreetNetwork, TravelMode, TravelTimes};

/// Number of schools of each level.
pub(crate) const LEVELS: [(&str, usize); 4] =
    [("초등학교", ELEMENTARY_COUNT), ("중학교", 12), ("고등학교", 9), ("특수학교", 1)];

/// Number of elementary schools, which is the number of catchments.
pub(crate) const ELEMENTARY_COUNT: usize = 20;

/// Pupils of all schools of a level in 2026.
const PUPILS_BY_LEVEL: [i64; 4] = [9_800, 5_300, 5_100, 140];

/// A school.
#[derive(Debug, Clone)]
pub(crate) struct School {
    /// Code.
    pub(crate) code: String,
    /// Name; no real school has it.
    pub(crate) name: String,
    /// Level: 초등학교, 중학교, 고등학교 or 특수학교.
    pub(crate) level: &'static str,
    /// Founder: 공립 or 사립.
    pub(crate) founder: &'static str,
    /// Position in metres.
    pub(crate) at: PlanePoint,
    /// Pupils in 2026.
    pub(crate) pupils: i64,
}

/// Ground that schools and catchments are laid out on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SchoolGround<'a> {
    /// Seed of the district.
    pub(crate) seed: u64,
    /// Dongs and school grounds.
    pub(crate) district: &'a District,
    /// Census output areas, which catchments are made of.
    pub(crate) areas: &'a OutputAreas,
    /// Grid of the densities.
    pub(crate) grid: &'a NationalGrid,
    /// Density of homes.
    pub(crate) density: &'a DensityMap,
    /// Streets that children walk along.
    pub(crate) network: &'a StreetNetwork,
}

/// The schools of the district.
#[derive(Debug, Clone)]
pub(crate) struct SchoolRegister {
    /// All schools; the elementary ones are the first [`ELEMENTARY_COUNT`].
    pub(crate) list: Vec<School>,
    /// The elementary school of each census output area.
    pub(crate) catchment: Vec<usize>,
}

impl SchoolRegister {
    /// Generates the schools.
    #[must_use]
    pub(crate) fn new(ground: SchoolGround<'_>) -> Self {
        let grounds = order_by_nearness(ground, &ground.district.town.schools);
        let (elementary, others) = grounds.split_at(ELEMENTARY_COUNT.min(grounds.len()));
        let catchment = assign_catchments(ground, elementary);
        let mut list = Vec::new();
        let mut names = SchoolNames::default();
        for (k, (level, count)) in LEVELS.into_iter().enumerate() {
            let places: Vec<PlanePoint> =
                (0..count).map(|i| school_position(k, i, elementary, others)).collect();
            let weights: Vec<f64> = match k {
                // Some children of large catchments attend neighbouring or private schools.
                0 => (0..count)
                    .map(|i| child_weight(ground, &catchment, i))
                    .map(|children| (children * children.sqrt()).sqrt())
                    .collect(),
                _ => places
                    .iter()
                    .map(|p| 1.0 + 0.35 * noise(ground.seed, level, *p, 700.0))
                    .collect(),
            };
            let pupils = apportion(PUPILS_BY_LEVEL[k], &weights);
            for (i, (at, pupils)) in places.into_iter().zip(pupils).enumerate() {
                let private = [19, 7, 3, 1][k];
                list.push(School {
                    code: format!("S{}{:03}", k + 1, i + 1),
                    name: names.next_name(ground, at, level),
                    level,
                    founder: if i % private == private - 1 { "사립" } else { "공립" },
                    at,
                    pupils,
                });
            }
        }
        Self { list, catchment }
    }

    /// The elementary schools.
    #[must_use]
    pub(crate) fn elementary(&self) -> &[School] {
        &self.list[..ELEMENTARY_COUNT.min(self.list.len())]
    }

    /// Elementary school whose catchment contains `p`.
    #[must_use]
    pub(crate) fn school_at(&self, areas: &OutputAreas, p: PlanePoint) -> Option<usize> {
        areas.at(p).map(|area| self.catchment[area])
    }
}

/// Sorts grounds so that the first ones are near homes.
///
/// Each ground is the one that most reduces the distance of all homes to their nearest school.
fn order_by_nearness(ground: SchoolGround<'_>, grounds: &[PlanePoint]) -> Vec<PlanePoint> {
    let areas = &ground.areas.list;
    let homes: Vec<(PlanePoint, f64)> =
        areas.iter().map(|a| (bounds_centre(&a.ring), a.homes)).collect();
    let mut gaps = vec![3_000.0; homes.len()];
    let mut left = grounds.to_vec();
    let mut order: Vec<PlanePoint> = Vec::new();
    while !left.is_empty() {
        let cost = |p: &PlanePoint| -> f64 {
            let gaps = homes.iter().zip(&gaps);
            gaps.map(|((at, floors), gap)| floors * distance(*at, *p).min(*gap)).sum()
        };
        let costs: Vec<f64> = left.iter().map(cost).collect();
        let best = (0..left.len()).min_by(|a, b| costs[*a].total_cmp(&costs[*b]));
        let next = left.remove(best.unwrap_or(0));
        for (gap, (at, _)) in gaps.iter_mut().zip(&homes) {
            *gap = distance(*at, next).min(*gap);
        }
        order.push(next);
    }
    order
}

/// Position of the `i`-th school of a level.
///
/// Middle and high schools share the grounds without an elementary school; the rest stand
/// beside an elementary school.
fn school_position(
    level: usize,
    i: usize,
    elementary: &[PlanePoint],
    others: &[PlanePoint],
) -> PlanePoint {
    let beside = |p: PlanePoint, turn: f64| [p[0] + 24.0 * turn, p[1] - 17.0 * turn];
    match level {
        0 => elementary[i % elementary.len().max(1)],
        1 if i < others.len() => beside(others[i], 0.5),
        2 if i < others.len() => beside(others[i], -0.5),
        _ => beside(elementary[(7 * i + 3 * level) % elementary.len().max(1)], 1.0),
    }
}

/// Weight of the number of children in a catchment.
fn child_weight(ground: SchoolGround<'_>, catchment: &[usize], school: usize) -> f64 {
    let areas = ground.areas.list.iter().zip(catchment);
    let mine = areas.filter(|(_, owner)| **owner == school);
    mine.map(|(area, _)| {
        let at = bounds_centre(&area.ring);
        let cell = ground.grid.at(at).unwrap_or(0);
        // Fewer children where the young live alone and where the old live.
        let grown = 0.4 * ground.density.level(DensityKind::Old, cell);
        area.homes * (1.2 - grown + 0.3 * noise(ground.seed, "children", at, 600.0)).max(0.2)
    })
    .sum()
}

/// Assigns every output area to the elementary school nearest on foot, so that each
/// school's catchment is connected.
fn assign_catchments(ground: SchoolGround<'_>, schools: &[PlanePoint]) -> Vec<usize> {
    let network = ground.network;
    let places: Vec<(PlanePoint, usize)> =
        schools.iter().enumerate().map(|(i, p)| (*p, i)).collect();
    let reach = TravelTimes::from_places(network, &places, TravelMode::Walk);
    let doors = WayIndex::new(network, TravelMode::Walk);
    let areas = &ground.areas.list;
    let wanted: Vec<usize> = areas
        .iter()
        .map(|area| {
            let door = doors.nearest(network, bounds_centre(&area.ring));
            let end = door.map_or(0, |(edge, _)| {
                let [a, b] = network.edges[edge].ends;
                if reach.minutes[a] <= reach.minutes[b] { a } else { b }
            });
            reach.nearest_place[end].min(schools.len().saturating_sub(1))
        })
        .collect();
    let neighbours = neighbours(areas.iter().map(|area| area.ring.as_slice()));
    let mut owner = vec![usize::MAX; areas.len()];
    for (k, p) in schools.iter().enumerate() {
        if let Some(home) = ground.areas.at(*p) {
            owner[home] = k;
        }
    }
    // Each catchment grows from its school: first over areas that want it, then
    // over those that are cut off from the school they want.
    for strict in [true, false] {
        let mut grown = true;
        while grown {
            grown = false;
            for area in 0..areas.len() {
                if owner[area] != usize::MAX {
                    continue;
                }
                let mut around = neighbours[area].iter().map(|n| owner[*n]);
                let found = around.find(|k| *k != usize::MAX && (!strict || *k == wanted[area]));
                if let Some(k) = found {
                    owner[area] = k;
                    grown = true;
                }
            }
        }
    }
    owner.into_iter().map(|k| if k == usize::MAX { 0 } else { k }).collect()
}

/// Neighbours of each ring of a tiling: the rings that share a side.
fn neighbours<'a>(rings: impl Iterator<Item = &'a [PlanePoint]>) -> Vec<Vec<usize>> {
    let key = |p: PlanePoint| (p[0].to_bits(), p[1].to_bits());
    let mut sides = BTreeMap::new();
    let mut neighbours: Vec<Vec<usize>> = Vec::new();
    for (i, ring) in rings.enumerate() {
        neighbours.push(Vec::new());
        for (a, b) in plane::ring_sides(ring) {
            if let Some(j) = sides.remove(&(key(b), key(a))) {
                let j: usize = j;
                neighbours[i].push(j);
                neighbours[j].push(i);
            } else {
                sides.insert((key(a), key(b)), i);
            }
        }
    }
    neighbours
}

/// Generator of school names.
///
/// The quarter's name and a word that no real school there has.
#[derive(Default)]
struct SchoolNames(BTreeMap<String, usize>);

impl SchoolNames {
    fn next_name(&mut self, ground: SchoolGround<'_>, at: PlanePoint, level: &str) -> String {
        const WORDS: [&str; 8] =
            ["한빛", "새솔", "가온", "해오름", "온누리", "나래", "미리내", "도담"];
        let division = &ground.district.division;
        let quarter = division.dongs[ground.grid.dong_at(division, at)].facts.quarter();
        let count = self.0.entry(format!("{quarter}{level}")).or_default();
        *count += 1;
        format!("{quarter}{}{level}", WORDS[(*count - 1) % WORDS.len()])
    }
}
