//! Geometry of features in flat arrays, and predicates on it.

use data_model::feature::{Geometry, ShapeKind};

/// The geometry of all rows of a part, in longitude and latitude.
#[derive(Debug, Default)]
pub(crate) struct PartOutlines {
    coordinates: Vec<[f64; 2]>,
    /// End of each line or ring in `coordinates`; a row's points are one part.
    parts: Vec<u32>,
    /// Whether each part is the exterior ring of a polygon.
    exterior: Vec<bool>,
    /// End of each row in `parts`.
    rows: Vec<u32>,
    kinds: Vec<Option<ShapeKind>>,
}

/// The geometry of one row; rings do not repeat their first vertex.
#[derive(Clone, Copy)]
pub(crate) struct RowOutline<'a> {
    pub(crate) kind: ShapeKind,
    pub(crate) coordinates: &'a [[f64; 2]],
    /// Index of the first vertex among those of all rows.
    first: usize,
    ends: &'a [u32],
    exterior: &'a [bool],
}

impl PartOutlines {
    /// Adds a row; `false` if the vertices can't be numbered in 32 bits.
    #[must_use]
    pub(crate) fn push(&mut self, geometry: &Geometry) -> bool {
        let start = self.coordinates.len();
        if start + geometry.coordinates.len() >= u32::MAX as usize {
            return false;
        }
        match geometry.kind {
            Some(ShapeKind::Point) => {
                self.coordinates.extend_from_slice(&geometry.coordinates);
                self.end_part(start, false);
            }
            Some(ShapeKind::Line) => {
                for part in geometry.parts() {
                    let start = self.coordinates.len();
                    self.coordinates.extend_from_slice(part);
                    self.end_part(start, false);
                }
            }
            Some(ShapeKind::Polygon) => {
                let mut first = 0;
                let rings: Vec<_> = geometry.parts().collect();
                for &end in &geometry.polygon_ends {
                    let polygon = rings.get(first..end as usize).unwrap_or_default();
                    first = end as usize;
                    for (number, ring) in polygon.iter().enumerate() {
                        let start = self.coordinates.len();
                        let closed = ring.len() > 1 && ring.first() == ring.last();
                        let open = &ring[..ring.len() - usize::from(closed)];
                        self.coordinates.extend_from_slice(open);
                        self.end_part(start, number == 0);
                    }
                }
            }
            None => {}
        }
        self.rows.push(self.parts.len() as u32);
        let drawn = self.coordinates.len() > start;
        self.kinds.push(geometry.kind.filter(|_| drawn));
        true
    }

    fn end_part(&mut self, start: usize, exterior: bool) {
        if self.coordinates.len() > start {
            self.parts.push(self.coordinates.len() as u32);
            self.exterior.push(exterior);
        }
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.kinds.len()
    }

    /// The geometry of a row; `None` if it has none.
    pub(crate) fn get(&self, row: usize) -> Option<RowOutline<'_>> {
        self.on(&self.coordinates, row)
    }

    /// The geometry of a row in another coordinate system.
    pub(crate) fn on<'a>(
        &'a self,
        coordinates: &'a [[f64; 2]],
        row: usize,
    ) -> Option<RowOutline<'a>> {
        let kind = (*self.kinds.get(row)?)?;
        let from = if row == 0 { 0 } else { self.rows[row - 1] as usize };
        let to = self.rows[row] as usize;
        let first = if from == 0 { 0 } else { self.parts[from - 1] as usize };
        let ends = &self.parts[from..to];
        let last = ends.last().map_or(first, |&end| end as usize);
        Some(RowOutline {
            kind,
            coordinates: coordinates.get(first..last)?,
            first,
            ends,
            exterior: &self.exterior[from..to],
        })
    }

    pub(crate) fn coordinates(&self) -> &[[f64; 2]] {
        &self.coordinates
    }

    /// Reorders the rows.
    pub(crate) fn arrange(&mut self, order: &[u32]) {
        let mut arranged = Self::default();
        for &row in order {
            let row = row as usize;
            if let Some(outline) = self.get(row) {
                for (part, exterior) in outline.parts() {
                    let start = arranged.coordinates.len();
                    arranged.coordinates.extend_from_slice(part);
                    arranged.end_part(start, exterior);
                }
            }
            arranged.rows.push(arranged.parts.len() as u32);
            arranged.kinds.push(self.kinds.get(row).copied().flatten());
        }
        *self = arranged;
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.coordinates.capacity() * 16
            + self.parts.capacity() * 5
            + self.rows.capacity() * 4
            + self.kinds.capacity()
    }
}

impl<'a> RowOutline<'a> {
    /// Each line or ring, and whether it is a polygon's exterior ring.
    pub(crate) fn parts(self) -> impl Iterator<Item = (&'a [[f64; 2]], bool)> {
        let mut start = 0;
        self.ends.iter().zip(self.exterior).map(move |(&end, &exterior)| {
            let end = end as usize - self.first;
            let part = self.coordinates.get(start..end).unwrap_or_default();
            start = end;
            (part, exterior)
        })
    }

    /// Each segment, with those that close rings.
    pub(crate) fn edges(self) -> impl Iterator<Item = [[f64; 2]; 2]> {
        let closed = self.kind == ShapeKind::Polygon;
        self.parts().flat_map(move |(part, _)| {
            let next = part.iter().skip(1).chain(part.first().filter(|_| closed));
            part.iter().zip(next).map(|(&a, &b)| [a, b])
        })
    }

    /// Bounding box: west, south, east, north.
    pub(crate) fn bounds(self) -> [f64; 4] {
        let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for &[x, y] in self.coordinates {
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
        }
        bounds
    }

    /// Position of a point relative to a polygon; `Outside` for other geometry.
    pub(crate) fn locate(self, point: [f64; 2]) -> PointPosition {
        if self.kind != ShapeKind::Polygon {
            return PointPosition::Outside;
        }
        let [x, y] = point;
        let mut inside = false;
        for [a, b] in self.edges() {
            // From below upwards, so that neighbours calculate alike.
            let ([ax, ay], [bx, by]) = if (a[1], a[0]) <= (b[1], b[0]) { (a, b) } else { (b, a) };
            if y < ay || y > by || x < ax.min(bx) && ay == by {
                continue;
            }
            let side = (bx - ax) * (y - ay) - (x - ax) * (by - ay);
            if side == 0.0 && x >= ax.min(bx) && x <= ax.max(bx) {
                return PointPosition::Border;
            }
            if (ay > y) != (by > y) && side > 0.0 {
                inside = !inside;
            }
        }
        if inside { PointPosition::Inside } else { PointPosition::Outside }
    }

    /// The representative point: the first of points, the middle of the longest line, the
    /// centroid of the largest polygon's exterior or, if that lies outside, a point
    /// inside.
    pub(crate) fn representative(self) -> Option<[f64; 2]> {
        match self.kind {
            ShapeKind::Point => self.coordinates.first().copied(),
            ShapeKind::Line => {
                let lines = self.parts().map(|(line, _)| (line, length(line)));
                let longest = lines.reduce(|a, b| if b.1 > a.1 { b } else { a })?;
                halfway(longest.0, longest.1)
            }
            ShapeKind::Polygon => self.inner_point(),
        }
    }

    fn inner_point(self) -> Option<[f64; 2]> {
        let exteriors = self.parts().filter(|&(_, exterior)| exterior).map(|(ring, _)| ring);
        let largest = exteriors
            .map(|ring| (ring, signed_area(ring).abs()))
            .reduce(|a, b| if b.1 > a.1 { b } else { a })?
            .0;
        if let Some(centre) = centre(largest)
            && self.locate(centre) == PointPosition::Inside
        {
            return Some(centre);
        }
        // The middle of the widest stretch inside, at half height; borders are met at
        // an odd place so that it does not run along one.
        let heights = largest.iter().map(|at| at[1]);
        let (low, high) = heights
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
        let y = low + (high - low) * 0.487_3;
        let mut crossings: Vec<f64> = self
            .edges()
            .filter(|[a, b]| (a[1] > y) != (b[1] > y))
            .map(|[a, b]| a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
            .collect();
        crossings.sort_by(f64::total_cmp);
        let (pairs, _) = crossings.as_chunks::<2>();
        let widest = pairs.iter().reduce(|a, b| if b[1] - b[0] > a[1] - a[0] { b } else { a });
        let middle = widest.map(|&[from, to]| [f64::midpoint(from, to), y]);
        middle.or_else(|| largest.first().copied())
    }
}

/// Position of a point relative to a polygon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PointPosition {
    Outside,
    Border,
    Inside,
}

fn signed_area(ring: &[[f64; 2]]) -> f64 {
    let Some(&[ox, oy]) = ring.first() else { return 0.0 };
    let next = ring.iter().cycle().skip(1);
    let doubled: f64 = ring
        .iter()
        .zip(next)
        .map(|(a, b)| (a[0] - ox) * (b[1] - oy) - (b[0] - ox) * (a[1] - oy))
        .sum();
    doubled / 2.0
}

fn centre(ring: &[[f64; 2]]) -> Option<[f64; 2]> {
    let &[ox, oy] = ring.first()?;
    let (mut x, mut y, mut doubled) = (0.0, 0.0, 0.0);
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let cross = (a[0] - ox) * (b[1] - oy) - (b[0] - ox) * (a[1] - oy);
        doubled += cross;
        x += cross * (a[0] + b[0] - 2.0 * ox);
        y += cross * (a[1] + b[1] - 2.0 * oy);
    }
    let centre = [ox + x / (3.0 * doubled), oy + y / (3.0 * doubled)];
    centre.iter().all(|x| x.is_finite()).then_some(centre)
}

/// The length of a line in degrees of latitude.
fn length(line: &[[f64; 2]]) -> f64 {
    line.iter().zip(line.iter().skip(1)).map(|(&a, &b)| step(a, b)).sum()
}

fn step(a: [f64; 2], b: [f64; 2]) -> f64 {
    let narrow = f64::midpoint(a[1], b[1]).to_radians().cos();
    ((b[0] - a[0]) * narrow).hypot(b[1] - a[1])
}

fn halfway(line: &[[f64; 2]], length: f64) -> Option<[f64; 2]> {
    let mut left = length / 2.0;
    for (&a, &b) in line.iter().zip(line.iter().skip(1)) {
        let step = step(a, b);
        if step > 0.0 && left <= step {
            let part = left / step;
            return Some([a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part]);
        }
        left -= step;
    }
    line.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn polygon(rings: &[&[[f64; 2]]]) -> PartOutlines {
        let mut geometry = Geometry { kind: Some(ShapeKind::Polygon), ..Geometry::default() };
        for ring in rings {
            geometry.coordinates.extend_from_slice(ring);
            geometry.end_part();
        }
        geometry.end_polygon();
        let mut outlines = PartOutlines::default();
        assert!(outlines.push(&geometry));
        outlines
    }

    const SQUARE: [[f64; 2]; 5] = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]];
    const HOLE: [[f64; 2]; 4] = [[1.0, 1.0], [1.0, 3.0], [3.0, 3.0], [3.0, 1.0]];

    #[rstest]
    #[case([0.5, 0.5], PointPosition::Inside)]
    #[case([2.0, 2.0], PointPosition::Outside)]
    #[case([4.0, 2.0], PointPosition::Border)]
    #[case([0.0, 0.0], PointPosition::Border)]
    #[case([2.0, 0.0], PointPosition::Border)]
    #[case([2.0, 4.0], PointPosition::Border)]
    #[case([1.0, 2.0], PointPosition::Border)]
    #[case([0.5, 1.0], PointPosition::Inside)]
    #[case([0.5, 3.0], PointPosition::Inside)]
    #[case([3.5, 1.0], PointPosition::Inside)]
    #[case([5.0, 4.0], PointPosition::Outside)]
    #[case([-1.0, 4.0], PointPosition::Outside)]
    #[case([-1.0, 0.0], PointPosition::Outside)]
    #[case([2.0, 5.0], PointPosition::Outside)]
    fn points_lie_in_out_or_on_the_border(
        #[case] point: [f64; 2],
        #[case] position: PointPosition,
    ) {
        let outlines = polygon(&[&SQUARE, &HOLE]);
        assert_eq!(outlines.get(0).unwrap().locate(point), position);
    }

    #[test]
    fn a_ring_around_a_hole_has_its_point_inside_itself() {
        let outlines = polygon(&[&SQUARE, &HOLE]);
        let outline = outlines.get(0).unwrap();
        let point = outline.representative().unwrap();
        assert_eq!(outline.locate(point), PointPosition::Inside, "{point:?}");
        let plain = polygon(&[&SQUARE]);
        assert_eq!(plain.get(0).unwrap().representative(), Some([2.0, 2.0]));
    }

    #[test]
    fn a_line_is_placed_by_its_middle_and_points_by_the_first() {
        let mut line = Geometry { kind: Some(ShapeKind::Line), ..Geometry::default() };
        line.coordinates = vec![[1.0, 0.0], [1.0, 1.0], [1.0, 4.0]];
        line.end_part();
        let points = Geometry {
            kind: Some(ShapeKind::Point),
            coordinates: vec![[5.0, 6.0], [7.0, 8.0]],
            ..Geometry::default()
        };
        let mut outlines = PartOutlines::default();
        for geometry in [&line, &Geometry::default(), &points] {
            assert!(outlines.push(geometry));
        }
        let at = |row| outlines.get(row).and_then(RowOutline::representative);
        assert_eq!([at(0), at(1), at(2), at(3)], [Some([1.0, 2.0]), None, Some([5.0, 6.0]), None]);
        outlines.arrange(&[2, 1, 0]);
        let at = |row| outlines.get(row).and_then(RowOutline::representative);
        assert_eq!([at(0), at(1), at(2)], [Some([5.0, 6.0]), None, Some([1.0, 2.0])]);
    }
}
