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
mod gzip_member;
mod hints;
mod splice;

pub use deflater::{DeflateLevel, Deflater};
pub use gzip_member::Fragment;
pub use hints::RepeatHints;
pub use splice::{empty_gzip, splice};
