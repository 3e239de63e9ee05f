//! A dataset in memory, prepared for tiles.
//!
//! A [`FeatureTable`] stores geometry as world positions ([`RowGeometries`]), attributes as
//! columns of value ids into a [`ValueDictionary`] of already encoded MVT values, and a packed
//! Hilbert R-tree ([`index`]) over rows in Hilbert order, so that the rows of a tile are
//! a few contiguous ranges. Each vertex has the lowest zoom at which it is drawn
//! ([`importance`]).
//!
//! A table is independent of tiles, requests and audiences, and immutable once built by a
//! [`TableBuilder`].

mod builder;
mod coverage;
mod dictionary;
mod distribution;
mod draw_order;
mod feature_table;
pub mod importance;
pub mod index;
mod labels;
pub mod reduction;
mod row_geometries;
mod summary;
mod values;

pub use builder::ID_LIMIT;
pub use builder::TileScope;
pub use builder::{ColumnForm, TableBuilder, TableError, TableOptions};
pub use dictionary::{DictionaryBuilder, DictionaryFull};
pub use dictionary::{ValueDictionary, ValueId};
pub use distribution::{ColumnDistribution, NumberRuns};
pub use draw_order::DrawOrder;
pub use feature_table::{FeatureTable, NO_ID};
pub use index::{HilbertIndex, RowRange};
pub use row_geometries::{GeometryPart, PartShapes, RowGeometries};
pub use summary::ValueSummary;
pub(crate) use values::write_varint;
