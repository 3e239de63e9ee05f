//! Tiles that are sent as stored, and files that change while open.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use data_model::StoreError;
use pmtiles_source::{ArchiveSource, PmtilesArchive};
use rstest::rstest;
use testing::archive::{inflate, layer_of, one, open, request, sent, whole};
use testing::decode;
use testing::foreign_tiles::{ForeignShape, ForeignTag, point, tile};
use testing::pmtiles::{ArchiveBuilder, PartCompression, tile_id};
use testing::replace_file::replace_file;
use tile_source::{SourceError, TileSource};

const METADATA: &str = r#"{"vector_layers":[{"id":"roads","fields":{"name":"String"}},
    {"id":"houses","fields":{"floors":"Number"}}]}"#;

fn spot(id: u64) -> ForeignShape {
    point(Some(id), [9, 9], vec![("name", ForeignTag::Text("왕십리로"))])
}

/// Zooms 10 to 12, tile `z/0/0` with both layers.
fn draft() -> ArchiveBuilder {
    let mut draft = ArchiveBuilder::new((10, 12));
    draft.metadata = METADATA.to_owned();
    for z in 10..=12 {
        draft.tile((z, 0, 0), &tile(4096, &[("roads", &[spot(1)]), ("houses", &[spot(2)])]));
    }
    draft
}

/// The tile as stored and as a fragment; both, or both errors, which must be equal.
async fn both_ways(source: &ArchiveSource, z: u8, x: u32, y: u32) -> Result<Vec<u8>, String> {
    let request = request(z, x, y);
    let stored = source.stored(&request).unwrap().await;
    let made = source.fragment(&request).await;
    match (stored, made) {
        (Ok(stored), Ok(made)) => {
            assert_eq!(stored.is_some(), made.is_some());
            Ok(stored.map(|gzip| inflate(&gzip)).unwrap_or_default())
        }
        (
            Err(SourceError::Unavailable { reason, .. }),
            Err(SourceError::Unavailable { reason: made, .. }),
        ) => {
            assert_eq!(reason, made);
            Err(reason)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_stored_tile_goes_out_as_it_lies_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path(), &draft());
    let source = whole(&archive);
    let file = archive.bytes(0..archive.length()).unwrap();
    let stored = source.stored(&request(11, 0, 0)).unwrap().await.unwrap().unwrap();
    let (start, end) = (file.as_ptr() as usize, file.as_ptr() as usize + file.len());
    let at = stored.as_ptr() as usize;
    assert!(start <= at && at + stored.len() <= end, "the bytes are the mapping's own");
    // The same place each time: nothing was copied.
    let again = source.stored(&request(11, 0, 0)).unwrap().await.unwrap().unwrap();
    assert_eq!((again.as_ptr(), again.len()), (stored.as_ptr(), stored.len()));
    assert_eq!(
        decode::tile(&inflate(&stored)),
        decode::tile(&sent(&source, 11, 0, 0).await.unwrap())
    );
    assert_eq!(source.stored(&request(11, 1, 1)).unwrap().await.unwrap(), None);
    // Not as it is stored: past the last zoom, and a layer under another name.
    assert!(source.stored(&request(13, 0, 0)).is_none());
    assert!(one(&archive, layer_of("a", "roads", None)).stored(&request(11, 0, 0)).is_none());
}

#[tokio::test]
async fn a_tile_that_is_stored_empty_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = draft();
    draft.tile((12, 1, 1), &[]);
    let archive = open(folder.path(), &draft);
    let source = whole(&archive);
    assert_eq!(source.stored(&request(12, 1, 1)).unwrap().await.unwrap(), None);
    assert!(source.fragment(&request(12, 1, 1)).await.unwrap().is_none());
}

/// A tile that is not among those that are checked when the archive is opened.
#[rstest]
#[case::no_gzip(tile(4096, &[("roads", &[spot(1)])]), "tile at byte")]
#[case::two_members(
    [PartCompression::Gzip.encode(&tile(4096, &[("roads", &[spot(1)])])), PartCompression::Gzip.encode(&[])].concat(),
    "follow its gzip member"
)]
#[case::cut_off(PartCompression::Gzip.encode(&tile(4096, &[("roads", &[spot(1)])]))[..40].to_vec(), "tile at")]
#[case::a_layer_twice(
    PartCompression::Gzip.encode(&tile(4096, &[("roads", &[spot(1)])]).repeat(2)),
    "a second layer of the same name"
)]
#[case::no_layer(PartCompression::Gzip.encode(b"some text that is no tile"), "of the tile")]
#[tokio::test]
async fn a_damaged_tile_is_unavailable_to_every_client(
    #[case] stored: Vec<u8>,
    #[case] said: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = draft();
    // Of sixteen entries every fourth is looked at.
    let first = tile_id(12, 0, 0) + 1;
    for id in first..first + 12 {
        draft.raw(id, 1, &PartCompression::Gzip.encode(&tile(4096, &[("roads", &[spot(id)])])));
    }
    draft.raw(first + 12, 1, &stored);
    let source = whole(&open(folder.path(), &draft));
    let (x, y) = (0..8)
        .flat_map(|x| (0..8).map(move |y| (x, y)))
        .find(|&(x, y)| tile_id(12, x, y) == first + 12)
        .unwrap();
    // Not only the first time.
    for _ in 0..2 {
        let error = both_ways(&source, 12, x, y).await.unwrap_err();
        assert!(error.contains(said) && error.contains("base.pmtiles"), "{error}");
        assert!(error.contains("tile at byte"), "{error}");
    }
    assert!(!both_ways(&source, 12, 0, 0).await.unwrap().is_empty());
}

#[tokio::test]
async fn layers_without_features_are_no_tile() {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = draft();
    draft.tile((12, 1, 1), &tile(4096, &[("roads", &[]), (&"a long name".repeat(90), &[])]));
    let source = whole(&open(folder.path(), &draft));
    for _ in 0..2 {
        assert_eq!(both_ways(&source, 12, 1, 1).await, Ok(Vec::new()));
    }
}

#[tokio::test]
async fn a_file_cut_short_is_unavailable_and_one_renamed_over_it_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let sound = draft().bytes();
    let path = replace_file(&folder.path().join("base.pmtiles"), &sound);
    let archive = Arc::new(PmtilesArchive::open(&path).unwrap());
    let (all, roads) = (whole(&archive), one(&archive, layer_of("roads", "roads", None)));
    assert!(sent(&roads, 11, 0, 0).await.is_some());
    std::fs::File::options().write(true).open(&path).unwrap().set_len(200).unwrap();
    for source in [&all, &roads] {
        let cut = source.fragment(&request(11, 0, 0)).await;
        let Err(SourceError::Unavailable { reason, .. }) = cut else { panic!("{cut:?}") };
        assert!(reason.contains("base.pmtiles") && reason.contains("cut short"), "{reason}");
    }
    let cut = all.stored(&request(11, 0, 0)).unwrap().await;
    assert!(matches!(cut, Err(SourceError::Unavailable { .. })), "{cut:?}");
    assert!(matches!(archive.bytes(0..127), Err(StoreError::Corrupt { .. })));
    assert!(PmtilesArchive::open(&path).is_err());
    replace_file(&path, &sound);
    let archive = Arc::new(PmtilesArchive::open(&path).unwrap());
    assert!(sent(&whole(&archive), 11, 0, 0).await.is_some());
}

/// Overwrites in place with as many bytes: an ETag already sent would then be of other
/// bytes.
#[tokio::test]
async fn a_file_overwritten_in_place_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let sound = draft().bytes();
    let path = replace_file(&folder.path().join("base.pmtiles"), &sound);
    let archive = Arc::new(PmtilesArchive::open(&path).unwrap());
    let (all, roads) = (whole(&archive), one(&archive, layer_of("roads", "roads", None)));
    assert!(!both_ways(&all, 11, 0, 0).await.unwrap().is_empty());
    let mut file = std::fs::File::options().write(true).open(&path).unwrap();
    file.write_all(&sound).unwrap();
    file.set_modified(SystemTime::now() + Duration::from_secs(5)).unwrap();
    for source in [&all, &roads] {
        let made = source.fragment(&request(11, 0, 0)).await;
        let Err(SourceError::Unavailable { reason, .. }) = made else { panic!("{made:?}") };
        assert!(reason.contains("base.pmtiles") && reason.contains("overwritten"), "{reason}");
    }
    let stored = all.stored(&request(11, 0, 0)).unwrap().await;
    let Err(SourceError::Unavailable { reason, .. }) = stored else { panic!("{stored:?}") };
    assert!(reason.contains("overwritten"), "{reason}");
    assert!(archive.bytes(0..127).is_err() && !archive.is_unchanged());
    let again = Arc::new(PmtilesArchive::open(&path).unwrap());
    assert!(!both_ways(&whole(&again), 11, 0, 0).await.unwrap().is_empty());
}
