//! Glyph ranges of a typeface: letters as signed distance fields, 256 code points a file.
//!
//! A build script reads a font file once ([`font`], feature `fonts`) and keeps each range as a
//! small block of outlines ([`outline_block`]). A server draws a requested range from its block
//! ([`glyph_range`]). The crate reads no files and knows no HTTP.
//!
//! | module | content |
//! |---|---|
//! | [`outline`] | outline and advance width of one letter |
//! | [`outline_block`] | outlines of a range, in a few bytes each |
//! | [`glyph_range`] | the protobuf message that clients fetch |
//! | [`distance_field`] | signed distance field of a shape |
//! | `font` | outlines of a font file |

#![forbid(unsafe_code)]

pub mod distance_field;
#[cfg(feature = "fonts")]
pub mod font;
pub mod glyph_range;
pub mod outline;
pub mod outline_block;

pub use glyph_range::{GlyphError, encode_range};
pub use outline::{Outline, RANGE_COUNT, RANGE_LENGTH, Segment};
