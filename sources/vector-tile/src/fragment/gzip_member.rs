//! A fragment: one layer's gzip member, and its frame around the deflate data.

use bytes::Bytes;

/// The gzip header of every fragment.
pub(super) const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// An empty final block with fixed Huffman codes.
pub(super) const FINAL_BLOCK: [u8; 2] = [0x03, 0x00];
/// Length of the final block, CRC-32 and length field at the end of every fragment.
pub(super) const TRAILER_LENGTH: usize = FINAL_BLOCK.len() + 8;

/// One layer's tile as a complete gzip member that can be spliced.
///
/// Cloning is cheap: the bytes are shared.
#[derive(Debug, Clone)]
pub struct Fragment {
    pub(super) gzip: Bytes,
    pub(super) crc: u32,
    pub(super) length: u32,
    /// `x^(8·length)` modulo the CRC polynomial, so that a splice costs one
    /// multiplication a fragment.
    pub(super) crc_shift: u32,
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
    pub(super) fn deflated(&self) -> &[u8] {
        &self.gzip[HEADER.len()..self.gzip.len() - TRAILER_LENGTH]
    }
}
