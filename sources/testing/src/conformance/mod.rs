//! Conformance suite of the [`TileSource`] contract.
//!
//! It applies to sources, and to wrappers that are sources (caches, limits): [`check`]
//! requests tiles in every way that the server does and panics at the first violation. It
//! is independent of the features' origin; a source's own tests check that it holds the
//! *right* features.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed check fails the test that runs it"
)]

pub mod counts;
pub mod decode;

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::io::Read;
use std::task::Poll;
use std::time::{Duration, Instant};

use flate2::bufread::GzDecoder;

use data_model::feature::GeometryKind;
use data_model::time_label::RequestedTime;
use data_model::{Audience, TileCoord, Zoom};
use decode::DecodedLayer;
use tile_source::selection::UnappliedText;
use tile_source::source::BoxFuture;
use tile_source::workers::WorkerPermit;
use tile_source::{Selection, SourceError, TileRequest, TileSource};
use vector_tile::Fragment;
use vector_tile::fragment::{DeflateLevel, Deflater, splice};

/// Maximum time of an answer. Far beyond the usual time: it makes a source that never
/// answers fail the test.
const PATIENCE: Duration = Duration::from_secs(30);

/// Tiles of a source under test with and without features.
#[derive(Debug, Clone)]
pub struct TestTiles {
    /// A tile within the source's zooms, with a feature that has a vertex within the
    /// tile's edges.
    pub tile: TileCoord,
    /// The vector-tile layers in the tile.
    pub layers: Vec<String>,
    /// A tile within the source's zooms without any feature.
    pub elsewhere: TileCoord,
}

/// A request for a tile, with defaults for everything else.
#[must_use]
pub fn request(tile: TileCoord) -> TileRequest {
    TileRequest {
        tile,
        audience: Audience::Public,
        selection: Selection::default(),
        deadline: Instant::now() + PATIENCE,
        permit: WorkerPermit::default(),
    }
}

/// Inflates and decodes the layers of a fragment.
///
/// # Panics
/// Panics if the fragment is not one gzip member that holds a valid tile.
#[must_use]
pub fn layers(fragment: &Fragment) -> Vec<DecodedLayer> {
    let bytes = inflated(fragment.gzip());
    assert_eq!(bytes.len(), fragment.inflated_length() as usize, "the length it declares");
    decode::tile(&bytes)
}

/// The answer to a request.
///
/// # Panics
/// Panics if there is no answer in time.
async fn answer(
    source: &dyn TileSource,
    request: &TileRequest,
) -> Result<Option<Fragment>, SourceError> {
    let answer = tokio::time::timeout(2 * PATIENCE, source.fragment(request)).await;
    answer.unwrap_or_else(|_| panic!("no answer for {}, long past its deadline", request.tile))
}

/// The fragment of a tile; panics if there is none.
async fn made(source: &dyn TileSource, request: &TileRequest) -> Fragment {
    match answer(source, request).await {
        Ok(Some(fragment)) => fragment,
        other => panic!("{}: no fragment but {other:?}", request.tile),
    }
}

/// The fragment of a tile, or `None` if the source has nothing there; panics on an error.
async fn made_or_none(source: &dyn TileSource, request: &TileRequest) -> Option<Fragment> {
    let answer = answer(source, request).await;
    answer.unwrap_or_else(|error| panic!("{}: {error}", request.tile))
}

/// Checks every rule of [`TileSource`].
///
/// # Panics
/// Panics at the first violation.
pub async fn check(source: &dyn TileSource, ground: &TestTiles) {
    describes_itself(source, ground);
    let fragment = holds_what_it_describes(source, ground).await;
    is_one_member_that_can_be_spliced(&fragment);
    says_the_same_again(source, ground.tile, &fragment).await;
    answers_none_where_it_has_nothing(source, ground.elsewhere).await;
    stores_what_it_makes(source, ground).await;
    goes_on_past_its_last_zoom(source, ground).await;
    never_ignores_a_selection(source, ground).await;
    keeps_deadlines(source, ground.tile).await;
    survives_callers_that_go_away(source, ground.tile, &fragment).await;
    answers_many_at_once(source, ground.tile, &fragment).await;
}

fn describes_itself(source: &dyn TileSource, ground: &TestTiles) {
    let description = source.description();
    let zooms = description.min_zoom..=description.max_zoom;
    for tile in [ground.tile, ground.elsewhere] {
        assert!(zooms.contains(&tile.zoom()), "{tile} is not within its zooms {zooms:?}");
    }
    let mut names = BTreeSet::new();
    for layer in description.vector_layers() {
        let columns: BTreeSet<&str> = layer.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(columns.len(), layer.columns.len(), "a column of {} stands twice", layer.name);
        assert!(layer.min_zoom <= layer.max_zoom, "the zooms of {}", layer.name);
        assert!(names.insert(layer.name.clone()), "layer {} is described twice", layer.name);
    }
    if let Some([west, south, east, north]) = description.bounds.map(<[f64; 4]>::from) {
        assert!((-180.0..=180.0).contains(&west) && west <= east && east <= 180.0);
        assert!((-90.0..=90.0).contains(&south) && south <= north && north <= 90.0);
        let [left, bottom, right, top] = degrees(ground.tile);
        let meets = left <= east && west <= right && bottom <= north && south <= top;
        assert!(meets, "a tile with features is beyond its bounds {:?}", description.bounds);
    }
}

/// Bounds of a tile in degrees: west, south, east, north.
fn degrees(tile: TileCoord) -> [f64; 4] {
    let tiles = f64::from(1u32 << tile.zoom().get());
    let lon = |column: u32| f64::from(column) / tiles * 360.0 - 180.0;
    let lat = |row: u32| {
        (std::f64::consts::PI * (1.0 - 2.0 * f64::from(row) / tiles)).sinh().atan().to_degrees()
    };
    let (x, y) = (tile.x(), tile.y());
    [lon(x), lat(y + 1), lon(x + 1), lat(y)]
}

async fn holds_what_it_describes(source: &dyn TileSource, ground: &TestTiles) -> Fragment {
    let fragment = made(source, &request(ground.tile)).await;
    let layers = layers(&fragment);
    are_described(source, ground.tile, &layers);
    let names: BTreeSet<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    let expected: BTreeSet<&str> = ground.layers.iter().map(String::as_str).collect();
    assert_eq!(names, expected, "the layers of {}", ground.tile);
    let counted = layers.iter().map(|layer| layer.features.len() as u64).max();
    let all = source.description().feature_count;
    assert!(all.is_none_or(|all| counted <= Some(all)), "{counted:?} features of {all:?}");
    fragment
}

fn are_described(source: &dyn TileSource, tile: TileCoord, layers: &[DecodedLayer]) {
    let description = source.description();
    let described = description.vector_layers();
    let mut names = BTreeSet::new();
    for layer in layers {
        let own = described.iter().find(|own| own.name == layer.name);
        let own = own.unwrap_or_else(|| panic!("layer {} is not described", layer.name));
        assert!(names.insert(&layer.name), "layer {} stands twice", layer.name);
        assert!(!layer.features.is_empty(), "layer {} is there without features", layer.name);
        for feature in &layer.features {
            for name in feature.tags.keys() {
                let known = own.columns.iter().any(|column| column.name == *name);
                assert!(known, "attribute {name} of {} is not described", layer.name);
                let zooms = own.attribute_zooms.iter().find(|(own, ..)| own == name);
                let of_zoom = zooms.is_none_or(|&(_, first, last)| {
                    first <= tile.zoom() && tile.zoom().min(description.max_zoom) <= last
                });
                assert!(of_zoom, "attribute {name} is not one of {tile}");
            }
            let kind = match own.geometry {
                GeometryKind::Point => 1,
                GeometryKind::Line => 2,
                GeometryKind::Polygon => 3,
                GeometryKind::Mixed => feature.kind,
            };
            assert_eq!(feature.kind, kind, "the geometry of {}", layer.name);
        }
    }
}

fn is_one_member_that_can_be_spliced(fragment: &Fragment) {
    let other = Deflater::new(DeflateLevel::DEFAULT).fragment(b"another layer").unwrap();
    let alone = inflated(fragment.gzip());
    let both = inflated(&splice(&[fragment.clone(), other.clone(), fragment.clone()]));
    assert_eq!(both, [&alone[..], b"another layer", &alone[..]].concat());
}

async fn says_the_same_again(source: &dyn TileSource, tile: TileCoord, first: &Fragment) {
    let version = source.content_version();
    for audience in [Audience::Public, Audience::Staff] {
        let again = made(source, &TileRequest { audience, ..request(tile) }).await;
        assert_eq!(again.gzip(), first.gzip(), "{audience:?}: another tile of one version");
    }
    assert_eq!(source.content_version(), version);
}

async fn answers_none_where_it_has_nothing(source: &dyn TileSource, tile: TileCoord) {
    match answer(source, &request(tile)).await {
        Ok(None) => {}
        other => panic!("{tile} is empty, and the answer {other:?}"),
    }
}

/// Checks that a stored tile has the fragment's content, and exists if the fragment does.
async fn stores_what_it_makes(source: &dyn TileSource, ground: &TestTiles) {
    for tile in [ground.tile, ground.elsewhere] {
        let request = request(tile);
        let Some(stored) = source.stored(&request) else { continue };
        let stored = tokio::time::timeout(2 * PATIENCE, stored).await.unwrap().unwrap();
        let made = answer(source, &request).await.unwrap();
        let stored = stored.map(|bytes| decode::tile(&inflated(&bytes)));
        assert_eq!(stored, made.map(|made| layers(&made)), "{tile} as it is stored");
    }
    let selection =
        Selection { filter: UnappliedText::parse("no such thing"), ..Selection::default() };
    let selecting = TileRequest { selection, ..request(ground.tile) };
    assert!(source.stored(&selecting).is_none(), "a stored tile can't be filtered");
}

/// Checks tiles past the last zoom: a composite with deeper layers needs them.
async fn goes_on_past_its_last_zoom(source: &dyn TileSource, ground: &TestTiles) {
    let last = source.description().max_zoom.get();
    let layers = layers(&made(source, &request(ground.tile)).await);
    let vertex = |layer: &DecodedLayer| {
        let edge = 0..layer.extent as i64;
        let vertices = layer.features.iter().flat_map(|feature| feature.parts.iter().flatten());
        vertices.copied().find(|at| at.iter().all(|unit| edge.contains(unit)))
    };
    let (layer, at) = layers
        .iter()
        .find_map(|layer| Some((layer, vertex(layer)?)))
        .expect("a tile to try with that has a vertex within its edges");
    let beyond = BTreeSet::from([(last + 1).min(Zoom::MAX.get()), Zoom::MAX.get()]);
    for zoom in beyond.into_iter().filter(|&zoom| zoom > ground.tile.zoom().get()) {
        // The descendants of a tile with features can't all be empty: the vertex lies in
        // one. It was rounded, so that those around it count as well.
        let deeper = zoom - ground.tile.zoom().get();
        let tiles = i128::from(1u64 << deeper);
        let extent = i128::from(layer.extent);
        let place =
            |base: u32, unit: i64| i128::from(base) * tiles + i128::from(unit) * tiles / extent;
        let (column, row) = (place(ground.tile.x(), at[0]), place(ground.tile.y(), at[1]));
        let around = (tiles / extent + 1).min(3);
        let mut found = false;
        for (dx, dy) in (-around..=around).flat_map(|x| (-around..=around).map(move |y| (x, y))) {
            let [x, y] = [column + dx, row + dy].map(u32::try_from);
            let (Ok(x), Ok(y)) = (x, y) else { continue };
            let Ok(tile) = TileCoord::new(zoom, x, y) else { continue };
            let Some(fragment) = answer(source, &request(tile)).await.unwrap() else { continue };
            let deeper = self::layers(&fragment);
            are_described(source, tile, &deeper);
            found |= deeper.iter().any(|deeper| deeper.name == layer.name);
        }
        // Deeper than the tile's own grid can tell, a vertex may lie anywhere within a
        // unit: then only answers without an error are asked for.
        assert!(found || tiles > extent, "{} is missing at zoom {zoom}", layer.name);
    }
}

/// Checks that a source without selection refuses one, and never answers with all
/// features.
async fn never_ignores_a_selection(source: &dyn TileSource, ground: &TestTiles) {
    let text = || UnappliedText::parse("no such thing");
    let everything = Selection::default;
    for (part, selection) in [
        ("time", Selection { time: RequestedTime::parse("no such thing"), ..everything() }),
        ("filter", Selection { filter: text(), ..everything() }),
        ("bbox", Selection { bbox: text(), ..everything() }),
    ] {
        for tile in [ground.tile, ground.elsewhere] {
            let selecting = TileRequest { selection: selection.clone(), ..request(tile) };
            match answer(source, &selecting).await {
                Err(SourceError::UnsupportedSelection { part: named, .. }) => {
                    assert_eq!(named, part);
                }
                other => panic!("{part}= was answered with {other:?}"),
            }
        }
    }
}

/// Checks requests past their deadline: the answer is an error, or a tile that was ready;
/// never a wait, and never an empty tile.
async fn keeps_deadlines(source: &dyn TileSource, tile: TileCoord) {
    let late = TileRequest { deadline: Instant::now(), ..request(tile) };
    let asked = tokio::time::timeout(PATIENCE / 2, source.fragment(&late)).await;
    match asked.unwrap_or_else(|_| panic!("it went on past the deadline")) {
        Ok(Some(_)) | Err(SourceError::DeadlineExceeded { .. } | SourceError::Overloaded) => {}
        other => panic!("past its deadline: {other:?}"),
    }
}

/// Checks that abandoned requests do not block others.
async fn survives_callers_that_go_away(source: &dyn TileSource, tile: TileCoord, first: &Fragment) {
    for _ in 0..20 {
        let request = request(tile);
        let mut future = source.fragment(&request);
        // Polled once, so that whatever it starts has been started.
        poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await;
    }
    let after = made(source, &request(tile)).await;
    assert_eq!(after.gzip(), first.gzip());
}

/// Checks many concurrent requests.
async fn answers_many_at_once(source: &dyn TileSource, tile: TileCoord, first: &Fragment) {
    let requests: Vec<TileRequest> = (0..24).map(|_| request(tile)).collect();
    let mut waiting: Vec<BoxFuture<'_, Fragment>> =
        requests.iter().map(|request| Box::pin(made(source, request)) as _).collect();
    poll_fn(|context| {
        waiting.retain_mut(|future| match future.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(made) => {
                assert_eq!(made.gzip(), first.gzip());
                false
            }
        });
        if waiting.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Inflates the first member only, as browsers do.
fn inflated(gzip: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut decoder = GzDecoder::new(gzip);
    decoder.read_to_end(&mut bytes).unwrap();
    assert!(decoder.into_inner().is_empty(), "bytes after the first member");
    bytes
}
