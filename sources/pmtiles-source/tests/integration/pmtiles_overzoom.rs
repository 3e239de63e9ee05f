//! Tiles past an archive's last zoom compared with their ancestors.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use data_model::{Audience, Extent, LayerId, TileCoord, Zoom};
use mvt::GeomType;
use pmtiles_source::{ArchiveLayer, ArchiveSource, PmtilesArchive};
use rstest::rstest;
use testing::decode::{self, DecodedFeature, DecodedLayer};
use testing::foreign_tiles::{ForeignShape, ForeignTag, line, point, polygon, tile};
use testing::pmtiles::ArchiveBuilder;
use tile_source::workers::{TileWorkers, WorkerOptions, WorkerPermit};
use tile_source::{Selection, TileRequest, TileSource};
use vector_tile::fragment::{DeflateLevel, splice};

const LAST: u8 = 14;
const AT: (u32, u32) = (13973, 6344);

struct Opened {
    source: ArchiveSource,
    _folder: tempfile::TempDir,
}

/// One tile of these shapes at the last zoom, published with this extent and buffer.
fn open(stored_extent: u32, shapes: &[ForeignShape], extent: u32, buffer: u16) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let mut draft = ArchiveBuilder::new((LAST, LAST));
    draft.tile((LAST, AT.0, AT.1), &tile(stored_extent, &[("inner", shapes)]));
    let path = draft.write(&folder.path().join("a.pmtiles"));
    let archive = Arc::new(PmtilesArchive::open(&path).unwrap());
    let layer = ArchiveLayer {
        id: LayerId::new("outer").unwrap(),
        inner: "inner".to_owned(),
        columns: None,
        min_zoom: None,
        max_zoom: Some(Zoom::MAX),
        extent: Extent::new(extent).unwrap(),
        buffer,
    };
    let deflate_level = DeflateLevel::DEFAULT;
    let workers = TileWorkers::new(WorkerOptions { concurrent: 2, queued: 9, deflate_level });
    let source = ArchiveSource::layer(archive, layer, Arc::new(workers)).unwrap();
    Opened { source, _folder: folder }
}

impl Opened {
    async fn bytes(&self, z: u8, x: u32, y: u32) -> Vec<u8> {
        let request = TileRequest {
            tile: TileCoord::new(z, x, y).unwrap(),
            audience: Audience::Public,
            selection: Selection::default(),
            deadline: Instant::now() + Duration::from_secs(60),
            permit: WorkerPermit::default(),
        };
        let Some(fragment) = self.source.fragment(&request).await.unwrap() else {
            return Vec::new();
        };
        let mut plain = Vec::new();
        let gzip = splice(&[fragment]);
        flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut plain).unwrap();
        plain
    }

    /// The layer in a tile `down` zooms below the stored one, at a column and row of the
    /// tiles below it.
    async fn below(&self, down: u8, x: u32, y: u32) -> Option<DecodedLayer> {
        let bytes = self.bytes(LAST + down, (AT.0 << down) + x, (AT.1 << down) + y).await;
        let layers = decode::tile(&bytes);
        assert!(layers.len() <= 1);
        layers.into_iter().next()
    }
}

fn assorted() -> Vec<ForeignShape> {
    vec![
        point(Some(1), [1023, 77], vec![("a", ForeignTag::Text("일")), ("b", ForeignTag::Int(-5))]),
        ForeignShape {
            id: Some(2),
            kind: GeomType::Point,
            parts: vec![vec![[3000, 3000], [3001, 3001], [5, 4095]]],
            tags: vec![("c", ForeignTag::Double(0.1))],
        },
        line(Some(3), &[[-60, 20], [900, 2100], [4150, 2101]], vec![("a", ForeignTag::Text("삼"))]),
        polygon(
            Some(4),
            &[
                &[[100, 100], [3900, 120], [3800, 3700], [90, 3900]],
                &[[500, 500], [510, 2900], [2800, 2900], [2500, 480]],
            ],
            vec![("b", ForeignTag::UInt(4)), ("d", ForeignTag::Bool(true))],
        ),
        // Two polygons in one feature.
        polygon(
            Some(5),
            &[&[[0, 0], [64, 0], [64, 64], [0, 64]], &[[4000, 4000], [4096, 4000], [4096, 4096]]],
            Vec::new(),
        ),
    ]
}

fn by_id(layer: DecodedLayer) -> BTreeMap<u64, DecodedFeature> {
    layer.features.into_iter().map(|feature| (feature.id.unwrap(), feature)).collect()
}

/// The vertices of all parts, independent of the order and start of parts.
fn vertices(feature: &DecodedFeature) -> Vec<[i64; 2]> {
    let mut all: Vec<_> = feature.parts.iter().flatten().copied().collect();
    all.sort_unstable();
    all
}

/// With a buffer that covers the whole ancestor nothing is clipped: each feature is the
/// ancestor's, scaled and moved.
#[rstest]
#[case::default_extent(4096, 4096)]
#[case::coarse(512, 4096)]
#[case::fine(8192, 4096)]
#[case::no_power_of_two(1000, 2048)]
#[tokio::test]
async fn features_are_those_of_the_ancestor(#[case] stored: u32, #[case] extent: u32) {
    let mut shapes = assorted();
    for coordinate in shapes.iter_mut().flat_map(|shape| &mut shape.parts).flatten().flatten() {
        *coordinate = (i64::from(*coordinate) * i64::from(stored) / 4096) as i32;
    }
    let opened = open(stored, &shapes, extent, 4 * 8192);
    let down = 2;
    let (x, y) = (1, 2);
    let found = by_id(opened.below(down, x, y).await.unwrap());
    let stored_layer = decode::tile(&tile(stored, &[("inner", &shapes)])).remove(0);
    let expected = by_id(stored_layer);
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (id, feature) in &expected {
        assert_eq!((found[id].kind, &found[id].tags), (feature.kind, &feature.tags), "{id}");
        let scale = f64::from(extent) * f64::from(1 << down) / f64::from(stored);
        let units = f64::from(extent);
        let mut scaled: Vec<[i64; 2]> = vertices(feature)
            .into_iter()
            .map(|[px, py]| {
                let place =
                    |v: i64, tile: u32| (v as f64 * scale - f64::from(tile) * units).round();
                [place(px, x) as i64, place(py, y) as i64]
            })
            .collect();
        scaled.sort_unstable();
        let found = vertices(&found[id]);
        assert_eq!(found.len(), scaled.len(), "{id}");
        for (ours, theirs) in found.iter().zip(&scaled) {
            let off = (ours[0] - theirs[0]).abs().max((ours[1] - theirs[1]).abs());
            assert!(off <= 1, "feature {id}: {ours:?} {theirs:?}");
        }
    }
}

#[tokio::test]
async fn every_part_of_a_feature_is_in_some_tile_below_and_inside_its_buffer() {
    let opened = open(4096, &assorted(), 4096, 64);
    let mut doubled_areas = BTreeMap::new();
    let mut points = 0;
    for x in 0..4 {
        for y in 0..4 {
            let Some(layer) = opened.below(2, x, y).await else { continue };
            assert_eq!((layer.name.as_str(), layer.extent), ("outer", 4096));
            for feature in layer.features {
                for part in &feature.parts {
                    for &[px, py] in part {
                        let reach = -64..=4160;
                        assert!(reach.contains(&px) && reach.contains(&py), "{px} {py}");
                    }
                    let id = feature.id.unwrap();
                    if feature.kind == 3 {
                        *doubled_areas.entry(id).or_insert(0) += inside_area(part);
                    } else if feature.kind == 1 {
                        let inside = |v: i64| (0..4096).contains(&v);
                        points += part.iter().filter(|p| inside(p[0]) && inside(p[1])).count();
                    }
                }
            }
        }
    }
    assert_eq!(points, 4);
    // The polygons' areas come together again: clipping loses and adds nothing.
    for shape in assorted().iter().filter(|shape| matches!(shape.kind, GeomType::Polygon)) {
        let rings = shape.parts.iter().map(|ring| {
            let ring: Vec<_> = ring.iter().map(|p| p.map(|v| i64::from(v) * 4)).collect();
            decode::doubled_area(&ring)
        });
        let (whole, found) = (rings.sum::<i64>(), doubled_areas[&shape.id.unwrap()]);
        let off = (whole - found).abs() as f64 / whole as f64;
        assert!(off < 1e-3, "feature {:?}: {found} of {whole}", shape.id);
    }
}

/// Twice the area of a ring inside the tile itself, without its buffer.
fn inside_area(ring: &[[i64; 2]]) -> i64 {
    let mut ring: Vec<[f64; 2]> = ring.iter().map(|p| p.map(|v| v as f64)).collect();
    for (axis, border, below) in
        [(0, 0.0, false), (0, 4096.0, true), (1, 0.0, false), (1, 4096.0, true)]
    {
        let inside = |p: [f64; 2]| if below { p[axis] <= border } else { p[axis] >= border };
        let mut kept = Vec::new();
        for i in 0..ring.len() {
            let (a, b) = (ring[(i + ring.len() - 1) % ring.len()], ring[i]);
            if inside(a) != inside(b) {
                let t = (border - a[axis]) / (b[axis] - a[axis]);
                kept.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
            }
            if inside(b) {
                kept.push(b);
            }
        }
        ring = kept;
    }
    let next = |i: usize| ring[(i + 1) % ring.len()];
    let area: f64 =
        (0..ring.len()).map(|i| ring[i][0] * next(i)[1] - next(i)[0] * ring[i][1]).sum();
    area.round() as i64
}

#[tokio::test]
async fn values_keep_their_types_and_features_without_an_id_stay_without() {
    let tags = vec![
        ("f", ForeignTag::Float(2.0)),
        ("d", ForeignTag::Double(2.0)),
        ("i", ForeignTag::Int(-2)),
        ("u", ForeignTag::UInt(2)),
        ("s", ForeignTag::SInt(2)),
        ("b", ForeignTag::Bool(true)),
        ("t", ForeignTag::Text("")),
    ];
    let shapes = [point(None, [10, 10], tags), point(Some(0), [20, 10], Vec::new())];
    let opened = open(4096, &shapes, 4096, 0);
    let bytes = opened.bytes(LAST + 3, AT.0 << 3, AT.1 << 3).await;
    // `DecodedLayer.values` entries as section 4.1 and the schema in appendix A have them.
    let values: [&[u8]; 7] = [
        &[0x22, 5, 0x15, 0, 0, 0, 0x40],
        &[0x22, 9, 0x19, 0, 0, 0, 0, 0, 0, 0, 0x40],
        &[0x22, 11, 0x20, 0xfe, 255, 255, 255, 255, 255, 255, 255, 255, 1],
        &[0x22, 2, 0x28, 2],
        &[0x22, 2, 0x30, 4],
        &[0x22, 2, 0x38, 1],
        &[0x22, 2, 0x0a, 0],
    ];
    for value in values {
        assert!(bytes.windows(value.len()).any(|window| window == value), "{value:?}");
    }
    let layer = decode::tile(&bytes).remove(0);
    let ids: Vec<_> = layer.features.iter().map(|feature| feature.id).collect();
    assert_eq!(ids, [None, Some(0)]);
    assert_eq!(layer.features[0].tags.len(), 7);
}

#[tokio::test]
async fn features_keep_the_order_in_which_they_are_drawn() {
    let square = |id: u64, at: i32| {
        let ring = [[at, at], [at + 900, at], [at + 900, at + 900], [at, at + 900]];
        polygon(Some(id), &[&ring], Vec::new())
    };
    let shapes: Vec<ForeignShape> = (0..40).map(|n| square(n, ((n * 7) % 40) as i32)).collect();
    let opened = open(4096, &shapes, 4096, 64);
    let layer = opened.below(1, 0, 0).await.unwrap();
    let ids: Vec<_> = layer.features.iter().map(|feature| feature.id.unwrap()).collect();
    assert_eq!(ids, (0..40).collect::<Vec<_>>());
}

#[tokio::test]
async fn far_below_and_beside_the_data_there_is_an_answer() {
    let opened = open(4096, &assorted(), 4096, 64);
    // The point 1023, 77 at the deepest zoom there is.
    let down = Zoom::MAX.get() - LAST;
    let place = |v: u32| (v << down) / 4096;
    let layer = opened.below(down, place(1023), place(77)).await.unwrap();
    let ids: Vec<_> = layer.features.iter().filter_map(|feature| feature.id).collect();
    assert!(ids.contains(&1), "{ids:?}");
    assert!(opened.below(down, (1 << down) - 1, 0).await.is_none());
    let beside = opened.bytes(LAST + 1, (AT.0 + 1) << 1, AT.1 << 1).await;
    assert!(beside.is_empty());
}

#[tokio::test]
async fn buffers_past_the_worlds_edge_are_no_part_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let shapes = [
        point(Some(1), [-20, 100], Vec::new()),
        point(Some(2), [0, 100], Vec::new()),
        polygon(Some(3), &[&[[-64, 0], [500, 0], [500, 500], [-64, 500]]], Vec::new()),
    ];
    let mut draft = ArchiveBuilder::new((0, 0));
    draft.tile((0, 0, 0), &tile(4096, &[("inner", &shapes)]));
    let path = draft.write(&folder.path().join("a.pmtiles"));
    let archive = Arc::new(PmtilesArchive::open(&path).unwrap());
    let deflate_level = DeflateLevel::DEFAULT;
    let workers = TileWorkers::new(WorkerOptions { concurrent: 1, queued: 9, deflate_level });
    let layer = ArchiveLayer {
        id: LayerId::new("outer").unwrap(),
        inner: "inner".to_owned(),
        columns: None,
        min_zoom: None,
        max_zoom: None,
        extent: Extent::DEFAULT,
        buffer: 64,
    };
    let source = ArchiveSource::layer(archive, layer, Arc::new(workers)).unwrap();
    let opened = Opened { source, _folder: folder };
    let layer = decode::tile(&opened.bytes(2, 0, 0).await).remove(0);
    let found = by_id(layer);
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [2, 3]);
    assert!(vertices(&found[&3]).iter().all(|vertex| vertex[0] >= 0));
}

/// A polygon around a middle that is open to the east.
#[tokio::test]
async fn a_polygon_around_an_overzoomed_tile_is_not_in_it() {
    let ring = [
        [0, 0],
        [4096, 0],
        [4096, 400],
        [400, 400],
        [400, 3700],
        [4096, 3700],
        [4096, 4096],
        [0, 4096],
    ];
    let opened = open(4096, &[polygon(Some(1), &[&ring], Vec::new())], 4096, 64);
    for (x, y) in [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (3, 2)] {
        assert_eq!(opened.below(2, x, y).await, None, "{x} {y}");
    }
    for (x, y) in [(0, 1), (1, 0), (3, 3)] {
        assert!(opened.below(2, x, y).await.is_some(), "{x} {y}");
    }
}

#[tokio::test]
async fn an_overzoomed_tile_within_a_hole_has_nothing_of_the_polygon() {
    let exterior = [[0, 0], [4096, 0], [4096, 4096], [0, 4096]];
    let hole = [[300, 300], [300, 3800], [3800, 3800], [3800, 300]];
    let opened = open(4096, &[polygon(Some(1), &[&exterior, &hole], Vec::new())], 4096, 64);
    for (x, y) in [(1, 1), (2, 1), (1, 2), (2, 2)] {
        assert_eq!(opened.below(2, x, y).await, None, "{x} {y}");
    }
    assert!(opened.below(2, 0, 1).await.is_some());
}
