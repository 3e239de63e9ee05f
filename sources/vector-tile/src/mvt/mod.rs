//! One layer of one tile: generalize, clip, encode (MVT 2.1).
//!
//! ```text
//! index query ─► generalize ─► clip ─► geometry commands ─► feature ─► layer
//!  (row ranges)   (snap to the   (only what leaves   (zigzag       (tags from
//!                 tile's grid)   the buffered tile)   deltas)       value ids)
//! ```
//!
//! One file a stage. Everything is written once into one reused buffer ([`EncoderScratch`]): no
//! hashing, and no allocation per feature. A tile holds every feature of the table that
//! meets the buffered tile: a feature that collapses on the tile's grid is drawn as the
//! smallest valid shape rather than dropped. A shape that lies around the tile, and meets
//! it nowhere, is not in it.
//!
//! Foreign tiles are read by [`read`]; their layers are written by [`copy`], [`rename`]
//! and [`restrict`].

mod ascending;
mod buffer;
mod clip;
mod cut;
mod feature;
mod generalize;
mod geometry;
mod layer;
pub mod read;
mod rewrite;
mod tags;
mod writer;

pub use layer::{
    EncodeError, EncodedLayer, EncoderScratch, LayerView, encode_layer, encode_layer_with_hints,
};
pub use rewrite::{copy, rename, restrict};

/// Version of the conversion from a feature table to tile bytes, deflating included. Part
/// of every content version: increment it with any change of the bytes.
pub const ENCODER_VERSION: u32 = 5;
