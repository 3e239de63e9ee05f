//! Encodes features as the compressed bytes of one layer's tile. Pure: no files, no
//! async.
//!
//! | module | content |
//! |---|---|
//! | [`features`] | the feature table: geometry, columns, index, importance of vertices |
//! | [`mvt`] | clips and encodes one layer as MVT 2.1; reads foreign tiles |
//! | [`fragment`] | deflates one layer's tile; splices many |
//! | [`repair`] | repairs polygons that cross or touch themselves |

#![forbid(unsafe_code)]

pub mod features;
pub mod fragment;
pub mod mvt;
pub mod repair;

pub use fragment::Fragment;
