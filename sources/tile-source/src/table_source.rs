//! A layer whose tiles are encoded from a feature table.

use std::sync::Arc;
use std::time::Instant;

use xxhash_rust::xxh3::Xxh3;

use crate::source::BoxFuture;
use crate::time_slices::{TimeSlice, TimeSlices};
use crate::workers::{TileWorkers, WorkerState};
use crate::{ContentVersion, LayerDescription, Selection, SourceError, TileRequest, TileSource};
use data_model::feature::Column;
use data_model::tile::TileGrid;
use data_model::time_label::describe_form;
use data_model::{ContentDigest, Extent, LayerId, TileCoord, Zoom};
use vector_tile::features::{FeatureTable, TableOptions};
use vector_tile::fragment::{DeflateLevel, Fragment};
use vector_tile::mvt::{ENCODER_VERSION, EncodeError, LayerView, encode_layer_with_hints};

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
}

/// Encodes tiles of one layer from a feature table, on the tile workers.
pub struct TableSource {
    description: LayerDescription,
    version: ContentVersion,
    slices: TimeSlices,
    view: Arc<LayerView>,
    label_view: Option<Arc<LayerView>>,
    workers: Arc<TileWorkers>,
}

impl TableSource {
    /// Publishes `table`, built with `options` from data of this `digest`.
    #[must_use]
    pub fn new(
        publication: LayerPublication,
        table: Arc<FeatureTable>,
        options: &TableOptions,
        digest: ContentDigest,
        workers: Arc<TileWorkers>,
    ) -> Self {
        let labels = publication.labels.then(|| Arc::new(table.label_points()));
        let slices = TimeSlices::timeless(TimeSlice { table, labels }, digest);
        Self::sliced(publication, slices, options, workers)
    }

    /// Publishes the slices of a layer, which have label points if the layer has labels.
    pub fn sliced(
        publication: LayerPublication,
        slices: TimeSlices,
        options: &TableOptions,
        workers: Arc<TileWorkers>,
    ) -> Self {
        let LayerPublication { id, columns, extent, buffer, .. } = &publication;
        let TimeSlice { table, labels } = slices.newest();
        let view = LayerView::new(id, table, columns.as_deref(), *extent, *buffer);
        let published: Vec<_> =
            view.columns().iter().map(|&column| table.columns()[column].clone()).collect();

        let (digest, level) = (slices.digest(), workers.deflate_level());
        let version = content_version(&publication, &published, options, digest, level);
        let description = LayerDescription {
            id: publication.id.clone(),
            min_zoom: publication.min_zoom,
            max_zoom: publication.max_zoom,
            extent: publication.extent,
            bounds: table.bounds().map(|bounds| bounds.to_lon_lat_bounds()),
            geometry: table.geometry(),
            columns: published,
            feature_count: Some(table.feature_count() as u64),
            labels: publication.labels,
            times: slices.times().to_vec(),
            partial_times: slices.partial().to_vec(),
            attribution: None,
            inner: Vec::new(),
        };
        let label_view = description.label_layer().zip(labels.as_ref()).map(|(name, points)| {
            // Without a buffer: a point beyond the edge is the neighbour's to label.
            Arc::new(LayerView::named(&name, points, columns.as_deref(), *extent, 0))
        });
        Self { description, version, slices, view: Arc::new(view), label_view, workers }
    }

    /// The slice that a request selects.
    fn slice(&self, selection: &Selection) -> Result<&TimeSlice, SourceError> {
        let layer = &self.description.id;
        let unsupported = |part| SourceError::UnsupportedSelection { layer: layer.clone(), part };
        if let Some(part) = selection.first_part_but_time() {
            return Err(unsupported(part));
        }
        let Some(time) = &selection.time else { return Ok(self.slices.newest()) };
        let (Some(first), Some(last)) = (self.slices.times().first(), self.slices.times().last())
        else {
            return Err(unsupported("time"));
        };
        self.slices.at(time).ok_or_else(|| SourceError::NoSuchTime {
            layer: layer.clone(),
            requested: time.as_str().chars().take(MOST_TIME).collect(),
            format: describe_form(last),
            available: format!("{first} to {last}"),
        })
    }
}

/// Most characters of a requested time that an error repeats.
const MOST_TIME: usize = 32;

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
            let TimeSlice { table, labels } = self.slice(&request.selection)?;
            // Far from the data there is nothing to queue for.
            let tile = request.tile;
            let rect = TileGrid::new(tile, self.view.extent())
                .world_rect(self.view.extent(), self.view.buffer());
            if !table.bounds().is_some_and(|bounds| bounds.intersects(&rect)) {
                return Ok(None);
            }
            let table = Arc::clone(table);
            let view = Arc::clone(&self.view);
            let labels = labels.clone().zip(self.label_view.clone());
            let deadline = request.deadline;
            let made = self
                .workers
                .run(&request.permit, deadline, move |state| {
                    let labels = labels.as_ref().map(|(points, view)| (&**points, &**view));
                    encode_fragment(&table, &view, labels, tile, deadline, state)
                })
                .await
                .map_err(|error| error.of_layer(layer))?;
            made.map_err(|fault| fault.of_layer(layer))
        })
    }
}

/// Content version of a publication's tiles: equal digests of the data make equal tiles.
pub fn content_version(
    publication: &LayerPublication,
    published: &[Column],
    options: &TableOptions,
    digest: ContentDigest,
    level: DeflateLevel,
) -> ContentVersion {
    let LayerPublication { id, extent, buffer, labels, .. } = publication;
    let mut hash = Xxh3::new();
    hash.update(&ENCODER_VERSION.to_le_bytes());
    hash.update(&[level.get(), extent.log2()]);
    hash.update(&[u8::from(options.coverage), u8::from(*labels)]);
    hash.update(&digest.to_le_bytes());
    hash.update(&buffer.to_le_bytes());
    let columns = published.iter().flat_map(|column| {
        // A column is a number or text, which its name does not tell.
        [column.name.as_str(), column.kind.tilejson_type()]
    });
    for text in
        [id.as_str(), options.id_column.as_deref().unwrap_or_default()].into_iter().chain(columns)
    {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.update(&[u8::from(options.omit_ids), u8::from(options.keep_every_vertex)]);
    ContentVersion::new(hash.digest128())
}

/// Reason for which a tile can't be encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EncodeFault {
    /// The deadline passed.
    Deadline,
    /// Any other reason.
    Reason(String),
}

impl EncodeFault {
    /// The fault as an error of the layer's source.
    pub fn of_layer(self, layer: &LayerId) -> SourceError {
        let layer = layer.clone();
        match self {
            Self::Deadline => SourceError::DeadlineExceeded { layer },
            Self::Reason(reason) => SourceError::Internal { layer, reason },
        }
    }
}

/// Encodes and deflates a layer's part of one tile, with its label points; `None` if no feature
/// meets the tile.
pub fn encode_fragment(
    table: &FeatureTable,
    view: &LayerView,
    labels: Option<(&FeatureTable, &LayerView)>,
    tile: TileCoord,
    deadline: Instant,
    state: &mut WorkerState,
) -> Result<Option<Fragment>, EncodeFault> {
    let late = |EncodeError::Deadline| EncodeFault::Deadline;
    let scratch = &mut state.scratch;
    let encoded = encode_layer_with_hints(table, view, tile, deadline, scratch).map_err(late)?;
    if encoded.bytes.is_empty() {
        return Ok(None);
    }
    let fragment = match labels {
        None => state.deflater.fragment_with_hints(encoded.bytes, encoded.hints),
        Some((points, view)) => {
            // The scratch is used again: a copy of the first layer.
            let (mut bytes, mut hints) = (encoded.bytes.to_vec(), encoded.hints.clone());
            let labels = encode_layer_with_hints(points, view, tile, deadline, scratch);
            let labels = labels.map_err(late)?;
            hints.append(bytes.len(), labels.hints);
            bytes.extend_from_slice(labels.bytes);
            state.deflater.fragment_with_hints(&bytes, &hints)
        }
    };
    fragment.map(Some).map_err(|error| EncodeFault::Reason(error.to_string()))
}
