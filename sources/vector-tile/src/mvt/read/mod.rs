//! Foreign tiles in: a reader of vector tiles (MVT 2.1, and 1.0 where it differs).
//!
//! | file | what it reads |
//! |---|---|
//! | `wire` | protobuf fields |
//! | `layer` | a tile's layers, and a layer's keys, values and features |
//! | `feature` | one feature: id, tags, geometry |
//!
//! Text and messages are read where they lie. What is put into memory of its own is
//! lists of where they are (layers, features, keys), the values, and one feature's
//! vertices at a time; each list is bounded, and each of its entries takes at least
//! two bytes of the tile. Whatever the bytes are, the result is a value or a [`ReadError`]; a tile that an encoder
//! should not have made but that has one meaning is read (lines of one vertex,
//! rings without area), one with none or several is an error.
//!
//! It makes no tiles and knows no coordinates of the world.

mod feature;
mod layer;
mod wire;

pub use feature::{Feature, Path};
pub use layer::MAX_LAYERS;
pub use layer::{Layer, RawLayer, TagValue, layers};
pub(crate) use wire::{Field, Message};

/// Bytes that are not a vector tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at} of the tile")]
pub struct ReadError {
    /// Where in the inflated tile.
    pub at: usize,
    /// What is wrong, with the section of MVT 2.1 that it breaks where there is one.
    pub what: &'static str,
}
