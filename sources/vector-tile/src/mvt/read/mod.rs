//! Reader of foreign vector tiles (MVT 2.1, and 1.0 where it differs).
//!
//! | file | content |
//! |---|---|
//! | `wire` | protobuf fields |
//! | `layer` | a tile's layers, and a layer's keys, values and features |
//! | `feature` | one feature: id, tags, geometry |
//!
//! Text and messages are borrowed from the tile. Allocated are lists of their positions
//! (layers, features, keys), the values, and one feature's vertices at a time; each list
//! is bounded, and each of its entries takes at least two bytes of the tile. Any bytes
//! give a value or a [`ReadError`]: an unusual tile with one meaning is read (lines of
//! one vertex, rings without area), one with none or several is an error.
//!
//! The reader writes no tiles and does not project coordinates.

mod error;
mod feature;
mod layer;
mod wire;

pub use error::ReadError;
pub use feature::{TileFeature, TilePath};
pub use layer::MAX_LAYERS;
pub use layer::{RawLayer, TagValue, TileLayer, layers};
pub(crate) use wire::{WireField, WireMessage};
