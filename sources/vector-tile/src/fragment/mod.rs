//! Fragments: one layer's tile deflated once, spliced into tiles without deflating again.
//!
//! A [`Fragment`] is a complete gzip member (RFC 1952) that holds one layer's MVT bytes:
//!
//! ```text
//! | gzip header, 10 bytes | raw deflate, ended by a sync flush | 03 00 | CRC-32 | length |
//! ```
//!
//! The sync flush (RFC 1951, section 3.2.4: an empty stored block) leaves the deflate
//! data on a byte boundary with no final block, so the data of several fragments can be
//! concatenated; `03 00` is the empty final block that ends them all. An MVT tile is the
//! concatenation of its layers too (protobuf concatenation merges repeated fields), so
//! the joined member holds the composite tile. It is always *one* member: browsers stop
//! after the first.

mod crc;
mod deflate;
mod deflater;
mod hints;
mod splice;

pub use deflater::{DeflateLevel, Deflater};
pub use hints::RepeatHints;
pub use splice::splice;

use bytes::Bytes;

/// The gzip header of every fragment.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// An empty final block with fixed Huffman codes.
const FINAL_BLOCK: [u8; 2] = [0x03, 0x00];
/// Length of the final block, CRC-32 and length field at the end of every fragment.
const TRAILER_LENGTH: usize = FINAL_BLOCK.len() + 8;

/// One layer's tile as a complete gzip member that can be spliced.
///
/// Cloning is cheap: the bytes are shared.
#[derive(Debug, Clone)]
pub struct Fragment {
    gzip: Bytes,
    crc: u32,
    length: u32,
    /// `x^(8·length)` modulo the CRC polynomial, so that a splice costs one
    /// multiplication a fragment.
    crc_shift: u32,
}

impl Fragment {
    /// The gzip member, which is a complete response for a single layer.
    #[must_use]
    pub fn gzip(&self) -> &Bytes {
        &self.gzip
    }

    /// Length of the inflated tile in bytes.
    #[must_use]
    pub fn inflated_length(&self) -> u32 {
        self.length
    }

    /// The raw deflate data between gzip header and final block.
    fn deflated(&self) -> &[u8] {
        &self.gzip[HEADER.len()..self.gzip.len() - TRAILER_LENGTH]
    }
}

/// The gzip member of an empty tile, for clients that require a body.
#[must_use]
pub fn empty_gzip() -> Bytes {
    splice(&[])
}
