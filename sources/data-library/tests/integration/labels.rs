//! Label points: a polygon in several tiles has one in a single tile.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog::LocalizedText;
use data_library::DataLibrary;
use data_library::LibraryOptions;
use data_model::feature::{AttributeValue, ColumnType, FeatureSchema, GeometryKind};
use data_model::tile::WorldPoint;
use data_model::{Audience, ContentDigest, TileCoord, Zoom};
use flatgeobuf_store::FlatGeobufWriter;
use testing::decode::{self, DecodedLayer};
use testing::encode::table_of;
use testing::live::publication;
use testing::{column, polygons};
use tile_source::TileSource;
use tile_source::table_source::{LayerPublication, TableSource};
use tile_source::workers::{TileWorkers, WorkerOptions, WorkerPermit};
use tile_source::{Selection, TileRequest};
use vector_tile::features::TableOptions;

const CATALOG: [(&str, &str); 3] = [
    ("district.toml", "title = { ko = '구', en = 'District' }"),
    (
        "datasets/base.toml",
        "title = { ko = '기반', en = 'Base' }\n[[dataset]]\nid = 'dong'\n\
         title = { ko = '동', en = 'Dongs' }\ngeometry = 'polygon'\n\
         column = [{ name = 'name', title = { ko = '이름', en = 'Name' } }]",
    ),
    (
        "layers/common.toml",
        "title = { ko = '공통', en = 'Common' }\norder = 1\n[[layer]]\nid = 'dongs'\n\
         title = { ko = '동', en = 'Dongs' }\ndataset = 'dong'\nvisibility = 'public'\nlabels = true",
    ),
];

fn inflated(gzip: &[u8]) -> Vec<DecodedLayer> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(gzip).read_to_end(&mut bytes).unwrap();
    decode::tile(&bytes)
}

#[tokio::test]
async fn each_label_point_is_in_one_tile_even_on_a_border() {
    // A river of 0.2° by 0.002°, and a square whose middle is the corner of four tiles of zoom 10.
    let corner = TileCoord::covering(Zoom::new(10).unwrap(), WorldPoint::from_lon_lat(127.0, 37.5));
    let corner = WorldPoint { x: corner.x() << 22, y: corner.y() << 22 };
    let at = |dx: i64, dy: i64| {
        let place = |base: u32, by: i64| u32::try_from(i64::from(base) + by).unwrap();
        let (lon, lat) = WorldPoint { x: place(corner.x, dx), y: place(corner.y, dy) }.to_lon_lat();
        [lon, lat]
    };
    let square = |half: i64| [at(-half, -half), at(half, -half), at(half, half), at(-half, half)];
    let river = [[127.0, 37.6], [127.2, 37.6], [127.2, 37.602], [127.0, 37.602]];
    let shapes = vec![polygons(&[&[&square(100_000)]]), polygons(&[&[&river]])];
    let table = table_of(shapes, TableOptions::default());
    let publication = LayerPublication { labels: true, ..publication(None, true) };
    let options = WorkerOptions { concurrent: 2, queued: 100, deflate_level: Default::default() };
    let workers = Arc::new(TileWorkers::new(options));
    let digest = ContentDigest::new(1);
    let source =
        TableSource::new(publication, Arc::new(table), &TableOptions::default(), digest, workers);
    for level in [8, 10, 13] {
        let zoom = Zoom::new(level).unwrap();
        let first = TileCoord::covering(zoom, WorldPoint::from_lon_lat(126.9, 37.7));
        let last = TileCoord::covering(zoom, WorldPoint::from_lon_lat(127.3, 37.4));
        let mut points = std::collections::BTreeMap::new();
        for (x, y) in
            (first.x()..=last.x()).flat_map(|x| (first.y()..=last.y()).map(move |y| (x, y)))
        {
            let tile = TileCoord::new(level, x, y).unwrap();
            let request = testing::conformance::request(tile);
            let Some(fragment) = source.fragment(&request).await.unwrap() else { continue };
            let labels =
                inflated(fragment.gzip()).into_iter().find(|layer| layer.name == "live.label");
            for feature in labels.into_iter().flat_map(|layer| layer.features) {
                *points.entry(feature.id.unwrap()).or_insert(0) += feature.parts[0].len();
            }
        }
        // On the map the river is 0.00252° wide: it has one point for each ten of its widths.
        assert_eq!(points, [(0, 1), (1, 7)].into(), "zoom {level}");
    }
}

#[tokio::test]
async fn a_polygon_in_many_tiles_has_its_name_in_one() {
    let data = tempfile::tempdir().unwrap();
    for (name, text) in CATALOG {
        let path = data.path().join("catalog").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let schema = FeatureSchema {
        columns: vec![column("name", ColumnType::Text)],
        ..FeatureSchema::default()
    };
    let path = data.path().join("dong.fgb");
    let mut writer = FlatGeobufWriter::create(&path, &schema, GeometryKind::Polygon).unwrap();
    let ring = [[127.0, 37.5], [127.1, 37.5], [127.1, 37.6], [127.0, 37.6], [127.0, 37.5]];
    writer.feature(&polygons(&[&[&ring]]), &[AttributeValue::Text("성수동")]).unwrap();
    writer.finish().unwrap();

    let options = WorkerOptions { concurrent: 2, queued: 100, deflate_level: Default::default() };
    let workers = Arc::new(TileWorkers::new(options));
    let options = LibraryOptions {
        publish_uncatalogued: false,
        folder_is_optional: false,
        workers,
        database: None,
    };
    let snapshot = DataLibrary::open(data.path(), options).unwrap().snapshot();
    let layer = snapshot.layer("dongs", Audience::Public).unwrap();
    assert_eq!(layer.title, LocalizedText { ko: "동".to_owned(), en: "Dongs".to_owned() });
    let source = layer.source().unwrap();
    assert_eq!(source.description().label_layer().as_deref(), Some("dongs.label"));

    let zoom = Zoom::new(14).unwrap();
    let at = |lon, lat| TileCoord::covering(zoom, WorldPoint::from_lon_lat(lon, lat));
    let (north_west, south_east) = (at(127.0, 37.6), at(127.1, 37.5));
    let (mut drawn, mut named) = (0, Vec::new());
    for x in north_west.x()..=south_east.x() {
        for y in north_west.y()..=south_east.y() {
            let tile = TileCoord::new(14, x, y).unwrap();
            let request = TileRequest {
                tile,
                audience: Audience::Public,
                selection: Selection::default(),
                deadline: Instant::now() + Duration::from_secs(60),
                permit: WorkerPermit::default(),
            };
            let Some(fragment) = source.fragment(&request).await.unwrap() else { continue };
            for layer in inflated(fragment.gzip()) {
                assert_eq!(layer.features.len(), 1);
                let name = &layer.features[0].tags["name"];
                assert_eq!(name, &decode::DecodedValue::Text("성수동".to_owned()));
                match layer.name.as_str() {
                    "dongs" => drawn += 1,
                    "dongs.label" => named.push((tile, layer.features[0].clone())),
                    other => panic!("layer {other}"),
                }
            }
        }
    }
    assert!(drawn > 15, "the polygon lies in many tiles: {drawn}");
    let [(tile, label)] = &named[..] else { panic!("{} labels", named.len()) };
    assert_eq!((label.kind, label.id), (1, Some(0)));
    assert_eq!(*tile, at(127.05, 37.55), "in the middle of the polygon");
}
