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
use data_model::{Audience, TileCoord, Zoom};
use flatgeobuf_store::FlatGeobufWriter;
use testing::decode::{self, DecodedLayer};
use testing::{column, polygons};
use tile_source::workers::{TileWorkers, WorkerOptions, WorkerPermit};
use tile_source::{Selection, TileRequest};

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
