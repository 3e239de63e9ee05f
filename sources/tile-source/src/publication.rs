//! Publication of features as a layer.

use data_model::{Extent, LayerId, Tiling, Zoom};

/// Publication of a feature table as a layer.
#[derive(Debug, Clone)]
pub struct LayerPublication {
    /// The layer's id.
    pub id: LayerId,
    /// Published columns; `None` publishes all.
    pub columns: Option<Vec<String>>,
    /// Shallowest zoom with tiles.
    pub min_zoom: Zoom,
    /// Deepest zoom with tiles.
    pub max_zoom: Zoom,
    /// Units along a tile's edge.
    pub extent: Extent,
    /// Buffer: tile units beyond the edge that a tile still holds.
    pub buffer: u16,
    /// Whether tiles also contain one label point for each feature.
    pub labels: bool,
    /// Reduction of tiles at low zooms.
    pub tiling: Tiling,
}
