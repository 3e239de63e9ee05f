//! The national 100 m grid over the district's dry ground.
//!
//! Nobody lives or walks in a river: cells in the water are no part of the grid.
//!
//! Cells are squares of EPSG:5179. Polynomials replace the projection: they are fitted to
//! it over the district and right to a millimetre. A true transverse Mercator needs
//! sines, which machines compute differently.

use std::collections::BTreeMap;

use crate::geometry::plane::{self, PlanePoint, distance};
use crate::land::dongs::DongDivision;
use crate::land::water::NaturalAreas;

/// Least share of a cell that is dry ground of the district; cells with less are left out.
const MIN_LAND_SHARE: f64 = 0.1;

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
    /// Share of the cell that is dry ground of the district.
    pub(crate) land_share: f64,
}

/// Cells of the district, by row from the south and then by column.
#[derive(Debug, Clone)]
pub(crate) struct NationalGrid {
    /// Cells, in the order of the grid.
    pub(crate) cells: Vec<GridCell>,
    index: BTreeMap<(i64, i64), usize>,
}

impl NationalGrid {
    /// Lays the grid over the dry ground of the district.
    #[must_use]
    pub(crate) fn new(division: &DongDivision, nature: &NaturalAreas) -> Self {
        let corners: Vec<PlanePoint> = division.outline.iter().map(|p| to_national(*p)).collect();
        let [west, south, east, north] = plane::bounds(&corners);
        let square = |v: f64| (v / SIDE).floor() as i64;
        let rows = square(south)..=square(north);
        let squares = rows.flat_map(|j| (square(west)..=square(east)).map(move |i| (i, j)));
        let cells: Vec<GridCell> =
            squares.filter_map(|(i, j)| grid_cell(division, nature, i, j)).collect();
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

/// Cell of this column and row; `None` if too little of it is dry ground of the district.
fn grid_cell(division: &DongDivision, nature: &NaturalAreas, i: i64, j: i64) -> Option<GridCell> {
    let at = |u: f64, v: f64| from_national([(i as f64 + u) * SIDE, (j as f64 + v) * SIDE]);
    let mut land = [0_usize; 17];
    let samples = (0..100).map(|k| {
        let (u, v) = (f64::from(k % 10), f64::from(k / 10));
        at(u / 10.0 + 0.05, v / 10.0 + 0.05)
    });
    for p in samples.filter(|p| !nature.in_river(*p)) {
        if let Some(dong) = division.dong_at(p) {
            land[dong] += 1;
        }
    }
    let land_share = land.iter().sum::<usize>() as f64 / 100.0;
    let dong = (0..land.len()).max_by_key(|d| (land[*d], std::cmp::Reverse(*d)))?;
    (land_share >= MIN_LAND_SHARE).then(|| GridCell {
        id: format!("다사{:03}{:03}", i.rem_euclid(1000), j.rem_euclid(1000)),
        east: i,
        north: j,
        ring: [at(0.0, 0.0), at(1.0, 0.0), at(1.0, 1.0), at(0.0, 1.0)],
        centre: at(0.5, 0.5),
        dong,
        land_share,
    })
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
    fn cells_cover_the_dry_ground_and_share_their_corners() {
        let division = DongDivision::new();
        let nature = NaturalAreas::new(11_200, &division);
        let grid = NationalGrid::new(&division, &nature);
        let covered: f64 = grid.cells.iter().map(|cell| cell.land_share).sum();
        let rivers: f64 = nature.waters[..3].iter().map(|water| plane::area(&water.ring)).sum();
        let district = plane::area(&division.outline).abs();
        // A part of the Cheonggyecheon lies beyond the border.
        let land = (district - rivers) / (SIDE * SIDE)..(district - 0.85 * rivers) / (SIDE * SIDE);
        assert!(land.contains(&covered), "{covered} not in {land:?}");
        for (i, cell) in grid.cells.iter().enumerate() {
            assert_eq!(grid.at(cell.centre), Some(i));
            if let Some(east) = grid.find(cell.east + 1, cell.north) {
                assert_eq!(cell.ring[1], grid.cells[east].ring[0]);
                assert_eq!(cell.ring[2], grid.cells[east].ring[3]);
            }
        }
    }

    #[test]
    fn no_cell_lies_in_the_water_or_outside() {
        let division = DongDivision::new();
        let nature = NaturalAreas::new(11_200, &division);
        let grid = NationalGrid::new(&division, &nature);
        // The middle of the Han, the Han at the district's border, Jung-gu, Gwangjin-gu.
        let nowhere =
            [[127.0300, 37.5380], [127.0450, 37.5353], [127.0180, 37.5640], [127.0720, 37.5500]];
        for lon_lat in nowhere {
            let [east, north] = to_national(plane::from_degrees(lon_lat));
            let (i, j) = ((east / SIDE).floor() as i64, (north / SIDE).floor() as i64);
            assert_eq!(grid.find(i, j), None, "{lon_lat:?}");
        }
    }
}
