//! `/sprites/{name}[@2x].{json,png}`: pictograms and fill patterns.

use std::sync::OnceLock;

use styles::symbols::{PixelRatio, SpriteName, SpriteSheet};

use super::RequestContext;
use crate::http::prepared_body::{PreparedBody, cache_control};
use crate::http::problem::{Problem, ProblemKind};
use crate::http::reply::HttpReply;
use crate::http::route::{SpriteFormat, SpriteRequest};
use crate::server_state::ServerState;

/// Index and picture of a sheet.
#[derive(Debug)]
struct PreparedSheet {
    index: PreparedBody,
    picture: PreparedBody,
}

/// Sheets by name and pixel ratio, drawn at the first request: they depend on the build alone.
static SHEETS: [[OnceLock<PreparedSheet>; 2]; 3] =
    [const { [const { OnceLock::new() }; 2] }; SpriteName::ALL.len()];

/// Answers with the index or the picture of a sprite sheet.
///
/// # Errors
/// `404` for an unknown sheet, with the names of those that exist.
pub async fn sprite(
    state: &ServerState,
    context: &RequestContext<'_>,
    request: &SpriteRequest<'_>,
) -> Result<HttpReply, Problem> {
    let Some(name) = SpriteName::find(&request.name) else {
        let known = SpriteName::ALL.map(SpriteName::as_str).join(", ");
        let detail = format!("There is no sprite {:?}; there are {known}.", request.name);
        return Err(Problem::new(ProblemKind::NotFound, detail));
    };
    let ratio = if request.double { PixelRatio::Double } else { PixelRatio::Single };
    let slot = &SHEETS[name as usize][ratio as usize];
    let sheet = match slot.get() {
        Some(sheet) => sheet,
        None => {
            let sheet = state.coding.run(context.deadline, move || prepare(name, ratio)).await??;
            slot.get_or_init(|| sheet)
        }
    };
    let body = match request.format {
        SpriteFormat::Json => &sheet.index,
        SpriteFormat::Png => &sheet.picture,
    };
    Ok(body.reply(context.headers, &cache_control(context.audience)))
}

fn prepare(name: SpriteName, ratio: PixelRatio) -> Result<PreparedSheet, Problem> {
    let sheet = SpriteSheet::draw(name, ratio).map_err(|error| {
        let detail = "The sprite can't be drawn; the log says why.";
        Problem::new(ProblemKind::Internal, detail).with_cause(error.to_string())
    })?;
    Ok(PreparedSheet {
        index: PreparedBody::new("application/json", sheet.index),
        picture: PreparedBody::new("image/png", sheet.picture),
    })
}
