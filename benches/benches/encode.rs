//! Encoder beside the `mvt` crate: the same features, the same tile.
//!
//! Both start from their representation in memory: ours from a feature table, the `mvt` crate from
//! a list of features with coordinates already projected to tile units (which is in its
//! favour: ours queries, projects and snaps too).

#![allow(clippy::print_stderr, clippy::unwrap_used, reason = "what a bench reports")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use benches::{BenchFeature, points, polygons, table, tile};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use data_model::feature::GeometryKind;
use data_model::tile::{TileGrid, WorldPoint};
use data_model::{Extent, LayerId};
use mvt::{GeomEncoder, GeomType, Tile};
use vector_tile::mvt::{EncoderScratch, LayerView, encode_layer};

/// Features as input of the `mvt` crate: coordinates in tile units.
fn projected(features: &[BenchFeature]) -> Vec<(BenchFeature, Vec<(f64, f64)>)> {
    let grid = TileGrid::new(tile(), Extent::DEFAULT);
    let unit = |&[lon, lat]: &[f64; 2]| {
        let (x, y) = grid.to_tile(WorldPoint::from_lon_lat(lon, lat));
        (x as f64, y as f64)
    };
    features.iter().map(|f| (f.clone(), f.vertices.iter().map(unit).collect())).collect()
}

fn encode_with_mvt(features: &[(BenchFeature, Vec<(f64, f64)>)], kind: GeomType) -> Vec<u8> {
    let mut tile = Tile::new(4096);
    let mut layer = tile.create_layer("bench");
    for (id, (feature, vertices)) in features.iter().enumerate() {
        let mut encoder = GeomEncoder::new(match kind {
            GeomType::Point => GeomType::Point,
            GeomType::Linestring => GeomType::Linestring,
            GeomType::Polygon => GeomType::Polygon,
        });
        for &(x, y) in vertices {
            encoder.add_point(x, y).expect("a finite point");
        }
        let mut out = layer.into_feature(encoder.encode().expect("a sound geometry"));
        out.set_id(id as u64);
        let attributes = &feature.attributes;
        out.add_tag_string("name", &attributes.name);
        out.add_tag_string("category", &attributes.category);
        out.add_tag_int("count", attributes.count);
        out.add_tag_double("score", attributes.score);
        out.add_tag_bool("open", attributes.open);
        layer = out.into_layer();
    }
    tile.add_layer(layer).expect("one layer of its name");
    tile.to_bytes().expect("an encodable tile")
}

fn kind_of(kind: GeometryKind) -> GeomType {
    if kind == GeometryKind::Polygon { GeomType::Polygon } else { GeomType::Point }
}

/// Runs both in turn, round by round, so that a busy machine slows both; prints the
/// medians of each, and of the ratios.
fn report(
    features: usize,
    bytes: usize,
    mut ours: impl FnMut() -> usize,
    mut theirs: impl FnMut() -> usize,
) {
    let seconds = |work: &mut dyn FnMut() -> usize, times: u32| {
        let start = Instant::now();
        for _ in 0..times {
            black_box(work());
        }
        start.elapsed().as_secs_f64() / f64::from(times)
    };
    let mut rounds: Vec<[f64; 3]> = (0..41)
        .map(|_| {
            let (ours, theirs) = (seconds(&mut ours, 20), seconds(&mut theirs, 1));
            [ours, theirs, theirs / ours]
        })
        .collect();
    let mut median = |of: usize| {
        rounds.sort_by(|a, b| a[of].total_cmp(&b[of]));
        rounds[rounds.len() / 2][of]
    };
    let (ours, theirs, ratio) = (median(0), median(1), median(2));
    let feature = 1e9 / features as f64;
    eprintln!(
        "  ours {:.0} MB/s, {:.1} ns a feature; mvt crate {:.1} ns a feature: {ratio:.1} times",
        bytes as f64 / ours / 1e6,
        ours * feature,
        theirs * feature,
    );
}

fn compare(criterion: &mut Criterion, name: &str, features: &[BenchFeature], kind: GeometryKind) {
    let table = table(features, kind);
    let id = LayerId::new("bench").expect("an id");
    let view = LayerView::new(&id, &table, None, Extent::DEFAULT, 64);
    let deadline = Instant::now() + Duration::from_secs(3600);
    let mut scratch = EncoderScratch::default();
    let bytes = encode_layer(&table, &view, tile(), deadline, &mut scratch)
        .expect("the deadline is far")
        .len();
    let projected = projected(features);
    let mvt_bytes = encode_with_mvt(&projected, kind_of(kind)).len();
    eprintln!(
        "{name}: {} features, ours {bytes} bytes, mvt crate {mvt_bytes} bytes, \
         {:.1} bytes of memory a feature",
        features.len(),
        table.memory_bytes() as f64 / features.len() as f64
    );
    report(
        features.len(),
        bytes,
        || encode_layer(&table, &view, tile(), deadline, &mut scratch).map_or(0, <[u8]>::len),
        || encode_with_mvt(&projected, kind_of(kind)).len(),
    );
    for (unit, throughput) in [
        ("bytes", Throughput::Bytes(bytes as u64)),
        ("features", Throughput::Elements(features.len() as u64)),
    ] {
        let mut group = criterion.benchmark_group(format!("encode/{name}/{unit}"));
        group.throughput(throughput);
        group.bench_function("feature table", |bencher| {
            bencher.iter(|| {
                let tile = encode_layer(&table, &view, tile(), deadline, &mut scratch);
                black_box(tile.map_or(0, <[u8]>::len))
            });
        });
        group.bench_function("mvt crate", |bencher| {
            bencher.iter(|| black_box(encode_with_mvt(&projected, kind_of(kind)).len()));
        });
        group.finish();
    }
}

fn encode(criterion: &mut Criterion) {
    compare(criterion, "10000 points x 5", &points(10_000), GeometryKind::Point);
    compare(criterion, "500 polygons x 100", &polygons(500, 100), GeometryKind::Polygon);
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    targets = encode
}
criterion_main!(benches);
