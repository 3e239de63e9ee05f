//! What every tile source promises, as one suite that each of them passes.
//!
//! Sources, and wrappers that are sources (caches, limits), are checked alike:
//! [`check`] asks for tiles in every way that the server does and panics at the
//! first broken promise. It knows nothing of where the features come from; that a
//! source holds the *right* features is for its own tests.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failed check fails the test that runs it")]

pub mod decode;

use std::collections::BTreeSet;
use std::io::Read;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;

use crate::fragment::{DeflateLevel, Deflater, splice};
use crate::workers::Place;
use crate::{Audience, Fragment, Selection, SourceError, TileCoord, TileRequest, TileSource, Zoom};
use decode::Layer;

/// Where a source under test has features, and where not.
#[derive(Debug, Clone)]
pub struct Ground {
    /// A tile within the source's zooms with at least one feature.
    pub tile: TileCoord,
    /// A tile within its zooms without any.
    pub elsewhere: TileCoord,
}

/// A request for a tile, with nothing special about it.
#[must_use]
pub fn request(tile: TileCoord) -> TileRequest {
    TileRequest {
        tile,
        audience: Audience::Public,
        selection: Selection::default(),
        deadline: Instant::now() + Duration::from_secs(60),
        place: Place::default(),
    }
}

/// The layers of a fragment, inflated and decoded.
///
/// # Panics
/// Where it is not one gzip member that holds a valid tile.
#[must_use]
pub fn layers(fragment: &Fragment) -> Vec<Layer> {
    let bytes = inflated(fragment.gzip());
    assert_eq!(bytes.len(), fragment.inflated_length() as usize, "the length it declares");
    decode::tile(&bytes)
}

/// Checks every promise of [`TileSource`].
///
/// # Panics
/// At the first that is broken.
pub async fn check(source: &dyn TileSource, ground: &Ground) {
    describes_itself(source);
    let fragment = holds_what_it_describes(source, ground.tile).await;
    is_one_member_that_can_be_spliced(&fragment);
    says_the_same_again(source, ground.tile, &fragment).await;
    answers_none_where_it_has_nothing(source, ground.elsewhere).await;
    goes_on_past_its_last_zoom(source, ground.tile).await;
    never_ignores_a_selection(source, ground.tile).await;
    keeps_deadlines(source, ground.tile).await;
    survives_callers_that_go_away(source, ground.tile, &fragment).await;
    answers_many_at_once(source, ground.tile, &fragment).await;
}

fn describes_itself(source: &dyn TileSource) {
    let description = source.description();
    assert!(description.min_zoom <= description.max_zoom, "{description:?}");
    for layer in description.vector_layers() {
        let names: BTreeSet<&str> = layer.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names.len(), layer.columns.len(), "a column of {} stands twice", layer.name);
    }
    if let Some([west, south, east, north]) = description.bounds {
        assert!((-180.0..=180.0).contains(&west) && west <= east && east <= 180.0);
        assert!((-90.0..=90.0).contains(&south) && south <= north && north <= 90.0);
    }
    assert_eq!(source.content_version(), source.content_version());
}

async fn holds_what_it_describes(source: &dyn TileSource, tile: TileCoord) -> Fragment {
    let fragment = source.fragment(&request(tile)).await.unwrap().expect("a tile with features");
    let described = source.description().vector_layers();
    let mut names = BTreeSet::new();
    for layer in layers(&fragment) {
        let own = described.iter().find(|own| own.name == layer.name);
        let own = own.unwrap_or_else(|| panic!("layer {} is not described", layer.name));
        assert!(names.insert(layer.name.clone()), "layer {} stands twice", layer.name);
        assert!(!layer.features.is_empty(), "layer {} is there without features", layer.name);
        for feature in &layer.features {
            for name in feature.tags.keys() {
                let known = own.columns.iter().any(|column| column.name == *name);
                assert!(known, "attribute {name} of {} is not described", layer.name);
            }
        }
    }
    assert!(!names.is_empty(), "a fragment without a layer");
    fragment
}

fn is_one_member_that_can_be_spliced(fragment: &Fragment) {
    let other = Deflater::new(DeflateLevel::DEFAULT).fragment(b"another layer").unwrap();
    let alone = inflated(fragment.gzip());
    let both = inflated(&splice(&[fragment.clone(), other.clone(), fragment.clone()]));
    assert_eq!(both, [&alone[..], b"another layer", &alone[..]].concat());
}

async fn says_the_same_again(source: &dyn TileSource, tile: TileCoord, first: &Fragment) {
    for audience in [Audience::Public, Audience::Staff] {
        let again = source.fragment(&TileRequest { audience, ..request(tile) }).await;
        assert_eq!(again.unwrap().unwrap().gzip(), first.gzip(), "{audience:?}");
    }
}

async fn answers_none_where_it_has_nothing(source: &dyn TileSource, tile: TileCoord) {
    assert!(source.fragment(&request(tile)).await.unwrap().is_none(), "{tile}");
}

/// In a composite with deeper layers it must not be missing.
async fn goes_on_past_its_last_zoom(source: &dyn TileSource, tile: TileCoord) {
    let description = source.description();
    for beyond in [description.max_zoom.get() + 1, Zoom::MAX.get()] {
        let Ok(zoom) = Zoom::new(beyond) else { continue };
        // The descendants of a tile with features can't all be empty: those along
        // the way to a vertex of the first feature are asked for.
        let parts = layers(&source.fragment(&request(tile)).await.unwrap().unwrap());
        let [x, y] = parts[0].features[0].parts[0][0];
        let extent = parts[0].extent as i64;
        if !(0..extent).contains(&x) || !(0..extent).contains(&y) {
            continue;
        }
        let deeper = zoom.get().saturating_sub(tile.zoom().get());
        let within = |base: u32, unit: i64| {
            let scaled = (i128::from(unit) << deeper) + (1i128 << deeper) / 2;
            (u64::from(base) << deeper) as u32 + (scaled / i128::from(extent)) as u32
        };
        let (column, row) = (within(tile.x(), x), within(tile.y(), y));
        let mut found = false;
        // The vertex was rounded: the neighbours count as well.
        let units = ((1u64 << deeper) as i64 / extent + 1).min(2);
        for (dx, dy) in around(units) {
            let moved = |at: u32, by: i64| u32::try_from(i64::from(at) + by).ok();
            let (Some(x), Some(y)) = (moved(column, dx), moved(row, dy)) else { continue };
            let Ok(tile) = TileCoord::new(zoom.get(), x, y) else { continue };
            let fragment = source.fragment(&request(tile)).await.unwrap();
            found |= fragment.is_some_and(|fragment| !layers(&fragment).is_empty());
        }
        // Deeper than the tile's own grid can tell, a vertex may lie anywhere
        // within a unit: only an answer without error is asked for.
        assert!(found || (1u64 << deeper) as i64 > extent, "nothing at zoom {zoom}");
    }
}

fn around(units: i64) -> impl Iterator<Item = (i64, i64)> {
    (-units..=units).flat_map(move |dx| (-units..=units).map(move |dy| (dx, dy)))
}

/// A source that can't select says so; one that can't tell must not answer all.
async fn never_ignores_a_selection(source: &dyn TileSource, tile: TileCoord) {
    let text = || Some("no such thing".into());
    let everything = Selection::default;
    for (part, selection) in [
        ("time", Selection { time: text(), ..everything() }),
        ("filter", Selection { filter: text(), ..everything() }),
        ("bbox", Selection { bbox: text(), ..everything() }),
    ] {
        match source.fragment(&TileRequest { selection, ..request(tile) }).await {
            Err(SourceError::UnsupportedSelection { part: named, .. }) => assert_eq!(named, part),
            other => panic!("{part}= was answered with {other:?}"),
        }
    }
}

/// Late is an error, or the answer if it was there at once; never a wait.
async fn keeps_deadlines(source: &dyn TileSource, tile: TileCoord) {
    let late = TileRequest { deadline: Instant::now(), ..request(tile) };
    let asked = Instant::now();
    match source.fragment(&late).await {
        Ok(Some(_)) | Err(SourceError::DeadlineExceeded { .. } | SourceError::Overloaded) => {}
        other => panic!("past its deadline: {other:?}"),
    }
    assert!(asked.elapsed() < Duration::from_secs(10), "it went on past the deadline");
}

async fn survives_callers_that_go_away(source: &dyn TileSource, tile: TileCoord, first: &Fragment) {
    for _ in 0..20 {
        let request = request(tile);
        let mut future = source.fragment(&request);
        // Polled once, so that whatever it starts has been started.
        let started = std::future::poll_fn(|context| {
            std::task::Poll::Ready(future.as_mut().poll(context).is_ready())
        });
        let _ = started.await;
    }
    let after = source.fragment(&request(tile)).await.unwrap().unwrap();
    assert_eq!(after.gzip(), first.gzip());
}

async fn answers_many_at_once(source: &dyn TileSource, tile: TileCoord, first: &Fragment) {
    let requests: Vec<TileRequest> = (0..24).map(|_| request(tile)).collect();
    let mut futures: Vec<_> =
        requests.iter().map(|request| Some(source.fragment(request))).collect();
    std::future::poll_fn(|context| {
        for slot in &mut futures {
            let Some(future) = slot else { continue };
            if let std::task::Poll::Ready(made) = future.as_mut().poll(context) {
                assert_eq!(made.unwrap().unwrap().gzip(), first.gzip());
                *slot = None;
            }
        }
        if futures.iter().all(Option::is_none) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
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
