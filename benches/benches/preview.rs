//! Previews: drawing of a map's features, and the picture of the drawing.

use std::hint::black_box;

use benches::Random;
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;
use styles::ParsedLayer;
use styles::expression::{ExpressionValue, GeometryType};
use styles::preview::{PreviewDrawing, PreviewFeature, PreviewSize};

/// Cells of 100 m of a district of 17 km².
const CELLS: usize = 1_700;
/// Points of the largest map of points.
const POINTS: usize = 8_000;

struct Drawn {
    value: [(&'static str, ExpressionValue<'static>); 1],
    parts: Vec<Vec<[f32; 2]>>,
}

fn features(count: usize, side: f32) -> Vec<Drawn> {
    let mut random = Random(7);
    let mut part = |most: f64| (random.next_u64() % 10_000) as f64 / 10_000.0 * most;
    let feature = |_| {
        let [x, y] = [part(230.0) as f32, part(150.0) as f32];
        let ring = if side > 0.0 {
            vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
        } else {
            vec![[x, y]]
        };
        Drawn { value: [("v", ExpressionValue::Number(part(100.0)))], parts: vec![ring] }
    };
    (0..count).map(feature).collect()
}

fn draw(layer: &ParsedLayer, geometry: GeometryType, features: &[Drawn]) -> PreviewDrawing {
    let mut drawing = PreviewDrawing::new(PreviewSize::Small, 11.0, "#ffffff");
    let features = features.iter().map(|feature| PreviewFeature {
        geometry,
        id: None,
        properties: &feature.value,
        parts: &feature.parts,
    });
    drawing.draw(layer, 11.0, features);
    drawing
}

fn previews(criterion: &mut Criterion) {
    let colour = json!([
        "step",
        ["get", "v"],
        "#f1eef6",
        20,
        "#bdc9e1",
        40,
        "#74a9cf",
        60,
        "#2b8cbe",
        80,
        "#045a8d"
    ]);
    let maps = [
        ("cells", "fill", GeometryType::Polygon, features(CELLS, 3.0)),
        ("points", "circle", GeometryType::Point, features(POINTS, 0.0)),
        ("heat", "heatmap", GeometryType::Point, features(POINTS, 0.0)),
    ];
    for (name, kind, geometry, features) in maps {
        let paint = match kind {
            "heatmap" => json!({"heatmap-radius": 12, "heatmap-color": ["interpolate",
                ["linear"], ["heatmap-density"], 0, "rgba(0,0,0,0)", 1, "#045a8d"]}),
            kind => json!({ format!("{kind}-color"): colour }),
        };
        let style = json!({"id": "m", "type": kind, "paint": paint});
        let Some(Ok(layer)) = style.as_object().map(|it| ParsedLayer::parse(it, "layer")) else {
            continue;
        };
        let mut group = criterion.benchmark_group(format!("preview/{name}"));
        group.bench_function("drawing", |bencher| {
            bencher.iter(|| black_box(draw(&layer, geometry, &features).to_svg().len()));
        });
        group.bench_function("picture", |bencher| {
            bencher.iter(|| {
                let picture = draw(&layer, geometry, &features).to_png();
                black_box(picture.map_or(0, |bytes| bytes.len()))
            });
        });
        group.finish();
    }
}

criterion_group!(benches, previews);
criterion_main!(benches);
