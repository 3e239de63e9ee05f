//! Common headers of all answers: CORS for public data, and the security set.

use data_model::Audience;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW,
    CONTENT_SECURITY_POLICY, HeaderName, ORIGIN, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::http::reply::HttpReply;

/// The methods that every path takes.
pub const METHODS: &str = "GET, HEAD, OPTIONS";

const EXPOSED: &str = "ETag, Content-Range, Content-Length, Content-Crs, Link, X-Request-Id";
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// The answer to OPTIONS, a CORS preflight or not.
#[must_use]
pub fn options(audience: Audience, headers: &HeaderMap) -> HttpReply {
    let mut reply = HttpReply::empty(StatusCode::NO_CONTENT);
    reply.set(ALLOW, HeaderValue::from_static(METHODS));
    if audience == Audience::Public && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        reply.set(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
        // A wildcard is enough: no answer depends on credentials.
        reply.set(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
        reply.set(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    }
    reply
}

/// Forbids pages of other origins to read an answer, on any listener: without
/// `Access-Control-Allow-Origin` a foreign page that somebody happens to visit can't, and
/// `same-origin` keeps it from being embedded.
pub fn keep_to_own_origin(reply: &mut HttpReply) {
    reply.set(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
}

/// Lets a page of this machine read an answer that only this machine may have. Requests of any
/// other page do not get that answer.
pub fn open_to_local_page(reply: &mut HttpReply, request: &HeaderMap) {
    keep_to_own_origin(reply);
    // The answer is for one page: a cache must not serve it to another.
    reply.headers.append(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = request.get(ORIGIN) {
        reply.set(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        reply.set(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

/// Adds the common headers.
///
/// Any page may read public data, but neither staff data nor an answer that was
/// [kept to its origin](keep_to_own_origin).
pub fn add_common(reply: &mut HttpReply, audience: Audience) {
    let keeps_to_own_origin = reply.headers.contains_key(CROSS_ORIGIN_RESOURCE_POLICY);
    if audience == Audience::Public && !keeps_to_own_origin {
        reply.set(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        reply.set(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        reply.set(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    } else {
        keep_to_own_origin(reply);
    }
    reply.set(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    reply.set(REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    // A document that is opened by itself (JSON, an SVG) needs nothing.
    if !reply.headers.contains_key(CONTENT_SECURITY_POLICY) {
        reply.set(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        );
    }
}

/// Content security policy of the map page.
///
/// MapLibre starts its worker from a blob, draws icons from data and blob
/// images, and its page loads everything else from this server, under `origins` too. Styles may be
/// inline because map controls set them on elements.
///
/// Without `frame_ancestors` the public page may be framed by its own site, and the
/// staff page by none: a page that frames it could have staff click on what they do
/// not see.
#[must_use]
pub fn page_policy(origins: &[&str], frame_ancestors: &[String], audience: Audience) -> String {
    let origin: String = origins.iter().map(|origin| format!(" {origin}")).collect();
    let ancestors = match (frame_ancestors, audience) {
        ([], Audience::Public) => "'self'".to_owned(),
        ([], Audience::Staff) => "'none'".to_owned(),
        (named, _) => named.join(" "),
    };
    format!(
        "default-src 'self'; script-src 'self'; worker-src 'self' blob:; child-src blob:; \
         img-src 'self' data: blob:{origin}; connect-src 'self'{origin}; font-src 'self'{origin}; \
         style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors {ancestors}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_data_is_open_to_other_origins() {
        let mut preflight = HeaderMap::new();
        preflight.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("GET"));
        for (audience, open) in [(Audience::Public, true), (Audience::Staff, false)] {
            let mut reply = options(audience, &preflight);
            add_common(&mut reply, audience);
            assert_eq!(reply.header("access-control-allow-origin"), open.then_some("*"));
            assert_eq!(reply.header("access-control-allow-methods"), open.then_some(METHODS));
            assert_eq!(reply.header("access-control-expose-headers"), open.then_some(EXPOSED));
            assert_eq!(reply.header("allow"), Some(METHODS));
        }
    }

    #[test]
    fn the_page_policy_names_embedders_and_the_public_origin() {
        let named = ["https://a.example".to_owned()];
        let policy = page_policy(&["https://map.example"], &named, Audience::Public);
        assert!(policy.ends_with("frame-ancestors https://a.example"));
        assert!(policy.contains("connect-src 'self' https://map.example;"));
        assert!(page_policy(&[], &[], Audience::Public).ends_with("frame-ancestors 'self'"));
        assert!(page_policy(&[], &[], Audience::Staff).ends_with("frame-ancestors 'none'"));
    }
}
