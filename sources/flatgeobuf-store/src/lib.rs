//! FlatGeobuf files: the embedded store.
//!
//! The reader frames, bounds and counts everything itself and uses the
//! `flatgeobuf` crate for the verified FlatBuffers accessors alone: a file cut
//! short, with flipped bits or hostile lengths is a [`StoreError`] that names
//! the place, never fewer features.
//!
//! [`StoreError`]: data_model::StoreError

#![forbid(unsafe_code)]

mod encode;
mod frame;
mod geometry;
mod header;
mod properties;
mod reader;
mod writer;

pub use reader::{FlatGeobuf, ScanSummary, scan};
pub use writer::{FlatGeobufWriter, LEFTOVER_PREFIX, WriteError};
