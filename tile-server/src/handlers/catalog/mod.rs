//! `/catalog.json`: all that an audience may see, without URLs.

mod audience_layer;
mod column;
mod dataset;
pub mod document;
mod layer;
#[cfg(test)]
mod tests;

use http::StatusCode;

use super::RequestContext;
use super::tile::document_cache_control;
use crate::http::accept;
use crate::http::reply::HttpReply;
use crate::published_state::PublishedState;

/// Answers with the catalog document of this snapshot.
#[must_use]
pub fn catalog(published: &PublishedState, call: &RequestContext<'_>) -> HttpReply {
    let encoding = accept::for_document(call.headers);
    let (body, etag) = published.catalog(call.audience).coded(encoding);
    let cache_control = document_cache_control(call.audience);
    if etag.matches(call.headers) {
        return HttpReply::empty(StatusCode::NOT_MODIFIED).cached(etag, &cache_control);
    }
    HttpReply::ok("application/json", body.clone()).cached(etag, &cache_control).coded(encoding)
}
