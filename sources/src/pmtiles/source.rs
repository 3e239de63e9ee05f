//! An archive's tiles as a source: one of its layers, or all of them.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use xxhash_rust::xxh3::Xxh3;

use super::archive::{Archive, Known};
use super::checked::Content;
use super::file::Section;
use super::header::Compression;
use super::overzoom::{Cut, CutError, ancestor};
use crate::feature::{Column, GeometryKind};
use crate::mvt::read::{RawLayer, ReadError, layers};
use crate::mvt::{ENCODER_VERSION, copy, rename, restrict};
use crate::source::{BoxFuture, StoreError, VectorLayer};
use crate::workers::{Bench, TileWorkers};
use crate::{
    ContentVersion, Extent, Fragment, LayerDescription, LayerId, SourceError, TileCoord,
    TileRequest, TileSource, Zoom,
};

/// A version of everything that turns an archive into tile bytes; raise it with any
/// change of the bytes.
const ARCHIVE_VERSION: u32 = 1;

/// How one layer of an archive is published.
#[derive(Debug, Clone)]
pub struct ArchiveLayer {
    /// The layer's id, and its name in the tiles that are sent.
    pub id: LayerId,
    /// Its name in the archive.
    pub inner: String,
    /// The attributes that leave the house; all where `None`.
    pub columns: Option<Vec<String>>,
    /// Shallowest zoom with tiles; the archive's where `None`.
    pub min_zoom: Option<Zoom>,
    /// Deepest zoom with tiles; the archive's where `None`.
    pub max_zoom: Option<Zoom>,
    /// Units along the edge of a tile past the archive's last zoom.
    pub extent: Extent,
    /// Tile units beyond the edge that such a tile still holds.
    pub buffer: u16,
}

/// How an archive is published as it stands, its layers under their own names.
#[derive(Debug, Clone)]
pub struct WholeArchive {
    /// The id under which it is asked for.
    pub id: LayerId,
    /// Shallowest zoom with tiles; the archive's where `None`.
    pub min_zoom: Option<Zoom>,
    /// Deepest zoom with tiles; the archive's where `None`.
    pub max_zoom: Option<Zoom>,
    /// Units along the edge of a tile past the archive's last zoom.
    pub extent: Extent,
    /// Tile units beyond the edge that such a tile still holds.
    pub buffer: u16,
}

/// A layer that an archive does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the archive has no layer {name:?}; it has {}", known(.layers))]
pub struct NoSuchLayer {
    /// What was asked for.
    pub name: String,
    /// What there is.
    pub layers: Vec<String>,
}

fn known(layers: &[String]) -> String {
    if layers.is_empty() { "none".to_owned() } else { layers.join(", ") }
}

/// Tiles from an archive.
///
/// Past the archive's last zoom its tiles are cut from their ancestors there; below
/// its first zoom there are none.
pub struct ArchiveSource {
    description: LayerDescription,
    version: ContentVersion,
    archive: Arc<Archive>,
    plan: Arc<Plan>,
    workers: Arc<TileWorkers>,
}

/// What of the archive is sent, and how tiles past its last zoom are cut.
#[derive(Debug)]
struct Plan {
    id: LayerId,
    /// The one layer that is sent; all where `None`.
    inner: Option<String>,
    columns: Option<Vec<String>>,
    /// The zooms at which the archive has the layer's tiles.
    stored: (Zoom, Zoom),
    extent: Extent,
    buffer: u16,
}

impl ArchiveSource {
    /// Publishes one layer of an archive.
    ///
    /// # Errors
    /// [`NoSuchLayer`] where the archive has none of that name.
    pub fn layer(
        archive: Arc<Archive>,
        layer: ArchiveLayer,
        workers: Arc<TileWorkers>,
    ) -> Result<Self, NoSuchLayer> {
        let ArchiveLayer { id, inner, columns, min_zoom, max_zoom, extent, buffer } = layer;
        let Some(found) = archive.layers().iter().find(|layer| layer.name == inner) else {
            let layers = archive.layers().iter().map(|layer| layer.name.clone()).collect();
            return Err(NoSuchLayer { name: inner, layers });
        };
        let listed =
            |column: &&Column| columns.as_ref().is_none_or(|listed| listed.contains(&column.name));
        let published = found.columns.iter().filter(listed).cloned().collect();
        let stored = (found.min_zoom, found.max_zoom);
        let geometry = found.geometry;
        let plan = Plan { id, inner: Some(inner), columns, stored, extent, buffer };
        let zooms = (min_zoom.unwrap_or(stored.0), max_zoom.unwrap_or(stored.1));
        Ok(Self::new(archive, plan, zooms, (geometry, published), Vec::new(), workers))
    }

    /// Publishes an archive as it stands.
    #[must_use]
    pub fn whole(archive: Arc<Archive>, whole: WholeArchive, workers: Arc<TileWorkers>) -> Self {
        let WholeArchive { id, min_zoom, max_zoom, extent, buffer } = whole;
        let stored = archive.zooms();
        let zooms = (min_zoom.unwrap_or(stored.0), max_zoom.unwrap_or(stored.1));
        let inner = archive.layers().to_vec();
        let mut columns: Vec<Column> = Vec::new();
        for column in inner.iter().flat_map(|layer| &layer.columns) {
            if !columns.iter().any(|known| known.name == column.name) {
                columns.push(column.clone());
            }
        }
        let mut kinds = inner.iter().map(|layer| layer.geometry);
        let geometry = match kinds.next() {
            Some(first) if kinds.all(|kind| kind == first) => first,
            _ => GeometryKind::Mixed,
        };
        let plan = Plan { id, inner: None, columns: None, stored, extent, buffer };
        Self::new(archive, plan, zooms, (geometry, columns), inner, workers)
    }

    fn new(
        archive: Arc<Archive>,
        plan: Plan,
        (min_zoom, max_zoom): (Zoom, Zoom),
        (geometry, columns): (GeometryKind, Vec<Column>),
        inner: Vec<VectorLayer>,
        workers: Arc<TileWorkers>,
    ) -> Self {
        let mut hash = Xxh3::new();
        for version in [ENCODER_VERSION, ARCHIVE_VERSION] {
            hash.update(&version.to_le_bytes());
        }
        hash.update(&archive.digest().to_le_bytes());
        hash.update(&[workers.deflate_level().get(), plan.extent.log2()]);
        hash.update(&[u8::from(plan.inner.is_some()), u8::from(plan.columns.is_some())]);
        hash.update(&plan.buffer.to_le_bytes());
        let listed = plan.columns.iter().flatten();
        for text in [plan.id.as_str(), plan.inner.as_deref().unwrap_or_default()]
            .into_iter()
            .chain(listed.map(String::as_str))
        {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
        let description = LayerDescription {
            id: plan.id.clone(),
            min_zoom,
            max_zoom: max_zoom.max(min_zoom),
            extent: plan.extent,
            bounds: archive.bounds(),
            geometry,
            columns,
            feature_count: None,
            labels: false,
            inner,
        };
        let version = ContentVersion(hash.digest128());
        Self { description, version, archive, plan: Arc::new(plan), workers }
    }

    fn unavailable(&self, error: &StoreError) -> SourceError {
        SourceError::Unavailable { layer: self.plan.id.clone(), reason: error.to_string() }
    }

    /// Where the tile lies that `tile` is made of, which is its ancestor past the
    /// last zoom; a leaf directory is read on the workers where it must be.
    async fn locate(
        &self,
        tile: TileCoord,
        request: &TileRequest,
    ) -> Result<Option<Section>, SourceError> {
        if let Known::At(found) = self.archive.known(tile) {
            return Ok(found);
        }
        let archive = Arc::clone(&self.archive);
        self.workers
            .run(&request.place, request.deadline, move |_| archive.locate(tile))
            .await
            .map_err(|error| error.of_layer(&self.plan.id))?
            .map_err(|error| self.unavailable(&error))
    }

    /// The tile that `tile` is made of; `None` below the first zoom.
    fn origin(&self, tile: TileCoord) -> Option<TileCoord> {
        let (first, last) = self.plan.stored;
        (tile.zoom() >= first).then(|| ancestor(tile, last.min(tile.zoom()))).flatten()
    }

    fn refuse_selection(&self, request: &TileRequest) -> Result<(), SourceError> {
        match request.selection.first_part() {
            None => Ok(()),
            Some(part) => {
                Err(SourceError::UnsupportedSelection { layer: self.plan.id.clone(), part })
            }
        }
    }

    /// The stored tile, which is looked at before it is sent for the first time: a
    /// client that takes gzip gets the error that all others get.
    async fn stored_tile(&self, request: &TileRequest) -> Result<Option<Bytes>, SourceError> {
        let Some(section) = self.locate(request.tile, request).await? else { return Ok(None) };
        let content = match self.archive.checked(section) {
            Some(content) => content,
            None => {
                let archive = Arc::clone(&self.archive);
                self.workers
                    .run(&request.place, request.deadline, move |_| archive.check(section))
                    .await
                    .map_err(|error| error.of_layer(&self.plan.id))?
                    .map_err(|error| self.unavailable(&error))?
            }
        };
        match content {
            Content::Nothing => Ok(None),
            Content::Features => {
                self.archive.stored(section).map(Some).map_err(|error| self.unavailable(&error))
            }
        }
    }
}

impl TileSource for ArchiveSource {
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
            self.refuse_selection(request)?;
            let Some(origin) = self.origin(request.tile) else { return Ok(None) };
            let Some(section) = self.locate(origin, request).await? else { return Ok(None) };
            let (archive, plan) = (Arc::clone(&self.archive), Arc::clone(&self.plan));
            let (tile, deadline) = (request.tile, request.deadline);
            self.workers
                .run(&request.place, deadline, move |bench| {
                    plan.fragment(&archive, section, (origin, tile), deadline, bench)
                })
                .await
                .map_err(|error| error.of_layer(&self.plan.id))?
        })
    }

    /// A whole archive's tile up to its last zoom, where tiles are gzip. Each is read
    /// and looked at once; what is sent is mapped memory, which is not touched.
    fn stored<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> Option<BoxFuture<'a, Result<Option<Bytes>, SourceError>>> {
        let (first, last) = self.plan.stored;
        let as_stored = self.plan.inner.is_none()
            && self.archive.tile_compression() == Compression::Gzip
            && (first..=last).contains(&request.tile.zoom())
            && request.selection.is_everything();
        as_stored.then(|| Box::pin(self.stored_tile(request)) as BoxFuture<'a, _>)
    }
}

impl Plan {
    /// Inflates a stored tile and makes a fragment of what is sent of it. Blocks.
    fn fragment(
        &self,
        archive: &Archive,
        section: Section,
        (origin, tile): (TileCoord, TileCoord),
        deadline: Instant,
        bench: &mut Bench,
    ) -> Result<Option<Fragment>, SourceError> {
        let unavailable = |error: StoreError| SourceError::Unavailable {
            layer: self.id.clone(),
            reason: error.to_string(),
        };
        let inflated = archive.inflated(section).map_err(unavailable)?;
        let made = if origin == tile {
            self.pick(&inflated).map_err(|error| Some(error.to_string()))
        } else {
            let Self { extent, buffer, .. } = *self;
            let cut = Cut { ancestor: origin, tile, extent, buffer, deadline };
            self.cut(&inflated, &cut, bench).map_err(|error| match error {
                CutError::Deadline => None,
                error => Some(error.to_string()),
            })
        };
        let sent = made.map_err(|reason| match reason {
            None => SourceError::DeadlineExceeded { layer: self.id.clone() },
            Some(reason) => unavailable(archive.corrupt_tile(section, reason)),
        })?;
        if sent.is_empty() {
            return Ok(None);
        }
        bench.deflater.fragment(&sent).map(Some).map_err(|error| SourceError::Internal {
            layer: self.id.clone(),
            reason: error.to_string(),
        })
    }

    /// What is sent of a tile as it is stored; empty where nothing is.
    fn pick(&self, tile: &[u8]) -> Result<Vec<u8>, ReadError> {
        let mut sent = Vec::new();
        for layer in layers(tile)? {
            match (&self.inner, &self.columns) {
                (None, _) if layer.has_features()? => copy(layer, &mut sent),
                (Some(inner), _) if inner != layer.name => {}
                (Some(_), None) if layer.has_features()? => {
                    rename(layer, self.id.as_str(), &mut sent)?;
                }
                (Some(_), Some(columns)) if layer.has_features()? => {
                    restrict(layer, self.id.as_str(), columns, &mut sent)?;
                }
                _ => {}
            }
        }
        Ok(sent)
    }

    /// What is sent of a tile past the archive's last zoom; empty where nothing is.
    fn cut(&self, ancestor: &[u8], cut: &Cut, bench: &mut Bench) -> Result<Vec<u8>, CutError> {
        let mut sent = Vec::new();
        let sent_as = |layer: &RawLayer<'_>| match &self.inner {
            None => Some(layer.name.to_owned()),
            Some(inner) => (inner == layer.name).then(|| self.id.as_str().to_owned()),
        };
        for layer in layers(ancestor)? {
            if let Some(name) = sent_as(&layer) {
                let columns = self.columns.as_deref();
                cut.layer(layer, &name, columns, &mut bench.scratch, &mut sent)?;
            }
        }
        Ok(sent)
    }
}
