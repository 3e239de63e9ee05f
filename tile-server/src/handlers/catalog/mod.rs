//! `/catalog.json`: all that an audience may see, without URLs.

pub(crate) mod audience_layer;
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
pub fn catalog(published: &PublishedState, context: &RequestContext<'_>) -> HttpReply {
    let encoding = accept::for_document(context.headers);
    let (body, etag) = published.catalog(context.audience).coded(encoding);
    let cache_control = document_cache_control(context.audience);
    if etag.matches(context.headers) {
        return HttpReply::empty(StatusCode::NOT_MODIFIED).cached(etag, &cache_control);
    }
    HttpReply::ok("application/json", body.clone()).cached(etag, &cache_control).coded(encoding)
}
