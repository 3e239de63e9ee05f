//! Deflate of a layer, ours beside zlib-rs, and splicing of a theme beside compressing it anew.

#![allow(clippy::print_stderr, clippy::unwrap_used, reason = "what a bench reports")]

use std::hint::black_box;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use benches::{points, polygons, table, tile};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use data_model::feature::GeometryKind;
use data_model::{Extent, LayerId};
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use flate2::{Compress, Compression, FlushCompress};
use vector_tile::Fragment;
use vector_tile::fragment::{DeflateLevel, Deflater, splice};
use vector_tile::mvt::{EncoderScratch, LayerView, encode_layer};

/// Number of layers of a theme.
const LAYERS: usize = 26;

/// One encoded layer for each of a theme, points and polygons in turn.
fn layers() -> Vec<Vec<u8>> {
    encoded(|_| (300, 60))
}

/// Encoded layers from a few features to the thousands that large tables have in a tile.
fn large_layers() -> Vec<Vec<u8>> {
    encoded(|index| (60 << (index / 3), 12 << (index / 4)))
}

/// Encoded layers with these numbers of points and of polygons.
fn encoded(counts: impl Fn(usize) -> (usize, usize)) -> Vec<Vec<u8>> {
    let deadline = Instant::now() + Duration::from_secs(3600);
    (0..LAYERS)
        .map(|index| {
            let (point_count, polygon_count) = counts(index);
            let (features, kind) = match index % 2 {
                0 => (points(point_count), GeometryKind::Point),
                _ => (polygons(polygon_count, 20), GeometryKind::Polygon),
            };
            let table = table(&features, kind);
            let id = LayerId::new(&format!("layer-{index}")).expect("an id");
            let view = LayerView::new(&id, &table, None, Extent::DEFAULT, 64);
            encode_layer(&table, &view, tile(), deadline, &mut EncoderScratch::default())
                .expect("the deadline is far")
                .to_vec()
        })
        .collect()
}

fn deflated(layers: &[Vec<u8>], level: u8) -> Vec<Fragment> {
    let mut deflater = Deflater::new(DeflateLevel::new(level).expect("a level"));
    layers.iter().map(|layer| deflater.fragment(layer).expect("a small layer")).collect()
}

/// Compresses a layer with zlib-rs, as fragments of its levels do.
fn zlib(compress: &mut Compress, layer: &[u8], output: &mut Vec<u8>) {
    compress.reset();
    output.clear();
    output.reserve(layer.len() + layer.len() / 1024 + 64);
    compress.compress_vec(layer, output, FlushCompress::Sync).expect("memory");
    assert_eq!(compress.total_in(), layer.len() as u64, "all of it");
}

fn deflate(criterion: &mut Criterion) {
    for (name, layers) in [("theme of 26 layers", layers()), ("26 large tables", large_layers())] {
        let bytes: usize = layers.iter().map(Vec::len).sum();
        let mut group = criterion.benchmark_group(format!("deflate/{name}"));
        group.throughput(Throughput::Bytes(bytes as u64));

        let ours = splice(&deflated(&layers, 2)).len();
        eprintln!("{name}, ours: {bytes} bytes become {ours}");
        group.bench_function("ours", |bencher| {
            let mut deflater = Deflater::new(DeflateLevel::DEFAULT);
            bencher.iter(|| {
                for layer in &layers {
                    black_box(deflater.fragment(layer).expect("a small layer"));
                }
            });
        });
        for level in [1, 2, 4, 6] {
            let mut compress = Compress::new(Compression::new(level), false);
            let mut output = Vec::new();
            let mut total = 0;
            for layer in &layers {
                zlib(&mut compress, layer, &mut output);
                total += output.len();
            }
            eprintln!("{name}, zlib-rs {level}: {bytes} bytes become {total}");
            group.bench_function(BenchmarkId::new("zlib-rs", level), |bencher| {
                bencher.iter(|| {
                    for layer in &layers {
                        zlib(&mut compress, layer, &mut output);
                        black_box(&output);
                    }
                });
            });
        }
        group.finish();
    }
}

fn composite(criterion: &mut Criterion) {
    let fragments = deflated(&layers(), 2);

    let mut group = criterion.benchmark_group("composite/26 fragments");
    group.bench_function("splice", |bencher| bencher.iter(|| black_box(splice(&fragments)).len()));
    group.bench_function("inflate and deflate again", |bencher| {
        bencher.iter(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::new(2));
            let mut layer = Vec::new();
            for fragment in &fragments {
                layer.clear();
                MultiGzDecoder::new(&fragment.gzip()[..])
                    .read_to_end(&mut layer)
                    .expect("a sound fragment");
                encoder.write_all(&layer).expect("memory");
            }
            black_box(encoder.finish().expect("memory").len())
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    targets = deflate, composite
}
criterion_main!(benches);
