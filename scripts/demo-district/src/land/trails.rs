//! Walking trails: along the rivers, around the hills, through Seoul Forest.

use crate::geometry::plane::{self, PlanePoint, lerp};
use crate::land::dongs::DongDivision;
use crate::land::water::NaturalAreas;
use crate::numbers::rng::Rng;

/// Number of trails in the district's list.
pub(crate) const COUNT: usize = 68;

/// A walking trail.
#[derive(Debug, Clone)]
pub(crate) struct Trail {
    /// Name of the trail.
    pub(crate) name: String,
    /// Surface: 흙, 목재, 포장 or 우레탄.
    pub(crate) surface: &'static str,
    /// Mean slope in per cent.
    pub(crate) slope: f64,
    /// Whether a wheelchair can use it.
    pub(crate) barrier_free: bool,
    /// The line in metres.
    pub(crate) line: Vec<PlanePoint>,
}

/// Lays out the trails.
#[must_use]
pub(crate) fn lay_out_trails(
    seed: u64,
    division: &DongDivision,
    nature: &NaturalAreas,
) -> Vec<Trail> {
    let mut rng = Rng::new(seed, "trails");
    let mut trails = Vec::new();
    for stream in &nature.streams {
        for (side, sign) in [("우안", -1.0), ("좌안", 1.0)] {
            let bank = plane::offset_line(&stream.course, sign * (stream.half_width + 11.0));
            let name = format!("{} {side} 산책로", stream.name);
            add_riverside_trails(&name, &bank, 640.0, division, &mut rng, &mut trails);
        }
    }
    let promenade = plane::offset_line(&nature.bank, -9.0);
    add_riverside_trails("한강변 산책로", &promenade, 560.0, division, &mut rng, &mut trails);
    for share in [0.86, 0.7, 0.55, 0.42, 0.3] {
        for green in &nature.greens {
            if trails.len() == COUNT {
                return trails;
            }
            let ring = green.wavy_loop(share, &mut rng);
            let dry =
                ring.iter().all(|p| !nature.is_wet(*p, 0.0) && division.dong_at(*p).is_some());
            let line = if dry && share > 0.5 {
                ring
            } else {
                winding_line(green.centre, green.reach, share, &mut rng)
            };
            if line.iter().any(|p| nature.in_river(*p) || division.dong_at(*p).is_none()) {
                continue;
            }
            let course = 1 + trails.iter().filter(|t| t.name.starts_with(green.name)).count();
            let kind = if green.hill { "둘레길" } else { "산책길" };
            trails.push(describe_trail(
                format!("{} {kind} {course}코스", green.name),
                green.hill,
                line,
                &mut rng,
            ));
        }
    }
    trails
}

/// Cuts a river bank into named sections, without the parts outside the district.
fn add_riverside_trails(
    name: &str,
    bank: &[PlanePoint],
    section: f64,
    division: &DongDivision,
    rng: &mut Rng,
    trails: &mut Vec<Trail>,
) {
    let mut count = 0;
    for piece in plane::cut_line(&plane::smooth_line(bank, 20.0), section) {
        let home = |p: &&PlanePoint| division.dong_at(**p).is_some();
        let line: Vec<PlanePoint> =
            piece.iter().skip_while(|p| !home(p)).take_while(home).copied().collect();
        if line.len() > 2 && plane::length(&line) > 150.0 {
            count += 1;
            trails.push(describe_trail(format!("{name} {count}구간"), false, line, rng));
        }
    }
}

/// Winding line across a hill or park.
fn winding_line(
    centre: PlanePoint,
    reach: PlanePoint,
    share: f64,
    rng: &mut Rng,
) -> Vec<PlanePoint> {
    let ends = if rng.chance(0.5) { [1.0, 1.0] } else { [1.0, -1.0] };
    let from = [centre[0] - reach[0] * ends[0] * 0.62, centre[1] - reach[1] * ends[1] * 0.62];
    let to = [centre[0] + reach[0] * ends[0] * 0.62, centre[1] + reach[1] * ends[1] * 0.62];
    let mut points = vec![from];
    for k in 1..5 {
        let p = lerp(from, to, f64::from(k) / 5.0);
        let wander = share * 0.5;
        points.push([
            p[0] + reach[0] * rng.range(-wander, wander),
            p[1] + reach[1] * rng.range(-wander, wander),
        ]);
    }
    points.push(to);
    plane::smooth_line(&points, 18.0)
}

fn describe_trail(name: String, hill: bool, line: Vec<PlanePoint>, rng: &mut Rng) -> Trail {
    let surface = if hill {
        rng.pick(&[(5.0, "흙"), (4.0, "목재"), (1.0, "포장")], "흙")
    } else {
        rng.pick(&[(3.0, "포장"), (4.0, "우레탄"), (2.0, "흙"), (1.0, "목재")], "포장")
    };
    let slope = if hill { rng.range(6.0, 18.0) } else { rng.range(0.3, 3.0) };
    let slope = (slope * 10.0).round() / 10.0;
    let smooth_ground = surface != "흙";
    Trail { name, surface, slope, barrier_free: smooth_ground && slope < 8.0, line }
}
