//! Road-name addresses: a building's number follows from its position along the road.

use std::collections::{BTreeMap, BTreeSet};

use crate::geometry::plane::bounds_centre;
use crate::geometry::plane::{self, PlanePoint, add_scaled, cross, distance, dot, sub};
use crate::land::district::District;

/// Address of a building.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Address {
    /// Road, as a position in the district's list.
    pub(crate) road: usize,
    /// Main number: even on the right side, a step of two every 20 m.
    pub(crate) main: i64,
    /// Sub number of a further building at the same position; 0 for the first.
    pub(crate) sub: i64,
    /// Entrance: a quarter of the way from the corner nearest to the road to the centre.
    pub(crate) entrance: PlanePoint,
}

/// Addresses of all buildings.
#[derive(Debug, Clone)]
pub(crate) struct AddressRegister {
    list: Vec<Address>,
}

/// Side in metres of the squares of the nearest-road search.
const SQUARE: f64 = 80.0;

impl AddressRegister {
    /// Numbers every building.
    #[must_use]
    pub(crate) fn new(district: &District) -> Self {
        let square = |v: f64| (v / SQUARE).floor() as i64;
        let mut index: BTreeMap<(i64, i64), BTreeSet<(usize, usize)>> = BTreeMap::new();
        for (r, road) in district.roads.iter().enumerate() {
            for (s, w) in road.line.windows(2).enumerate() {
                let [west, south, east, north] = plane::bounds(w);
                for i in square(west) - 1..=square(east) + 1 {
                    for j in square(south) - 1..=square(north) + 1 {
                        index.entry((i, j)).or_default().insert((r, s));
                    }
                }
            }
        }
        // Names continue over segments: each segment starts where the last ended.
        let mut starts = Vec::with_capacity(district.roads.len());
        let mut run: BTreeMap<&str, f64> = BTreeMap::new();
        for road in &district.roads {
            let start = run.entry(road.name.as_str()).or_default();
            starts.push(*start);
            *start += plane::length(&road.line);
        }
        let mut used: BTreeMap<(&str, i64), i64> = BTreeMap::new();
        let mut list = Vec::with_capacity(district.town.buildings.len());
        for building in &district.town.buildings {
            let at = bounds_centre(&building.ring);
            let near = index.get(&(square(at[0]), square(at[1]))).into_iter().flatten();
            let away = |&(r, s): &(usize, usize)| {
                let line = &district.roads[r].line;
                plane::distance_to_segment(at, line[s], line[s + 1]) - district.roads[r].width / 2.0
            };
            let nearest = near.copied().min_by(|a, b| away(a).total_cmp(&away(b)));
            let (road, segment) = nearest.unwrap_or((0, 0));
            let line = &district.roads[road].line;
            let (a, b) = (line[segment], line[segment + 1]);
            let along = sub(b, a);
            let t = (dot(sub(at, a), along) / dot(along, along).max(1e-9)).clamp(0.0, 1.0);
            let foot = add_scaled(a, along, t);
            let way = starts[road] + plane::length(&line[..=segment]) + distance(a, foot);
            let on_left = cross(along, sub(at, a)) > 0.0;
            let main = 2 * (way / 20.0).floor() as i64 + if on_left { 1 } else { 2 };
            let key = (district.roads[road].name.as_str(), main);
            let sub = used.entry(key).and_modify(|n| *n += 1).or_insert(0);
            let entrance = building
                .ring
                .iter()
                .copied()
                .min_by(|a, b| distance(*a, foot).total_cmp(&distance(*b, foot)));
            let entrance = plane::lerp(entrance.unwrap_or(at), at, 0.25);
            list.push(Address { road, main, sub: *sub, entrance });
        }
        Self { list }
    }

    /// The address of a building, by its position in the town's list.
    #[must_use]
    pub(crate) fn of(&self, building: usize) -> Address {
        self.list[building]
    }
}
