//! The 17 legal dongs: a second division of the same ground, with other borders.

use std::collections::{BTreeMap, BTreeSet};

use crate::geometry::plane::{self, PlanePoint, bounds_centre, distance, from_degrees};
use crate::geometry::tiling::union_rings;
use crate::registers::output_areas::OutputAreas;

/// A legal dong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LegalDong {
    /// Code of ten digits: `1120010100`.
    pub(crate) code: &'static str,
    /// Korean name.
    pub(crate) name: &'static str,
    /// Name in Latin letters.
    pub(crate) english: &'static str,
    /// Rings: the outer border first.
    pub(crate) rings: Vec<Vec<PlanePoint>>,
}

/// Code, name, romanised name, overlapping administrative dongs, rough centre.
type LegalDongFacts = (&'static str, &'static str, &'static str, &'static [usize], f64, f64);

#[rustfmt::skip]
const FACTS: [LegalDongFacts; 17] = [
    ("1120010100", "상왕십리동", "Sangwangsimni-dong", &[14, 0], 127.0262, 37.5668),
    ("1120010200", "하왕십리동", "Hawangsimni-dong", &[0, 14], 127.0290, 37.5620),
    ("1120010300", "홍익동", "Hongik-dong", &[14], 127.0342, 37.5672),
    ("1120010400", "도선동", "Doseon-dong", &[14], 127.0318, 37.5648),
    ("1120010500", "마장동", "Majang-dong", &[1], 127.0406, 37.5673),
    ("1120010600", "사근동", "Sageun-dong", &[2], 127.0455, 37.5581),
    ("1120010700", "행당동", "Haengdang-dong", &[3, 4], 127.0330, 37.5580),
    ("1120010800", "응봉동", "Eungbong-dong", &[5], 127.0339, 37.5508),
    ("1120010900", "금호동1가", "Geumho-dong 1-ga", &[6], 127.0252, 37.5535),
    ("1120011000", "금호동2가", "Geumho-dong 2-ga", &[15], 127.0222, 37.5524),
    ("1120011100", "금호동3가", "Geumho-dong 3-ga", &[15], 127.0184, 37.5498),
    ("1120011200", "금호동4가", "Geumho-dong 4-ga", &[7], 127.0250, 37.5450),
    ("1120011300", "옥수동", "Oksu-dong", &[16], 127.0180, 37.5415),
    ("1120011400", "성수동1가", "Seongsu-dong 1-ga", &[8, 9], 127.0430, 37.5450),
    ("1120011500", "성수동2가", "Seongsu-dong 2-ga", &[10, 11], 127.0568, 37.5410),
    ("1120011800", "송정동", "Songjeong-dong", &[12], 127.0642, 37.5524),
    ("1120012200", "용답동", "Yongdap-dong", &[13], 127.0576, 37.5588),
];

/// Legal dongs and their output areas.
#[derive(Debug, Clone)]
pub(crate) struct LegalDongs {
    /// Legal dongs, by code.
    pub(crate) list: Vec<LegalDong>,
    /// Legal dong of each output area.
    pub(crate) of_area: Vec<usize>,
}

impl LegalDongs {
    /// Joins output areas to legal dongs.
    ///
    /// Each to the nearest one that overlaps the output area's administrative dong.
    #[must_use]
    pub(crate) fn new(areas: &OutputAreas) -> Self {
        let of_area: Vec<usize> = areas
            .list
            .iter()
            .map(|area| {
                let at = bounds_centre(&area.ring);
                let away = |l: &usize| {
                    let (_, _, _, _, lon, lat) = FACTS[*l];
                    distance(from_degrees([lon, lat]), at)
                };
                let candidates = (0..FACTS.len()).filter(|l| FACTS[*l].3.contains(&area.dong));
                candidates.min_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or(0)
            })
            .collect();
        let of_area = without_exclaves(areas, of_area);
        let list = FACTS
            .iter()
            .enumerate()
            .map(|(l, &(code, name, english, ..))| {
                let mine = areas.list.iter().zip(&of_area).filter(|(_, of)| **of == l);
                let rings = union_rings(mine.map(|(area, _)| area.ring.as_slice()));
                LegalDong { code, name, english, rings }
            })
            .collect();
        Self { list, of_area }
    }
}

/// Output areas that share a side with each output area, ascending.
fn neighbouring_areas(areas: &OutputAreas) -> Vec<BTreeSet<usize>> {
    let key = |p: PlanePoint| p.map(f64::to_bits);
    let sides = || {
        let areas = areas.list.iter().enumerate();
        areas.flat_map(|(i, area)| plane::ring_sides(&area.ring).map(move |side| (i, side)))
    };
    let owners: BTreeMap<_, usize> = sides().map(|(i, (a, b))| ((key(a), key(b)), i)).collect();
    let mut neighbours = vec![BTreeSet::new(); areas.list.len()];
    for (i, (a, b)) in sides() {
        neighbours[i].extend(owners.get(&(key(b), key(a))));
    }
    neighbours
}

/// Gives parts of a legal dong that do not touch its largest part to the dong beside them.
fn without_exclaves(areas: &OutputAreas, mut of_area: Vec<usize>) -> Vec<usize> {
    let neighbours = neighbouring_areas(areas);
    // Each round settles the exclaves that touch a settled part; few are deeper.
    for _ in 0..4 {
        let mut settled = vec![false; of_area.len()];
        for dong in 0..FACTS.len() {
            for area in largest_part(&of_area, &neighbours, dong) {
                settled[area] = true;
            }
        }
        for area in (0..of_area.len()).filter(|area| !settled[*area]) {
            if let Some(beside) = neighbours[area].iter().find(|beside| settled[**beside]) {
                of_area[area] = of_area[*beside];
            }
        }
    }
    of_area
}

/// Output areas of the largest connected part of a legal dong.
fn largest_part(of_area: &[usize], neighbours: &[BTreeSet<usize>], dong: usize) -> Vec<usize> {
    let mut seen = vec![false; of_area.len()];
    let mut largest = Vec::new();
    for start in (0..of_area.len()).filter(|area| of_area[*area] == dong) {
        let (mut part, mut open) = (Vec::new(), vec![start]);
        while let Some(area) = open.pop() {
            if !std::mem::replace(&mut seen[area], true) {
                part.push(area);
                let beside = neighbours[area].iter().copied();
                open.extend(beside.filter(|beside| of_area[*beside] == dong));
            }
        }
        if part.len() > largest.len() {
            largest = part;
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::land::district::District;

    #[test]
    fn every_legal_dong_is_in_one_piece() {
        let areas = OutputAreas::new(11_200, &District::new(11_200));
        for dong in LegalDongs::new(&areas).list {
            let outer = dong.rings.iter().filter(|ring| plane::area(ring) > 0.0);
            assert_eq!(outer.count(), 1, "{} falls apart", dong.name);
        }
    }
}
