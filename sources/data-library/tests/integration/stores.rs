//! Equality of tiles from FlatGeobuf and PostGIS, in any CRS.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use testing::decode::{DecodedFeature, DecodedLayer};
use testing::district::FeatureKind;
use testing::encode::{SEOUL, covering};
use testing::outline::{hausdorff, segments, within};
use testing::stores::{AllStores, StoreKind, ZOOMS, sample, tiles_of_area};
use vector_tile::Fragment;

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case(4326)]
#[case(3857)]
#[case(5186)]
#[case(5179)]
#[case(5174)]
fn the_same_features_make_the_same_tiles_in_both_stores(#[case] srid: u32) {
    let name = "the_same_features_make_the_same_tiles_in_both_stores";
    let Some(stores) = AllStores::new(name, &[srid]) else { return };
    for kind in FeatureKind::ALL {
        let [file, table] =
            [StoreKind::File, StoreKind::Loaded].map(|store| stores.source(store, kind, srid));
        let (of_file, of_table) = (file.description(), table.description());
        assert_eq!(of_file, of_table);
        assert_eq!(of_file.feature_count, Some(kind.features().len() as u64));
        for zoom in ZOOMS {
            let mut seen = BTreeSet::new();
            for tile in sample(zoom) {
                let decoded = [&file, &table].map(|source| stores.layer(source, tile));
                assert_same(&decoded[0], &decoded[1], &format!("{kind:?} {tile}"));
                let ids = decoded[0].iter().flat_map(|layer| &layer.features);
                seen.extend(ids.map(|feature| feature.id.unwrap()));
                let stored = [&file, &table].map(|source| stores.fragment(source, tile));
                let bytes = stored.each_ref().map(|made| made.as_ref().map(Fragment::gzip));
                assert!(bytes[0] == bytes[1], "{kind:?} {tile}: the bytes differ");
            }
            // All tiles at low zooms, a choice of them at high ones.
            let all = kind.features().len();
            let least = if sample(zoom).len() == tiles_of_area(zoom).len() { all } else { 20 };
            assert!(seen.len() >= least, "{kind:?} zoom {zoom}: {} features", seen.len());
        }
    }
}

fn assert_same(one: &Option<DecodedLayer>, other: &Option<DecodedLayer>, context: &str) {
    let (Some(one), Some(other)) = (one, other) else {
        assert_eq!(one.is_some(), other.is_some(), "{context}: one store has nothing");
        return;
    };
    assert_eq!((&one.name, one.extent), (&other.name, other.extent), "{context}");
    for (one, other) in one.features.iter().zip(&other.features) {
        assert_eq!(one, other, "{context}");
    }
    assert_eq!(one.features.len(), other.features.len(), "{context}");
}

#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
#[case(3857)]
#[case(5186)]
#[case(5179)]
#[case(5174)]
fn a_crs_moves_nothing_by_more_than_a_unit(#[case] srid: u32) {
    let name = "a_crs_moves_nothing_by_more_than_a_unit";
    let Some(stores) = AllStores::new(name, &[4326, srid]) else { return };
    for store in [StoreKind::File, StoreKind::Loaded] {
        for kind in FeatureKind::ALL {
            let degrees = stores.source(store, kind, 4326);
            let metres = stores.source(store, kind, srid);
            let mut compared = 0;
            for zoom in ZOOMS {
                for tile in sample(zoom) {
                    let [expected, found] =
                        [&degrees, &metres].map(|source| by_id(stores.layer(source, tile)));
                    let context = format!("{store:?} {kind:?} {tile}");
                    for (one, other) in [(&expected, &found), (&found, &expected)] {
                        let missing = inside(one).find(|id| !other.contains_key(id));
                        assert_eq!(missing, None, "{context}");
                    }
                    for (id, expected) in &expected {
                        let Some(found) = found.get(id) else { continue };
                        assert_near(expected, found, &format!("{context} {id}"));
                        compared += 1;
                    }
                }
            }
            assert!(compared > 1000, "{kind:?}: {compared}");
        }
    }
}

fn by_id(layer: Option<DecodedLayer>) -> BTreeMap<u64, DecodedFeature> {
    let features = layer.into_iter().flat_map(|layer| layer.features);
    features.map(|feature| (feature.id.unwrap(), feature)).collect()
}

/// Bounds within which a unit's difference can't move a feature, or a part of it, out of
/// the tile with its buffer of 64 units.
const INSIDE: [f64; 2] = [-62.0, 4096.0 + 62.0];

fn inside(features: &BTreeMap<u64, DecodedFeature>) -> impl Iterator<Item = u64> {
    let inside = |feature: &DecodedFeature| !within(&segments(feature), INSIDE).is_empty();
    features.iter().filter(move |(_, feature)| inside(feature)).map(|(&id, _)| id)
}

/// Asserts equal attributes, and geometry equal within a tile unit.
fn assert_near(expected: &DecodedFeature, found: &DecodedFeature, context: &str) {
    assert_eq!((expected.kind, &expected.tags), (found.kind, &found.tags), "{context}");
    let counts =
        |feature: &DecodedFeature| -> Vec<usize> { feature.parts.iter().map(Vec::len).collect() };
    if counts(expected) == counts(found) {
        let vertices = expected.parts.iter().flatten().zip(found.parts.iter().flatten());
        let off = vertices.map(|(a, b)| (a[0] - b[0]).abs().max((a[1] - b[1]).abs())).max();
        if off.unwrap() <= 1 {
            return;
        }
        // As many vertices, and others: a ring may begin elsewhere.
    }
    assert_ne!(expected.kind, 1, "{context}: {:?} {:?}", expected.parts, found.parts);
    let [expected, found] = [expected, found].map(segments);
    let apart = hausdorff(&expected, &found, INSIDE);
    assert!(apart <= 2f64.sqrt(), "{context}: {apart} units apart");
}

/// Snapshot of a tile as text, which shows the effect of changes to the encoder.
#[rstest]
#[ignore = "needs TEST_DATABASE_URL: see CONTRIBUTING"]
fn a_tile_is_what_it_was(
    #[values(FeatureKind::Points, FeatureKind::Lines, FeatureKind::Polygons)] kind: FeatureKind,
) {
    let Some(stores) = AllStores::new("a_tile_is_what_it_was", &[4326]) else { return };
    let tile = covering(16, SEOUL);
    let read = |store| {
        let layer = stores.layer(&stores.source(store, kind, 4326), tile).unwrap();
        let mut text = format!("{} {tile}, {} units\n", layer.name, layer.extent);
        for DecodedFeature { id, kind, tags, parts } in layer.features {
            text += &format!("\n{id:?} of type {kind}\n");
            for (name, value) in tags {
                text += &format!("  {name} = {value:?}\n");
            }
            for part in parts {
                text += &format!("  {part:?}\n");
            }
        }
        text
    };
    let file = read(StoreKind::File);
    insta::assert_snapshot!(format!("{}-in-memory", kind.name()), file);
    assert_eq!(read(StoreKind::Loaded), file);
    insta::assert_snapshot!(format!("{}-live", kind.name()), read(StoreKind::Live));
}
