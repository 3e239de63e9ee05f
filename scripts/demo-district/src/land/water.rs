//! Rivers on three sides, ponds, hills and parks; nothing is built there.

use crate::geometry::plane::{
    self, LonLat, PlanePoint, add_scaled, distance, distance_to_segment, from_degrees,
};
use crate::land::dongs::DongDivision;
use crate::land::river_courses::{CHEONGGYE, HAN_BANK, HAN_FROM, HAN_TO, JUNGNANG};
use crate::numbers::rng::Rng;

/// A stretch of water inside the district.
#[derive(Debug, Clone)]
pub(crate) struct WaterArea {
    /// Korean name.
    pub(crate) name: &'static str,
    /// Class: 국가하천, 지방하천, 유수지 or 호소.
    pub(crate) class: &'static str,
    /// Outline: an open ring, counter-clockwise, in metres.
    pub(crate) ring: Vec<PlanePoint>,
}

impl WaterArea {
    /// Water with an outline of either direction.
    #[must_use]
    pub(crate) fn new(name: &'static str, class: &'static str, mut ring: Vec<PlanePoint>) -> Self {
        if plane::area(&ring) < 0.0 {
            ring.reverse();
        }
        Self { name, class, ring }
    }
}

/// A hill or park: an ellipse of open ground.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GreenPlace {
    /// Korean name.
    pub(crate) name: &'static str,
    /// Centre in metres.
    pub(crate) centre: PlanePoint,
    /// Half of width and height in metres.
    pub(crate) reach: PlanePoint,
    /// Whether the place is a steep hill; parks are flat.
    pub(crate) hill: bool,
}

impl GreenPlace {
    /// Whether `p` lies within the ellipse, grown by `margin` metres.
    #[must_use]
    pub(crate) fn contains(&self, p: PlanePoint, margin: f64) -> bool {
        let x = (p[0] - self.centre[0]) / (self.reach[0] + margin);
        let y = (p[1] - self.centre[1]) / (self.reach[1] + margin);
        x * x + y * y < 1.0
    }

    /// Wavy loop around the centre at the share `share` of the half-axes.
    #[must_use]
    pub(crate) fn wavy_loop(&self, share: f64, rng: &mut Rng) -> Vec<PlanePoint> {
        // Turning by 1/24 of a circle; the two numbers are its cosine and sine.
        let (c, s) = (0.965_925_826_289_068_3, 0.258_819_045_102_520_74);
        let mut direction = [1.0, 0.0];
        let mut ring = Vec::with_capacity(25);
        for _ in 0..24 {
            let t = share * rng.range(0.88, 1.08);
            let out = [direction[0] * self.reach[0], direction[1] * self.reach[1]];
            ring.push(add_scaled(self.centre, out, t));
            direction = [direction[0] * c - direction[1] * s, direction[0] * s + direction[1] * c];
        }
        ring.push(ring[0]);
        plane::smooth_line(&ring, 15.0)
    }
}

const fn green(
    name: &'static str,
    lon: f64,
    lat: f64,
    reach: PlanePoint,
    hill: bool,
) -> (&'static str, LonLat, PlanePoint, bool) {
    (name, [lon, lat], reach, hill)
}

/// Well-known green places, with rough centres and sizes.
const GREENS: [(&str, LonLat, PlanePoint, bool); 10] = [
    green("서울숲", 127.0386, 37.5440, [430.0, 330.0], false),
    green("응봉산", 127.0302, 37.5487, [230.0, 170.0], true),
    green("대현산", 127.0238, 37.5558, [170.0, 190.0], true),
    green("매봉산", 127.0133, 37.5450, [290.0, 310.0], true),
    green("금호산", 127.0176, 37.5535, [120.0, 150.0], true),
    green("달맞이봉", 127.0232, 37.5425, [140.0, 110.0], true),
    green("무학봉", 127.0272, 37.5632, [90.0, 80.0], true),
    green("용답휴식공원", 127.0570, 37.5575, [150.0, 90.0], false),
    green("살곶이공원", 127.0452, 37.5546, [170.0, 48.0], false),
    green("송정제방공원", 127.0600, 37.5509, [190.0, 50.0], false),
];

/// Ponds and basins: name, class, centre, reach.
const PONDS: [(&str, &str, LonLat, PlanePoint); 6] = [
    ("서울숲 거울연못", "호소", [127.0402, 37.5446], [70.0, 28.0]),
    ("서울숲 호수", "호소", [127.0376, 37.5452], [85.0, 60.0]),
    ("서울숲 습지원", "호소", [127.0352, 37.5428], [60.0, 35.0]),
    ("용답 유수지", "유수지", [127.0543, 37.5604], [80.0, 45.0]),
    ("마장 유수지", "유수지", [127.0449, 37.5640], [60.0, 32.0]),
    ("옥수 유수지", "유수지", [127.0216, 37.5408], [75.0, 22.0]),
];

/// Running river: centre line and half of the width.
#[derive(Debug, Clone)]
pub(crate) struct RiverCourse {
    /// Korean name.
    pub(crate) name: &'static str,
    /// Centre line downstream, in metres.
    pub(crate) course: Vec<PlanePoint>,
    /// Half of the water's width in metres.
    pub(crate) half_width: f64,
}

/// Water and green places, where nothing is built.
#[derive(Debug, Clone)]
pub(crate) struct NaturalAreas {
    /// All water, as published.
    pub(crate) waters: Vec<WaterArea>,
    /// The two streams.
    pub(crate) streams: Vec<RiverCourse>,
    /// North bank of the Han, westwards.
    pub(crate) bank: Vec<PlanePoint>,
    /// Hills and parks.
    pub(crate) greens: Vec<GreenPlace>,
    /// Squares of [`SQUARE`] metres near water.
    near_water: std::collections::BTreeSet<(i64, i64)>,
}

/// Side in metres of the squares for quick rejection of dry positions.
const SQUARE: f64 = 64.0;

/// Maximum margin in metres of [`Nature::is_wet`].
const WIDEST_MARGIN: f64 = 60.0;

fn square(p: PlanePoint) -> (i64, i64) {
    ((p[0] / SQUARE).floor() as i64, (p[1] / SQUARE).floor() as i64)
}

impl NaturalAreas {
    /// Generates the water and green places of a divided district.
    #[must_use]
    pub(crate) fn new(seed: u64, division: &DongDivision) -> Self {
        let mut rng = Rng::new(seed, "water");
        let south = division.outline_part(HAN_FROM, HAN_TO);
        let bank = han_bank(&south);
        let mut han = bank.clone();
        han.extend(south.iter().rev().skip(1).take(south.len().saturating_sub(2)));
        let streams = vec![
            river_course("중랑천", river_line(&JUNGNANG), 62.0),
            river_course("청계천", river_line(&CHEONGGYE), 21.0),
        ];
        let mut waters = vec![WaterArea::new("한강", "국가하천", han)];
        for (stream, class) in streams.iter().zip(["국가하천", "지방하천"]) {
            waters.push(WaterArea::new(stream.name, class, river_ring(stream)));
        }
        for (name, class, at, reach) in PONDS {
            let pond = GreenPlace { name, centre: from_degrees(at), reach, hill: false };
            let mut ring = pond.wavy_loop(1.0, &mut rng);
            ring.pop();
            waters.push(WaterArea::new(name, class, ring));
        }
        let greens = GREENS
            .iter()
            .map(|&(name, at, reach, hill)| GreenPlace {
                name,
                centre: from_degrees(at),
                reach,
                hill,
            })
            .collect();
        let mut nature = Self { waters, streams, bank, greens, near_water: [].into() };
        let [west, south, east, north] = plane::bounds(&division.outline);
        let (low, high) = (square([west, south]), square([east, north]));
        for i in low.0..=high.0 {
            for j in low.1..=high.1 {
                let middle = [(i as f64 + 0.5) * SQUARE, (j as f64 + 0.5) * SQUARE];
                // Half the diagonal is 0.71 of the side.
                let reach = WIDEST_MARGIN + 0.71 * SQUARE;
                if nature.is_near_water(middle, reach) || nature.is_near_edge(middle, reach) {
                    nature.near_water.insert((i, j));
                }
            }
        }
        nature
    }

    /// Whether `p` lies in water or nearer than `margin` metres to it.
    ///
    /// `margin` is at most 60.
    #[must_use]
    pub(crate) fn is_wet(&self, p: PlanePoint, margin: f64) -> bool {
        self.near_water.contains(&square(p)) && self.is_near_water(p, margin.min(WIDEST_MARGIN))
    }

    fn is_near_water(&self, p: PlanePoint, margin: f64) -> bool {
        let near = |line: &[PlanePoint], reach: f64| {
            line.windows(2).any(|w| distance_to_segment(p, w[0], w[1]) < reach)
        };
        self.streams.iter().any(|s| near(&s.course, s.half_width + margin))
            || near(&self.bank, margin)
            || self.waters.iter().any(|w| plane::ring_contains(&w.ring, p))
            || self.waters[3..].iter().any(|w| {
                plane::ring_sides(&w.ring).any(|(a, b)| distance_to_segment(p, a, b) < margin)
            })
    }

    /// Whether the outline of a river passes within `margin` metres of `p`: its shores, and
    /// the district's border in its water.
    fn is_near_edge(&self, p: PlanePoint, margin: f64) -> bool {
        let mut sides = self.waters[..3].iter().flat_map(|w| plane::ring_sides(&w.ring));
        sides.any(|(a, b)| distance_to_segment(p, a, b) < margin)
    }

    /// Whether `p` lies in a river; ponds don't count, since ways lead around them.
    #[must_use]
    pub(crate) fn in_river(&self, p: PlanePoint) -> bool {
        self.near_water.contains(&square(p))
            && self.waters[..3].iter().any(|w| plane::ring_contains(&w.ring, p))
    }

    /// Hill or park at `p`, grown by `margin` metres.
    #[must_use]
    pub(crate) fn green_at(&self, p: PlanePoint, margin: f64) -> Option<&GreenPlace> {
        self.greens.iter().find(|green| green.contains(p, margin))
    }
}

fn river_course(name: &'static str, course: Vec<PlanePoint>, half_width: f64) -> RiverCourse {
    RiverCourse { name, course, half_width }
}

/// North bank of the Han westwards, between the ends of the outline's stretch in its water.
fn han_bank(south: &[PlanePoint]) -> Vec<PlanePoint> {
    let ends = [south.first(), south.last()].map(|end| end.copied().into_iter());
    let [from, to] = ends;
    let points: Vec<PlanePoint> =
        from.chain(HAN_BANK.iter().map(|p| from_degrees(*p))).chain(to).collect();
    plane::smooth_line(&points, 60.0)
}

/// Smooth line through the points of a river.
#[must_use]
pub(crate) fn river_line(points: &[LonLat]) -> Vec<PlanePoint> {
    let points: Vec<PlanePoint> = points.iter().map(|p| from_degrees(*p)).collect();
    plane::smooth_line(&points, 40.0)
}

/// Water of a stream: the course widened to both sides.
#[must_use]
pub(crate) fn river_ring(stream: &RiverCourse) -> Vec<PlanePoint> {
    let [mut ring, mut other] = river_banks(stream);
    other.reverse();
    ring.extend(other);
    ring
}

/// Right and left bank of a stream, downstream, with paired vertices.
#[must_use]
pub(crate) fn river_banks(stream: &RiverCourse) -> [Vec<PlanePoint>; 2] {
    // Widening is safe from folds where vertices are further apart than bends
    // are tight.
    let mut course: Vec<PlanePoint> = Vec::new();
    let last = stream.course.len() - 1;
    for (i, p) in stream.course.iter().enumerate() {
        let far = course.last().is_none_or(|q| distance(*p, *q) > 35.0);
        if far || i == last {
            course.push(*p);
        }
    }
    [-stream.half_width, stream.half_width].map(|half| plane::offset_line(&course, half))
}

#[cfg(test)]
mod tests;
