//! All tiles of a theme of 26 tables in process, as `scripts/bench` requests them (P1):
//! time of each stage for a tile, and bytes.
//!
//! `THEME_ROUNDS=1 valgrind --tool=callgrind …` counts instructions of one pass.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "what a bench reports")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use benches::{Attributes, BenchFeature, Random, table};
use data_model::feature::GeometryKind;
use data_model::tile::WorldPoint;
use data_model::{Extent, LayerId, TileCoord, Zoom};
use vector_tile::features::FeatureTable;
use vector_tile::fragment::{DeflateLevel, Deflater, splice};
use vector_tile::mvt::{EncodedLayer, EncoderScratch, LayerView, encode_layer_with_hints};

const COUNT: usize = 26;
/// West, south, east and north bounds in degrees.
const DISTRICT: [f64; 4] = [127.0, 37.53, 127.08, 37.58];
/// Metres in a degree of longitude and of latitude.
const METRES: [f64; 2] = [88_300.0, 110_990.0];

struct Layer {
    table: FeatureTable,
    view: LayerView,
}

fn layers() -> Vec<Layer> {
    (0..COUNT)
        .map(|index| {
            let rows = (200.0 * 500f64.powf(index as f64 / (COUNT - 1) as f64)).round() as usize;
            let (name, kind) = [
                ("area", GeometryKind::Polygon),
                ("point", GeometryKind::Point),
                ("line", GeometryKind::Line),
            ][index % 3];
            let features = features(rows, kind, index as u64);
            let table = table(&features, kind);
            let id = LayerId::new(&format!("{name}_{:02}", index + 1)).unwrap();
            let view = LayerView::new(&id, &table, None, Extent::DEFAULT, 64);
            Layer { table, view }
        })
        .collect()
}

fn features(rows: usize, kind: GeometryKind, seed: u64) -> Vec<BenchFeature> {
    let mut random = Random(seed);
    let places: Vec<[f64; 2]> = (0..40).map(|_| [random.fraction(), random.fraction()]).collect();
    (0..rows)
        .map(|_| {
            let at = position(&mut random, &places);
            let vertices = match kind {
                GeometryKind::Point => vec![at],
                GeometryKind::Line => line(&mut random, at),
                _ => area(&mut random, at),
            };
            BenchFeature { attributes: attributes(&mut random), vertices }
        })
        .collect()
}

fn attributes(random: &mut Random) -> Attributes {
    Attributes {
        name: format!("성수이로 {}", random.next_u64() % 5000),
        category: format!("업종 {}", random.next_u64() % 12),
        count: (random.next_u64() % 30) as i64,
        score: (random.fraction() * 1000.0).round() / 10.0,
        open: random.next_u64().is_multiple_of(2),
    }
}

/// A random position; half of all lie around forty places, as shops and houses do.
fn position(random: &mut Random, places: &[[f64; 2]]) -> [f64; 2] {
    let [mut x, mut y] = [random.fraction(), random.fraction()];
    if random.fraction() < 0.5 {
        // A sum of uniform numbers for a normal one.
        let mut near = || (0..6).map(|_| random.fraction() - 0.5).sum::<f64>() * 0.057;
        let (dx, dy) = (near(), near());
        let place = places[(random.next_u64() % 40) as usize];
        [x, y] = [place[0] + dx, place[1] + dy];
    }
    let [west, south, east, north] = DISTRICT;
    let keep = |low: f64, high: f64, share: f64| {
        low + (high - low) * (0.03 + 0.94 * share.clamp(0.0, 1.0))
    };
    [keep(west, east, x), keep(south, north, y)]
}

fn step([x, y]: [f64; 2], heading: f64, metres: f64) -> [f64; 2] {
    [x + heading.cos() * metres / METRES[0], y + heading.sin() * metres / METRES[1]]
}

fn line(random: &mut Random, start: [f64; 2]) -> Vec<[f64; 2]> {
    let mut heading = random.fraction() * std::f64::consts::TAU;
    let mut vertices = vec![start];
    for _ in 0..1 + random.next_u64() % 11 {
        heading += random.fraction() - 0.5;
        let metres = 10.0 + 30.0 * random.fraction();
        vertices.push(step(vertices[vertices.len() - 1], heading, metres));
    }
    vertices
}

/// A random polygon: a house with four corners, or for each tenth a round ground of 20 to 60.
fn area(random: &mut Random, centre: [f64; 2]) -> Vec<[f64; 2]> {
    use std::f64::consts::{PI, TAU};
    let turn = random.fraction() * TAU;
    if random.fraction() < 0.1 {
        let corners = 20 + random.next_u64() % 41;
        let size = 15.0 + 45.0 * random.fraction();
        return (0..corners)
            .map(|corner| {
                let metres = size * (0.8 + 0.4 * random.fraction());
                step(centre, turn + corner as f64 / corners as f64 * TAU, metres)
            })
            .collect();
    }
    let (lean, size) = (0.5 + 0.6 * random.fraction(), 5.0 + 10.0 * random.fraction());
    [turn + lean, turn + PI - lean, turn + PI + lean, turn - lean]
        .map(|angle| step(centre, angle, size))
        .to_vec()
}

/// Every tile of the district at zooms 14 to 16, in an order without a pattern.
fn tiles() -> Vec<TileCoord> {
    let [west, south, east, north] = DISTRICT;
    let mut tiles = Vec::new();
    for zoom in 14..=16 {
        let zoom = Zoom::new(zoom).unwrap();
        let first = TileCoord::covering(zoom, WorldPoint::from_lon_lat(west, north));
        let last = TileCoord::covering(zoom, WorldPoint::from_lon_lat(east, south));
        for x in first.x()..=last.x() {
            tiles.extend((first.y()..=last.y()).map(|y| TileCoord::new(zoom.get(), x, y).unwrap()));
        }
    }
    let mut random = Random(7);
    for at in (1..tiles.len()).rev() {
        tiles.swap(at, (random.next_u64() % (at as u64 + 1)) as usize);
    }
    tiles
}

fn main() {
    let rounds = std::env::var("THEME_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(9);
    let (layers, tiles) = (layers(), tiles());
    let deadline = Instant::now() + Duration::from_secs(3600);
    let mut scratch = EncoderScratch::default();
    let mut deflater = Deflater::new(DeflateLevel::DEFAULT);
    let mut fragments = Vec::new();
    let (mut best, mut bytes) = ([Duration::MAX; 3], [0; 4]);
    let searching = rounds > 1;
    for _ in 0..rounds {
        let mut spent = [Duration::ZERO; 3];
        bytes = [0; 4];
        for &tile in &tiles {
            fragments.clear();
            for Layer { table, view } in &layers {
                let began = Instant::now();
                let made = encode_layer_with_hints(table, view, tile, deadline, &mut scratch);
                let EncodedLayer { bytes: layer, hints } = made.unwrap();
                spent[0] += began.elapsed();
                if layer.is_empty() {
                    continue;
                }
                let began = Instant::now();
                fragments.push(black_box(deflater.fragment_with_hints(layer, hints).unwrap()));
                spent[1] += began.elapsed();
                bytes[0] += layer.len();
                bytes[1] += fragments[fragments.len() - 1].gzip().len();
                if searching {
                    let began = Instant::now();
                    let searched = deflater.fragment(layer).unwrap();
                    spent[2] += began.elapsed();
                    bytes[2] += searched.gzip().len();
                }
            }
            bytes[3] += black_box(splice(&fragments)).len();
        }
        for (best, spent) in best.iter_mut().zip(spent) {
            *best = spent.min(*best);
        }
    }
    let a_tile = |time: Duration| time.as_secs_f64() * 1e6 / tiles.len() as f64;
    println!("{} tiles of {COUNT} layers, best of {rounds} rounds, a tile:", tiles.len());
    println!("  encoded   {:6.0} µs  {:7} bytes", a_tile(best[0]), bytes[0] / tiles.len());
    println!("  by hints  {:6.0} µs  {:7} bytes", a_tile(best[1]), bytes[1] / tiles.len());
    if searching {
        println!("  searched  {:6.0} µs  {:7} bytes", a_tile(best[2]), bytes[2] / tiles.len());
    }
    println!("  spliced              {:7} bytes", bytes[3] / tiles.len());
}
