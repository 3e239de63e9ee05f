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
const USUAL: usize = 20;
const MOST: usize = 100;
/// Longest search text, in characters.
const MOST_TYPED: usize = 100;

#[derive(Serialize)]
struct Found<'a> {
    query: &'a str,
    results: Vec<SearchResult>,
}

/// Answers with the matches of `q=` that the caller may see, best first.
///
/// # Errors
/// A [`Problem`] where `q=` is missing or too long, or `limit=` is no number.
pub async fn search(app: &ServerState, call: &RequestContext<'_>) -> Result<HttpReply, Problem> {
    let malformed = |detail: &str| Problem::new(ProblemKind::Malformed, detail);
    let typed = call.query.q.clone().filter(|typed| !typed.trim().is_empty());
    let Some(typed) = typed else {
        return Err(malformed(
            "Say what to search for: /search?q=도서관, or its initials: ㄷㅅㄱ.",
        ));
    };
    if typed.chars().count() > MOST_TYPED {
        return Err(malformed("The query parameter q is longer than 100 characters; shorten it."));
    }
    let limit = match call.query.limit.as_deref() {
        None => USUAL,
        Some(text) => match text.parse() {
            Ok(limit @ 1..=MOST) => limit,
            _ => return Err(malformed("The query parameter limit is a number from 1 to 100.")),
        },
    };
    let (published, audience) = (Arc::clone(call.published), call.audience);
    let asked = typed.clone();
    // Off the async workers: a look goes through every name.
    let look = move || published.search_index(audience).find(&asked, limit);
    let results = app.coding.run(call.deadline, look).await?;
    let body = serde_json::to_vec(&Found { query: &typed, results }).unwrap_or_default();
    Ok(json(app, call, body, &document_cache_control(call.audience)).await)
}
