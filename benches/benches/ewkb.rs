//! Parsing of EWKB from PostGIS: our reader beside `geozero`'s, both into one reused list
//! of positions.

use std::hint::black_box;
use std::time::Duration;

use benches::{BenchFeature, points, polygons};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use geozero::GeomProcessor;
use geozero::wkb::process_ewkb_geom;
use postgis_store::ewkb::EwkbShapes;

/// EWKB of a point, or of a polygon of one ring, in little-endian bytes with SRID 4326.
fn ewkb(feature: &BenchFeature) -> Vec<u8> {
    const SRID: u32 = 0x2000_0000;
    let polygon = feature.vertices.len() > 1;
    let mut out = vec![1];
    out.extend((SRID | if polygon { 3 } else { 1 }).to_le_bytes());
    out.extend(4326u32.to_le_bytes());
    let mut vertices = feature.vertices.clone();
    if polygon {
        vertices.push(vertices[0]);
        out.extend(1u32.to_le_bytes());
        out.extend((vertices.len() as u32).to_le_bytes());
    }
    out.extend(vertices.iter().flatten().flat_map(|number| number.to_le_bytes()));
    out
}

/// Sink that `geozero` writes positions to.
struct Positions(Vec<[f64; 2]>);

impl GeomProcessor for Positions {
    fn xy(&mut self, x: f64, y: f64, _: usize) -> geozero::error::Result<()> {
        self.0.push([x, y]);
        Ok(())
    }
}

fn read(criterion: &mut Criterion) {
    for (name, features) in
        [("10000 points", points(10_000)), ("500 polygons x 100", polygons(500, 100))]
    {
        let rows: Vec<Vec<u8>> = features.iter().map(ewkb).collect();
        let mut group = criterion.benchmark_group(format!("ewkb/{name}"));
        group.throughput(Throughput::Bytes(rows.iter().map(|row| row.len() as u64).sum()));
        group.bench_function("ours", |bencher| {
            let mut shapes = EwkbShapes::default();
            bencher.iter(|| {
                let mut count = 0;
                for row in &rows {
                    shapes.read(row).expect("sound EWKB");
                    count += shapes.drawn().map_or(0, |shape| shape.coordinates.len());
                }
                black_box(count)
            });
        });
        group.bench_function("geozero", |bencher| {
            let mut positions = Positions(Vec::new());
            bencher.iter(|| {
                let mut count = 0;
                for row in &rows {
                    positions.0.clear();
                    process_ewkb_geom(&mut row.as_slice(), &mut positions).expect("sound EWKB");
                    count += positions.0.len();
                }
                black_box(count)
            });
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    targets = read
}
criterion_main!(benches);
