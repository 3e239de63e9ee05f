//! Side streets: a bent grid for each part of town, and the blocks between them.

use std::collections::BTreeMap;

use crate::geometry::plane::{
    self, PlanePoint, add_scaled, distance, distance_to_segment, dot, left_normal, lerp, unit,
};
use crate::land::dongs::DongDivision;
use crate::land::roads::Road;
use crate::land::water::NaturalAreas;
use crate::numbers::rng::{Rng, noise};

/// A part of town with one street grid.
#[derive(Debug)]
struct StreetQuarter {
    /// Dongs, as positions in [`crate::land::dong_facts::DONGS`].
    dongs: &'static [usize],
    /// Direction of the long streets.
    direction: PlanePoint,
    /// Block length and depth in metres.
    block: PlanePoint,
    /// Deviation of streets from the grid, in metres.
    bend: f64,
    /// Share of cross streets left out.
    gaps: f64,
}

const QUARTERS: [StreetQuarter; 6] = [
    // Seongsu: factory blocks on a straight grid.
    StreetQuarter {
        dongs: &[8, 9, 10, 11],
        direction: [0.93, -0.37],
        block: [96.0, 47.0],
        bend: 22.0,
        gaps: 0.16,
    },
    StreetQuarter {
        dongs: &[12],
        direction: [0.45, 0.89],
        block: [84.0, 40.0],
        bend: 18.0,
        gaps: 0.12,
    },
    StreetQuarter {
        dongs: &[13],
        direction: [0.80, -0.60],
        block: [104.0, 50.0],
        bend: 24.0,
        gaps: 0.18,
    },
    StreetQuarter {
        dongs: &[1, 2],
        direction: [0.97, 0.24],
        block: [84.0, 41.0],
        bend: 40.0,
        gaps: 0.14,
    },
    StreetQuarter {
        dongs: &[0, 3, 4, 14],
        direction: [0.90, 0.44],
        block: [80.0, 40.0],
        bend: 46.0,
        gaps: 0.14,
    },
    // Hillsides: streets follow the slopes.
    StreetQuarter {
        dongs: &[5, 6, 7, 15, 16],
        direction: [0.99, -0.14],
        block: [82.0, 41.0],
        bend: 78.0,
        gaps: 0.20,
    },
];

/// Ground between four street corners.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CityBlock {
    /// Corners, counter-clockwise; the first side runs along the street.
    pub(crate) corners: [PlanePoint; 4],
    /// Dong that contains the block.
    pub(crate) dong: usize,
}

/// Streets, the blocks between them and the street corners.
#[derive(Debug, Clone, Default)]
pub(crate) struct StreetLayout {
    /// Every street, alleys included.
    pub(crate) roads: Vec<Road>,
    /// Building ground.
    pub(crate) blocks: Vec<CityBlock>,
    /// Corners where streets meet.
    pub(crate) corners: Vec<PlanePoint>,
}

/// A segment of a road and half the road's width.
pub(crate) type RoadSegment = (PlanePoint, PlanePoint, f64);

/// Spatial index of main road segments in squares of 64 m.
#[derive(Debug, Clone, Default)]
pub(crate) struct RoadIndex {
    squares: BTreeMap<(i64, i64), Vec<RoadSegment>>,
}

impl RoadIndex {
    const SIDE: f64 = 64.0;

    /// Indexes the segments of these roads.
    #[must_use]
    pub(crate) fn new(roads: &[Road]) -> Self {
        let mut index = Self::default();
        for road in roads {
            for w in road.line.windows(2) {
                let [west, south, east, north] = plane::bounds(w);
                let square = |v: f64| (v / Self::SIDE).floor() as i64;
                for i in square(west) - 1..=square(east) + 1 {
                    for j in square(south) - 1..=square(north) + 1 {
                        let entry = index.squares.entry((i, j)).or_default();
                        entry.push((w[0], w[1], road.width / 2.0));
                    }
                }
            }
        }
        index
    }

    /// Segments with half the width of their road.
    ///
    /// All within 64 m of `p`, and some further off.
    pub(crate) fn segments_near(&self, p: PlanePoint) -> impl Iterator<Item = &RoadSegment> {
        let square = |v: f64| (v / Self::SIDE).floor() as i64;
        self.squares.get(&(square(p[0]), square(p[1]))).into_iter().flatten()
    }

    /// Distance from `p` to the nearest kerb; negative on the road.
    ///
    /// Complete within 64 m; infinite if no segment is near.
    #[must_use]
    pub(crate) fn distance_to_kerb(&self, p: PlanePoint) -> f64 {
        let kerbs = self.segments_near(p).map(|(a, b, half)| distance_to_segment(p, *a, *b) - half);
        kerbs.fold(f64::INFINITY, f64::min)
    }
}

/// Lays out the side streets between the main roads.
#[must_use]
pub(crate) fn lay_out_streets(
    seed: u64,
    division: &DongDivision,
    nature: &NaturalAreas,
    main: &[Road],
) -> StreetLayout {
    let index = RoadIndex::new(main);
    let mut streets = StreetLayout::default();
    let mut names = StreetNames::new(main);
    for (number, quarter) in QUARTERS.iter().enumerate() {
        let label = format!("streets {number}");
        let grid = CornerGrid::new(seed, &label, quarter, division, nature);
        let mut rng = Rng::new(seed, &label);
        grid.add_to_layout(&mut rng, quarter, nature, &index, &mut names, &mut streets);
    }
    streets
}

/// Bent grid of a quarter: position and dong of each corner, `None` if not usable.
struct CornerGrid {
    columns: usize,
    rows: usize,
    corners: Vec<Option<(PlanePoint, usize)>>,
}

impl CornerGrid {
    fn new(
        seed: u64,
        label: &str,
        quarter: &StreetQuarter,
        division: &DongDivision,
        nature: &NaturalAreas,
    ) -> Self {
        let along = unit(quarter.direction);
        let across = left_normal(along);
        let border = quarter.dongs.iter().flat_map(|d| &division.dongs[*d].ring);
        let turned: Vec<PlanePoint> = border.map(|p| [dot(*p, along), dot(*p, across)]).collect();
        let [west, south, east, north] = plane::bounds(&turned);
        let columns = ((east - west) / quarter.block[0]) as usize + 3;
        let rows = ((north - south) / quarter.block[1]) as usize + 3;
        let mut rng = Rng::new(seed, &format!("{label} corners"));
        let corner = |i: usize, j: usize, rng: &mut Rng| {
            let u = west + (i as f64 - 0.5) * quarter.block[0] + rng.range(-7.0, 7.0);
            let v = south + (j as f64 - 0.5) * quarter.block[1] + rng.range(-3.0, 3.0);
            let p = add_scaled([along[0] * u, along[1] * u], across, v);
            let bend =
                |name: &str| quarter.bend * noise(seed, &format!("{label} {name}"), p, 420.0);
            let p = [p[0] + bend("east"), p[1] + bend("north")];
            let dong = division.dong_at(p).filter(|d| quarter.dongs.contains(d))?;
            let open = nature.is_wet(p, 42.0) || nature.green_at(p, 6.0).is_some();
            (!open).then_some((p, dong))
        };
        let mut corners = Vec::with_capacity(columns * rows);
        for j in 0..rows {
            for i in 0..columns {
                corners.push(corner(i, j, &mut rng));
            }
        }
        Self { columns, rows, corners }
    }

    fn corner(&self, i: usize, j: usize) -> Option<(PlanePoint, usize)> {
        if i < self.columns && j < self.rows { self.corners[j * self.columns + i] } else { None }
    }

    fn add_to_layout(
        &self,
        rng: &mut Rng,
        quarter: &StreetQuarter,
        nature: &NaturalAreas,
        index: &RoadIndex,
        names: &mut StreetNames,
        streets: &mut StreetLayout,
    ) {
        let usable = |a: PlanePoint, b: PlanePoint| {
            let open = |t: f64| {
                let p = lerp(a, b, t);
                !nature.is_wet(p, 25.0) && nature.green_at(p, 0.0).is_none()
            };
            let dry = [0.25, 0.5, 0.75].into_iter().all(open);
            // A street along a main road would duplicate the main road.
            let beside = |p: PlanePoint| index.distance_to_kerb(p) < 9.0;
            dry && !(beside(a) && beside(b))
        };
        let end = |i: usize, j: usize| self.corner(i, j).map(|corner| corner.0);
        for j in 0..self.rows {
            let line: Vec<Option<PlanePoint>> = (0..self.columns).map(|i| end(i, j)).collect();
            for run in usable_runs(&line, &usable, rng, 0.03) {
                streets.roads.push(names.next_street(run, rng));
            }
        }
        for i in 0..self.columns {
            let line: Vec<Option<PlanePoint>> = (0..self.rows).map(|j| end(i, j)).collect();
            for run in usable_runs(&line, &usable, rng, quarter.gaps) {
                streets.roads.push(names.next_street(run, rng));
            }
        }
        for j in 0..self.rows {
            for i in 0..self.columns {
                let around = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
                let Some(first) = self.corner(i, j) else {
                    continue;
                };
                streets.corners.push(first.0);
                let found: Vec<PlanePoint> =
                    around.iter().filter_map(|(i, j)| Some(self.corner(*i, *j)?.0)).collect();
                let Ok(corners) = <[PlanePoint; 4]>::try_from(found) else {
                    continue;
                };
                let middle = lerp(corners[0], corners[2], 0.5);
                if !nature.is_wet(middle, 30.0) && nature.green_at(middle, 0.0).is_none() {
                    streets.blocks.push(CityBlock { corners, dong: first.1 });
                }
            }
        }
    }
}

/// Usable stretches of a grid line, cut into streets of a few blocks.
fn usable_runs(
    line: &[Option<PlanePoint>],
    usable: &impl Fn(PlanePoint, PlanePoint) -> bool,
    rng: &mut Rng,
    gaps: f64,
) -> Vec<Vec<PlanePoint>> {
    let mut runs = Vec::new();
    let mut current: Vec<PlanePoint> = Vec::new();
    let mut left = 0.0;
    let mut close = |current: &mut Vec<PlanePoint>| {
        let run = std::mem::take(current);
        if run.len() > 1 && plane::length(&run) > 35.0 {
            runs.push(run);
        }
    };
    for w in line.windows(2) {
        let (Some(a), Some(b)) = (w[0], w[1]) else {
            close(&mut current);
            continue;
        };
        if !usable(a, b) || rng.chance(gaps) {
            close(&mut current);
            continue;
        }
        if current.is_empty() {
            current.push(a);
            left = rng.range(125.0, 300.0);
        }
        current.push(b);
        left -= distance(a, b);
        if left < 0.0 {
            close(&mut current);
        }
    }
    close(&mut current);
    runs
}

/// Generator of side street names: the nearest main road and a number, 왕십리로 12길.
struct StreetNames {
    bases: Vec<(String, String, Vec<PlanePoint>)>,
    count: BTreeMap<String, u32>,
}

impl StreetNames {
    fn new(main: &[Road]) -> Self {
        let named = main.iter().filter(|road| road.class == "로" && !road.bridge);
        let bases = named
            .map(|road| (road.name.clone(), road.english.clone(), road.line.clone()))
            .collect();
        Self { bases, count: BTreeMap::new() }
    }

    fn next_street(&mut self, line: Vec<PlanePoint>, rng: &mut Rng) -> Road {
        let middle = line[line.len() / 2];
        let away = |base: &Vec<PlanePoint>| {
            let distances = base.iter().map(|p| distance(*p, middle));
            distances.fold(f64::INFINITY, f64::min)
        };
        let nearest = self.bases.iter().min_by(|a, b| away(&a.2).total_cmp(&away(&b.2)));
        let (name, english) = nearest.map_or(("", ""), |base| (&base.0, &base.1));
        let count = self.count.entry(name.to_owned()).or_default();
        *count += 1;
        Road {
            name: format!("{name}{count}길"),
            english: format!("{english} {count}-gil"),
            class: "길",
            width: rng.pick(&[(1.0, 2.7), (2.0, 3.5), (4.0, 4.0), (5.0, 6.0), (2.0, 8.0)], 6.0),
            line,
            bridge: false,
        }
    }
}
