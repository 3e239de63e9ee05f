//! Features, ids, tiles, periods and audiences: the model that all sources share.
//!
//! | module | content |
//! |---|---|
//! | [`feature`] | one feature as stored: geometry and values |
//! | [`feature_store`] | the trait of stores that features are scanned from |
//! | [`geographic_bounds`] | boxes in degrees of longitude and latitude |
//! | [`id`] | ids of fields, datasets, themes and layers |
//! | [`tile`] | tile coordinates, zooms, extents, the world grid |
//! | [`tiling`] | reduction of tiles at low zooms |
//! | [`period`] | the length of a time slice |
//! | [`time_label`] | labels of time slices |
//! | [`number`] | decimal numbers that a double keeps |
//! | [`audience`] | the public and the staff |
//! | [`content_digest`] | digests of content |
//! | [`visit_error`] | the error by which a visitor ends a scan |

#![forbid(unsafe_code)]

pub mod audience;
pub mod content_digest;
pub mod feature;
pub mod feature_store;
pub mod geographic_bounds;
pub mod id;
pub mod number;
pub mod period;
pub mod tile;
pub mod tiling;
pub mod time_label;
pub mod visit_error;

pub use audience::Audience;
pub use content_digest::ContentDigest;
pub use feature_store::{FeatureStore, StoreError, StoreLocation};
pub use geographic_bounds::{GeographicBounds, InvalidBounds};
pub use id::{DatasetId, FieldId, LayerId, ThemeId};
pub use period::Period;
pub use tile::{Extent, TileCoord, Zoom};
pub use tiling::Tiling;
pub use visit_error::{BoxError, VisitError};
