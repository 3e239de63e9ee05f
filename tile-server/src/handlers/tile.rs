//! `/tiles/{layers}/{z}/{x}/{y}`: resolve, tag, ask, splice.

use std::time::Instant;

use bytes::Bytes;
use data_library::Snapshot;
use data_library::{LayerState, PublishedLayer};
use data_model::{TileCoord, Zoom};
use futures_util::stream::{FuturesUnordered, TryStreamExt as _};
use http::{HeaderValue, StatusCode};
use tile_source::workers::WorkerPermit;
use tile_source::{TileRequest, TileSource};
use vector_tile::Fragment;
use vector_tile::fragment::splice;

use super::RequestContext;
use crate::cache::fragment_cache::CacheLookup;
use crate::http::accept::{self, ContentCoding};
use crate::http::etag::ETag;
use crate::http::gzip;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::reply::HttpReply;
use crate::http::route::NameList;
use crate::layer_set::{LayerSet, cache_control};
use crate::server_state::ServerState;

/// The media type of a Mapbox Vector Tile.
pub const MEDIA_TYPE: &str = "application/vnd.mapbox-vector-tile";

/// Answers one tile.
///
/// The order matters: a hidden layer is removed before anything else, the zooms are checked
/// before the tag so that a `304` never stands for a tile that does not exist, and the tag
/// before any work.
///
/// # Errors
/// A [`Problem`] where any layer of the set has no answer: a tile is complete
/// or it is not sent.
pub async fn tile(
    state: &ServerState,
    context: &RequestContext<'_>,
    names: &NameList<'_>,
    tile: TileCoord,
) -> Result<HttpReply, Problem> {
    let published = context.published;
    let snapshot = &published.snapshot;
    let set = LayerSet::resolve(snapshot, names, context.audience)?;
    LayerSet::check_names(&set.layers)?;
    let sources = sources_at(snapshot, &set, tile)?;
    let Some(encoding) = accept::for_tile(context.headers) else {
        return Err(Problem::new(
            ProblemKind::NotAcceptable,
            "Tiles are sent with gzip or as they are; accept one of them.",
        ));
    };
    let selection = context.query.selection.clone();
    let versions =
        sources.iter().map(|source| (&source.description().id, source.content_version()));
    let etag = ETag::of_tile(versions, tile, &selection, encoding);
    let cache_control = cache_control(context.audience, set.max_age());
    if etag.matches(context.headers) {
        return Ok(HttpReply::empty(StatusCode::NOT_MODIFIED).cached(&etag, &cache_control));
    }
    // Of one layer, the fragment is the tile. Without gzip it is inflated anyway.
    let composite = sources.len() > 1 && encoding == ContentCoding::Gzip;
    if composite && let Some(gzip) = state.composites.get(etag, context.audience) {
        return Ok(answer(state, gzip, &etag, &cache_control));
    }
    let request = TileRequest {
        tile,
        audience: context.audience,
        selection,
        deadline: context.deadline,
        permit: WorkerPermit::default(),
    };
    // A tile that an archive has as it is asked for goes from the file to the socket:
    // the cache would only hold a second copy.
    if encoding == ContentCoding::Gzip
        && let [source] = sources[..]
        && let Some(stored) = source.stored(&request)
    {
        let _in_flight = state.metrics.start_tile();
        let stored = tokio::time::timeout_at(request.deadline.into(), stored);
        let stored = stored.await.map_err(|_| Problem::deadline_exceeded(None))??;
        return Ok(answer(state, stored.unwrap_or_default(), &etag, &cache_control));
    }
    let fragments = fragments(state, &sources, &request).await?;
    let gzip = if fragments.is_empty() { Bytes::new() } else { splice(&fragments) };
    if composite {
        state.composites.insert(etag, context.audience, gzip.clone());
    }
    if encoding == ContentCoding::Gzip || gzip.is_empty() {
        return Ok(answer(state, gzip, &etag, &cache_control));
    }
    let body = inflated(state, gzip, &fragments, context.deadline).await?;
    Ok(HttpReply::ok(MEDIA_TYPE, body).cached(&etag, &cache_control).coded(encoding))
}

/// A tile as one gzip member; `204` for no bytes, an empty tile.
fn answer(state: &ServerState, gzip: Bytes, etag: &ETag, cache_control: &HeaderValue) -> HttpReply {
    if gzip.is_empty() {
        return HttpReply::empty(StatusCode::NO_CONTENT).cached(etag, cache_control);
    }
    state.metrics.tile_bytes.observe(gzip.len() as f64);
    HttpReply::ok(MEDIA_TYPE, gzip).cached(etag, cache_control).coded(ContentCoding::Gzip)
}

/// The sources that contribute at the tile's zoom.
///
/// A layer contributes from its first zoom on, up to the last zoom of the set: past its own
/// last zoom a client would enlarge that layer if it were alone, and has nothing to enlarge
/// where others go on. Outside the zooms of the set the answer is `404`.
fn sources_at<'s>(
    snapshot: &Snapshot,
    set: &LayerSet<'s>,
    tile: TileCoord,
) -> Result<Vec<&'s dyn TileSource>, Problem> {
    let zoom = tile.zoom();
    let zooms: Vec<(Zoom, Zoom)> =
        set.layers.iter().map(|layer| zooms_of(snapshot, layer)).collect();
    let first = zooms.iter().map(|zooms| zooms.0).min().unwrap_or(Zoom::MIN);
    let last = zooms.iter().map(|zooms| zooms.1).max().unwrap_or(Zoom::MAX);
    if zoom < first || last < zoom {
        return Err(Problem::new(
            ProblemKind::NoSuchTile,
            format!(
                "{} has tiles from zoom {first} to {last}; zoom past the last one on the client.",
                set.names
            ),
        ));
    }
    let contributing = set.layers.iter().zip(zooms).filter(|(_, zooms)| zooms.0 <= zoom);
    contributing
        .map(|(layer, _)| match &layer.state {
            LayerState::Ready(source) => Ok(source.as_ref()),
            LayerState::Unavailable { reason } => {
                Err(Problem::unavailable(layer.id.as_str(), reason))
            }
            LayerState::Absent { .. } => Err(Problem::absent_layer(layer.id.as_str())),
        })
        .collect()
}

fn zooms_of(snapshot: &Snapshot, layer: &PublishedLayer) -> (Zoom, Zoom) {
    match &layer.state {
        LayerState::Ready(source) => {
            let description = source.description();
            (description.min_zoom, description.max_zoom)
        }
        LayerState::Unavailable { .. } | LayerState::Absent { .. } => {
            declared_zooms(snapshot, layer)
        }
    }
}

/// The zooms that the catalog declares; all of them for an undeclared layer.
fn declared_zooms(snapshot: &Snapshot, layer: &PublishedLayer) -> (Zoom, Zoom) {
    snapshot
        .catalog()
        .layer(layer.id.as_str())
        .map_or((Zoom::MIN, Zoom::MAX), |declared| (declared.min_zoom, declared.max_zoom))
}

/// Fragments of a tile in the order of the layers, without empty ones. They come from the cache,
/// and the missing ones from all of their sources at once.
async fn fragments(
    state: &ServerState,
    sources: &[&dyn TileSource],
    request: &TileRequest,
) -> Result<Vec<Fragment>, Problem> {
    // A time is that of the layers which have times. The others are the same at any
    // time, and are asked without it: so they have one place in the cache.
    let has_times = |source: &dyn TileSource| !source.description().times.is_empty();
    let timeless = (request.selection.time.is_some() && sources.iter().any(|s| has_times(*s)))
        .then(|| {
            let mut timeless = request.clone();
            timeless.selection.time = None;
            timeless
        });
    let request_for = |source: &dyn TileSource| match &timeless {
        Some(timeless) if !has_times(source) => timeless,
        _ => request,
    };
    let mut fragments: Vec<Option<Fragment>> = Vec::with_capacity(sources.len());
    let mut missing = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        fragments.push(match state.fragments.get(*source, request_for(*source)) {
            CacheLookup::Found(fragment) => Some(fragment),
            CacheLookup::Empty => None,
            CacheLookup::Missing => {
                missing.push(index);
                None
            }
        });
    }
    if missing.is_empty() {
        return Ok(fragments.into_iter().flatten().collect());
    }
    // Counted down when dropped, so also when the client goes away.
    let _in_flight = state.metrics.start_tile();
    let work = async {
        match missing[..] {
            [only] => {
                fragments[only] =
                    state.fragments.make(sources[only], request_for(sources[only])).await?;
            }
            _ => {
                let make = async |index: usize| {
                    let made = state.fragments.make(sources[index], request_for(sources[index]));
                    made.await.map(|fragment| (index, fragment))
                };
                // In order of completion: the first error ends the wait, whichever layer's.
                let mut making: FuturesUnordered<_> =
                    missing.iter().map(|&index| make(index)).collect();
                while let Some((index, fragment)) = making.try_next().await? {
                    fragments[index] = fragment;
                }
            }
        }
        Ok(fragments.into_iter().flatten().collect())
    };
    // Sources keep the deadline themselves; this is for one that does not.
    match tokio::time::timeout_at(request.deadline.into(), work).await {
        Ok(result) => result,
        Err(_) => Err(Problem::deadline_exceeded(None)),
    }
}

/// A tile for a client that refuses gzip.
async fn inflated(
    state: &ServerState,
    gzip: Bytes,
    fragments: &[Fragment],
    deadline: Instant,
) -> Result<Bytes, Problem> {
    let length = fragments.iter().map(|fragment| fragment.inflated_length() as usize).sum();
    let inflated = state.coding.run(deadline, move || gzip::inflate(&gzip, length)).await?;
    inflated.map_err(|error| {
        Problem::new(ProblemKind::Internal, "The tile could not be inflated; accept gzip.")
            .with_cause(error.to_string())
    })
}

/// `Cache-Control` of documents that change with catalog and data: 60 seconds.
#[must_use]
pub fn document_cache_control(audience: data_model::Audience) -> HeaderValue {
    cache_control(audience, 60)
}
