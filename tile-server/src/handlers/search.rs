//! `/search?q=`: maps, datasets, areas, addresses and places by name.

use std::sync::Arc;

use name_search::SearchResult;
use serde::Serialize;

use super::tile::document_cache_control;
use super::{RequestContext, json};
use crate::http::problem::{Problem, ProblemKind};
use crate::http::reply::HttpReply;
use crate::server_state::ServerState;

/// Number of results: the default of `limit=`, and its maximum.
const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;
/// Longest search text, in characters.
const MAX_QUERY_CHARS: usize = 100;

#[derive(Serialize)]
struct SearchResponse<'a> {
    query: &'a str,
    results: Vec<SearchResult>,
}

/// Answers with the matches of `q=` that the caller may see, best first.
///
/// # Errors
/// A [`Problem`] where `q=` is missing or too long, or `limit=` is no number.
pub async fn search(
    state: &ServerState,
    context: &RequestContext<'_>,
) -> Result<HttpReply, Problem> {
    let malformed = |detail: &str| Problem::new(ProblemKind::Malformed, detail);
    let typed = context.query.q.clone().filter(|typed| !typed.trim().is_empty());
    let Some(typed) = typed else {
        return Err(malformed(
            "Say what to search for: /search?q=도서관, or its initials: ㄷㅅㄱ.",
        ));
    };
    if typed.chars().count() > MAX_QUERY_CHARS {
        return Err(malformed("The query parameter q is longer than 100 characters; shorten it."));
    }
    let limit = match context.query.limit.as_deref() {
        None => DEFAULT_LIMIT,
        Some(text) => match text.parse() {
            Ok(limit @ 1..=MAX_LIMIT) => limit,
            _ => return Err(malformed("The query parameter limit is a number from 1 to 100.")),
        },
    };
    let (published, audience) = (Arc::clone(context.published), context.audience);
    let text = typed.clone();
    // Off the async workers: a search goes through every name.
    let find = move || published.search_index(audience).find(&text, limit);
    let results = state.coding.run(context.deadline, find).await?;
    let body = serde_json::to_vec(&SearchResponse { query: &typed, results }).unwrap_or_default();
    Ok(json(state, context, body, &document_cache_control(context.audience)).await)
}
