//! From stored features to one layer's tile fragment.
//!
//! This crate knows nothing of HTTP, styles or map pages. A caller opens a
//! [`DataDirectory`], takes its current [`Snapshot`] and asks the
//! [`TileSource`] of each layer for a [`Fragment`]; fragments of several layers
//! are joined by [`fragment::splice`].
//!
//! | module | what it holds |
//! |---|---|
//! | [`tile`] | tile coordinates, zooms, extents, the world grid |
//! | [`source`] | the two seams: [`TileSource`] and [`FeatureStore`] |
//! | [`feature`] | one feature as stored: geometry and values, before any table |
//! | [`flatgeobuf`] | FlatGeobuf files: guarded reader, writer |
//! | [`postgis`] | tables of a PostGIS database: discovery, scans, rows of a tile, writing |
//! | [`projection`] | Korean and worldwide CRS to longitude and latitude |
//! | [`features`] | the columnar feature table: geometry, columns, index, importance |
//! | [`mvt`] | clip and encode one layer as MVT 2.1; read foreign tiles |
//! | [`pmtiles`] | PMTiles archives: layers of them, or all as it stands |
//! | [`fragment`] | deflate once, splice many |
//! | [`catalog`] | what is published: fields, datasets, themes, layers |
//! | [`derive`] | the measure engine: figures of layers from the rows of datasets |
//! | [`library`] | the data directory, watched, and its snapshots |
//! | [`table_source`] | a layer encoded from a feature table |
//! | [`search`] | maps, datasets, areas, addresses and places by name |
//! | [`workers`] | the bounded place for CPU work |
//! | [`ingest`] | foreign files in: Shapefile, GeoJSON, zip |

pub mod catalog;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod derive;
pub mod feature;
pub mod features;
pub mod flatgeobuf;
pub mod fragment;
mod hangul_bytes;
pub mod id;
pub mod ingest;
pub mod library;
pub mod mvt;
pub mod pmtiles;
pub mod postgis;
pub mod projection;
mod repair;
mod romanization;
pub mod search;
pub mod source;
pub mod table_source;
pub mod tile;
mod time_label;
mod time_slices;
pub mod workers;

pub use catalog::Catalog;
pub use fragment::Fragment;
pub use id::{DatasetId, FieldId, LayerId, ThemeId};
pub use library::{DataDirectory, Snapshot};
pub use source::{
    Audience, ContentVersion, FeatureStore, LayerDescription, Selection, SourceError, TileRequest,
    TileSource, VectorLayer,
};
pub use tile::{Extent, TileCoord, Zoom};
