//! The content of one record of a `.shp`.

use crate::input::row_source::RawGeometry;
use crate::rejects::reject_reason::RejectReason;
use crate::shapefile::fault::{CountedItem, ShapefileFault};
use data_model::feature::{Geometry, ShapeKind};

/// Shape types, without the distinction of heights and measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShapeType {
    Null,
    Point,
    Line,
    Polygon,
    MultiPoint,
}

/// The shape of a type code, and whether it has heights or measures; `None` if unknown.
pub(super) fn shape(code: i32) -> Option<(ShapeType, bool)> {
    Some(match code {
        0 => (ShapeType::Null, false),
        1 => (ShapeType::Point, false),
        3 => (ShapeType::Line, false),
        5 => (ShapeType::Polygon, false),
        8 => (ShapeType::MultiPoint, false),
        11 | 21 => (ShapeType::Point, true),
        13 | 23 => (ShapeType::Line, true),
        15 | 25 => (ShapeType::Polygon, true),
        18 | 28 => (ShapeType::MultiPoint, true),
        _ => return None,
    })
}

/// Reader of the little-endian numbers of a record, with bounds checks.
struct Content<'a>(&'a [u8]);

impl Content<'_> {
    fn int(&mut self) -> Result<i32, ShapefileFault> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(ShapefileFault::RecordTooShort)?;
        self.0 = rest;
        Ok(i32::from_le_bytes(*bytes))
    }

    fn position(&mut self) -> Result<[f64; 2], ShapefileFault> {
        let (x, rest) = self.0.split_first_chunk().ok_or(ShapefileFault::RecordTooShort)?;
        let (y, rest) = rest.split_first_chunk().ok_or(ShapefileFault::RecordTooShort)?;
        self.0 = rest;
        Ok([f64::from_le_bytes(*x), f64::from_le_bytes(*y)])
    }

    fn skip(&mut self, bytes: usize) -> Result<(), ShapefileFault> {
        self.0 = self.0.get(bytes..).ok_or(ShapefileFault::RecordTooShort)?;
        Ok(())
    }

    /// Reads a count, which must not be negative.
    fn count(&mut self, of: CountedItem) -> Result<usize, ShapefileFault> {
        let count = self.int()?;
        usize::try_from(count).map_err(|_| ShapefileFault::NegativeCount { count, of })
    }

    fn room(&self, count: usize, size: usize, of: CountedItem) -> Result<(), ShapefileFault> {
        if count > self.0.len() / size {
            return Err(ShapefileFault::NoRoom { count, of, left: self.0.len() });
        }
        Ok(())
    }
}

/// Bytes of the bounding box in lines, polygons and multipoints.
const BOX: usize = 32;

/// Reads a record's content into `into`.
///
/// # Errors
/// Returns [`ShapefileFault`] if the content contradicts the record's length or the
/// file's shape type.
pub(super) fn parse(
    content: &[u8],
    expected: ShapeType,
    into: &mut RawGeometry,
) -> Result<(), ShapefileFault> {
    let mut content = Content(content);
    let code = content.int()?;
    let Some((shape, heights)) = shape(code) else {
        return Err(ShapefileFault::NoShapeType(code));
    };
    if shape == ShapeType::Null {
        return Ok(());
    }
    if shape != expected {
        let (found, expected) = (format!("{shape:?}"), format!("{expected:?}"));
        return Err(ShapefileFault::OtherShape { found, expected });
    }
    into.heights = heights;
    let geometry = &mut into.geometry;
    match shape {
        ShapeType::Null => {}
        ShapeType::Point => {
            geometry.kind = Some(ShapeKind::Point);
            geometry.coordinates.push(content.position()?);
        }
        ShapeType::MultiPoint => {
            geometry.kind = Some(ShapeKind::Point);
            content.skip(BOX)?;
            let points = content.count(CountedItem::Points)?;
            positions(&mut content, points, geometry)?;
        }
        ShapeType::Line | ShapeType::Polygon => {
            content.skip(BOX)?;
            let parts = content.count(CountedItem::Parts)?;
            let points = content.count(CountedItem::Points)?;
            if parts == 0 {
                // Points of no part: where they begin is anyone's guess.
                into.fault = (points > 0)
                    .then_some(RejectReason::PointsWithoutParts { points: points as u64 });
                return Ok(());
            }
            content.room(parts, 4, CountedItem::Parts)?;
            let mut starts = Vec::with_capacity(parts);
            for _ in 0..parts {
                starts.push(content.int()?);
            }
            positions(&mut content, points, geometry)?;
            ends(&starts, points, &mut geometry.ends)?;
            geometry.kind =
                Some(if shape == ShapeType::Line { ShapeKind::Line } else { ShapeKind::Polygon });
            into.loose_rings = shape == ShapeType::Polygon;
        }
    }
    Ok(())
}

fn positions(
    content: &mut Content<'_>,
    count: usize,
    into: &mut Geometry,
) -> Result<(), ShapefileFault> {
    content.room(count, 16, CountedItem::Points)?;
    into.coordinates.reserve(count);
    for _ in 0..count {
        into.coordinates.push(content.position()?);
    }
    Ok(())
}

/// Converts the starts of parts to ends; empty parts are left out.
fn ends(starts: &[i32], points: usize, into: &mut Vec<u32>) -> Result<(), ShapefileFault> {
    let mut last = 0;
    for (part, &start) in starts.iter().enumerate() {
        let start = usize::try_from(start).ok().filter(|&start| start <= points && start >= last);
        let Some(start) = start.filter(|&start| part > 0 || start == 0) else {
            return Err(ShapefileFault::PartStart(part + 1));
        };
        if start > last {
            into.push(start as u32);
        }
        last = start;
    }
    if points > last {
        into.push(points as u32);
    }
    Ok(())
}
