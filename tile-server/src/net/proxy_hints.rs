//! Log messages about a reverse proxy that omits headers needed for links.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::{ACCEPT, HeaderName, ORIGIN, REFERER};
use http::{HeaderMap, Uri};

use crate::http::base_url::{BaseUrl, BaseUrls};
use crate::net::proxy_headers::BELIEVED;
use crate::net::request_origin::RequestOrigin;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Logs, once for each listener, that a proxy is not trusted or sends too little. The map page
/// works without those headers; TileJSON and styles for other clients do not.
#[derive(Debug, Default)]
pub struct ProxyHints([LoggedHints; 3]);

#[derive(Debug, Default)]
struct LoggedHints {
    untrusted: AtomicBool,
    host: AtomicBool,
}

/// Sign, in a page's request, of a proxy that omits a header.
#[derive(Debug, Clone, PartialEq, Eq)]
enum MissingHeader {
    /// The page's host differs from the request's.
    Host(String),
    /// The page came by HTTPS, and the request seems to be plain HTTP.
    Scheme(String),
}

impl ProxyHints {
    /// Logs the headers that a document request lacks from its proxy.
    pub fn log_missing_headers(
        &self,
        urls: &BaseUrls,
        uri: &Uri,
        headers: &HeaderMap,
        origin: RequestOrigin,
    ) {
        let logged = &self.0[origin.listener as usize];
        // A configured URL needs no header.
        if urls.of_listener(origin.listener).is_some() {
            return;
        }
        let listener = origin.listener.as_str();
        if !logged.untrusted.load(Ordering::Relaxed)
            && let Some(header) = untrusted_header(urls, headers, origin.peer)
            && !logged.untrusted.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                listener,
                peer = %origin.peer,
                header = header.as_str(),
                "a proxy sends this header and is not believed: name it with --trust-proxy, or \
                 give the URL that clients see (--public-url, --staff-url)"
            );
        }
        if logged.host.load(Ordering::Relaxed) {
            return;
        }
        let base = urls.of(uri, headers, origin.peer, origin.local, origin.listener);
        let Some(missing) = base.ok().and_then(|base| missing_header(headers, &base)) else {
            return;
        };
        if logged.host.swap(true, Ordering::Relaxed) {
            return;
        }
        match missing {
            MissingHeader::Host(page) => tracing::warn!(
                listener,
                page,
                "links in TileJSON and styles lead to another host than this page's: a proxy \
                 does not pass on Host; nginx needs `proxy_set_header Host $http_host;`, or give \
                 the URL that clients see (--public-url, --staff-url)"
            ),
            MissingHeader::Scheme(page) => tracing::warn!(
                listener,
                page,
                "links in TileJSON and styles are http: for a page of https: a proxy does not \
                 pass on the scheme; nginx needs `proxy_set_header X-Forwarded-Proto $scheme;` \
                 and the server --trust-proxy, or give the URL that clients see (--public-url, \
                 --staff-url)"
            ),
        }
    }
}

/// Proxy header of an untrusted peer on this machine or in a private network; `None` for any
/// other peer, as anyone may send one.
fn untrusted_header(urls: &BaseUrls, headers: &HeaderMap, peer: IpAddr) -> Option<HeaderName> {
    let near = match peer.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    };
    let trusted = urls.trusted.iter().any(|network| network.contains(peer));
    (near && !trusted).then(|| BELIEVED.into_iter().find(|name| headers.contains_key(name)))?
}

/// The header that the proxy of a page's own script request lacks; `None` for other requests.
/// For a page of its own origin a browser sends the page's URL and no `Origin`, which it does
/// for every other origin (Fetch, section 3.2). A followed link, which may stand anywhere,
/// asks for HTML.
fn missing_header(headers: &HeaderMap, base: &BaseUrl) -> Option<MissingHeader> {
    let text = |name: &HeaderName| headers.get(name)?.to_str().ok();
    let of_page = !headers.contains_key(ORIGIN)
        && text(&SEC_FETCH_SITE).is_none_or(|site| site == "same-origin")
        && text(&ACCEPT).is_some_and(|accept| !accept.contains("text/html"));
    let page: Uri = text(&REFERER).filter(|_| of_page)?.parse().ok()?;
    let (scheme, authority) = (page.scheme_str()?, page.authority()?.as_str());
    let (own_scheme, own) = base.origin().split_once("://")?;
    let seen: String = format!("{scheme}://{authority}").chars().take(200).collect();
    if !same_authority((scheme, authority), (own_scheme, own)) {
        return Some(MissingHeader::Host(seen));
    }
    (scheme == "https" && own_scheme == "http").then_some(MissingHeader::Scheme(seen))
}

/// Whether two URLs name the same host and port; the scheme's default port may be left out.
fn same_authority(one: (&str, &str), other: (&str, &str)) -> bool {
    let plain = |(scheme, authority): (&str, &str)| {
        let default = if scheme == "https" { ":443" } else { ":80" };
        authority.strip_suffix(default).unwrap_or(authority).to_ascii_lowercase()
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use rstest::rstest;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    const JSON: (&str, &str) = ("accept", "application/json");

    #[rstest]
    #[case::own("http://a:3000", &[JSON, ("referer", "http://a:3000/")], None)]
    #[case::default_port("http://a", &[JSON, ("referer", "http://A:80/gis/")], None)]
    #[case::host("http://127.0.0.1:3000", &[JSON, ("referer", "http://map.example/")], Some(MissingHeader::Host("http://map.example".into())))]
    #[case::port("http://map.example", &[JSON, ("referer", "http://map.example:8080/")], Some(MissingHeader::Host("http://map.example:8080".into())))]
    #[case::scheme("http://map.example", &[JSON, ("referer", "https://map.example/")], Some(MissingHeader::Scheme("https://map.example".into())))]
    #[case::https("https://map.example", &[JSON, ("referer", "https://map.example/")], None)]
    #[case::embedded("http://a", &[JSON, ("referer", "http://other.example/"), ("origin", "http://other.example")], None)]
    #[case::cross_site("http://a", &[JSON, ("referer", "http://other.example/"), ("sec-fetch-site", "cross-site")], None)]
    #[case::same_origin("http://a", &[JSON, ("referer", "http://b/"), ("sec-fetch-site", "same-origin")], Some(MissingHeader::Host("http://b".into())))]
    #[case::link("http://a", &[("accept", "text/html,*/*"), ("referer", "http://other.example/")], None)]
    #[case::no_page("http://a", &[JSON], None)]
    #[case::no_url("http://a", &[JSON, ("referer", "about:blank")], None)]
    fn what_a_page_shows_of_its_proxy(
        #[case] base: &str,
        #[case] sent: &[(&'static str, &str)],
        #[case] expected: Option<MissingHeader>,
    ) {
        assert_eq!(missing_header(&headers(sent), &base.parse().unwrap()), expected);
    }

    #[rstest]
    #[case::none("127.0.0.1", &[], None)]
    #[case::near("127.0.0.1", &[("x-forwarded-host", "map.example")], Some("x-forwarded-host"))]
    #[case::house("10.2.3.4", &[("forwarded", "for=1.1.1.1")], Some("forwarded"))]
    #[case::trusted("10.1.1.1", &[("x-forwarded-host", "map.example")], None)]
    #[case::anyone("203.0.113.7", &[("x-forwarded-host", "map.example")], None)]
    fn headers_of_an_untrusted_proxy_nearby_are_noticed(
        #[case] peer: &str,
        #[case] sent: &[(&'static str, &str)],
        #[case] expected: Option<&str>,
    ) {
        let urls = BaseUrls { trusted: vec!["10.1.1.1".parse().unwrap()], ..BaseUrls::default() };
        let found = untrusted_header(&urls, &headers(sent), peer.parse().unwrap());
        assert_eq!(found.as_ref().map(HeaderName::as_str), expected);
    }
}
