//! Damaged and hostile archives: always an error or a valid answer, never a panic.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::Path;

use data_model::StoreError;
use data_model::TileCoord;
use pmtiles_source::PmtilesArchive;
use proptest::prelude::*;
use rstest::rstest;
use testing::foreign_tiles::{ForeignTag, line, point, tile};
use testing::pmtiles::{ArchiveBuilder, ArchiveEntry, PartCompression, directory, tile_id, varint};
use testing::replace_file::replace_file;
use vector_tile::mvt::read::{TilePath, layers};

/// Most bytes that a tile may unpack to.
const MAX_TILE: usize = 64 << 20;

fn sound(leaf: Option<usize>) -> ArchiveBuilder {
    let mut draft = ArchiveBuilder::new((0, 3));
    draft.leaf = leaf;
    draft.metadata = r#"{"vector_layers":[{"id":"spots","fields":{}}]}"#.to_owned();
    let mut coords: Vec<_> = (0..4u8)
        .flat_map(|z| (0..1u32 << z).flat_map(move |x| (0..1u32 << z).map(move |y| (z, x, y))))
        .collect();
    coords.sort_by_key(|&(z, x, y)| tile_id(z, x, y));
    for (z, x, y) in coords {
        let at = [x as i32, y as i32];
        let shapes = [point(Some(1), at, vec![("z", ForeignTag::UInt(z.into()))])];
        draft.tile((z, x, y), &tile(4096, &[("spots", &shapes)]));
    }
    draft
}

/// Asserts that an archive is read, or that the error names the file.
fn assert_read_or_refused(path: &Path, name: &str) {
    if let Err(error) = read_all(path) {
        assert!(error.to_string().contains(name), "{error}");
    }
}

/// Opens an archive and reads every tile of its zooms and some past them, each within the limit
/// of unpacked bytes.
fn read_all(path: &Path) -> Result<usize, StoreError> {
    let archive = PmtilesArchive::open(path)?;
    let mut found = 0;
    for z in 0..4u8 {
        for x in 0..1 << z {
            for y in 0..1 << z {
                let tile = archive.tile(TileCoord::new(z, x, y).unwrap())?;
                if let Some(tile) = tile {
                    assert!(tile.len() <= MAX_TILE, "{} bytes", tile.len());
                    found += usize::from(decode_all(&tile));
                }
            }
        }
    }
    Ok(found)
}

/// Decodes a whole tile with our reader; returns whether it is valid.
fn decode_all(tile: &[u8]) -> bool {
    let Ok(layers) = layers(tile) else { return false };
    let mut path = TilePath::default();
    layers.into_iter().all(|raw| {
        raw.decode().is_ok_and(|layer| {
            layer.features().all(|feature| {
                feature.is_ok_and(|feature| {
                    feature.tags().all(|tag| tag.is_ok()) && feature.geometry(&mut path).is_ok()
                })
            })
        })
    })
}

#[rstest]
fn every_truncation_is_an_error_that_names_the_file(#[values(None, Some(5))] leaf: Option<usize>) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = sound(leaf).bytes();
    let path = folder.path().join("cut.pmtiles");
    assert_eq!(read_all(&replace_file(&path, &bytes)).unwrap(), 85);
    for length in (0..bytes.len()).step_by(64) {
        let error = read_all(&replace_file(&path, &bytes[..length])).unwrap_err();
        let StoreError::Corrupt { place, .. } = &error else { panic!("{length}: {error}") };
        assert!(!place.is_empty() && error.to_string().contains("cut.pmtiles"), "{error}");
    }
}

/// Faulty root and leaf directories, and the expected error messages.
#[rstest]
#[case::no_directory(&[], &[], "is empty")]
#[case::empty(&[0], &[], "it is empty")]
#[case::no_entries(&[3], &[], "bytes hold at most")]
#[case::count_past_its_bytes(&[0xff, 0xff, 0xff, 0xff, 0x0f], &[], "bytes hold at most")]
#[case::endless_number(&[0xff; 11], &[], "over 64 bits")]
#[case::past_the_tiles(&directory(&[entry(0, 1, 10, 1 << 40)]), &[], "past the end of the tile data")]
#[case::overflowing_offset(&directory(&[entry(0, 1, 10, u64::MAX - 3)]), &[], "past the end")]
#[case::no_length(&directory(&[entry(0, 1, 0, 0)]), &[], "no bytes")]
#[case::length_past_32_bits(&directory(&[entry(0, 1, 1 << 32, 0)]), &[], "past 32 bits")]
#[case::run_past_32_bits(&directory(&[entry(0, 1 << 32, 1, 0)]), &[], "past 32 bits")]
#[case::same_tile_twice(&directory(&[entry(4, 1, 1, 0), entry(4, 1, 1, 1)]), &[], "the same tile")]
#[case::overlapping_run(&directory(&[entry(0, 9, 1, 0), entry(4, 1, 1, 1)]), &[], "reaches into")]
#[case::past_zoom_31(&directory(&[entry(u64::MAX, 1, 1, 0)]), &[], "past the last one")]
#[case::leaf_past_the_leaves(&directory(&[entry(0, 0, 9, 0)]), &[], "past the end of the leaf")]
#[case::leaf_of_nothing(&directory(&[entry(0, 0, 1, 0)]), &[0], "it is empty")]
fn a_hostile_directory_is_named(#[case] root: &[u8], #[case] leaves: &[u8], #[case] said: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = sound(None);
    draft.internal = PartCompression::None;
    let path = replace_file(&folder.path().join("bad.pmtiles"), &draft.assemble(root, leaves));
    let error = read_all(&path).unwrap_err().to_string();
    assert!(error.contains(said) && error.contains("bad.pmtiles"), "{error}");
}

const fn entry(id: u64, run: u64, length: u64, offset: u64) -> ArchiveEntry {
    ArchiveEntry { id, run, length, offset }
}

#[test]
fn a_leaf_that_points_to_itself_ends() {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = sound(None);
    draft.internal = PartCompression::None;
    let leaf = directory(&[entry(0, 0, 5, 0)]);
    assert_eq!(leaf.len(), 5);
    let bytes = draft.assemble(&directory(&[entry(0, 0, 5, 0)]), &leaf);
    let path = replace_file(&folder.path().join("loop.pmtiles"), &bytes);
    let archive = PmtilesArchive::open(&path).unwrap();
    let error = archive.tile(TileCoord::new(2, 1, 1).unwrap()).unwrap_err().to_string();
    assert!(error.contains("nested more than 4 deep"), "{error}");
}

/// A byte of the header, its new value, and the expected error message.
#[rstest]
#[case::magic(0, b'X', "does not begin")]
#[case::version_2(7, 2, "version 2")]
#[case::unknown_compression(97, 0, "does not say how its directories")]
#[case::compression_9(97, 9, "Invalid compression")]
#[case::unknown_tile_compression(98, 0, "does not say how its tiles")]
#[case::other_tile_compression(98, 3, "")]
#[case::png(99, 2, "Png tiles")]
#[case::mlt(99, 6, "Mlt tiles")]
#[case::type_9(99, 9, "Invalid tile type")]
#[case::zooms(100, 9, "from 9 to 3")]
#[case::root_in_the_header(8, 3, "lies in the header")]
#[case::huge_root(23, 1, "past the file's")]
#[case::huge_offset(15, 0xff, "past the file's")]
fn a_hostile_header_is_named(#[case] at: usize, #[case] byte: u8, #[case] said: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = sound(None).bytes();
    bytes[at] = byte;
    let path = replace_file(&folder.path().join("bad.pmtiles"), &bytes);
    let error = PmtilesArchive::open(&path).unwrap_err().to_string();
    assert!(error.contains(said) && error.contains("bad.pmtiles"), "{error}");
}

#[test]
fn what_is_no_archive_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pmtiles");
    assert!(matches!(PmtilesArchive::open(&path), Err(StoreError::Io { .. })));
    replace_file(&path, b"");
    assert!(matches!(PmtilesArchive::open(&path), Err(StoreError::Corrupt { .. })));
    replace_file(&path, b"PM\x02\x00 an archive of version two, which began otherwise");
    assert!(PmtilesArchive::open(&path).is_err());
    assert!(matches!(PmtilesArchive::open(folder.path()), Err(StoreError::Unsupported { .. })));
}

/// 100 MiB of zeros in some kilobytes.
#[rstest]
#[case::directory(true, "16 MiB")]
#[case::tile(false, "64 MiB")]
fn a_bomb_is_not_inflated(#[case] in_directory: bool, #[case] said: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = ArchiveBuilder::new((0, 0));
    let zeros = vec![0; 100 << 20];
    let bytes = if in_directory {
        draft.assemble(&zeros, &[])
    } else {
        draft.tile((0, 0, 0), &zeros);
        draft.bytes()
    };
    assert!(bytes.len() < 1 << 20);
    let path = replace_file(&folder.path().join("bomb.pmtiles"), &bytes);
    let error = PmtilesArchive::open(&path).unwrap_err().to_string();
    assert!(error.contains(said), "{error}");
}

#[test]
fn a_second_gzip_member_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = ArchiveBuilder::new((0, 0));
    let mut member =
        PartCompression::Gzip.encode(&tile(4096, &[("a", &[point(None, [1, 1], vec![])])]));
    member.extend(
        PartCompression::Gzip.encode(&tile(4096, &[("b", &[point(None, [1, 1], vec![])])])),
    );
    draft.raw(0, 1, &member);
    let path = draft.write(&folder.path().join("two.pmtiles"));
    let error = PmtilesArchive::open(&path).unwrap_err().to_string();
    assert!(error.contains("follow its gzip member"), "{error}");
}

#[rstest]
#[case::two_layers_of_one_name(&[tile(4096, &[("a", &[])]), tile(4096, &[("a", &[])])].concat())]
#[case::no_name(&[0x1a, 2, 15 << 3, 2])]
#[case::extent_0(&[0x1a, 5, 0x0a, 1, b'a', 0x28, 0])]
#[case::no_protobuf(b"this is no tile at all, but some text")]
fn a_tile_that_is_none_is_an_error(#[case] bytes: &[u8]) {
    assert!(!decode_all(bytes));
    let folder = tempfile::tempdir().unwrap();
    let mut draft = ArchiveBuilder::new((0, 0));
    draft.tile((0, 0, 0), bytes);
    let path = draft.write(&folder.path().join("tile.pmtiles"));
    assert!(matches!(PmtilesArchive::open(&path), Err(StoreError::Corrupt { .. })));
}

/// The maximum number of layers, then one more; each has only a name.
#[rstest]
#[case::as_many_as_are_read(1024, None)]
#[case::one_more(1025, Some("more than 1,024 layers at byte"))]
#[case::millions(2 << 20, Some("more than 1,024 layers at byte"))]
fn a_tile_of_countless_layers_is_an_error(#[case] count: u32, #[case] said: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let mut layers = Vec::new();
    for number in 0..count {
        let name = format!("{number:x}");
        layers.extend([0x1a, name.len() as u8 + 2, 0x0a, name.len() as u8]);
        layers.extend(name.as_bytes());
    }
    let mut draft = ArchiveBuilder::new((0, 0));
    draft.tile((0, 0, 0), &layers);
    let path = draft.write(&folder.path().join("many.pmtiles"));
    let error = PmtilesArchive::open(&path).err().map(|error| error.to_string());
    match (said, error) {
        (None, error) => assert_eq!(error, None),
        (Some(said), error) => assert!(error.as_ref().unwrap().contains(said), "{error:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bits_are_read_or_an_error_that_names_the_file(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0u8..8), 1..6),
        leaf in prop::option::of(1usize..40),
        coding in prop::sample::select(vec![PartCompression::None, PartCompression::Gzip, PartCompression::Brotli, PartCompression::Zstd]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut draft = sound(leaf);
        draft.internal = coding;
        let mut bytes = draft.bytes();
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        assert_read_or_refused(&replace_file(&folder.path().join("flipped.pmtiles"), &bytes), "flipped.pmtiles");
    }

    #[test]
    fn any_directory_is_read_or_an_error_that_names_the_file(numbers in prop::collection::vec(any::<u64>(), 0..60), low in 0u32..60) {
        let folder = tempfile::tempdir().unwrap();
        let mut draft = sound(None);
        draft.internal = PartCompression::None;
        let mut root = Vec::new();
        varint(numbers.len() as u64 / 4, &mut root);
        numbers.iter().for_each(|number| varint(number >> low, &mut root));
        let path = replace_file(&folder.path().join("any.pmtiles"), &draft.assemble(&root, &[1; 200]));
        assert_read_or_refused(&path, "any.pmtiles");
    }

    #[test]
    fn any_bytes_are_the_tile_as_stored_or_an_error_that_names_the_file(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let shapes = [
            line(Some(3), &[[1, 2], [900, 2100], [4150, 2101]], vec![("a", ForeignTag::Text("삼"))]),
            point(None, [5, 5], vec![("b", ForeignTag::Double(0.5))]),
        ];
        let mut bytes = tile(4096, &[("a", &shapes), ("b", &shapes)]);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut draft = ArchiveBuilder::new((0, 0));
        draft.tile((0, 0, 0), &bytes);
        let path = draft.write(&folder.path().join("tile.pmtiles"));
        let read = PmtilesArchive::open(&path)
            .and_then(|archive| archive.tile(TileCoord::new(0, 0, 0).unwrap()));
        match read {
            Ok(tile) => prop_assert_eq!(tile, Some(bytes)),
            Err(error) => prop_assert!(error.to_string().contains("tile.pmtiles"), "{error}"),
        }
    }
}

#[test]
fn one_damaged_tile_does_not_take_the_archive_down() {
    let folder = tempfile::tempdir().unwrap();
    let sound = tile(4096, &[("a", &[point(None, [1, 1], vec![])])]);
    let mut draft = ArchiveBuilder::new((0, 1));
    draft.tile((0, 0, 0), &sound);
    draft.tile((1, 0, 0), &sound);
    // The second tile of zoom 1 along the curve.
    draft.raw(2, 1, b"no gzip at all");
    let archive = PmtilesArchive::open(&draft.write(&folder.path().join("one.pmtiles"))).unwrap();
    assert_eq!(archive.layers()[0].name, "a");
    let at = |x, y| archive.tile(TileCoord::new(1, x, y).unwrap());
    assert!(at(0, 0).unwrap().is_some());
    let error = [at(0, 1), at(1, 0)].into_iter().find_map(Result::err).unwrap().to_string();
    assert!(error.contains("one.pmtiles"), "{error}");
}
