//! Errors of reading a tile.

/// Error of reading a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at} of the tile")]
pub struct ReadError {
    /// Position in the inflated tile in bytes.
    pub at: usize,
    /// The fault, with the section of MVT 2.1 that it violates, if any.
    pub what: &'static str,
}
