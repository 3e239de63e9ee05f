//! Outlines of the map's typeface, embedded when the server is built.

use std::io::Read as _;
use std::ops::Range;
use std::sync::OnceLock;

use flate2::read::DeflateDecoder;
use glyphs::outline_block::{self, DamagedBlock};
use glyphs::{GlyphError, Outline, RANGE_COUNT, RANGE_LENGTH, encode_range};

use crate::http::prepared_body::PreparedBody;

/// Most bytes of a block of outlines that are inflated.
const MAX_BLOCK_BYTES: u64 = 4 << 20;

/// One embedded face.
#[derive(Debug)]
pub struct EmbeddedFace {
    /// Name in `text-font` and in URLs.
    pub stack: &'static str,
    blocks: &'static [u8],
    /// Position of each range's block; empty for a range without letters.
    ranges: [Range<usize>; RANGE_COUNT],
    /// Messages drawn so far: at most some 14 MB a face, with their compressed forms.
    messages: [OnceLock<PreparedBody>; RANGE_COUNT],
}

/// Fault of an embedded face.
#[derive(Debug, thiserror::Error)]
pub enum TypefaceError {
    /// A block that can't be inflated.
    #[error("the outlines of {stack} can't be inflated")]
    Deflate {
        /// Name of the face.
        stack: &'static str,
        /// Fault of the stream.
        #[source]
        source: std::io::Error,
    },
    /// A block that can't be decoded.
    #[error("the outlines of {stack} are damaged")]
    Block {
        /// Name of the face.
        stack: &'static str,
        /// Place of the damage.
        #[source]
        source: DamagedBlock,
    },
    /// A letter that can't be drawn.
    #[error("a letter of {stack} can't be drawn")]
    Glyph {
        /// Name of the face.
        stack: &'static str,
        /// Letter and fault.
        #[source]
        source: GlyphError,
    },
}

// `static FACES: [EmbeddedFace; _]`. An array, not a slice of one: the messages inside are
// filled in when they are first asked for.
include!(concat!(env!("OUT_DIR"), "/typefaces.rs"));

/// All faces of this build: none where it was built without the page's packages.
#[must_use]
pub fn faces() -> &'static [EmbeddedFace] {
    &FACES
}

/// The first known face of a font stack: names separated by commas.
#[must_use]
pub fn find(stack: &str) -> Option<&'static EmbeddedFace> {
    stack.split(',').find_map(|name| FACES.iter().find(|face| face.stack == name.trim()))
}

impl EmbeddedFace {
    /// The message of a range, where it was drawn before.
    pub fn drawn(&self, range: usize) -> Option<&PreparedBody> {
        self.messages.get(range)?.get()
    }

    /// Draws the message of a range, empty where the face has no letter of it, and keeps it.
    /// Blocks for as long as it takes: some 50 ms.
    ///
    /// # Errors
    /// [`TypefaceError`] for outlines that are damaged.
    pub fn draw(&'static self, range: usize) -> Result<&'static PreparedBody, TypefaceError> {
        let outlines = self.outlines(range)?;
        let start = range as u32 * RANGE_LENGTH;
        let message = encode_range(self.stack, start, &outlines)
            .map_err(|source| TypefaceError::Glyph { stack: self.stack, source })?;
        let body = PreparedBody::new("application/x-protobuf", message);
        Ok(self.messages[range].get_or_init(|| body))
    }

    fn outlines(&self, range: usize) -> Result<Vec<Outline>, TypefaceError> {
        let block = &self.blocks[self.ranges[range].clone()];
        if block.is_empty() {
            return Ok(Vec::new());
        }
        let mut plain = Vec::new();
        DeflateDecoder::new(block)
            .take(MAX_BLOCK_BYTES)
            .read_to_end(&mut plain)
            .map_err(|source| TypefaceError::Deflate { stack: self.stack, source })?;
        outline_block::decode(&plain)
            .map_err(|source| TypefaceError::Block { stack: self.stack, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_of_every_face_can_be_read() {
        for face in faces() {
            let mut hangul = 0;
            for range in 0..RANGE_COUNT {
                let outlines = face.outlines(range).unwrap();
                assert!(outlines.iter().all(|outline| usize::from(outline.code) >> 8 == range));
                hangul += outlines.iter().filter(|o| (0xac00..=0xd7a3).contains(&o.code)).count();
            }
            assert_eq!(hangul, 11_172, "{}", face.stack);
        }
    }

    #[test]
    fn a_stack_is_its_first_known_face() {
        for face in faces() {
            let stack = format!("Open Sans Regular, {},Pretendard GOV Bold", face.stack);
            assert_eq!(find(&stack).map(|face| face.stack), Some(face.stack));
        }
        assert!(find("Open Sans Regular").is_none());
        assert!(find("").is_none());
    }
}
