//! Views of a table by zoom: attributes that only near views need are left out before.

use std::sync::Arc;
use std::time::Instant;

use crate::fragment_encoding::{EncodeFault, encode_fragment};
use crate::publication::LayerPublication;
use crate::source::LABEL_SUFFIX;
use crate::time_slices::TimeSlice;
use crate::workers::WorkerState;
use data_model::tile::{TileGrid, WorldRect};
use data_model::{TileCoord, Zoom};
use vector_tile::features::FeatureTable;
use vector_tile::fragment::Fragment;
use vector_tile::mvt::LayerView;

/// Views of a layer's tables and their label points.
#[derive(Debug, Clone)]
pub struct ZoomViews {
    /// Views with the first zoom that they hold at, ascending; the first holds at zoom 0.
    views: Vec<(Zoom, TableViews)>,
    /// Published columns of the table in tile key order, of all zooms.
    published: Vec<usize>,
}

/// View of a table, and of its label points.
#[derive(Debug, Clone)]
pub struct TableViews {
    features: Arc<LayerView>,
    labels: Option<Arc<LayerView>>,
}

impl ZoomViews {
    /// The views of a publication over tables with the columns of `slice`.
    #[must_use]
    pub fn new(publication: &LayerPublication, slice: &TimeSlice) -> Self {
        let tiling = &publication.tiling;
        let mut zooms: Vec<Zoom> = tiling.attributes.values().copied().collect();
        zooms.push(Zoom::MIN);
        zooms.sort_unstable();
        zooms.dedup();
        let all = TableViews::of(
            publication,
            &slice.table,
            publication.columns.as_deref(),
            slice.labels.as_deref(),
        );
        let published = all.features.columns().to_vec();
        if zooms.len() == 1 {
            return Self { views: vec![(Zoom::MIN, all)], published };
        }
        let names = |zoom| -> Vec<String> {
            let names = published.iter().map(|&column| &slice.table.columns()[column].name);
            names.filter(|name| tiling.has_attribute(name, zoom)).cloned().collect()
        };
        let view = |zoom: Zoom| {
            let names = names(zoom);
            (zoom, TableViews::of(publication, &slice.table, Some(&names), slice.labels.as_deref()))
        };
        Self { views: zooms.into_iter().map(view).collect(), published }
    }

    /// The published table columns in key order, of all zooms.
    #[must_use]
    pub fn published(&self) -> &[usize] {
        &self.published
    }

    /// The views of a zoom.
    #[must_use]
    pub fn at(&self, zoom: Zoom) -> &TableViews {
        let after = self.views.partition_point(|(from, _)| *from <= zoom);
        &self.views[after.saturating_sub(1)].1
    }

    /// The world rectangle that features of a tile reach into.
    #[must_use]
    pub fn reach(&self, tile: TileCoord) -> WorldRect {
        let view = &self.views[0].1.features;
        TileGrid::new(tile, view.extent()).world_rect(view.extent(), view.buffer())
    }
}

impl TableViews {
    /// Views with the named columns; `None` publishes all.
    pub(crate) fn of(
        publication: &LayerPublication,
        table: &FeatureTable,
        columns: Option<&[String]>,
        labels: Option<&FeatureTable>,
    ) -> Self {
        let LayerPublication { id, extent, buffer, .. } = publication;
        let features = Arc::new(LayerView::new(id, table, columns, *extent, *buffer));
        let labels = labels.filter(|_| publication.labels).map(|points| {
            let name = format!("{id}{LABEL_SUFFIX}");
            // Without a buffer: a point beyond the edge is the neighbour's to label.
            Arc::new(LayerView::labels(&name, points, columns, *extent))
        });
        Self { features, labels }
    }

    /// Encodes a tile of a slice with these views.
    pub(crate) fn encode_fragment(
        &self,
        slice: &TimeSlice,
        tile: TileCoord,
        deadline: Instant,
        state: &mut WorkerState,
    ) -> Result<Option<Fragment>, EncodeFault> {
        let labels = slice.labels.as_deref().zip(self.labels.as_deref());
        encode_fragment(&slice.table, &self.features, labels, tile, deadline, state)
    }
}
