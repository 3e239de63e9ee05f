//! Buildings on the blocks between streets.
//!
//! Houses in rows, apartment slabs, factories, shops along the main roads, schools with
//! their yards.

use crate::geometry::plane::{
    self, PlanePoint, add_scaled, distance, left_normal, lerp, segment_distance, sub, unit,
};
use crate::land::dongs::DongDivision;
use crate::land::roads::Road;
use crate::land::streets::{CityBlock, RoadIndex, StreetLayout};
use crate::land::water::NaturalAreas;
use crate::numbers::rng::{Rng, noise};

/// Approximate number of buildings in the district's register.
pub(crate) const COUNT: usize = 22_400;

/// A building.
#[derive(Debug, Clone)]
pub(crate) struct Building {
    /// Use, as the building register classifies: 단독주택, 공동주택, 공장 and others.
    pub(crate) usage: &'static str,
    /// Storeys above ground.
    pub(crate) floors: i64,
    /// Storeys below ground.
    pub(crate) basement: i64,
    /// Year of construction.
    pub(crate) built: i64,
    /// Floor area of all storeys in square metres.
    pub(crate) floor_area: f64,
    /// Structural material.
    pub(crate) structure: &'static str,
    /// Footprint: an open ring, counter-clockwise, in metres.
    pub(crate) ring: Vec<PlanePoint>,
    /// Lot of the building, a position in the town's lots.
    pub(crate) lot: usize,
}

/// Ground that may be built on: part of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BuildingLot {
    /// Corners, counter-clockwise, in metres; neighbouring lots share them.
    pub(crate) ring: [PlanePoint; 4],
    /// Block of the lot, a position in the district's blocks.
    pub(crate) block: usize,
    /// Fabric of the block.
    pub(crate) fabric: UrbanFabric,
}

/// Buildings, lots and school grounds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Town {
    /// Every building.
    pub(crate) buildings: Vec<Building>,
    /// Centre of each school's ground.
    pub(crate) schools: Vec<PlanePoint>,
    /// The lots of all blocks.
    pub(crate) lots: Vec<BuildingLot>,
}

/// Kind of buildings on a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UrbanFabric {
    /// Small houses in rows.
    Houses,
    /// Blocks of flats.
    Slabs,
    /// Workshops, factories and offices.
    Works,
    /// A school and its yard.
    School,
}

/// Inputs for testing whether a footprint is free.
struct BuildableGround<'a> {
    division: &'a DongDivision,
    nature: &'a NaturalAreas,
    index: &'a RoadIndex,
}

/// Builds on the blocks between streets, clear of roads, water and green places.
#[must_use]
pub(crate) fn build_town(
    seed: u64,
    division: &DongDivision,
    nature: &NaturalAreas,
    main: &[Road],
    streets: &StreetLayout,
) -> Town {
    let index = RoadIndex::new(main);
    let ground = BuildableGround { division, nature, index: &index };
    let mut rng = Rng::new(seed, "buildings");
    let mut town = Town::default();
    for (number, block) in streets.blocks.iter().enumerate() {
        let middle = lerp(block.corners[0], block.corners[2], 0.5);
        match block_fabric(seed, block, middle, &town.schools, &mut rng) {
            UrbanFabric::School => ground.build_school(number, block, &mut rng, &mut town),
            UrbanFabric::Slabs => {
                ground.build_rows((number, block), LotPattern::SLABS, &mut rng, &mut town);
            }
            UrbanFabric::Works => {
                ground.build_rows((number, block), LotPattern::WORKS, &mut rng, &mut town);
            }
            UrbanFabric::Houses => {
                ground.build_rows((number, block), LotPattern::HOUSES, &mut rng, &mut town);
            }
        }
    }
    // Where grids of streets meet, a street of one may reach into a block of the other.
    let alleys = RoadIndex::new(&streets.roads);
    town.buildings.retain(|building| is_clear_of_roads(&building.ring, &alleys));
    remove_surplus_houses(&mut rng, &mut town.buildings);
    town
}

/// Whether a footprint stands on none of the indexed roads.
fn is_clear_of_roads(ring: &[PlanePoint], index: &RoadIndex) -> bool {
    plane::ring_sides(ring)
        .all(|(p, q)| [p, lerp(p, q, 0.5)].into_iter().all(|at| index.distance_to_kerb(at) > 0.0))
}

/// Removes random detached houses (단독주택) until [`COUNT`] buildings are left.
fn remove_surplus_houses(rng: &mut Rng, buildings: &mut Vec<Building>) {
    let surplus = buildings.len().saturating_sub(COUNT);
    let mut order: Vec<usize> = (0..buildings.len()).collect();
    order.retain(|i| buildings[*i].usage == "단독주택");
    rng.shuffle(&mut order);
    let mut gone: Vec<usize> = order.into_iter().take(surplus).collect();
    gone.sort_unstable();
    for i in gone.into_iter().rev() {
        buildings.remove(i);
    }
}

/// Dongs with works and offices rather than houses: Seongsu 2-ga and Yongdap.
const WORKSHOP_DONGS: [usize; 4] = [9, 10, 11, 13];

fn block_fabric(
    seed: u64,
    block: &CityBlock,
    middle: PlanePoint,
    schools: &[PlanePoint],
    rng: &mut Rng,
) -> UrbanFabric {
    if rng.chance(0.03) && schools.iter().all(|s| distance(*s, middle) > 420.0) {
        return UrbanFabric::School;
    }
    let estate = noise(seed, "estates", middle, 380.0);
    let works = noise(seed, "works", middle, 500.0);
    let workshop = WORKSHOP_DONGS.contains(&block.dong);
    if workshop && works > -0.25 {
        UrbanFabric::Works
    } else if estate > 0.28 {
        UrbanFabric::Slabs
    } else {
        UrbanFabric::Houses
    }
}

/// Division of a block into lots.
#[derive(Clone, Copy)]
struct LotPattern {
    /// Width of a lot in metres.
    width: f64,
    /// Rows of lots in a block.
    rows: usize,
    /// Share of the lot's width and depth that a building covers.
    cover: [f64; 2],
    /// Share of lots that are built on.
    filled: f64,
    fabric: UrbanFabric,
}

impl LotPattern {
    const HOUSES: Self = Self {
        width: 11.5,
        rows: 2,
        cover: [0.80, 0.72],
        filled: 0.97,
        fabric: UrbanFabric::Houses,
    };
    const SLABS: Self =
        Self { width: 42.0, rows: 1, cover: [0.84, 0.34], filled: 1.0, fabric: UrbanFabric::Slabs };
    const WORKS: Self = Self {
        width: 20.0,
        rows: 2,
        cover: [0.84, 0.80],
        filled: 0.95,
        fabric: UrbanFabric::Works,
    };
}

impl BuildableGround<'_> {
    fn build_rows(
        &self,
        (number, block): (usize, &CityBlock),
        lots: LotPattern,
        rng: &mut Rng,
        town: &mut Town,
    ) {
        let [a, b, c, d] = block.corners;
        let street = distance(a, b);
        // Half a street's width is left free on every side of the block,
        // measured square to the side: blocks are seldom upright.
        let ground = plane::area(&block.corners);
        let edge = 4.7 * street.max(distance(d, c)) / ground;
        let end = 4.7 * distance(a, d).max(distance(b, c)) / ground;
        if edge.max(end) > 0.3 {
            return;
        }
        let count = (((street - 8.4) / lots.width).round() as usize).max(1);
        for row in 0..lots.rows {
            let low = edge + (1.0 - 2.0 * edge) * row as f64 / lots.rows as f64;
            let high = edge + (1.0 - 2.0 * edge) * (row + 1) as f64 / lots.rows as f64;
            let mut from = end;
            for k in 0..count {
                let even = end + (1.0 - 2.0 * end) * (k + 1) as f64 / count as f64;
                let jitter = if k + 1 == count { 0.0 } else { rng.range(-0.12, 0.12) };
                let to = even + jitter * (1.0 - 2.0 * end) / count as f64;
                let at = |s: f64, t: f64| lerp(lerp(a, b, s), lerp(d, c, s), t);
                let lot = [at(from, low), at(to, low), at(to, high), at(from, high)];
                from = to;
                town.lots.push(BuildingLot { ring: lot, block: number, fabric: lots.fabric });
                if rng.chance(lots.filled) {
                    let cover = [
                        lots.cover[0] * rng.range(0.9, 1.06),
                        lots.cover[1] * rng.range(0.85, 1.12),
                    ];
                    self.place_building(&lot, cover, lots.fabric, rng, town);
                }
            }
        }
    }

    /// Puts one building on a lot, if the footprint is free.
    fn place_building(
        &self,
        lot: &[PlanePoint; 4],
        cover: [f64; 2],
        fabric: UrbanFabric,
        rng: &mut Rng,
        town: &mut Town,
    ) {
        let Some(frame) = largest_rectangle(lot, cover) else {
            return;
        };
        let bent = fabric != UrbanFabric::Slabs && rng.chance(0.22);
        let ring = if bent { l_shaped_ring(frame, rng) } else { frame.to_vec() };
        if self.is_free(&frame) {
            let kerb = self.index.distance_to_kerb(lerp(frame[0], frame[2], 0.5));
            let lot = town.lots.len().saturating_sub(1);
            town.buildings.push(Building { lot, ..describe_building(ring, fabric, kerb, rng) });
        }
    }

    fn build_school(&self, number: usize, block: &CityBlock, rng: &mut Rng, town: &mut Town) {
        let [a, b, c, d] = block.corners;
        let at = |s: f64, t: f64| lerp(lerp(a, b, s), lerp(d, c, s), t);
        let whole = [at(0.03, 0.06), at(0.97, 0.06), at(0.97, 0.94), at(0.03, 0.94)];
        town.lots.push(BuildingLot { ring: whole, block: number, fabric: UrbanFabric::School });
        let main = [at(0.1, 0.62), at(0.9, 0.62), at(0.9, 0.9), at(0.1, 0.9)];
        let before = town.buildings.len();
        self.place_building(&main, [0.96, 0.9], UrbanFabric::School, rng, town);
        if town.buildings.len() > before {
            let hall = [at(0.72, 0.12), at(0.92, 0.12), at(0.92, 0.5), at(0.72, 0.5)];
            self.place_building(&hall, [0.9, 0.9], UrbanFabric::School, rng, town);
            town.schools.push(at(0.5, 0.5));
        }
    }

    /// Whether a footprint lies in one dong, on dry and open ground, off the main roads.
    fn is_free(&self, frame: &[PlanePoint; 4]) -> bool {
        let Some(dong) = self.division.dong_at(frame[0]) else {
            return false;
        };
        let inside = |p: &PlanePoint| self.division.dongs[dong].contains(*p);
        let open = |p: &PlanePoint| {
            self.nature.is_wet(*p, 14.0) || self.nature.green_at(*p, 3.0).is_some()
        };
        let clear = plane::ring_sides(frame).all(|(p, q)| {
            let roads = self.index.segments_near(p);
            roads.into_iter().all(|(a, b, half)| segment_distance(p, q, *a, *b) > half + 3.0)
        });
        clear && frame.iter().all(inside) && !frame.iter().any(open)
    }
}

/// Largest upright rectangle of these shares that stays on the lot.
fn largest_rectangle(lot: &[PlanePoint; 4], cover: [f64; 2]) -> Option<[PlanePoint; 4]> {
    let along = unit(sub(lerp(lot[1], lot[2], 0.5), lerp(lot[0], lot[3], 0.5)));
    let across = left_normal(along);
    let middle = lerp(lerp(lot[0], lot[1], 0.5), lerp(lot[3], lot[2], 0.5), 0.5);
    let width = distance(lerp(lot[0], lot[3], 0.5), lerp(lot[1], lot[2], 0.5));
    let depth = distance(lerp(lot[0], lot[1], 0.5), lerp(lot[3], lot[2], 0.5));
    let mut shrink = 1.0;
    while shrink > 0.5 {
        let half = [width * cover[0] * shrink / 2.0, depth * cover[1] * shrink / 2.0];
        let at = |x: f64, y: f64| {
            add_scaled(add_scaled(middle, along, half[0] * x), across, half[1] * y)
        };
        let frame = [at(-1.0, -1.0), at(1.0, -1.0), at(1.0, 1.0), at(-1.0, 1.0)];
        if half[0].min(half[1]) < 2.6 {
            return None;
        }
        let on_lot = |p: &PlanePoint| {
            plane::ring_sides(lot).all(|(a, b)| plane::cross(sub(b, a), sub(*p, a)) > 0.0)
        };
        if frame.iter().all(on_lot) {
            return Some(frame);
        }
        shrink *= 0.93;
    }
    None
}

/// L-shaped ring: the rectangle with one corner cut out.
fn l_shaped_ring(frame: [PlanePoint; 4], rng: &mut Rng) -> Vec<PlanePoint> {
    let (s, t) = (rng.range(0.4, 0.7), rng.range(0.4, 0.7));
    let at = |x: f64, y: f64| {
        add_scaled(add_scaled(frame[0], sub(frame[1], frame[0]), x), sub(frame[3], frame[0]), y)
    };
    vec![frame[0], frame[1], at(1.0, t), at(s, t), at(s, 1.0), frame[3]]
}

const CONCRETE: &str = "철근콘크리트구조";
const STEEL: &str = "일반철골구조";
const BRICK: &str = "벽돌구조";

fn describe_building(
    ring: Vec<PlanePoint>,
    fabric: UrbanFabric,
    kerb: f64,
    rng: &mut Rng,
) -> Building {
    let footprint = plane::area(&ring);
    let on_main_road = kerb < 24.0;
    let usage = match fabric {
        UrbanFabric::School => "교육연구시설",
        UrbanFabric::Slabs => "공동주택",
        UrbanFabric::Works => rng.pick(
            &[(4.0, "공장"), (2.0, "업무시설"), (3.0, "근린생활시설"), (2.0, "단독주택")],
            "공장",
        ),
        UrbanFabric::Houses if on_main_road => {
            rng.pick(&[(7.0, "근린생활시설"), (2.0, "업무시설")], "근린생활시설")
        }
        UrbanFabric::Houses => {
            rng.pick(&[(6.0, "단독주택"), (2.5, "공동주택"), (1.5, "근린생활시설")], "단독주택")
        }
    };
    let floors = match usage {
        "교육연구시설" => rng.whole(3, 5),
        "공동주택" if fabric == UrbanFabric::Slabs => rng.whole(12, 25),
        "공동주택" => rng.whole(4, 6),
        "업무시설" => rng.whole(5, if on_main_road { 18 } else { 10 }),
        "공장" => rng.whole(1, 5),
        "근린생활시설" => rng.whole(2, if on_main_road { 7 } else { 5 }),
        _ => rng.whole(1, 3),
    };
    let basement = match floors {
        1..=2 => i64::from(rng.chance(0.25)),
        3..=6 => i64::from(rng.chance(0.7)),
        _ => rng.whole(1, 4),
    };
    let (oldest, newest) = if floors > 9 { (1992, 2024) } else { (1966, 2023) };
    // The older of two draws, because most of the town is old.
    let built = rng.whole(oldest, newest).min(rng.whole(oldest + 12, newest));
    let structure = match usage {
        "단독주택" => rng.pick(&[(6.0, BRICK), (3.0, CONCRETE), (0.5, "목구조")], BRICK),
        "공장" => rng.pick(&[(4.0, STEEL), (4.0, CONCRETE), (2.0, BRICK)], CONCRETE),
        _ => rng.pick(&[(8.0, CONCRETE), (1.0, STEEL)], CONCRETE),
    };
    let floor_area = footprint * (floors as f64 + 0.8 * basement as f64) * rng.range(0.82, 0.98);
    let floor_area = (floor_area * 100.0).round() / 100.0;
    Building { usage, floors, basement, built, floor_area, structure, ring, lot: 0 }
}
