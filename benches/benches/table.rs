//! Feature table: building with and without the importance of vertices, and finding a
//! tile's rows by the index beside testing every rectangle.

#![allow(clippy::print_stderr, reason = "what a bench reports")]

use std::hint::black_box;
use std::time::Duration;

use benches::{points, polygons, table, table_with, tile};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use data_model::feature::GeometryKind;
use data_model::tile::{WorldPoint, WorldRect};
use vector_tile::features::TableOptions;

/// Benches the building of a table, which is the cost of a load beyond reading.
///
/// `keep_every_vertex` is the alternative: no importance, and every vertex in every tile.
fn build(criterion: &mut Criterion) {
    let inputs = [
        ("10000 points x 5", points(10_000), GeometryKind::Point),
        ("500 polygons x 100", polygons(500, 100), GeometryKind::Polygon),
    ];
    for (name, features, kind) in inputs {
        let mut group = criterion.benchmark_group(format!("build/{name}"));
        group.throughput(Throughput::Elements(features.len() as u64));
        for (how, keep_every_vertex) in [("with importance", false), ("every vertex", true)] {
            let options = TableOptions { keep_every_vertex, ..TableOptions::default() };
            group.bench_function(how, |bencher| {
                bencher.iter(|| black_box(table_with(&features, kind, options.clone())));
            });
        }
        group.finish();
    }
}

/// A sixteenth of the inputs' tile: the extent of a tile two zooms deeper.
fn corner() -> WorldRect {
    let side = 1u32 << (32 - tile().zoom().get());
    let (x, y) = (tile().x() * side, tile().y() * side);
    let quarter = side / 4;
    WorldRect {
        min: WorldPoint { x: x + quarter, y: y + quarter },
        max: WorldPoint { x: x + 2 * quarter, y: y + 2 * quarter },
    }
}

fn query(criterion: &mut Criterion) {
    let wanted = corner();
    let mut group = criterion.benchmark_group("query/tile at zoom 16");
    for count in [1_000, 10_000, 100_000] {
        let features = points(count);
        let table = table(&features, GeometryKind::Point);
        let rects: Vec<WorldRect> = features
            .iter()
            .map(|feature| {
                let [lon, lat] = feature.vertices[0];
                let point = WorldPoint::from_lon_lat(lon, lat);
                WorldRect { min: point, max: point }
            })
            .collect();
        let scan = || rects.iter().filter(|rect| wanted.intersects(rect)).count();
        let mut found = Vec::new();
        table.index().query(&wanted, &mut found);
        let rows: usize = found.iter().map(|range| (range.end - range.start) as usize).sum();
        eprintln!(
            "{count} points: the index names {rows} rows in {} ranges, {} meet",
            found.len(),
            scan()
        );
        group.bench_function(format!("index, {count} points"), |bencher| {
            bencher.iter(|| {
                table.index().query(black_box(&wanted), &mut found);
                black_box(found.len())
            });
        });
        group.bench_function(format!("scan, {count} points"), |bencher| {
            bencher.iter(|| black_box(scan()));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    targets = build, query
}
criterion_main!(benches);
