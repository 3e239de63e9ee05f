//! EWKB as geozero writes and reads it, compared with this crate's reader.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use geozero::wkb::{WkbDialect, WkbWriter, process_ewkb_geom};
use geozero::{CoordDimensions, GeomProcessor};
use postgis_store::ewkb::EwkbShapes;
use proptest::prelude::*;

/// A geometry to write.
#[derive(Debug, Clone)]
enum Wanted {
    Point([f64; 2]),
    Points(Vec<[f64; 2]>),
    Line(Vec<[f64; 2]>),
    Lines(Vec<Vec<[f64; 2]>>),
    Polygon(Vec<Vec<[f64; 2]>>),
    Polygons(Vec<Vec<Vec<[f64; 2]>>>),
    Collection(Vec<Wanted>),
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let position = || prop::array::uniform2(-1e6..1e6f64);
    let line = move || prop::collection::vec(position(), 1..6);
    let rings = move || prop::collection::vec(line(), 1..4);
    let leaf = prop_oneof![
        position().prop_map(Wanted::Point),
        line().prop_map(Wanted::Points),
        line().prop_map(Wanted::Line),
        rings().prop_map(Wanted::Lines),
        rings().prop_map(Wanted::Polygon),
        prop::collection::vec(rings(), 0..3).prop_map(Wanted::Polygons),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop::collection::vec(inner, 0..4).prop_map(Wanted::Collection)
    })
}

/// Writes positions with a height where `z`.
struct Output<'a> {
    writer: WkbWriter<&'a mut Vec<u8>>,
    z: bool,
}

impl Output<'_> {
    fn position(&mut self, [x, y]: [f64; 2], at: usize) {
        if self.z {
            self.writer.coordinate(x, y, Some(7.0), None, None, None, at).unwrap();
        } else {
            self.writer.xy(x, y, at).unwrap();
        }
    }

    fn line(&mut self, line: &[[f64; 2]], tagged: bool, at: usize) {
        self.writer.linestring_begin(tagged, line.len(), at).unwrap();
        line.iter().enumerate().for_each(|(at, &position)| self.position(position, at));
        self.writer.linestring_end(tagged, at).unwrap();
    }

    fn polygon(&mut self, rings: &[Vec<[f64; 2]>], tagged: bool, at: usize) {
        self.writer.polygon_begin(tagged, rings.len(), at).unwrap();
        rings.iter().enumerate().for_each(|(at, ring)| self.line(ring, false, at));
        self.writer.polygon_end(tagged, at).unwrap();
    }

    fn write(&mut self, wanted: &Wanted, at: usize) {
        match wanted {
            Wanted::Point(position) => {
                self.writer.point_begin(at).unwrap();
                self.position(*position, 0);
                self.writer.point_end(at).unwrap();
            }
            Wanted::Points(points) => {
                self.writer.multipoint_begin(points.len(), at).unwrap();
                points.iter().enumerate().for_each(|(at, &point)| self.position(point, at));
                self.writer.multipoint_end(at).unwrap();
            }
            Wanted::Line(line) => self.line(line, true, at),
            Wanted::Lines(lines) => {
                self.writer.multilinestring_begin(lines.len(), at).unwrap();
                lines.iter().enumerate().for_each(|(at, line)| self.line(line, false, at));
                self.writer.multilinestring_end(at).unwrap();
            }
            Wanted::Polygon(rings) => self.polygon(rings, true, at),
            Wanted::Polygons(polygons) => {
                self.writer.multipolygon_begin(polygons.len(), at).unwrap();
                polygons.iter().enumerate().for_each(|(at, p)| self.polygon(p, false, at));
                self.writer.multipolygon_end(at).unwrap();
            }
            Wanted::Collection(all) => {
                self.writer.geometrycollection_begin(all.len(), at).unwrap();
                all.iter().enumerate().for_each(|(at, one)| self.write(one, at));
                self.writer.geometrycollection_end(at).unwrap();
            }
        }
    }
}

/// Result of geozero's reader: positions by the kind of geometry that holds them.
#[derive(Debug, Default, PartialEq)]
struct Read {
    points: Vec<[f64; 2]>,
    lines: Vec<[f64; 2]>,
    line_count: usize,
    polygons: Vec<[f64; 2]>,
    ring_count: usize,
    polygon_count: usize,
    /// Number of lines and polygons that are open.
    open: (usize, usize),
}

impl GeomProcessor for Read {
    fn xy(&mut self, x: f64, y: f64, _: usize) -> geozero::error::Result<()> {
        let list = match self.open {
            (_, 1..) => &mut self.polygons,
            (1.., _) => &mut self.lines,
            _ => &mut self.points,
        };
        list.push([x, y]);
        Ok(())
    }

    fn linestring_begin(&mut self, _: bool, _: usize, _: usize) -> geozero::error::Result<()> {
        self.open.0 += 1;
        let count = if self.open.1 > 0 { &mut self.ring_count } else { &mut self.line_count };
        *count += 1;
        Ok(())
    }

    fn linestring_end(&mut self, _: bool, _: usize) -> geozero::error::Result<()> {
        self.open.0 -= 1;
        Ok(())
    }

    fn polygon_begin(&mut self, _: bool, _: usize, _: usize) -> geozero::error::Result<()> {
        self.open.1 += 1;
        self.polygon_count += 1;
        Ok(())
    }

    fn polygon_end(&mut self, _: bool, _: usize) -> geozero::error::Result<()> {
        self.open.1 -= 1;
        Ok(())
    }
}

proptest! {
    #[test]
    fn a_value_is_read_as_the_reference_reads_it(
        wanted in wanted(),
        z: bool,
        srid in prop::option::of(1..999_999i32),
    ) {
        let mut bytes = Vec::new();
        let dimensions = if z { CoordDimensions::xyz() } else { CoordDimensions::xy() };
        let writer =
            WkbWriter::with_opts(&mut bytes, WkbDialect::Ewkb, dimensions, srid, Vec::new());
        Output { writer, z }.write(&wanted, 0);

        let mut reference = Read::default();
        process_ewkb_geom(&mut &bytes[..], &mut reference).unwrap();
        let mut shapes = EwkbShapes::default();
        shapes.read(&bytes).unwrap();
        prop_assert_eq!(shapes.srid(), srid.map(|srid| srid as u32));
        let mut ours = Read::default();
        // Of several kinds the highest is drawn.
        if reference.polygon_count > 0 {
            (reference.lines, reference.line_count) = (Vec::new(), 0);
        }
        if reference.polygon_count + reference.line_count > 0 {
            reference.points.clear();
        }
        if let Some(shape) = shapes.drawn() {
            match shape.kind.unwrap() as u8 {
                1 => ours.points.clone_from(&shape.coordinates),
                2 => {
                    ours.lines.clone_from(&shape.coordinates);
                    ours.line_count = shape.ends.len();
                }
                _ => {
                    ours.polygons.clone_from(&shape.coordinates);
                    (ours.ring_count, ours.polygon_count) =
                        (shape.ends.len(), shape.polygon_ends.len());
                }
            }
        }
        prop_assert_eq!(ours, reference);
    }
}
