//! Content of EWKB by kind of shape.

use data_model::feature::{Geometry, ShapeKind};

use super::error::{EwkbError, EwkbFault};
use super::reader::EwkbReader;

/// Content of one EWKB value by kind of shape. Reusable.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EwkbShapes {
    srid: Option<u32>,
    points: Geometry,
    lines: Geometry,
    polygons: Geometry,
}

impl EwkbShapes {
    /// Reads one value in place of the previous one.
    ///
    /// Empty geometry, and a point of two NaN, leave nothing. No more memory is
    /// taken than the value's length calls for.
    ///
    /// # Errors
    /// [`EwkbError`] at the first invalid byte; the shapes are then of no use.
    pub fn read(&mut self, bytes: &[u8]) -> Result<(), EwkbError> {
        self.clear();
        let mut reader = EwkbReader::new(bytes);
        self.geometry(&mut reader, 0)?;
        let rest = reader.left();
        if rest > 0 {
            return Err(reader.error(EwkbFault::BytesAfterEnd(rest)));
        }
        for (geometry, kind) in [
            (&mut self.points, ShapeKind::Point),
            (&mut self.lines, ShapeKind::Line),
            (&mut self.polygons, ShapeKind::Polygon),
        ] {
            if !geometry.coordinates.is_empty() {
                geometry.kind = Some(kind);
            }
        }
        Ok(())
    }

    /// Empties the shapes, keeping their memory.
    pub fn clear(&mut self) {
        self.srid = None;
        self.points.clear();
        self.lines.clear();
        self.polygons.clear();
    }

    /// SRID of the value; `None` if it carries none.
    #[must_use]
    pub fn srid(&self) -> Option<u32> {
        self.srid
    }

    /// Geometry to draw: the parts of the highest dimension; `None` if the value is empty.
    #[must_use]
    pub fn drawn(&self) -> Option<&Geometry> {
        [&self.polygons, &self.lines, &self.points].into_iter().find(|shape| !shape.is_empty())
    }

    /// Geometry to draw, as mutable, to be projected.
    pub fn drawn_mut(&mut self) -> Option<&mut Geometry> {
        [&mut self.polygons, &mut self.lines, &mut self.points]
            .into_iter()
            .find(|shape| !shape.is_empty())
    }

    fn geometry(&mut self, reader: &mut EwkbReader<'_>, depth: u32) -> Result<(), EwkbError> {
        let head = reader.head(depth)?;
        if depth == 0 {
            self.srid = head.srid;
        }
        match head.code {
            1 => {
                let position = reader.position(head)?;
                if !position.iter().all(|part| part.is_nan()) {
                    self.points.coordinates.push(position);
                }
            }
            2 => {
                reader.positions(head, &mut self.lines.coordinates)?;
                end_line(&mut self.lines);
            }
            9 => {
                reader.curve_parts(head, depth, &mut self.lines.coordinates)?;
                end_line(&mut self.lines);
            }
            3 | 17 => {
                let rings = reader.count(head, 4)?;
                self.polygon(reader, rings, |reader, out| reader.positions(head, out))?;
            }
            10 => {
                let rings = reader.count(head, 5)?;
                self.polygon(reader, rings, |reader, out| reader.curve(depth + 1, out))?;
            }
            4..=7 | 11 | 12 | 15 | 16 => {
                for _ in 0..reader.count(head, 5)? {
                    self.geometry(reader, depth + 1)?;
                }
            }
            8 => return Err(reader.error(EwkbFault::Arc)),
            code => return Err(reader.error(EwkbFault::GeometryType(code))),
        }
        Ok(())
    }

    /// Reads a polygon's rings; a polygon without an exterior ring is dropped.
    fn polygon(
        &mut self,
        reader: &mut EwkbReader<'_>,
        rings: u32,
        mut ring: impl FnMut(&mut EwkbReader<'_>, &mut Vec<[f64; 2]>) -> Result<(), EwkbError>,
    ) -> Result<(), EwkbError> {
        let polygons = &mut self.polygons;
        let (coordinates, ends) = (polygons.coordinates.len(), polygons.ends.len());
        let mut exterior = false;
        for number in 0..rings {
            let start = polygons.coordinates.len();
            ring(reader, &mut polygons.coordinates)?;
            let empty = polygons.coordinates.len() == start;
            if number == 0 {
                exterior = !empty;
            }
            if !empty {
                polygons.end_part();
            }
        }
        if exterior {
            polygons.end_polygon();
        } else {
            polygons.coordinates.truncate(coordinates);
            polygons.ends.truncate(ends);
        }
        Ok(())
    }
}

/// Ends a line if it has positions.
fn end_line(lines: &mut Geometry) {
    if lines.coordinates.len() > lines.ends.last().map_or(0, |&end| end as usize) {
        lines.end_part();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::ewkb::reader::{M, SRID, Z};
    use proptest::prelude::*;
    use rstest::rstest;

    /// A value in either byte order: header, then numbers.
    struct Writer(bool, Vec<u8>);

    impl Writer {
        fn head(mut self, code: u32) -> Self {
            self.1.push(u8::from(self.0));
            self.number(code)
        }

        fn number(mut self, number: u32) -> Self {
            self.1.extend(if self.0 { number.to_le_bytes() } else { number.to_be_bytes() });
            self
        }

        fn position(mut self, ordinates: &[f64]) -> Self {
            for ordinate in ordinates {
                let bytes = if self.0 { ordinate.to_le_bytes() } else { ordinate.to_be_bytes() };
                self.1.extend(bytes);
            }
            self
        }
    }

    fn read(bytes: &[u8]) -> Result<EwkbShapes, EwkbError> {
        let mut shapes = EwkbShapes::default();
        shapes.read(bytes).map(|()| shapes)
    }

    #[rstest]
    #[case::xy(1, &[1.0, 2.0])]
    #[case::z(1 | Z, &[1.0, 2.0, 3.0])]
    #[case::m(1 | M, &[1.0, 2.0, 3.0])]
    #[case::zm(1 | Z | M, &[1.0, 2.0, 3.0, 4.0])]
    #[case::iso_z(1001, &[1.0, 2.0, 3.0])]
    #[case::iso_zm(3001, &[1.0, 2.0, 3.0, 4.0])]
    fn heights_and_measures_are_dropped_in_both_byte_orders(
        #[case] code: u32,
        #[case] ordinates: &[f64],
        #[values(false, true)] little: bool,
    ) {
        let bytes = Writer(little, Vec::new()).head(code).position(ordinates).1;
        let shapes = read(&bytes).unwrap();
        assert_eq!(shapes.points.coordinates, [[1.0, 2.0]]);
        assert_eq!(shapes.srid(), None);
    }

    #[test]
    fn a_collection_is_drawn_by_its_parts_of_the_highest_dimension() {
        let bytes = Writer(true, Vec::new())
            .head(7 | SRID)
            .number(5186)
            .number(3)
            .head(1)
            .position(&[1.0, 2.0])
            .head(7)
            .number(1)
            .head(2)
            .number(2)
            .position(&[0.0, 0.0, 1.0, 1.0])
            .head(17)
            .number(1)
            .number(4)
            .position(&[0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0])
            .1;
        let shapes = read(&bytes).unwrap();
        assert_eq!(shapes.srid(), Some(5186));
        assert_eq!(shapes.drawn(), Some(&shapes.polygons));
        assert_eq!(shapes.polygons.kind, Some(ShapeKind::Polygon));
        assert_eq!(shapes.lines.ends, [2]);
        assert_eq!(
            (&shapes.polygons.ends[..], &shapes.polygons.polygon_ends[..]),
            (&[4][..], &[1][..])
        );
    }

    #[test]
    fn a_curve_polygon_of_lines_is_a_polygon() {
        let bytes = Writer(false, Vec::new())
            .head(10)
            .number(1)
            .head(9)
            .number(2)
            .head(2)
            .number(3)
            .position(&[0.0, 0.0, 1.0, 0.0, 1.0, 1.0])
            .head(2)
            .number(2)
            .position(&[1.0, 1.0, 0.0, 0.0])
            .1;
        assert_eq!(read(&bytes).unwrap().polygons.ends, [5]);
    }

    #[rstest]
    #[case::point(Writer(true, Vec::new()).head(1).position(&[f64::NAN, f64::NAN]))]
    #[case::line(Writer(true, Vec::new()).head(2).number(0))]
    #[case::polygon(Writer(true, Vec::new()).head(3).number(0))]
    #[case::no_exterior(Writer(true, Vec::new()).head(3).number(2).number(0).number(1).position(&[1.0, 1.0]))]
    #[case::collection(Writer(true, Vec::new()).head(7).number(1).head(4).number(0))]
    fn what_is_empty_draws_nothing(#[case] value: Writer) {
        assert_eq!(read(&value.1).unwrap().drawn(), None);
    }

    #[rstest]
    #[case::arc(Writer(true, Vec::new()).head(8).number(0), "an arc")]
    #[case::kind(Writer(true, Vec::new()).head(99).number(0), "99 is no geometry type")]
    #[case::iso(Writer(true, Vec::new()).head(4001).number(0), "4001 is no geometry type")]
    #[case::order(Writer(true, vec![7]), "7 is no byte order")]
    #[case::count(Writer(true, Vec::new()).head(2).number(u32::MAX), "4294967295 parts")]
    #[case::rest(Writer(true, Vec::new()).head(2).number(0).number(0), "4 bytes follow")]
    fn what_can_not_be_is_named(#[case] value: Writer, #[case] message: &str) {
        let error = read(&value.1).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }

    #[test]
    fn deep_nesting_is_refused() {
        let mut value = Writer(true, Vec::new());
        for _ in 0..100_000 {
            value = value.head(7).number(1);
        }
        let error = read(&value.1).unwrap_err().to_string();
        assert!(error.contains("32 collections"), "{error}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_shapes_of_no_more_positions_than_fit_or_an_error_within(
            order in prop::option::of(0u8..2),
            code in 0u32..20,
            rest in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut bytes = rest;
            if let Some(order) = order {
                bytes.splice(..0, Writer(order == 1, Vec::new()).head(code).1);
            }
            match read(&bytes) {
                Ok(shapes) => {
                    let EwkbShapes { points, lines, polygons, .. } = &shapes;
                    let count = [points, lines, polygons].map(|shape| shape.coordinates.len());
                    prop_assert!(count.iter().sum::<usize>() * 16 <= bytes.len());
                }
                Err(error) => prop_assert!(error.at <= bytes.len(), "{error}"),
            }
        }

        #[test]
        fn every_truncation_is_an_error(cut in 0usize..48) {
            let whole = Writer(true, Vec::new())
                .head(3)
                .number(1)
                .number(4)
                .position(&[0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0])
                .1;
            prop_assert!(read(&whole[..cut]).is_err());
        }
    }
}
