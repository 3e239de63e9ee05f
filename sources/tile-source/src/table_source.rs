//! A layer whose tiles are encoded from a feature table.

use std::hash::Hash;
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use crate::reduced_tables::ReducedTables;
use crate::source::BoxFuture;
use crate::time_slices::{TimeSlice, TimeSlices};
use crate::workers::TileWorkers;
use crate::zoom_views::ZoomViews;
use crate::{ContentVersion, LayerDescription, Selection, SourceError, TileRequest, TileSource};
use data_model::ContentDigest;
use data_model::feature::Column;
use data_model::time_label::describe_form;
use vector_tile::features::{FeatureTable, TableOptions};
use vector_tile::fragment::{DeflateLevel, Fragment};
use vector_tile::mvt::ENCODER_VERSION;

pub use crate::fragment_encoding::{EncodeFault, encode_fragment};
pub use crate::publication::LayerPublication;

/// Encodes tiles of one layer from a feature table, on the tile workers.
pub struct TableSource {
    description: LayerDescription,
    version: ContentVersion,
    slices: TimeSlices,
    views: ZoomViews,
    /// Tables of the zooms at which a rule reduces the features; `None` without a rule.
    reduced: Option<Arc<ReducedTables>>,
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
        let newest = slices.newest();
        let table = &newest.table;
        let views = ZoomViews::new(&publication, newest);
        let published: Vec<_> =
            views.published().iter().map(|&column| table.columns()[column].clone()).collect();
        let (digest, level) = (slices.digest(), workers.deflate_level());
        let version = content_version(&publication, &published, options, digest, level);
        let reduced = ReducedTables::new(&publication, &published, newest).map(Arc::new);
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
            tiling: publication.tiling,
            sampled_below: None,
        };
        Self { description, version, slices, views, reduced, workers }
    }

    /// The slice that a request selects.
    ///
    /// Returns the slice with its number.
    fn slice(&self, selection: &Selection) -> Result<(usize, &TimeSlice), SourceError> {
        let layer = &self.description.id;
        let unsupported = |part| SourceError::UnsupportedSelection { layer: layer.clone(), part };
        if let Some(part) = selection.first_part_but_time() {
            return Err(unsupported(part));
        }
        let Some(time) = &selection.time else { return Ok(self.slices.newest_numbered()) };
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
            let (number, slice) = self.slice(&request.selection)?;
            // Far from the data there is nothing to queue for.
            let (tile, deadline) = (request.tile, request.deadline);
            let rect = self.views.reach(tile);
            if !slice.table.bounds().is_some_and(|bounds| bounds.intersects(&rect)) {
                return Ok(None);
            }
            let (slice, views) = (slice.clone(), self.views.at(tile.zoom()).clone());
            let reduced = self.reduced.clone().filter(|tables| tables.applies_at(tile.zoom()));
            let made = self
                .workers
                .run(&request.permit, deadline, move |state| match reduced {
                    Some(tables) => tables.encode_fragment(&slice, number, tile, deadline, state),
                    None => views.encode_fragment(&slice, tile, deadline, state),
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
    publication.tiling.hash(&mut hash);
    ContentVersion::new(hash.digest128())
}
