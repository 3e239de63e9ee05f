//! An archive's tiles as a source: one of its layers, or all of them.

use std::sync::Arc;

use bytes::Bytes;
use xxhash_rust::xxh3::Xxh3;

use super::archive::{PmtilesArchive, TileLocation};
use super::checked_tiles::TileContent;
use super::file::FileSection;
use super::header::Compression;
use super::tile_plan::TilePlan;
use data_model::StoreError;
use data_model::feature::{Column, GeometryKind};
use data_model::{Extent, LayerId, TileCoord, Tiling, Zoom};
use tile_source::source::{BoxFuture, VectorLayer};
use tile_source::workers::TileWorkers;
use tile_source::{ContentVersion, LayerDescription, SourceError, TileRequest, TileSource};
use vector_tile::Fragment;
use vector_tile::mvt::ENCODER_VERSION;

/// Version of the conversion from an archive to tile bytes; increment it with any change
/// of the bytes.
const ARCHIVE_VERSION: u32 = 1;

/// Publication of one layer of an archive.
#[derive(Debug, Clone)]
pub struct ArchiveLayer {
    /// The layer's id, and its name in the tiles that are sent.
    pub id: LayerId,
    /// The layer's name in the archive.
    pub inner: String,
    /// Published attributes; `None` publishes all.
    pub columns: Option<Vec<String>>,
    /// Declared first zoom with tiles; `None` for the archive's.
    pub min_zoom: Option<Zoom>,
    /// Declared last zoom with tiles; `None` for the archive's.
    pub max_zoom: Option<Zoom>,
    /// Units along the edge of a tile past the archive's last zoom.
    pub extent: Extent,
    /// Width of the buffer around such a tile in tile units.
    pub buffer: u16,
}

/// Publication of an unchanged archive, its layers under their own names.
#[derive(Debug, Clone)]
pub struct WholeArchive {
    /// The id of the source.
    pub id: LayerId,
    /// Declared first zoom with tiles; `None` for the archive's.
    pub min_zoom: Option<Zoom>,
    /// Declared last zoom with tiles; `None` for the archive's.
    pub max_zoom: Option<Zoom>,
    /// Units along the edge of a tile past the archive's last zoom.
    pub extent: Extent,
    /// Width of the buffer around such a tile in tile units.
    pub buffer: u16,
}

/// Error of publishing an archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicationError {
    /// The archive has no such layer.
    #[error("the archive has no layer {name:?}; it has {}", known(.layers))]
    NoSuchLayer {
        /// The requested layer.
        name: String,
        /// The layers of the archive.
        layers: Vec<String>,
    },
    /// There is no tile at the declared zooms, stored or overzoomed.
    #[error(
        "its zooms are declared as {} to {}, and the archive has tiles from zoom {} to {}, which \
         are enlarged past that only to a max_zoom that is declared; correct min_zoom and max_zoom",
        .declared.0, .declared.1, .stored.0, .stored.1
    )]
    NoSuchZooms {
        /// First and last zoom, the archive's own where none was declared.
        declared: (Zoom, Zoom),
        /// First and last zoom with stored tiles.
        stored: (Zoom, Zoom),
    },
}

/// The zooms with tiles of a declaration: from the archive's first zoom on, and past its
/// last one if a deeper one is declared.
fn effective_zooms(
    (min, max): (Option<Zoom>, Option<Zoom>),
    stored: (Zoom, Zoom),
) -> Result<(Zoom, Zoom), PublicationError> {
    let declared = (min.unwrap_or(stored.0), max.unwrap_or(stored.1));
    let first = declared.0.max(stored.0);
    if first > declared.1 {
        return Err(PublicationError::NoSuchZooms { declared, stored });
    }
    Ok((first, declared.1))
}

fn known(layers: &[String]) -> String {
    if layers.is_empty() { "none".to_owned() } else { layers.join(", ") }
}

/// Tiles from an archive.
///
/// Past the archive's last zoom, tiles are cut from their ancestors at that zoom; below
/// its first zoom there are none.
pub struct ArchiveSource {
    description: LayerDescription,
    version: ContentVersion,
    archive: Arc<PmtilesArchive>,
    plan: Arc<TilePlan>,
    workers: Arc<TileWorkers>,
}

impl ArchiveSource {
    /// Publishes one layer of an archive.
    ///
    /// # Errors
    /// Returns [`PublicationError`] if the archive has no layer of that name, or none at
    /// the declared zooms.
    pub fn layer(
        archive: Arc<PmtilesArchive>,
        layer: ArchiveLayer,
        workers: Arc<TileWorkers>,
    ) -> Result<Self, PublicationError> {
        let ArchiveLayer { id, inner, columns, min_zoom, max_zoom, extent, buffer } = layer;
        let Some(found) = archive.layers().iter().find(|layer| layer.name == inner) else {
            let layers = archive.layers().iter().map(|layer| layer.name.clone()).collect();
            return Err(PublicationError::NoSuchLayer { name: inner, layers });
        };
        let listed =
            |column: &&Column| columns.as_ref().is_none_or(|listed| listed.contains(&column.name));
        let published = found.columns.iter().filter(listed).cloned().collect();
        let stored = (found.min_zoom, found.max_zoom);
        let geometry = found.geometry;
        let plan = TilePlan { id, inner: Some(inner), columns, stored, extent, buffer };
        let zooms = effective_zooms((min_zoom, max_zoom), stored)?;
        Ok(Self::new(archive, plan, zooms, (geometry, published), Vec::new(), workers))
    }

    /// Publishes an unchanged archive.
    ///
    /// # Errors
    /// Returns [`PublicationError`] if the archive has no tiles at the declared zooms.
    pub fn whole(
        archive: Arc<PmtilesArchive>,
        whole: WholeArchive,
        workers: Arc<TileWorkers>,
    ) -> Result<Self, PublicationError> {
        let WholeArchive { id, min_zoom, max_zoom, extent, buffer } = whole;
        let stored = archive.zooms();
        let zooms = effective_zooms((min_zoom, max_zoom), stored)?;
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
        let plan = TilePlan { id, inner: None, columns: None, stored, extent, buffer };
        Ok(Self::new(archive, plan, zooms, (geometry, columns), inner, workers))
    }

    fn new(
        archive: Arc<PmtilesArchive>,
        plan: TilePlan,
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
            max_zoom,
            extent: plan.extent,
            bounds: archive.bounds(),
            geometry,
            columns,
            feature_count: None,
            labels: false,
            times: Vec::new(),
            partial_times: Vec::new(),
            attribution: archive.attribution().map(str::to_owned),
            inner,
            tiling: Tiling::default(),
            sampled_below: None,
        };
        let version = ContentVersion::new(hash.digest128());
        Self { description, version, archive, plan: Arc::new(plan), workers }
    }

    fn unavailable(&self, error: &StoreError) -> SourceError {
        SourceError::Unavailable { layer: self.plan.id.clone(), reason: error.to_string() }
    }

    /// Locates the stored bytes of a tile; a leaf directory that is not cached is read on
    /// the workers.
    async fn locate(
        &self,
        tile: TileCoord,
        request: &TileRequest,
    ) -> Result<Option<FileSection>, SourceError> {
        match self.archive.known(tile) {
            TileLocation::Stored(section) => return Ok(Some(section)),
            TileLocation::Absent => return Ok(None),
            TileLocation::Unread => {}
        }
        let archive = Arc::clone(&self.archive);
        self.workers
            .run(&request.permit, request.deadline, move |_| archive.locate(tile))
            .await
            .map_err(|error| error.of_layer(&self.plan.id))?
            .map_err(|error| self.unavailable(&error))
    }

    /// The stored tile, which is checked before it is first sent: clients that accept
    /// gzip get the same errors as all others.
    async fn stored_tile(&self, request: &TileRequest) -> Result<Option<Bytes>, SourceError> {
        let Some(section) = self.locate(request.tile, request).await? else { return Ok(None) };
        let content = match self.archive.checked(section) {
            Some(content) => content,
            None => {
                let archive = Arc::clone(&self.archive);
                self.workers
                    .run(&request.permit, request.deadline, move |_| archive.check(section))
                    .await
                    .map_err(|error| error.of_layer(&self.plan.id))?
                    .map_err(|error| self.unavailable(&error))?
            }
        };
        match content {
            TileContent::Nothing => Ok(None),
            TileContent::Features => {
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
            request.refuse_selection(&self.plan.id)?;
            let Some(origin) = self.plan.origin(request.tile) else { return Ok(None) };
            let Some(section) = self.locate(origin, request).await? else { return Ok(None) };
            let (archive, plan) = (Arc::clone(&self.archive), Arc::clone(&self.plan));
            let (tile, deadline) = (request.tile, request.deadline);
            self.workers
                .run(&request.permit, deadline, move |state| {
                    plan.fragment(&archive, section, (origin, tile), deadline, state)
                })
                .await
                .map_err(|error| error.of_layer(&self.plan.id))?
        })
    }

    /// A whole archive's tile up to its last zoom, if tiles are gzip. Each is read and
    /// checked once; the response is mapped memory, which is not read.
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
