//! One handler for each route: published state and a request in, an answer out.
//!
//! Handlers are independent of connections, methods, CORS and logs.

pub mod archive;
pub mod attribution;
pub mod catalog;
#[cfg(test)]
pub(crate) mod fixture;
pub mod glyphs;
pub mod health;
pub mod html_sanitizer;
pub mod language;
pub mod legend;
mod map_style;
pub mod page;
pub mod preview;
pub mod search;
pub mod shading;
pub mod sprite;
pub mod stats;
pub mod style;
pub mod tile;
pub mod tilejson;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use data_model::Audience;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::http::accept::{self, ContentCoding};
use crate::http::base_url::BaseUrl;
use crate::http::etag::ETag;
use crate::http::gzip;
use crate::http::query::QueryParameters;
use crate::http::reply::HttpReply;
use crate::published_state::PublishedState;
use crate::server_state::ServerState;

/// A request as handlers see it.
pub struct RequestContext<'a> {
    /// The published state, from the request's start to its end.
    pub published: &'a Arc<PublishedState>,
    /// Audience of the caller.
    pub audience: Audience,
    /// Headers of the request.
    pub headers: &'a HeaderMap,
    /// Query parameters of the request.
    pub query: QueryParameters,
    /// Base URL of this server in links.
    pub base_url: BaseUrl,
    /// Time at which the caller stops waiting.
    pub deadline: Instant,
}

/// Least size in bytes of a document that is compressed: below it there is next to nothing to
/// save.
const LEAST_GZIP: usize = 256;

/// A JSON document that depends on the request, with its tag.
async fn json(
    state: &ServerState,
    context: &RequestContext<'_>,
    body: Vec<u8>,
    cache_control: &HeaderValue,
) -> HttpReply {
    document(state, context, "application/json", body, cache_control).await
}

/// A document that depends on the request, with its tag. Sent as it is where it can't be
/// compressed in time.
async fn document(
    state: &ServerState,
    context: &RequestContext<'_>,
    media_type: &'static str,
    body: Vec<u8>,
    cache_control: &HeaderValue,
) -> HttpReply {
    let body = Bytes::from(body);
    let wanted = match accept::for_document(context.headers) {
        ContentCoding::Gzip if body.len() >= LEAST_GZIP => ContentCoding::Gzip,
        _ => ContentCoding::Identity,
    };
    let etag = ETag::of_document(&body, wanted);
    if etag.matches(context.headers) {
        return HttpReply::empty(StatusCode::NOT_MODIFIED).cached(&etag, cache_control);
    }
    if wanted == ContentCoding::Gzip {
        let plain = body.clone();
        let compressed = state.coding.run(context.deadline, move || gzip::compress(&plain)).await;
        if let Ok(compressed) = compressed {
            let reply = HttpReply::ok(media_type, compressed);
            return reply.cached(&etag, cache_control).coded(ContentCoding::Gzip);
        }
    }
    let etag = ETag::of_document(&body, ContentCoding::Identity);
    HttpReply::ok(media_type, body).cached(&etag, cache_control)
}
