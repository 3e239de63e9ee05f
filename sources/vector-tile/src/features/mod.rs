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
mod draw_order;
pub mod importance;
pub mod index;
mod labels;
mod row_geometries;
mod summary;
mod values;

pub use builder::ID_LIMIT;
pub use builder::TileScope;
pub use builder::{ColumnForm, TableBuilder, TableError, TableOptions};
pub use dictionary::{DictionaryBuilder, DictionaryFull};
pub use dictionary::{ValueDictionary, ValueId};
pub use draw_order::DrawOrder;
pub use index::{HilbertIndex, RowRange};
pub use row_geometries::{GeometryPart, PartShapes, RowGeometries};
pub use summary::ValueSummary;
pub(crate) use values::write_varint;

use std::sync::Arc;

use data_model::feature::{Column, GeometryKind};
use data_model::tile::WorldRect;

/// Marks a feature without an id.
pub const NO_ID: u64 = u64::MAX;

/// A dataset's features: geometry once, attributes in columns. Immutable.
///
/// Parts are shared: the tables of a layer's time slices have one geometry.
#[derive(Debug, Clone)]
pub struct FeatureTable {
    columns: Arc<[Column]>,
    /// One list per column, one entry per row.
    values: Vec<Arc<[ValueId]>>,
    dictionary: Arc<ValueDictionary>,
    /// Feature ids, one per row; below 2⁵³ so that every client can represent them,
    /// except those of foreign tiles.
    ids: Arc<[u64]>,
    /// Ids in tiles, one per row: each of `ids` once, [`NO_ID`] for its other rows.
    tile_ids: Arc<[u64]>,
    shapes: Arc<RowGeometries>,
    index: Arc<HilbertIndex>,
    drawn: Arc<DrawOrder>,
    geometry: GeometryKind,
    keeps_edges: bool,
}

impl FeatureTable {
    /// The same features with other attributes: `values` has one list for each of
    /// `columns`, with one entry for each row, and refers to `dictionary`. Geometry and
    /// ids are shared, not copied.
    #[must_use]
    pub fn with_columns(
        &self,
        columns: Arc<[Column]>,
        values: Vec<Arc<[ValueId]>>,
        dictionary: Arc<ValueDictionary>,
    ) -> Self {
        debug_assert!(values.iter().all(|column| column.len() == self.ids.len()));
        debug_assert_eq!(values.len(), columns.len());
        Self { columns, values, dictionary, ..self.clone() }
    }

    /// The attributes, in stored order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The value ids of one column by row; 0 is no value.
    #[must_use]
    pub fn column_values(&self, column: usize) -> &[ValueId] {
        &self.values[column]
    }

    /// The encoded values that the columns refer to.
    #[must_use]
    pub fn dictionary(&self) -> &ValueDictionary {
        &self.dictionary
    }

    /// Feature ids by row, by which rows are joined even if tiles carry none. [`NO_ID`]
    /// for a feature of a foreign tile without one.
    #[must_use]
    pub fn ids(&self) -> &[u64] {
        &self.ids
    }

    /// Feature ids in tiles by row; [`NO_ID`] for a feature that carries none. Of several
    /// rows with one id only the first carries it: clients identify features by their
    /// ids, which must be unique in a layer (MVT 2.1, section 4.2).
    #[must_use]
    pub fn tile_ids(&self) -> &[u64] {
        &self.tile_ids
    }

    /// The geometry of the rows that have one: rows 0 to `shapes().rows()`.
    #[must_use]
    pub fn shapes(&self) -> &RowGeometries {
        &self.shapes
    }

    /// The spatial index over the rows that have a geometry.
    #[must_use]
    pub fn index(&self) -> &HilbertIndex {
        &self.index
    }

    /// The order of the rows in tiles.
    #[must_use]
    pub fn drawn(&self) -> &DrawOrder {
        &self.drawn
    }

    /// The kind of geometry of the features.
    #[must_use]
    pub fn geometry(&self) -> GeometryKind {
        self.geometry
    }

    /// Whether features may share edges with neighbours, which no tile may then move for
    /// one feature only: in a coverage, and in tables for one tile.
    pub(crate) fn keeps_edges(&self) -> bool {
        self.keeps_edges
    }

    /// Number of features, including those without geometry.
    #[must_use]
    pub fn feature_count(&self) -> usize {
        self.ids.len()
    }

    /// The bounding rectangle of all geometry; `None` if there is none.
    #[must_use]
    pub fn bounds(&self) -> Option<WorldRect> {
        self.index.bounds()
    }

    /// Bytes of memory held, without allocator overhead; memory shared by tables counts
    /// in each.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let values: usize = self.values.iter().map(|column| column.len() * 4).sum();
        let tile_ids = if Arc::ptr_eq(&self.ids, &self.tile_ids) { 0 } else { self.ids.len() * 8 };
        values
            + tile_ids
            + self.ids.len() * 8
            + self.dictionary.memory_bytes()
            + self.shapes.memory_bytes()
            + self.index.memory_bytes()
            + self.drawn.memory_bytes()
    }
}
