//! A layer whose tiles are encoded from a feature table.

use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use crate::features::{FeatureTable, TableOptions};
use crate::fragment::Fragment;
use crate::mvt::{ENCODER_VERSION, EncodeError, LayerView, encode_layer};
use crate::source::BoxFuture;
use crate::tile::TileGrid;
use crate::workers::TileWorkers;
use crate::{
    ContentVersion, Extent, LayerDescription, LayerId, SourceError, TileRequest, TileSource, Zoom,
};

/// How a feature table is published as a layer.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The layer's id.
    pub id: LayerId,
    /// The columns that leave the house; all where `None`.
    pub columns: Option<Vec<String>>,
    /// Shallowest zoom with tiles.
    pub min_zoom: Zoom,
    /// Deepest zoom with tiles.
    pub max_zoom: Zoom,
    /// Units along a tile's edge.
    pub extent: Extent,
    /// Tile units beyond the edge that a tile still holds.
    pub buffer: u16,
    /// Whether tiles also hold one point for each feature, to write names at.
    pub labels: bool,
}

/// Encodes tiles of one layer from a feature table, on the tile workers.
pub struct TableSource {
    description: LayerDescription,
    version: ContentVersion,
    table: Arc<FeatureTable>,
    view: Arc<LayerView>,
    labels: Option<(Arc<FeatureTable>, Arc<LayerView>)>,
    workers: Arc<TileWorkers>,
}

impl TableSource {
    /// Publishes `table`, built with `options` from data of this `digest`.
    #[must_use]
    pub fn new(
        publication: Publication,
        table: Arc<FeatureTable>,
        options: &TableOptions,
        digest: u128,
        workers: Arc<TileWorkers>,
    ) -> Self {
        let Publication { id, columns, min_zoom, max_zoom, extent, buffer, labels } = publication;
        let view = LayerView::new(&id, &table, columns.as_deref(), extent, buffer);
        let published: Vec<_> =
            view.columns().iter().map(|&column| table.columns()[column].clone()).collect();

        let mut hash = Xxh3::new();
        hash.update(&ENCODER_VERSION.to_le_bytes());
        hash.update(&[workers.deflate_level().get(), extent.log2()]);
        hash.update(&[u8::from(options.coverage), u8::from(labels)]);
        hash.update(&digest.to_le_bytes());
        hash.update(&buffer.to_le_bytes());
        for text in [id.as_str(), options.id_column.as_deref().unwrap_or_default()]
            .into_iter()
            .chain(published.iter().map(|column| column.name.as_str()))
        {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }

        let description = LayerDescription {
            id,
            min_zoom,
            max_zoom,
            extent,
            bounds: table.bounds().map(|bounds| bounds.to_lon_lat_bounds()),
            geometry: table.geometry(),
            columns: published,
            feature_count: Some(table.feature_count() as u64),
            labels,
            inner: Vec::new(),
        };
        let labels = description.label_layer().map(|name| {
            let points = table.label_points();
            // Without a buffer: a point beyond the edge is the neighbour's to label.
            let view = LayerView::named(&name, &points, columns.as_deref(), extent, 0);
            (Arc::new(points), Arc::new(view))
        });
        let version = ContentVersion(hash.digest128());
        Self { description, version, table, view: Arc::new(view), labels, workers }
    }
}

impl TileSource for TableSource {
    fn description(&self) -> &LayerDescription {
        &self.description
    }

    fn content_version(&self) -> ContentVersion {
        self.version
    }

    fn fragment<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> BoxFuture<'a, Result<Option<Fragment>, SourceError>> {
        Box::pin(async move {
            let layer = &self.description.id;
            if let Some(part) = request.selection.first_part() {
                return Err(SourceError::UnsupportedSelection { layer: layer.clone(), part });
            }
            // Far from the data there is nothing to queue for.
            let tile = request.tile;
            let rect = TileGrid::new(tile, self.view.extent())
                .world_rect(self.view.extent(), self.view.buffer());
            if !self.table.bounds().is_some_and(|bounds| bounds.intersects(&rect)) {
                return Ok(None);
            }
            let table = Arc::clone(&self.table);
            let view = Arc::clone(&self.view);
            let labels = self.labels.clone();
            let deadline = request.deadline;
            let made = self
                .workers
                .run(&request.place, deadline, move |bench| {
                    let late = |EncodeError::Deadline| None;
                    let scratch = &mut bench.scratch;
                    let bytes =
                        encode_layer(&table, &view, tile, deadline, scratch).map_err(late)?;
                    if bytes.is_empty() {
                        return Ok(None);
                    }
                    let joined;
                    let bytes = match &labels {
                        None => bytes,
                        Some((points, view)) => {
                            // The scratch is used again: a copy of the first layer.
                            let mut both = bytes.to_vec();
                            let labels = encode_layer(points, view, tile, deadline, scratch);
                            both.extend_from_slice(labels.map_err(late)?);
                            joined = both;
                            &joined[..]
                        }
                    };
                    let fragment = bench.deflater.fragment(bytes);
                    fragment.map(Some).map_err(|error| Some(error.to_string()))
                })
                .await
                .map_err(|error| error.of_layer(layer))?;
            made.map_err(|reason| match reason {
                None => SourceError::DeadlineExceeded { layer: layer.clone() },
                Some(reason) => SourceError::Internal { layer: layer.clone(), reason },
            })
        })
    }
}
