//! Conformance of cached sources: they keep the contract of their source.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::sync::Arc;

use bytes::Bytes;
use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry, ShapeKind,
};
use data_model::tile::WorldPoint;
use data_model::{ContentDigest, Extent, LayerId, TileCoord, Zoom};
use rstest::rstest;
use testing::conformance::{TestTiles, check};
use tile_server::cache::fragment_cache::{CacheLookup, FragmentCache, LookupCounts};
use tile_source::source::BoxFuture;
use tile_source::table_source::{LayerPublication, TableSource};
use tile_source::workers::{TileWorkers, WorkerOptions};
use tile_source::{ContentVersion, LayerDescription, SourceError, TileRequest, TileSource};
use vector_tile::Fragment;
use vector_tile::features::{TableBuilder, TableOptions};
use vector_tile::fragment::DeflateLevel;

/// A source behind a cache, called as for a request for a tile.
struct Cached {
    cache: FragmentCache,
    source: TableSource,
}

impl TileSource for Cached {
    fn description(&self) -> &LayerDescription {
        self.source.description()
    }

    fn content_version(&self) -> ContentVersion {
        self.source.content_version()
    }

    fn fragment<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> BoxFuture<'a, Result<Option<Fragment>, SourceError>> {
        match self.cache.get(&self.source, request) {
            CacheLookup::Found(fragment) => Box::pin(std::future::ready(Ok(Some(fragment)))),
            CacheLookup::Empty => Box::pin(std::future::ready(Ok(None))),
            CacheLookup::Missing => self.cache.make(&self.source, request),
        }
    }

    fn stored<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> Option<BoxFuture<'a, Result<Option<Bytes>, SourceError>>> {
        self.source.stored(request)
    }
}

const SEOUL: [f64; 2] = [127.0369, 37.5634];

fn dongs() -> TableSource {
    let options = TableOptions::default();
    let mut builder = TableBuilder::new(options.clone());
    let name =
        Column {
            name: "이름".to_owned(), kind: ColumnType::Text, title: None, description: None
        };
    builder.begin(&FeatureSchema { columns: vec![name], ..FeatureSchema::default() });
    for n in 0..40u64 {
        let [west, south] = [SEOUL[0] + n as f64 * 1e-3, SEOUL[1] + n as f64 * 1e-3];
        let (east, north) = (west + 8e-4, south + 8e-4);
        let mut square = Geometry { kind: Some(ShapeKind::Polygon), ..Geometry::default() };
        square.coordinates =
            vec![[west, south], [east, south], [east, north], [west, north], [west, south]];
        square.end_part();
        square.end_polygon();
        builder.feature(n, &square, &[AttributeValue::Text(&format!("{n}동"))]).unwrap();
    }
    let publication = LayerPublication {
        id: LayerId::new("dongs").unwrap(),
        columns: None,
        min_zoom: Zoom::MIN,
        max_zoom: Zoom::new(14).unwrap(),
        extent: Extent::DEFAULT,
        buffer: 64,
        labels: true,
        tiling: data_model::Tiling::default(),
    };
    let deflate_level = DeflateLevel::DEFAULT;
    let workers = TileWorkers::new(WorkerOptions { concurrent: 2, queued: 100, deflate_level });
    let table = Arc::new(builder.finish().unwrap());
    let digest = ContentDigest::new(1);
    TableSource::new(publication, table, &options, digest, Arc::new(workers))
}

#[rstest]
#[case::no_cache(0)]
#[case::one_that_keeps_next_to_nothing(2048)]
#[case::one_that_keeps_all(1 << 20)]
#[tokio::test]
async fn a_cached_source_keeps_its_promises(#[case] bytes: u64) {
    let cached =
        Cached { cache: FragmentCache::new(bytes, LookupCounts::default()), source: dongs() };
    let tile =
        TileCoord::covering(Zoom::new(13).unwrap(), WorldPoint::from_lon_lat(SEOUL[0], SEOUL[1]));
    let layers = vec!["dongs".to_owned(), "dongs.label".to_owned()];
    let elsewhere = TileCoord::new(13, 0, 0).unwrap();
    check(&cached, &TestTiles { tile, layers, elsewhere }).await;
    assert_eq!(cached.cache.entries() > 0, bytes > 0);
    assert!(cached.cache.bytes() <= bytes, "{}", cached.cache.bytes());
}
