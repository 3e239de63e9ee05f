//! All tile sources fulfil the contract of `TileSource`, and the conformance suite detects
//! sources that don't.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bytes::Bytes;
use data_model::feature::GeometryKind;
use data_model::{ContentDigest, Extent, GeographicBounds, LayerId, TileCoord, Zoom};
use pmtiles_source::{ArchiveLayer, ArchiveSource, PmtilesArchive, WholeArchive};
use rstest::rstest;
use testing::conformance::{TestTiles, check};
use testing::district::FeatureKind;
use testing::encode::{SEOUL, covering};
use testing::foreign_tiles::{ForeignTag, line, point, polygon, tile};
use testing::pmtiles::{ArchiveBuilder, PartCompression};
use testing::stores::{AllStores, StoreKind, labelled_id, layer_id};
use testing::{all_types, assorted, table};
use tile_source::source::BoxFuture;
use tile_source::table_source::{LayerPublication, TableSource};
use tile_source::workers::{TileWorkers, WorkerOptions};
use tile_source::{
    ContentVersion, LayerDescription, Selection, SourceError, TileRequest, TileSource,
};
use vector_tile::Fragment;
use vector_tile::features::TableOptions;
use vector_tile::fragment::{DeflateLevel, Deflater};

fn ground(tile: TileCoord, layers: &[&str]) -> TestTiles {
    let layers = layers.iter().map(|&name| name.to_owned()).collect();
    TestTiles { tile, layers, elsewhere: TileCoord::new(tile.zoom().get(), 0, 0).unwrap() }
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_table_in_any_store_keeps_its_promises(
    #[values(StoreKind::File, StoreKind::Loaded, StoreKind::Live)] store: StoreKind,
) {
    let name = "a_table_in_any_store_keeps_its_promises";
    let Some(stores) = AllStores::new(name, &[5186]) else { return };
    let run = |id: &str, zoom, layers: &[&str]| {
        let source = stores.layer_source(store, id);
        let ground = ground(covering(zoom, SEOUL), layers);
        stores.scratch.handle().block_on(check(&*source, &ground));
    };
    for kind in FeatureKind::ALL {
        let id = layer_id(kind, 5186);
        for zoom in [11, 14, 16] {
            // At 16 a tile is smaller than what lies between two points.
            if (kind, zoom) != (FeatureKind::Points, 16) {
                run(&id, zoom, &[&id]);
            }
        }
    }
    let id = labelled_id(5186);
    run(&id, 14, &[&id, &format!("{id}.label")]);
}

/// An archive of roads, and of houses of several geometry types, at zooms 10 to 12, at the
/// same tile coordinates in each.
fn archive(folder: &tempfile::TempDir, tiles: PartCompression) -> Arc<PmtilesArchive> {
    let name = |text| ("name", ForeignTag::Text(text));
    let roads = [
        line(Some(7), &[[10, 10], [2000, 1000], [4090, 30]], vec![name("왕십리로")]),
        line(None, &[[100, 4000], [1200, 4000]], vec![("secret", ForeignTag::Text("반지하"))]),
    ];
    let ring: &[[i32; 2]] = &[[200, 200], [1800, 200], [1800, 1800], [200, 1800]];
    let houses = [
        polygon(
            Some(1),
            &[ring],
            vec![("floors", ForeignTag::UInt(3)), ("secret", ForeignTag::Bool(true))],
        ),
        point(Some(2), [4000, 3000], vec![("floors", ForeignTag::UInt(12))]),
    ];
    let mut draft = ArchiveBuilder::new((10, 12));
    draft.tiles = tiles;
    draft.metadata = r#"{"vector_layers":[
        {"id":"roads","fields":{"name":"String","secret":"String"}},
        {"id":"houses","fields":{"floors":"Number","secret":"Boolean"}}]}"#
        .to_owned();
    for zoom in 10..=12 {
        let at = covering(zoom, SEOUL);
        let bytes = tile(4096, &[("roads", &roads), ("houses", &houses)]);
        draft.tile((zoom, at.x(), at.y()), &bytes);
    }
    Arc::new(PmtilesArchive::open(&draft.write(&folder.path().join("base.pmtiles"))).unwrap())
}

fn workers() -> Arc<TileWorkers> {
    let deflate_level = DeflateLevel::DEFAULT;
    Arc::new(TileWorkers::new(WorkerOptions { concurrent: 2, queued: 100, deflate_level }))
}

/// A tile at zoom 13 with a vertex of both layers: the north-western child of the tile over
/// Seoul at zoom 12.
fn deeper() -> TileCoord {
    let last = covering(12, SEOUL);
    TileCoord::new(13, 2 * last.x(), 2 * last.y()).unwrap()
}

#[rstest]
#[case::roads("roads", None)]
#[case::houses("houses", None)]
#[case::of_few_columns("roads", Some(&["name"][..]))]
#[case::of_no_columns("houses", Some(&[][..]))]
#[tokio::test]
async fn a_layer_of_an_archive_keeps_its_promises(
    #[case] inner: &str,
    #[case] columns: Option<&[&str]>,
    #[values(None, Some(16))] last: Option<u8>,
    #[values(PartCompression::Gzip, PartCompression::Zstd)] tiles: PartCompression,
) {
    let folder = tempfile::tempdir().unwrap();
    let layer = ArchiveLayer {
        id: LayerId::new("outer").unwrap(),
        inner: inner.to_owned(),
        columns: columns.map(|names| names.iter().map(|&name| name.to_owned()).collect()),
        min_zoom: None,
        max_zoom: last.map(|zoom| Zoom::new(zoom).unwrap()),
        extent: Extent::DEFAULT,
        buffer: 64,
    };
    let source = ArchiveSource::layer(archive(&folder, tiles), layer, workers()).unwrap();
    check(&source, &ground(covering(12, SEOUL), &["outer"])).await;
    if last.is_some() {
        check(&source, &ground(deeper(), &["outer"])).await;
    }
}

#[rstest]
#[tokio::test]
async fn an_archive_as_it_stands_keeps_its_promises(
    #[values(None, Some(16))] last: Option<u8>,
    #[values(
        PartCompression::None,
        PartCompression::Gzip,
        PartCompression::Brotli,
        PartCompression::Zstd
    )]
    tiles: PartCompression,
) {
    let folder = tempfile::tempdir().unwrap();
    let whole = WholeArchive {
        id: LayerId::new("base").unwrap(),
        min_zoom: None,
        max_zoom: last.map(|zoom| Zoom::new(zoom).unwrap()),
        extent: Extent::DEFAULT,
        buffer: 64,
    };
    let source = ArchiveSource::whole(archive(&folder, tiles), whole, workers()).unwrap();
    check(&source, &ground(covering(12, SEOUL), &["roads", "houses"])).await;
    if last.is_some() {
        check(&source, &ground(deeper(), &["roads", "houses"])).await;
    }
}

/// A source of polygons with every type of column.
fn sound(labels: bool) -> TableSource {
    let options = TableOptions::default();
    let table = table(all_types(), &assorted(GeometryKind::Polygon), options.clone());
    let publication = LayerPublication {
        id: LayerId::new("dongs").unwrap(),
        columns: None,
        min_zoom: Zoom::MIN,
        max_zoom: Zoom::new(14).unwrap(),
        extent: Extent::DEFAULT,
        buffer: 64,
        labels,
        tiling: data_model::Tiling::default(),
    };
    let digest = ContentDigest::new(1);
    TableSource::new(publication, Arc::new(table), &options, digest, workers())
}

/// Fault of a source that the suite must detect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    DropsALayer,
    IgnoresSelections,
    HangsPastItsDeadline,
    IsEmptyPastItsDeadline,
    StoresTwoMembers,
    StoresSomethingElse,
    StoresWhatIsNotSelected,
    HidesAColumn,
    NamesAnotherLayer,
    IsOfAnotherGeometry,
    LiesElsewhere,
    CountsTooFew,
    SaysSomethingElseTheSecondTime,
    StopsAtItsLastZoom,
    FailsPastItsLastZoom,
    HoldsALayerWithoutFeatures,
    HasSomethingEverywhere,
    KeepsThePlacesOfThoseWhoLeft,
}

/// A source with a seeded fault.
struct Broken {
    sound: TableSource,
    unlabelled: TableSource,
    description: LayerDescription,
    fault: Fault,
    asked: AtomicUsize,
    permits: tokio::sync::Semaphore,
}

/// Runs `work` while keeping the paused clock from advancing.
///
/// Work on the workers' own threads does not hold the clock, as all tasks then seem to wait.
async fn awake<T>(work: impl Future<Output = T>) -> T {
    let (ended, running) = std::sync::mpsc::channel::<()>();
    // Ends once the other side is dropped, also where `work` is given up.
    tokio::task::spawn_blocking(move || running.recv());
    let result = work.await;
    drop(ended);
    result
}

impl Broken {
    fn new(fault: Fault) -> Self {
        let sound = sound(true);
        let mut description = sound.description().clone();
        match fault {
            Fault::HidesAColumn => drop(description.columns.pop()),
            Fault::NamesAnotherLayer => description.id = LayerId::new("gus").unwrap(),
            Fault::IsOfAnotherGeometry => description.geometry = GeometryKind::Line,
            Fault::LiesElsewhere => {
                description.bounds = GeographicBounds::new(0.0, 0.0, 1.0, 1.0).ok();
            }
            Fault::CountsTooFew => description.feature_count = Some(1),
            _ => {}
        }
        let permits = tokio::sync::Semaphore::new(8);
        let unlabelled = self::sound(false);
        Self { sound, unlabelled, description, fault, asked: AtomicUsize::new(0), permits }
    }

    async fn answer(&self, request: &TileRequest) -> Result<Option<Fragment>, SourceError> {
        let late = Instant::now() >= request.deadline;
        let past_the_last = request.tile.zoom() > self.description.max_zoom;
        let whole = TileRequest { selection: Selection::default(), ..request.clone() };
        let selects = !request.selection.is_everything();
        let again = self.asked.fetch_add(1, Ordering::Relaxed) > 0;
        let deflated = |bytes: &[u8]| {
            let level = DeflateLevel::new(9).unwrap();
            Ok(Some(Deflater::new(level).fragment(bytes).unwrap()))
        };
        match self.fault {
            Fault::DropsALayer => awake(self.unlabelled.fragment(request)).await,
            Fault::IgnoresSelections => awake(self.sound.fragment(&whole)).await,
            Fault::HangsPastItsDeadline if late => std::future::pending().await,
            Fault::IsEmptyPastItsDeadline if late => Ok(None),
            Fault::StopsAtItsLastZoom if past_the_last && !selects => Ok(None),
            Fault::FailsPastItsLastZoom if past_the_last => Err(SourceError::Overloaded),
            Fault::SaysSomethingElseTheSecondTime if again && !selects => {
                let made = awake(self.sound.fragment(request)).await?;
                made.map_or(Ok(None), |made| deflated(&inflated(made.gzip())))
            }
            // A layer (field 3) of version 2 (field 15) and extent 4096 (field 5).
            Fault::HoldsALayerWithoutFeatures if !selects => {
                deflated(b"\x1a\x0c\x0a\x05dongs\x28\x80\x20\x78\x02")
            }
            Fault::HasSomethingEverywhere if request.tile.x() == 0 && !selects => deflated(b""),
            Fault::KeepsThePlacesOfThoseWhoLeft => {
                self.permits.acquire().await.unwrap().forget();
                tokio::task::yield_now().await;
                let made = awake(self.sound.fragment(request)).await;
                self.permits.add_permits(1);
                made
            }
            _ => awake(self.sound.fragment(request)).await,
        }
    }

    async fn stored_tile(&self, request: &TileRequest) -> Result<Option<Bytes>, SourceError> {
        let whole = TileRequest { selection: Selection::default(), ..request.clone() };
        let made = match self.fault {
            Fault::StoresSomethingElse => awake(self.unlabelled.fragment(&whole)).await?,
            _ => awake(self.sound.fragment(&whole)).await?,
        };
        Ok(made.map(|made| match self.fault {
            Fault::StoresTwoMembers => [&made.gzip()[..], made.gzip()].concat().into(),
            _ => made.gzip().clone(),
        }))
    }
}

fn inflated(gzip: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(gzip), &mut bytes).unwrap();
    bytes
}

impl TileSource for Broken {
    fn description(&self) -> &LayerDescription {
        &self.description
    }

    fn content_version(&self) -> ContentVersion {
        self.sound.content_version()
    }

    fn fragment<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> BoxFuture<'a, Result<Option<Fragment>, SourceError>> {
        Box::pin(self.answer(request))
    }

    fn stored<'a>(
        &'a self,
        request: &'a TileRequest,
    ) -> Option<BoxFuture<'a, Result<Option<Bytes>, SourceError>>> {
        let ignores = self.fault == Fault::StoresWhatIsNotSelected;
        (request.selection.is_everything() || ignores)
            .then(|| Box::pin(self.stored_tile(request)) as BoxFuture<'a, _>)
    }
}

/// Message of the suite about a source with this fault; `None` if the source passes.
async fn verdict(fault: Fault) -> Option<String> {
    let task = tokio::spawn(async move {
        let ground = ground(covering(12, [127.03, 37.55]), &["dongs", "dongs.label"]);
        check(&Broken::new(fault), &ground).await;
    });
    let panic = task.await.err()?.into_panic();
    let text = panic.downcast_ref::<String>().cloned();
    Some(text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap())
}

// Time stands still while work is done and leaps where all wait: what never answers
// takes no time to be found out.
#[rstest]
#[case(Fault::DropsALayer, "the layers of")]
#[case(Fault::IgnoresSelections, "time= was answered with Ok(Some(")]
#[case(Fault::HangsPastItsDeadline, "it went on past the deadline")]
#[case(Fault::IsEmptyPastItsDeadline, "past its deadline: Ok(None)")]
#[case(Fault::StoresTwoMembers, "bytes after the first member")]
#[case(Fault::StoresSomethingElse, "as it is stored")]
#[case(Fault::StoresWhatIsNotSelected, "a stored tile can't be filtered")]
#[case(Fault::HidesAColumn, "attribute bytes of dongs is not described")]
#[case(Fault::NamesAnotherLayer, "layer dongs is not described")]
#[case(Fault::IsOfAnotherGeometry, "the geometry of dongs")]
#[case(Fault::LiesElsewhere, "beyond its bounds")]
#[case(Fault::CountsTooFew, "features of Some(1)")]
#[case(Fault::SaysSomethingElseTheSecondTime, "another tile of one version")]
#[case(Fault::StopsAtItsLastZoom, "is missing at zoom 15")]
#[case(Fault::FailsPastItsLastZoom, "Overloaded")]
#[case(Fault::HoldsALayerWithoutFeatures, "is there without features")]
#[case(Fault::HasSomethingEverywhere, "is empty, and the answer Ok(Some(")]
#[case(Fault::KeepsThePlacesOfThoseWhoLeft, "no answer for")]
#[tokio::test(start_paused = true)]
async fn the_suite_catches_a_source_that(#[case] fault: Fault, #[case] expected: &str) {
    let verdict = verdict(fault).await.unwrap_or_else(|| panic!("{fault:?} was not found"));
    assert!(verdict.contains(expected), "{fault:?} was taken for: {verdict}");
}

#[tokio::test(start_paused = true)]
async fn the_suite_finds_no_fault_in_a_source_without_one() {
    assert_eq!(verdict(Fault::None).await, None);
}
