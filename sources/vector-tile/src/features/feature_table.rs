//! The feature table: shared geometry, columns of value ids, and an index.

use std::sync::Arc;

use super::dictionary::{ValueDictionary, ValueId};
use super::draw_order::DrawOrder;
use super::index::HilbertIndex;
use super::row_geometries::RowGeometries;
use data_model::feature::{Column, GeometryKind};
use data_model::tile::WorldRect;

/// Marks a feature without an id.
pub const NO_ID: u64 = u64::MAX;

/// A dataset's features: geometry once, attributes in columns. Immutable.
///
/// Parts are shared: the tables of a layer's time slices have one geometry.
#[derive(Debug, Clone)]
pub struct FeatureTable {
    pub(super) columns: Arc<[Column]>,
    /// One list per column, one entry per row.
    pub(super) values: Vec<Arc<[ValueId]>>,
    pub(super) dictionary: Arc<ValueDictionary>,
    /// Feature ids, one per row; below 2⁵³ so that every client can represent them,
    /// except those of foreign tiles.
    pub(super) ids: Arc<[u64]>,
    /// Ids in tiles, one per row: each of `ids` once, [`NO_ID`] for its other rows.
    pub(super) tile_ids: Arc<[u64]>,
    pub(super) shapes: Arc<RowGeometries>,
    pub(super) index: Arc<HilbertIndex>,
    pub(super) drawn: Arc<DrawOrder>,
    pub(super) geometry: GeometryKind,
    pub(super) keeps_edges: bool,
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

    /// Bytes of memory used, without allocator overhead; memory shared by tables counts
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
