//! `/previews/{layer}.svg` and `.png`: small pictures of maps.
//!
//! Drawn from tiles of a low zoom: so a live table and an archive have previews like a table in
//! memory, each in the form that the caller's audience gets, at any time slice.

use bytes::Bytes;
use data_model::tile::WorldPoint;
use data_model::{GeographicBounds, TileCoord, Zoom};
use http::StatusCode;
use styles::preview::{PreviewDrawing, PreviewSize};
use tile_source::workers::WorkerPermit;
use tile_source::{Selection, TileRequest, TileSource};
use xxhash_rust::xxh3::xxh3_128;

use self::frame::PictureFrame;
use self::tile_features::TileFeatures;
use super::RequestContext;
use super::map_style::{DrawableMap, find_map, parse_layers};
use super::tile::document_cache_control;
use crate::http::accept::{self, ContentCoding};
use crate::http::etag::ETag;
use crate::http::gzip;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::reply::HttpReply;
use crate::http::route::{PreviewFormat, PreviewRequest};
use crate::server_state::ServerState;

mod frame;
mod tile_features;

/// Changes with every change of the drawing, so that tags change too.
const DRAWING_VERSION: u8 = 1;
/// Layers of the base, from the bottom up: id, SVG attributes, and whether it lies above areas.
const BASE: [(&str, &str, bool); 2] = [
    ("base-land", "fill=\"#ffffff\" stroke=\"#c8c8c4\" stroke-width=\"3\"", false),
    ("base-water", "fill=\"#cfdde6\"", true),
];
/// Colour of what lies around the district.
const GROUND: &str = "#f1f0ec";

/// Answers with the preview of a map.
///
/// # Errors
/// A [`Problem`] for a layer that is unknown, absent or unavailable, a size that is neither
/// `small` nor `large`, and a time that the layer lacks.
pub async fn preview(
    state: &ServerState,
    context: &RequestContext<'_>,
    request: &PreviewRequest<'_>,
) -> Result<HttpReply, Problem> {
    let size = size(context)?;
    // Pictures are compressed in themselves.
    let coding = match request.format {
        PreviewFormat::Svg => accept::for_document(context.headers),
        PreviewFormat::Png => ContentCoding::Identity,
    };
    let map = find_map(context, &request.layer)?;
    let etag = tag(context, &map, (request.format, coding), size)?;
    let cache_control = document_cache_control(context.audience);
    let answer = |body: Bytes, media_type: &'static str| {
        HttpReply::ok(media_type, body).coded(coding).cached(&etag, &cache_control)
    };
    let media_type = match request.format {
        PreviewFormat::Svg => "image/svg+xml",
        PreviewFormat::Png => "image/png",
    };
    if etag.matches(context.headers) {
        return Ok(HttpReply::empty(StatusCode::NOT_MODIFIED).cached(&etag, &cache_control));
    }
    if let Some(body) = state.previews.get(etag, context.audience) {
        return Ok(answer(body, media_type));
    }
    let frame = frame(context, &map, size);
    let own = tiles(state, context, map.source, &frame, context.query.selection.clone()).await?;
    let mut base = Vec::new();
    for (id, attributes, above) in BASE {
        if let Some(source) = base_source(context, id) {
            let tiles = tiles(state, context, source, &frame, Selection::default()).await?;
            base.push((attributes, above, id, tiles));
        }
    }
    let layers = map.style_layers(context.published);
    let (name, format) = (map.layer.id.as_str().to_owned(), request.format);
    let body = state.coding.run(context.deadline, move || {
        let drawing = draw(&frame, size, &name, &parse_layers(&layers), &own, &base);
        match (format, coding) {
            (PreviewFormat::Svg, ContentCoding::Gzip) => {
                Ok(gzip::compress(drawing.to_svg().as_bytes()))
            }
            (PreviewFormat::Svg, ContentCoding::Identity) => Ok(drawing.to_svg().into()),
            (PreviewFormat::Png, _) => drawing.to_png().map(Bytes::from),
        }
    });
    let body = body.await?.map_err(|error| {
        let detail = "The preview can't be drawn; the log says why.";
        Problem::new(ProblemKind::Internal, detail).with_cause(error.to_string())
    })?;
    state.previews.insert(etag, context.audience, body.clone());
    Ok(answer(body, media_type))
}

fn size(context: &RequestContext<'_>) -> Result<PreviewSize, Problem> {
    let name = context.query.size.as_deref();
    name.map_or(Some(PreviewSize::default()), PreviewSize::from_name).ok_or_else(|| {
        Problem::new(ProblemKind::Malformed, "The query parameter size is small or large.")
    })
}

/// Tag of a preview: known before any work.
fn tag(
    context: &RequestContext<'_>,
    map: &DrawableMap<'_>,
    (format, coding): (PreviewFormat, ContentCoding),
    size: PreviewSize,
) -> Result<ETag, Problem> {
    let period = map.period(context)?.unwrap_or_default();
    let style = serde_json::to_vec(&map.style_layers(context.published)).unwrap_or_default();
    let mut digest = vec![DRAWING_VERSION, format as u8, coding as u8, size as u8];
    digest.extend(map.source.content_version().to_le_bytes());
    for (id, ..) in BASE {
        let version = base_source(context, id).map(TileSource::content_version);
        digest.extend(version.map(tile_source::ContentVersion::to_le_bytes).unwrap_or_default());
    }
    digest.extend(
        context
            .published
            .snapshot
            .catalog()
            .district
            .bounds
            .iter()
            .flat_map(|bounds| bounds.to_array().into_iter().flat_map(f64::to_le_bytes)),
    );
    digest.extend(xxh3_128(&style).to_le_bytes());
    digest.extend(map.layer.id.as_str().as_bytes());
    digest.push(0);
    digest.extend(period.as_bytes());
    Ok(ETag::of_digest(xxh3_128(&digest)))
}

fn base_source<'c>(context: &'c RequestContext<'_>, id: &str) -> Option<&'c dyn TileSource> {
    let layer = context.published.snapshot.layer(id, context.audience)?;
    layer.source().map(AsRef::as_ref)
}

/// The part of the world in the picture: the district, or else the features.
fn frame(context: &RequestContext<'_>, map: &DrawableMap<'_>, size: PreviewSize) -> PictureFrame {
    let land = base_source(context, "base-land").and_then(|source| source.description().bounds);
    let district = context.published.snapshot.catalog().district.bounds;
    let bounds = land.or(district).or(map.source.description().bounds);
    let bounds = bounds.map(GeographicBounds::to_array);
    PictureFrame::new(bounds.unwrap_or([-180.0, -85.0, 180.0, 85.0]), size)
}

/// Decoded tiles of a source that the picture shows.
async fn tiles(
    state: &ServerState,
    context: &RequestContext<'_>,
    source: &dyn TileSource,
    frame: &PictureFrame,
    selection: Selection,
) -> Result<Vec<(TileCoord, vector_tile::Fragment)>, Problem> {
    let description = source.description();
    let zoom = frame.tile_zoom().clamp(description.min_zoom.get(), description.max_zoom.get());
    let Ok(zoom) = Zoom::new(zoom) else { return Ok(Vec::new()) };
    let selection = if description.times.is_empty() { Selection::default() } else { selection };
    let mut fragments = Vec::new();
    for tile in
        frame.tiles(|lon, lat| TileCoord::covering(zoom, WorldPoint::from_lon_lat(lon, lat)))
    {
        let request = TileRequest {
            tile,
            audience: context.audience,
            selection: selection.clone(),
            deadline: context.deadline,
            permit: WorkerPermit::default(),
        };
        let made = state.fragments.make(source, &request);
        let made = tokio::time::timeout_at(context.deadline.into(), made).await;
        let fragment = made.map_err(|_| Problem::deadline_exceeded(None))??;
        fragments.extend(fragment.map(|fragment| (tile, fragment)));
    }
    Ok(fragments)
}

type Tiles = Vec<(TileCoord, vector_tile::Fragment)>;

/// Draws the base, the map's areas, water above them, and the map's lines and points.
fn draw(
    frame: &PictureFrame,
    size: PreviewSize,
    name: &str,
    layers: &[styles::ParsedLayer],
    own: &Tiles,
    base: &[(&'static str, bool, &'static str, Tiles)],
) -> PreviewDrawing {
    let mut drawing = PreviewDrawing::new(size, frame.zoom(), GROUND);
    let draw_base = |drawing: &mut PreviewDrawing, wanted: bool| {
        for (attributes, _, id, tiles) in base.iter().filter(|(_, above, ..)| *above == wanted) {
            let features = TileFeatures::decode(frame, tiles, id);
            drawing.draw_base(attributes, true, features.parts());
        }
    };
    draw_base(&mut drawing, false);
    let zoom = drawing.zoom_of(layers);
    let features = TileFeatures::decode(frame, own, name);
    let label_name = format!("{name}{}", tile_source::source::LABEL_SUFFIX);
    let labels = layers.iter().any(|layer| layer.draws_labels);
    let labels = labels.then(|| TileFeatures::decode(frame, own, &label_name));
    let draw_kind = |drawing: &mut PreviewDrawing, fills: bool| {
        let kinds = layers.iter().filter(|it| (it.kind == styles::LayerKind::Fill) == fills);
        for layer in kinds {
            let features = if layer.draws_labels { labels.as_ref() } else { Some(&features) };
            if let Some(features) = features {
                drawing.draw(layer, zoom, features.iter());
            }
        }
    };
    draw_kind(&mut drawing, true);
    draw_base(&mut drawing, true);
    draw_kind(&mut drawing, false);
    if drawing.features() == 0 {
        drawing.draw_no_data();
    }
    drawing
}
