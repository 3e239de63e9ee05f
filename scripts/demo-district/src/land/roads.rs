//! Main roads.
//!
//! Known names on approximate lines, cut at the rivers so that the part over water is the
//! bridge.

use crate::geometry::lines::LineFeature;
use crate::geometry::plane::{self, LonLat, PlanePoint, distance, from_degrees, lerp};
use crate::land::dongs::DongDivision;
use crate::land::river_courses::{
    CHEONGGYE, CHEONGGYE_UPSTREAM, HAN_NORTH_BANK_DOWNSTREAM, HAN_NORTH_BANK_UPSTREAM, JUNGNANG,
    JUNGNANG_UPSTREAM,
};
use crate::land::road_sketches::{BRIDGES, EXPRESSWAY, RoadSketch, SKETCHES};
use crate::land::water::NaturalAreas;

/// A named stretch of road.
#[derive(Debug, Clone)]
pub(crate) struct Road {
    /// Korean name.
    pub(crate) name: String,
    /// Name in Latin letters.
    pub(crate) english: String,
    /// Road class: 대로, 로 or 길; 도시고속도로 of a whole main road.
    pub(crate) class: &'static str,
    /// Width in metres.
    pub(crate) width: f64,
    /// The line in metres.
    pub(crate) line: Vec<PlanePoint>,
    /// Whether the stretch crosses a river.
    pub(crate) bridge: bool,
}

impl LineFeature for Road {
    fn line(&self) -> &[PlanePoint] {
        &self.line
    }

    fn with_line(&self, line: Vec<PlanePoint>) -> Self {
        Self { line, ..self.clone() }
    }
}

/// Roads along the water, drawn from the shores themselves and continued beyond the border.
fn riverside_roads(nature: &NaturalAreas) -> Vec<Road> {
    let road = |name: &str, english: &str, class, width, line: Vec<PlanePoint>| Road {
        name: name.to_owned(),
        english: english.to_owned(),
        class,
        width,
        line: plane::smooth_line(&line, 40.0),
        bridge: false,
    };
    let degrees = |points: &[LonLat]| points.iter().map(|p| from_degrees(*p)).collect::<Vec<_>>();
    let bank = [
        degrees(&HAN_NORTH_BANK_UPSTREAM),
        nature.bank.iter().step_by(4).copied().collect(),
        degrees(&HAN_NORTH_BANK_DOWNSTREAM),
    ]
    .concat();
    let jungnang = degrees(&[&JUNGNANG_UPSTREAM[..], &JUNGNANG].concat());
    let cheonggye = degrees(&[&CHEONGGYE_UPSTREAM[..], &CHEONGGYE].concat());
    vec![
        road("강변북로", "Gangbyeonbuk-ro", EXPRESSWAY, 36.0, plane::offset_line(&bank, -34.0)),
        road(
            "동부간선도로",
            "Dongbuganseon-doro",
            EXPRESSWAY,
            30.0,
            // Ends at the mouth, where it joins 강변북로.
            plane::offset_line(&jungnang[..jungnang.len() - 1], 98.0),
        ),
        road("청계천로", "Cheonggyecheon-ro", "로", 16.0, plane::offset_line(&cheonggye, -44.0)),
    ]
}

/// Road along the smooth line of a sketch.
#[must_use]
pub(crate) fn sketched_road((name, english, class, width, points): &RoadSketch) -> Road {
    let points: Vec<PlanePoint> = points.iter().map(|p| from_degrees(*p)).collect();
    Road {
        name: (*name).to_owned(),
        english: (*english).to_owned(),
        class,
        width: *width,
        line: plane::smooth_line(&points, 40.0),
        bridge: false,
    }
}

/// The main roads of the district with their course beyond its border, each in one piece.
#[must_use]
pub(crate) fn whole_main_roads(nature: &NaturalAreas) -> Vec<Road> {
    let sketched = SKETCHES.iter().map(sketched_road);
    riverside_roads(nature).into_iter().chain(sketched).collect()
}

/// The main roads of the district, cut at its outline and at the rivers.
#[must_use]
pub(crate) fn main_roads(division: &DongDivision, nature: &NaturalAreas) -> Vec<Road> {
    let mut whole = whole_main_roads(nature);
    // The road register has no class for urban expressways.
    whole.iter_mut().filter(|road| road.class == EXPRESSWAY).for_each(|road| road.class = "대로");
    whole.iter().flat_map(|road| cut_at_rivers(road, division, nature)).collect()
}

/// Kind of ground under a position of a road.
#[derive(Debug, Clone, Copy, PartialEq)]
enum RoadGround {
    Outside,
    River,
    Land,
}

fn cut_at_rivers(road: &Road, division: &DongDivision, nature: &NaturalAreas) -> Vec<Road> {
    let place = |p: PlanePoint| {
        if !plane::ring_contains(&division.outline, p) {
            RoadGround::Outside
        } else if nature.in_river(p) {
            RoadGround::River
        } else {
            RoadGround::Land
        }
    };
    let mut pieces: Vec<(RoadGround, Vec<PlanePoint>)> = Vec::new();
    let mut here = place(road.line[0]);
    let mut current = vec![road.line[0]];
    for w in road.line.windows(2) {
        // Short steps, so that no river narrower than a segment is jumped.
        let steps = (distance(w[0], w[1]) / 6.0).ceil().max(1.0);
        let mut before = w[0];
        for k in 1..=steps as usize {
            let next = lerp(w[0], w[1], k as f64 / steps);
            let there = place(next);
            if there != here {
                let turn = turning_point(&place, here, before, next);
                current.push(turn);
                pieces.push((here, std::mem::replace(&mut current, vec![turn])));
                here = there;
            }
            before = next;
        }
        current.push(w[1]);
    }
    pieces.push((here, current));
    pieces
        .into_iter()
        .filter(|(place, line)| *place != RoadGround::Outside && plane::length(line) > 8.0)
        .map(|(place, line)| name_piece(road, place == RoadGround::River, line))
        .collect()
}

/// Last position before the ground changes between two positions, to a few centimetres.
fn turning_point(
    place: &impl Fn(PlanePoint) -> RoadGround,
    here: RoadGround,
    from: PlanePoint,
    to: PlanePoint,
) -> PlanePoint {
    let (mut a, mut b) = (from, to);
    for _ in 0..8 {
        let middle = lerp(a, b, 0.5);
        if place(middle) == here {
            a = middle;
        } else {
            b = middle;
        }
    }
    // The last position on this side, so that a bridge ends on the shore.
    a
}

fn name_piece(road: &Road, bridge: bool, line: Vec<PlanePoint>) -> Road {
    let mut piece = Road { line, bridge, ..road.clone() };
    if bridge {
        let middle = piece.line[piece.line.len() / 2];
        let near = |at: LonLat| distance(from_degrees(at), middle);
        let known = BRIDGES.iter().min_by(|a, b| near(a.2).total_cmp(&near(b.2)));
        if let Some((name, english, at)) = known
            && near(*at) < 350.0
        {
            (piece.name, piece.english) = ((*name).to_owned(), (*english).to_owned());
        }
    }
    piece
}
