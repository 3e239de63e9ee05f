//! Opens archives and requests tiles of them.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use data_model::{Audience, Extent, LayerId, TileCoord};
use pmtiles_source::{ArchiveLayer, ArchiveSource, PmtilesArchive, WholeArchive};
use tile_source::workers::{TileWorkers, WorkerOptions, WorkerPermit};
use tile_source::{Selection, TileRequest, TileSource};
use vector_tile::fragment::{DeflateLevel, splice};

use super::pmtiles::ArchiveBuilder;

pub fn open(folder: &Path, draft: &ArchiveBuilder) -> Arc<PmtilesArchive> {
    let path = draft.write(&folder.join("base.pmtiles"));
    Arc::new(PmtilesArchive::open(&path).unwrap_or_else(|error| panic!("{error}")))
}

pub fn workers() -> Arc<TileWorkers> {
    let deflate_level = DeflateLevel::DEFAULT;
    Arc::new(TileWorkers::new(WorkerOptions { concurrent: 2, queued: 100, deflate_level }))
}

pub fn request(z: u8, x: u32, y: u32) -> TileRequest {
    TileRequest {
        tile: TileCoord::new(z, x, y).unwrap(),
        audience: Audience::Public,
        selection: Selection::default(),
        deadline: Instant::now() + Duration::from_secs(60),
        permit: WorkerPermit::default(),
    }
}

pub fn layer_of(id: &str, inner: &str, columns: Option<&[&str]>) -> ArchiveLayer {
    ArchiveLayer {
        id: LayerId::new(id).unwrap(),
        inner: inner.to_owned(),
        columns: columns.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        min_zoom: None,
        max_zoom: None,
        extent: Extent::DEFAULT,
        buffer: 64,
    }
}

pub fn whole(archive: &Arc<PmtilesArchive>) -> ArchiveSource {
    let whole = WholeArchive {
        id: LayerId::new("base").unwrap(),
        min_zoom: None,
        max_zoom: None,
        extent: Extent::DEFAULT,
        buffer: 64,
    };
    ArchiveSource::whole(Arc::clone(archive), whole, workers()).unwrap()
}

pub fn one(archive: &Arc<PmtilesArchive>, layer: ArchiveLayer) -> ArchiveSource {
    ArchiveSource::layer(Arc::clone(archive), layer, workers()).unwrap()
}

pub fn inflate(gzip: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(gzip).read_to_end(&mut plain).unwrap();
    plain
}

/// The inflated bytes of a sent tile; `None` if it is empty.
pub async fn sent(source: &ArchiveSource, z: u8, x: u32, y: u32) -> Option<Vec<u8>> {
    let fragment = source.fragment(&request(z, x, y)).await.unwrap()?;
    Some(inflate(&splice(&[fragment])))
}
