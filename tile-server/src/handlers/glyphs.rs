//! `/fonts/{stack}/{range}.pbf`: letters for clients that draw labels from distance fields.

use std::error::Error;

use super::RequestContext;
use crate::http::prepared_body::cache_control;
use crate::http::problem::{Problem, ProblemKind};
use crate::http::reply::HttpReply;
use crate::http::route::GlyphRequest;
use crate::server_state::ServerState;
use crate::typefaces::{self, TypefaceError};

/// Answers with a range of the first known typeface of a stack, empty where that has no letter
/// of it.
///
/// # Errors
/// `404` for a stack without a known typeface, with those that this build has.
pub async fn glyphs(
    state: &ServerState,
    context: &RequestContext<'_>,
    request: &GlyphRequest<'_>,
) -> Result<HttpReply, Problem> {
    let face = typefaces::find(&request.stack).ok_or_else(|| unknown(&request.stack))?;
    let range = usize::from(request.range);
    let body = match face.drawn(range) {
        Some(body) => body,
        None => {
            let drawn = state.coding.run(context.deadline, move || face.draw(range)).await?;
            drawn.map_err(|error| failed(&error))?
        }
    };
    Ok(body.reply(context.headers, &cache_control(context.audience)))
}

fn unknown(stack: &str) -> Problem {
    let known: Vec<&str> = typefaces::faces().iter().map(|face| face.stack).collect();
    let detail = if known.is_empty() {
        "This build has no glyphs. Run npm ci && npm run build in tile-server/web, then build again."
            .to_owned()
    } else {
        format!("There is no font {stack:?}; there are {}.", known.join(", "))
    };
    Problem::new(ProblemKind::NotFound, detail)
}

fn failed(error: &TypefaceError) -> Problem {
    let cause = match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    let detail = "The glyphs can't be drawn; the log says why.";
    Problem::new(ProblemKind::Internal, detail).with_cause(cause)
}
