//! The protobuf message of a glyph range: letters as signed distance fields.
//!
//! Fields of the message (`glyphs.proto` of the Mapbox GL glyph format): a stack has a name,
//! a range and glyphs; a glyph has an id, a bitmap with a border of three pixels, width and height
//! without the border, left and top bearing, and advance width.

use tiny_skia::{FillRule, Mask, Path, PathBuilder, Transform};

use crate::distance_field::{SdfGlyphError, distance_field};
use crate::outline::{Outline, RANGE_LENGTH, Segment, UNITS_PER_PIXEL};

/// Pixels around a letter in its bitmap.
const BORDER: i32 = 3;

/// Detail that a distance field is calculated with.
const DETAIL: i32 = 2;

/// Pixels above the baseline that `top` is counted from. MapLibre places the letters that it
/// draws itself by this line, so that Hangul of its own and digits of ours stand on one baseline.
const TOP_LINE: i32 = 27;

/// Fault of a letter.
#[derive(Debug, thiserror::Error)]
pub enum GlyphError {
    /// A distance field that can't be calculated.
    #[error("the letter {code:#06x} has no signed distance field")]
    DistanceField {
        /// Code point.
        code: u16,
        /// Fault of the calculation.
        #[source]
        source: SdfGlyphError,
    },
    /// A letter of more pixels than memory can hold.
    #[error("the letter {code:#06x} of {width} × {height} pixels can't be drawn")]
    Size {
        /// Code point.
        code: u16,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

/// One glyph of the message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Glyph {
    id: u32,
    bitmap: Vec<u8>,
    width: u32,
    height: u32,
    left: i32,
    top: i32,
    advance: u32,
}

/// Draws outlines and encodes them as the message of one range. Blocks for as long as it takes,
/// some 0.1 ms a letter.
///
/// # Errors
/// [`GlyphError`], for the first letter at fault.
pub fn encode_range(stack: &str, start: u32, outlines: &[Outline]) -> Result<Vec<u8>, GlyphError> {
    let mut body = Vec::new();
    write_bytes(&mut body, 1, stack.as_bytes());
    let range = format!("{start}-{}", start + RANGE_LENGTH - 1);
    write_bytes(&mut body, 2, range.as_bytes());
    for outline in outlines {
        write_bytes(&mut body, 3, &draw(outline)?.encode());
    }
    let mut message = Vec::with_capacity(body.len() + 8);
    write_bytes(&mut message, 1, &body);
    Ok(message)
}

fn draw(outline: &Outline) -> Result<Glyph, GlyphError> {
    let units = f32::from(UNITS_PER_PIXEL);
    let advance = (f32::from(outline.advance) / units).round() as u32;
    let glyph = Glyph { id: outline.code.into(), advance, ..Glyph::default() };
    let Some(path) = path(&outline.segments) else { return Ok(glyph) };
    let bounds = path.bounds();
    let (left, right) = (bounds.left().floor() as i32, bounds.right().ceil() as i32);
    let (bottom, top) = (bounds.top().floor() as i32, bounds.bottom().ceil() as i32);
    let (width, height) = ((right - left) as u32, (top - bottom) as u32);
    if width == 0 || height == 0 {
        return Ok(glyph);
    }
    let side = |length: u32| length + 2 * BORDER as u32;
    let (columns, rows) = (side(width), side(height));
    let detail = DETAIL as f32;
    let mut mask = Mask::new(columns * DETAIL as u32, rows * DETAIL as u32)
        .ok_or(GlyphError::Size { code: outline.code, width, height })?;
    // From above the baseline to below the upper left corner.
    let (x, y) = ((BORDER - left) as f32 * detail, (BORDER + top) as f32 * detail);
    let transform = Transform::from_row(detail, 0.0, 0.0, -detail, x, y);
    mask.fill_path(&path, FillRule::Winding, true, transform);
    let size = (columns as usize, rows as usize);
    let bitmap = distance_field(mask.take(), size, DETAIL as usize)
        .map_err(|source| GlyphError::DistanceField { code: outline.code, source })?;
    Ok(Glyph { bitmap, width, height, left, top: top - TOP_LINE, ..glyph })
}

/// The outline in pixels above the baseline; `None` for a letter without area.
fn path(segments: &[Segment]) -> Option<Path> {
    let units = f32::from(UNITS_PER_PIXEL);
    let pixels = |point: [i16; 2]| point.map(|value| f32::from(value) / units);
    let mut builder = PathBuilder::new();
    for segment in segments {
        match *segment {
            Segment::Move(to) => {
                if !builder.is_empty() {
                    builder.close();
                }
                let [x, y] = pixels(to);
                builder.move_to(x, y);
            }
            Segment::Line(to) => {
                let [x, y] = pixels(to);
                builder.line_to(x, y);
            }
            Segment::Quadratic(control, to) => {
                let ([x1, y1], [x, y]) = (pixels(control), pixels(to));
                builder.quad_to(x1, y1, x, y);
            }
            Segment::Cubic(first, second, to) => {
                let ([x1, y1], [x2, y2], [x, y]) = (pixels(first), pixels(second), pixels(to));
                builder.cubic_to(x1, y1, x2, y2, x, y);
            }
        }
    }
    builder.close();
    builder.finish()
}

impl Glyph {
    fn encode(&self) -> Vec<u8> {
        let mut message = Vec::with_capacity(self.bitmap.len() + 24);
        write_number(&mut message, 1, self.id);
        if !self.bitmap.is_empty() {
            write_bytes(&mut message, 2, &self.bitmap);
        }
        write_number(&mut message, 3, self.width);
        write_number(&mut message, 4, self.height);
        write_number(&mut message, 5, zigzag(self.left));
        write_number(&mut message, 6, zigzag(self.top));
        write_number(&mut message, 7, self.advance);
        message
    }
}

const fn zigzag(number: i32) -> u32 {
    ((number << 1) ^ (number >> 31)) as u32
}

fn write_number(message: &mut Vec<u8>, field: u8, number: u32) {
    message.push(field << 3);
    write_varint(message, number);
}

fn write_bytes(message: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    message.push(field << 3 | 2);
    write_varint(message, bytes.len() as u32);
    message.extend_from_slice(bytes);
}

fn write_varint(message: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        message.push(number as u8 | 0x80);
        number >>= 7;
    }
    message.push(number as u8);
}

#[cfg(test)]
mod tests;
