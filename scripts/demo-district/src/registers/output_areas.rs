//! Census output areas: about 500 people each, tiling the dongs exactly.

use crate::geometry::plane::bounds_centre;
use crate::geometry::plane::{self, PlanePoint};
use crate::geometry::tiling::{WeightedPoint, split_polygon};
use crate::land::district::District;
use crate::numbers::rng::Rng;
use crate::numbers::rounding::apportion;

/// Number of output areas in the district.
pub(crate) const COUNT: usize = 560;

/// One output area.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OutputArea {
    /// The dong's code and a running number: `1104052010001`.
    pub(crate) code: String,
    /// Dong that contains the area.
    pub(crate) dong: usize,
    /// Border: an open ring, counter-clockwise, in metres.
    pub(crate) ring: Vec<PlanePoint>,
    /// Floor area of homes in square metres.
    pub(crate) homes: f64,
    /// Floor area of other buildings in square metres.
    pub(crate) work: f64,
    bounds: [f64; 4],
}

impl OutputArea {
    /// Whether `p` lies in the area.
    #[must_use]
    pub(crate) fn contains(&self, p: PlanePoint) -> bool {
        let [west, south, east, north] = self.bounds;
        (west..=east).contains(&p[0])
            && (south..=north).contains(&p[1])
            && plane::ring_contains(&self.ring, p)
    }
}

/// The output areas of all dongs.
#[derive(Debug, Clone)]
pub(crate) struct OutputAreas {
    /// The areas, by code.
    pub(crate) list: Vec<OutputArea>,
}

impl OutputAreas {
    /// Cuts every dong into areas of about the same number of residents.
    #[must_use]
    pub(crate) fn new(seed: u64, district: &District) -> Self {
        let dongs = &district.division.dongs;
        let weights: Vec<f64> = district.residents.iter().map(|r| r.total as f64).collect();
        let counts = apportion(COUNT as i64, &weights);
        let mut homes: Vec<Vec<WeightedPoint>> = vec![Vec::new(); dongs.len()];
        let mut work = homes.clone();
        for building in &district.town.buildings {
            let at = bounds_centre(&building.ring);
            let Some(dong) = district.division.dong_at(building.ring[0]) else { continue };
            let lived_in = matches!(building.usage, "단독주택" | "공동주택");
            let list = if lived_in { &mut homes } else { &mut work };
            list[dong].push((at, building.floor_area));
        }
        let mut list = Vec::with_capacity(COUNT);
        for (d, dong) in dongs.iter().enumerate() {
            let mut rng = Rng::new(seed, &format!("output areas {d}"));
            let some = work[d].iter().map(|w| (w.0, 0.12 * w.1));
            let weights: Vec<WeightedPoint> = homes[d].iter().copied().chain(some).collect();
            for (k, ring) in split_polygon(&dong.ring, &weights, counts[d] as usize, &mut rng)
                .into_iter()
                .enumerate()
            {
                let mut area = OutputArea {
                    code: format!("{}01{:04}", dong.facts.code, k + 1),
                    dong: d,
                    bounds: plane::bounds(&ring),
                    ring,
                    homes: 0.0,
                    work: 0.0,
                };
                let sum = |list: &[WeightedPoint]| {
                    list.iter().filter(|w| area.contains(w.0)).map(|w| w.1).sum::<f64>()
                };
                (area.homes, area.work) = (sum(&homes[d]), sum(&work[d]));
                list.push(area);
            }
        }
        Self { list }
    }

    /// The output area at `p`.
    #[must_use]
    pub(crate) fn at(&self, p: PlanePoint) -> Option<usize> {
        self.list.iter().position(|area| area.contains(p))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::tiling::union_rings;

    #[test]
    fn output_areas_tile_the_dongs() {
        let district = District::new(11_200);
        let areas = OutputAreas::new(11_200, &district);
        assert_eq!(areas.list.len(), COUNT);
        for (d, dong) in district.division.dongs.iter().enumerate() {
            let mine = areas.list.iter().filter(|area| area.dong == d);
            let whole = union_rings(mine.map(|area| area.ring.as_slice()));
            assert_eq!(whole.len(), 1, "{} falls apart", dong.facts.name);
            let vertices = |ring: &[PlanePoint]| {
                let mut list = ring.to_vec();
                list.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
                list
            };
            assert_eq!(vertices(&whole[0]), vertices(&dong.ring), "{}", dong.facts.name);
        }
    }
}
