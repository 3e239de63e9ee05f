//! Outlines of a range in a compact form.
//!
//! A block is a count, then for each outline its code point less the one before, its advance
//! width, the number of segments, their kinds at two bits each, and the points as differences.
//! All numbers are LEB128, differences in zigzag form. A block is meant to be deflated.

use crate::outline::{Outline, Point, Segment};

/// Most segments of an outline that are read: more than any letter has.
const MAX_SEGMENTS: usize = 4096;

/// Fault of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the outline block is damaged at byte {offset}")]
pub struct DamagedBlock {
    /// Offset of the fault.
    pub offset: usize,
}

/// Encodes outlines, which must be sorted by code point.
#[must_use]
pub fn encode(outlines: &[Outline]) -> Vec<u8> {
    let mut block = Vec::new();
    write_number(&mut block, outlines.len() as u32);
    let mut code = 0;
    for outline in outlines {
        write_number(&mut block, u32::from(outline.code - code));
        code = outline.code;
        write_number(&mut block, outline.advance.into());
        write_number(&mut block, outline.segments.len() as u32);
        for four in outline.segments.chunks(4) {
            let kinds = four.iter().enumerate().map(|(at, segment)| kind(segment) << (2 * at));
            block.push(kinds.sum());
        }
        let mut last = [0, 0];
        for segment in &outline.segments {
            for point in points(segment) {
                for axis in [0, 1] {
                    let step = i32::from(point[axis]) - i32::from(last[axis]);
                    write_number(&mut block, ((step << 1) ^ (step >> 31)) as u32);
                }
                last = point;
            }
        }
    }
    block
}

/// Decodes a block.
///
/// # Errors
/// [`DamagedBlock`] where the bytes end early, or a number is out of bounds.
pub fn decode(block: &[u8]) -> Result<Vec<Outline>, DamagedBlock> {
    let mut reader = Reader { block, offset: 0 };
    let count = reader.number()?;
    let mut outlines = Vec::new();
    let mut code = 0_u32;
    for _ in 0..count {
        code = code.saturating_add(reader.number()?);
        let number = u16::try_from(code).map_err(|_| reader.damaged())?;
        let advance = reader.number()?;
        let advance = u16::try_from(advance).map_err(|_| reader.damaged())?;
        outlines.push(Outline { code: number, advance, segments: reader.segments()? });
    }
    if reader.offset == block.len() { Ok(outlines) } else { Err(reader.damaged()) }
}

const fn kind(segment: &Segment) -> u8 {
    match segment {
        Segment::Move(_) => 0,
        Segment::Line(_) => 1,
        Segment::Quadratic(..) => 2,
        Segment::Cubic(..) => 3,
    }
}

fn points(segment: &Segment) -> impl Iterator<Item = Point> {
    let points = match *segment {
        Segment::Move(a) | Segment::Line(a) => [Some(a), None, None],
        Segment::Quadratic(a, b) => [Some(a), Some(b), None],
        Segment::Cubic(a, b, c) => [Some(a), Some(b), Some(c)],
    };
    points.into_iter().flatten()
}

fn write_number(block: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        block.push(number as u8 | 0x80);
        number >>= 7;
    }
    block.push(number as u8);
}

struct Reader<'b> {
    block: &'b [u8],
    offset: usize,
}

impl Reader<'_> {
    const fn damaged(&self) -> DamagedBlock {
        DamagedBlock { offset: self.offset }
    }

    fn byte(&mut self) -> Result<u8, DamagedBlock> {
        let byte = *self.block.get(self.offset).ok_or_else(|| self.damaged())?;
        self.offset += 1;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u32, DamagedBlock> {
        let mut number = 0_u32;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.damaged())
    }

    fn segments(&mut self) -> Result<Vec<Segment>, DamagedBlock> {
        let count = self.number()? as usize;
        if count > MAX_SEGMENTS {
            return Err(self.damaged());
        }
        let start = self.offset;
        let kinds = start + count.div_ceil(4);
        let kinds = self.block.get(start..kinds).ok_or_else(|| self.damaged())?;
        self.offset += kinds.len();
        let mut last = [0, 0];
        let mut segments = Vec::with_capacity(count);
        for at in 0..count {
            segments.push(match kinds[at / 4] >> (2 * (at % 4)) & 3 {
                0 => Segment::Move(self.point(&mut last)?),
                1 => Segment::Line(self.point(&mut last)?),
                2 => Segment::Quadratic(self.point(&mut last)?, self.point(&mut last)?),
                _ => Segment::Cubic(
                    self.point(&mut last)?,
                    self.point(&mut last)?,
                    self.point(&mut last)?,
                ),
            });
        }
        Ok(segments)
    }

    /// The next point, by its difference from the last.
    fn point(&mut self, last: &mut Point) -> Result<Point, DamagedBlock> {
        for value in &mut *last {
            let zigzag = self.number()?;
            let step = (zigzag >> 1) as i32 ^ -((zigzag & 1) as i32);
            let sum = i32::from(*value) + step;
            *value = i16::try_from(sum).map_err(|_| self.damaged())?;
        }
        Ok(*last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Point> {
        any::<[i16; 2]>()
    }

    fn segment() -> impl Strategy<Value = Segment> {
        prop_oneof![
            point().prop_map(Segment::Move),
            point().prop_map(Segment::Line),
            (point(), point()).prop_map(|(a, b)| Segment::Quadratic(a, b)),
            (point(), point(), point()).prop_map(|(a, b, c)| Segment::Cubic(a, b, c)),
        ]
    }

    proptest! {
        #[test]
        fn a_block_holds_what_was_put_in(
            letters in prop::collection::btree_map(
                any::<u16>(), (any::<u16>(), prop::collection::vec(segment(), 0..20)), 0..10,
            ),
        ) {
            let outlines: Vec<Outline> = letters
                .into_iter()
                .map(|(code, (advance, segments))| Outline { code, advance, segments })
                .collect();
            let block = encode(&outlines);
            prop_assert_eq!(decode(&block), Ok(outlines));
            for length in 0..block.len() {
                prop_assert!(decode(&block[..length]).is_err());
            }
        }

        #[test]
        fn any_bytes_are_outlines_or_an_error(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            if let Ok(outlines) = decode(&bytes) {
                prop_assert!(outlines.len() <= bytes.len());
            }
        }
    }
}
