//! The national 100 m grid over the district.
//!
//! Cells are squares of EPSG:5179. Polynomials replace the projection: they are fitted to
//! it over the district and right to a millimetre. A true transverse Mercator needs
//! sines, which machines compute differently.

use std::collections::BTreeMap;

use crate::geometry::plane::{self, PlanePoint, distance, distance_to_segment};
use crate::land::dongs::DongDivision;

/// Number of grid cells in the district.
pub(crate) const COUNT: usize = 1_786;

/// Side of a cell in metres.
pub(crate) const SIDE: f64 = 100.0;

/// Coefficients of a polynomial of second order; arguments in kilometres.
type Polynomial = [f64; 6];

const TO_NATIONAL_EAST: Polynomial =
    [367.579_434_9, 999.613_431, 4.891_196_1, -0.000_205_9, -0.120_336_7, 0.000_504];
const TO_NATIONAL_NORTH: Polynomial =
    [172.886_029_4, -4.891_221, 999.608_194_3, 0.060_168_7, -0.000_411_8, 0.000_759_7];
const NATIONAL_TO_X: Polynomial =
    [-366.858_750_2, 1_000.341_131_7, -4.938_786_6, 0.001_090_3, 0.120_453_6, -0.001_090_3];
const NATIONAL_TO_Y: Polynomial =
    [-174.756_974_1, 4.938_916_5, 1_000.367_645, -0.060_228_6, 0.001_583_7, -0.000_769_3];

/// Origin of the polynomials, in EPSG:5179.
const NATIONAL_ORIGIN: PlanePoint = [959_000.0, 1_950_000.0];

fn evaluate_polynomial(c: &Polynomial, [x, y]: PlanePoint) -> f64 {
    let (x, y) = (x / 1000.0, y / 1000.0);
    c[0] + c[1] * x + c[2] * y + c[3] * x * x + c[4] * x * y + c[5] * y * y
}

/// Converts a position of the plane to east and north in EPSG:5179.
#[must_use]
pub(crate) fn to_national(p: PlanePoint) -> PlanePoint {
    [
        NATIONAL_ORIGIN[0] + evaluate_polynomial(&TO_NATIONAL_EAST, p),
        NATIONAL_ORIGIN[1] + evaluate_polynomial(&TO_NATIONAL_NORTH, p),
    ]
}

/// Converts east and north in EPSG:5179 to a position of the plane.
#[must_use]
pub(crate) fn from_national(east_north: PlanePoint) -> PlanePoint {
    let relative = [east_north[0] - NATIONAL_ORIGIN[0], east_north[1] - NATIONAL_ORIGIN[1]];
    [evaluate_polynomial(&NATIONAL_TO_X, relative), evaluate_polynomial(&NATIONAL_TO_Y, relative)]
}

/// One cell of the grid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GridCell {
    /// Number in the national grid: `다사594501`.
    pub(crate) id: String,
    /// Column: hundreds of metres east in EPSG:5179.
    pub(crate) east: i64,
    /// Row: hundreds of metres north in EPSG:5179.
    pub(crate) north: i64,
    /// Corners, counter-clockwise from the south-west, in metres of the plane.
    pub(crate) ring: [PlanePoint; 4],
    /// Centre in metres of the plane.
    pub(crate) centre: PlanePoint,
    /// Dong that contains most of the cell.
    pub(crate) dong: usize,
    /// Share of the cell inside the district.
    pub(crate) share: f64,
}

/// Cells of the district, by row from the south and then by column.
#[derive(Debug, Clone)]
pub(crate) struct NationalGrid {
    /// Cells, in the order of the grid.
    pub(crate) cells: Vec<GridCell>,
    index: BTreeMap<(i64, i64), usize>,
}

impl NationalGrid {
    /// Lays the grid over the district: the [`COUNT`] cells with the largest shares inside.
    #[must_use]
    pub(crate) fn new(division: &DongDivision) -> Self {
        let corners: Vec<PlanePoint> = division.outline.iter().map(|p| to_national(*p)).collect();
        let [west, south, east, north] = plane::bounds(&corners);
        let square = |v: f64| (v / SIDE).floor() as i64;
        let mut found = Vec::new();
        for j in square(south)..=square(north) {
            for i in square(west)..=square(east) {
                let cell = grid_cell(division, i, j);
                let gap = plane::ring_sides(&division.outline)
                    .map(|(a, b)| distance_to_segment(cell.centre, a, b))
                    .fold(f64::INFINITY, f64::min);
                found.push((cell, gap));
            }
        }
        // Cells with the largest share first, then the nearest to the outline.
        found.sort_by(|(a, x), (b, y)| {
            b.share.total_cmp(&a.share).then(x.total_cmp(y)).then(a.id.cmp(&b.id))
        });
        let mut cells: Vec<GridCell> = found.into_iter().map(|pair| pair.0).take(COUNT).collect();
        cells.sort_by_key(|cell| (cell.north, cell.east));
        let index = cells.iter().enumerate().map(|(i, c)| ((c.east, c.north), i)).collect();
        Self { cells, index }
    }

    /// Cell at `p`, or the nearest cell around if the district's rim has none there.
    #[must_use]
    pub(crate) fn at(&self, p: PlanePoint) -> Option<usize> {
        let [east, north] = to_national(p);
        let (i, j) = ((east / SIDE).floor() as i64, (north / SIDE).floor() as i64);
        self.find(i, j).or_else(|| {
            let around = (-1..=1).flat_map(|v| (-1..=1).map(move |u| (i + u, j + v)));
            let near = around.filter_map(|(i, j)| self.find(i, j));
            near.min_by(|a, b| {
                let away = |k: &usize| distance(self.cells[*k].centre, p);
                away(a).total_cmp(&away(b))
            })
        })
    }

    /// Dong at `p`, or the dong of the nearest cell if `p` is a little outside.
    #[must_use]
    pub(crate) fn dong_at(&self, division: &DongDivision, p: PlanePoint) -> usize {
        division.dong_at(p).or_else(|| Some(self.cells[self.at(p)?].dong)).unwrap_or(0)
    }

    /// Cell of this column and row.
    #[must_use]
    pub(crate) fn find(&self, east: i64, north: i64) -> Option<usize> {
        self.index.get(&(east, north)).copied()
    }
}

fn grid_cell(division: &DongDivision, i: i64, j: i64) -> GridCell {
    let at = |u: f64, v: f64| from_national([(i as f64 + u) * SIDE, (j as f64 + v) * SIDE]);
    let mut inside = [0_usize; 17];
    let mut count = 0;
    for v in 0..10 {
        for u in 0..10 {
            let p = at(f64::from(u) / 10.0 + 0.05, f64::from(v) / 10.0 + 0.05);
            if let Some(dong) = division.dong_at(p) {
                inside[dong] += 1;
                count += 1;
            }
        }
    }
    let middle = at(0.5, 0.5);
    let nearest = (0..inside.len()).min_by(|a, b| {
        let away = |d: &usize| distance(division.dongs[*d].centre, middle);
        away(a).total_cmp(&away(b))
    });
    let most = (0..inside.len()).max_by_key(|d| (inside[*d], std::cmp::Reverse(*d)));
    GridCell {
        id: format!("다사{:03}{:03}", i.rem_euclid(1000), j.rem_euclid(1000)),
        east: i,
        north: j,
        ring: [at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0)],
        centre: middle,
        dong: if count > 0 { most } else { nearest }.unwrap_or(0),
        share: f64::from(count) / 100.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_that_of_epsg_5179() {
        // By a transverse Mercator computed with series of sixth order.
        for (lon_lat, known) in [
            ([127.04, 37.55], [959_367.579, 1_950_172.886]),
            ([127.0737, 37.573], [962_355.935, 1_952_710.580]),
        ] {
            let found = to_national(plane::from_degrees(lon_lat));
            assert!(distance(found, known) < 0.01, "{found:?}");
            let back = from_national(found);
            assert!(distance(back, plane::from_degrees(lon_lat)) < 0.01, "{back:?}");
        }
    }

    #[test]
    fn cells_cover_the_district_and_share_their_corners() {
        let division = DongDivision::new();
        let grid = NationalGrid::new(&division);
        assert_eq!(grid.cells.len(), COUNT);
        let covered: f64 = grid.cells.iter().map(|cell| cell.share).sum();
        let area = plane::area(&division.outline).abs() / (SIDE * SIDE);
        assert!((covered / area - 1.0).abs() < 0.01, "{covered} of {area}");
        for (i, cell) in grid.cells.iter().enumerate() {
            assert_eq!(grid.at(cell.centre), Some(i));
            if let Some(east) = grid.find(cell.east + 1, cell.north) {
                assert_eq!(cell.ring[1], grid.cells[east].ring[0]);
                assert_eq!(cell.ring[2], grid.cells[east].ring[3]);
            }
        }
    }
}
