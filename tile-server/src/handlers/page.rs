//! `/` and the files of the embedded map page.

use data_library::LayerState;
use data_model::Audience;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::RequestContext;
use super::html_sanitizer::escape;
use crate::assets::{self, AssetLifetime, EmbeddedAsset};
use crate::http::accept::{self, ContentCoding};
use crate::http::problem::{Problem, ProblemKind};
use crate::http::reply::HttpReply;
use crate::server_state::ServerState;

/// `Cache-Control` of the page and of files without a digest in their name: revalidate each
/// time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// `Cache-Control` of a file. Files are no secret, but no shared cache keeps those of staff.
#[rustfmt::skip]
fn cache_control(lifetime: AssetLifetime, audience: Audience) -> HeaderValue {
    HeaderValue::from_static(match (lifetime, audience) {
        (AssetLifetime::Not, _) => return REVALIDATE,
        (AssetLifetime::Day, Audience::Public) => "public, max-age=86400",
        (AssetLifetime::Day, Audience::Staff) => "private, max-age=86400",
        (AssetLifetime::Forever, Audience::Public) => "public, max-age=31536000, immutable",
        (AssetLifetime::Forever, Audience::Staff) => "private, max-age=31536000, immutable",
    })
}

/// Answers with the map page, or with a list of layers without a built page.
#[must_use]
pub fn page(state: &ServerState, context: &RequestContext<'_>) -> HttpReply {
    let mut reply = match assets::find("index.html") {
        Some(asset) => answer(context.audience, context.headers, asset),
        None => {
            let mut reply = HttpReply::ok("text/html; charset=utf-8", plain_page(context));
            reply.set(CACHE_CONTROL, REVALIDATE);
            reply
        }
    };
    reply.set(CONTENT_SECURITY_POLICY, state.page_policy(context.audience));
    reply
}

/// Answers with a file of the page.
///
/// # Errors
/// `404` where the build contains no such file.
pub fn file(
    state: &ServerState,
    context: &RequestContext<'_>,
    path: &str,
) -> Result<HttpReply, Problem> {
    let Some(asset) = assets::find(path) else {
        return Err(Problem::new(
            ProblemKind::NotFound,
            "There is no such page or file; /catalog.json lists what there is.",
        ));
    };
    let mut reply = answer(context.audience, context.headers, asset);
    if asset.media_type.starts_with("text/html") {
        reply.set(CONTENT_SECURITY_POLICY, state.page_policy(context.audience));
    }
    Ok(reply)
}

fn answer(audience: Audience, headers: &HeaderMap, asset: &'static EmbeddedAsset) -> HttpReply {
    let encoding = match asset.gzip {
        Some(_) => accept::for_document(headers),
        None => ContentCoding::Identity,
    };
    let (body, etag) = match (encoding, asset.gzip) {
        (ContentCoding::Gzip, Some(gzip)) => (gzip, &asset.tags()[0]),
        _ => (asset.bytes, &asset.tags()[1]),
    };
    let mut reply = if etag.matches(headers) {
        HttpReply::empty(StatusCode::NOT_MODIFIED)
    } else {
        HttpReply::ok(asset.media_type, body).coded(encoding)
    };
    reply.set(ETAG, etag.header());
    reply.set(CACHE_CONTROL, cache_control(asset.lifetime(), audience));
    if asset.gzip.is_some() {
        reply.set(VARY, HeaderValue::from_static("accept-encoding"));
    }
    reply
}

/// The page of a build without the map page: the layers, as links that work without a script,
/// and how to build the page.
fn plain_page(context: &RequestContext<'_>) -> String {
    let published = context.published;
    let base = escape(context.base_url.as_str());
    let district = &published.snapshot.catalog().district.title;
    let heading = if district.ko.is_empty() { "정책지도 · Policy map" } else { &district.ko };
    let mut rows = String::new();
    for layer in published.snapshot.layers(context.audience) {
        let id = layer.id.as_str();
        let state = match layer.state {
            LayerState::Ready(_) => "",
            LayerState::Unavailable { .. } => " — 제공 불가 · unavailable",
            LayerState::Absent { .. } => " — 자료 없음 · no data yet",
        };
        let (ko, en) = (escape(&layer.title.ko), escape(&layer.title.en));
        rows.push_str(&format!(
            "<li><b>{ko}</b> <span lang=\"en\">{en}</span>{state}: \
             <a href=\"{base}/tiles/{id}.json\">TileJSON</a>, \
             <a href=\"{base}/styles/{id}.json\">style</a></li>\n"
        ));
    }
    if rows.is_empty() {
        rows.push_str("<li>아직 지도가 없습니다. <span lang=\"en\">No layer yet.</span></li>");
    }
    format!(
        "<!doctype html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title></head><body>\n<h1>{title}</h1>\n\
         <p>이 실행 파일에는 지도 화면이 들어 있지 않습니다. <code>tile-server/web</code>에서 \
         <code>npm ci &amp;&amp; npm run build</code>를 실행한 뒤 다시 빌드하세요.</p>\n\
         <p lang=\"en\">This build carries no map page. Run <code>npm ci &amp;&amp; npm run build</code> in \
         <code>tile-server/web</code>, then build again.</p>\n\
         <p><a href=\"{base}/catalog.json\">catalog.json</a></p>\n<ul>\n{rows}</ul>\n</body></html>\n",
        title = escape(heading),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::cors;
    use rstest::rstest;

    #[rstest]
    #[case("fonts/a.css", "text/css; charset=utf-8", false, "public, max-age=86400")]
    #[case("fonts/a.woff2", "font/woff2", false, "public, max-age=86400")]
    #[case("assets/a.js", "text/javascript", true, "public, max-age=31536000, immutable")]
    #[case("a.svg", "image/svg+xml", false, "no-cache")]
    fn files_are_kept_as_long_as_they_stay_the_same(
        #[case] path: &'static str,
        #[case] media_type: &'static str,
        #[case] hashed: bool,
        #[case] kept: &str,
    ) {
        for (audience, origin) in [(Audience::Public, Some("*")), (Audience::Staff, None)] {
            let asset = EmbeddedAsset::of(path, media_type, hashed);
            let mut reply = answer(audience, &HeaderMap::new(), asset);
            cors::add_common(&mut reply, audience);
            assert_eq!(reply.header("content-type"), Some(media_type));
            assert_eq!(reply.header("access-control-allow-origin"), origin);
            let expected = match audience {
                Audience::Public => kept.to_owned(),
                Audience::Staff => kept.replace("public", "private"),
            };
            assert_eq!(reply.header("cache-control"), Some(expected.as_str()));
        }
    }
}
