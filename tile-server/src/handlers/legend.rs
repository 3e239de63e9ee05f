//! `/legends/{layer}.json` and `.svg`: classes of a map in words.

use std::sync::Arc;

use catalog::Attribution;
use styles::classification::{ClassifyOptions, classify};
use styles::map_description::BilingualText;
use styles::map_legend::{LegendContext, LegendSource, MapLegend};

use super::language::language;
use super::map_style::{find_map, parse_layers};
use super::tile::document_cache_control;
use super::{RequestContext, document};
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::route::{LegendFormat, LegendRequest};
use crate::server_state::ServerState;

/// Answers with the legend of a map, in the form that the caller's audience gets.
///
/// # Errors
/// A [`Problem`] for a layer that is unknown, absent or unavailable, a time that it lacks, and a
/// language that is neither `ko` nor `en`.
pub async fn legend(
    state: &ServerState,
    context: &RequestContext<'_>,
    request: &LegendRequest<'_>,
) -> Result<HttpReply, Problem> {
    let language = language(context)?;
    let (facts, layers) = {
        let map = find_map(context, &request.layer)?;
        let period = map.period(context)?.map(str::to_owned);
        let partial_times = &map.source.description().partial_times;
        let partial =
            period.as_ref().is_some_and(|period| partial_times.iter().any(|it| **it == **period));
        let sources = map.layer.attribution.iter().map(legend_source).collect();
        (LegendContext { period, partial, sources }, map.style_layers(context.published))
    };
    let (published, audience) = (Arc::clone(context.published), context.audience);
    let (name, format) = (request.layer.to_string(), request.format);
    // Off the async workers: the distribution of a large table is counted.
    let body = state.coding.run(context.deadline, move || {
        let layer = published.snapshot.layer(&name, audience)?;
        let source = layer.source()?.as_ref();
        let map = super::map_style::DrawableMap { layer, source };
        let description = map.description(published.snapshot.catalog())?;
        let column = description.value.as_ref().map(|value| value.column.as_str());
        let options = ClassifyOptions { column, ..ClassifyOptions::default() };
        let marks = classify(&parse_layers(&layers), options);
        let legend = MapLegend::new(&description, &marks, facts);
        Some(match format {
            LegendFormat::Json => serde_json::to_vec(&legend).unwrap_or_default(),
            LegendFormat::Svg => legend.to_svg(language).into_bytes(),
        })
    });
    let body = body.await?.ok_or_else(|| Problem::unknown_layer(&request.layer))?;
    let media_type = match format {
        LegendFormat::Json => "application/json",
        LegendFormat::Svg => "image/svg+xml",
    };
    let cache_control = document_cache_control(context.audience);
    Ok(document(state, context, media_type, body, &cache_control).await)
}

fn legend_source(attribution: &Attribution) -> LegendSource {
    let url = attribution.url.as_deref();
    LegendSource {
        agency: BilingualText {
            ko: attribution.agency.ko.clone(),
            en: attribution.agency.en.clone(),
        },
        year: attribution.year,
        licence: attribution.licence.clone(),
        // Other schemes could run scripts where a page makes a link of it.
        url: url
            .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
            .map(str::to_owned),
    }
}
