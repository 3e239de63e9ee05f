//! One handler for each route: published state and a request in, an answer out.
//!
//! Handlers know nothing of connections, methods, CORS or logs.

pub mod catalog;
pub mod health;
pub mod page;
pub mod style;
pub mod tile;
pub mod tilejson;

use std::time::Instant;

use http::{HeaderMap, HeaderValue, StatusCode};
use sources::Audience;

use crate::accept::Encoding;
use crate::base_url::BaseUrl;
use crate::etag::ETag;
use crate::query::Query;
use crate::reply::Reply;

/// A request as handlers see it.
pub struct Call<'a> {
    /// Who asks.
    pub audience: Audience,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// Its parameters.
    pub query: Query,
    /// The URL of this server in links.
    pub base_url: BaseUrl,
    /// When the caller stops waiting.
    pub deadline: Instant,
}

/// A JSON document that depends on the request, with its tag.
fn json(call: &Call<'_>, body: Vec<u8>, cache_control: &HeaderValue) -> Reply {
    let etag = ETag::of_document(&body, Encoding::Identity);
    if etag.matches(call.headers) {
        return Reply::empty(StatusCode::NOT_MODIFIED).cached(&etag, cache_control);
    }
    Reply::ok("application/json", body).cached(&etag, cache_control)
}
