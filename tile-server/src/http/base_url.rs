//! The absolute URL under which a client sees this server.
//!
//! Taken from the configuration where it is given; else from the headers of a trusted proxy;
//! else from `Host`. It never ends in a slash.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::header::{HOST, HeaderName};
use http::{HeaderMap, Uri};

use crate::audience::ListenerKind;
use crate::http::host::{self, HostAndPort};
use crate::http::problem::{Problem, ProblemKind};
use crate::net::network::TrustedNetwork;
use crate::net::proxy_headers::{X_FORWARDED_HOST, X_FORWARDED_PREFIX, X_FORWARDED_PROTO};

/// An absolute `http` or `https` URL without query, fragment, credentials or
/// trailing slash: origin and path prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    /// Offset of the path prefix in `text`.
    origin_length: usize,
}

/// A text that is not a base URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an absolute http or https URL without query and credentials")]
pub struct InvalidBaseUrl;

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;
    fn from_str(text: &str) -> Result<Self, InvalidBaseUrl> {
        let uri: Uri = text.parse().map_err(|_| InvalidBaseUrl)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(InvalidBaseUrl);
        };
        let sound = matches!(scheme, "http" | "https")
            && uri.query().is_none()
            && !text.contains('#')
            && plain_authority(authority.as_str());
        let prefix = uri.path().trim_end_matches('/');
        if !sound || !plain_prefix(prefix) {
            return Err(InvalidBaseUrl);
        }
        Ok(Self::from_parts(scheme, authority.as_str(), prefix))
    }
}

impl BaseUrl {
    fn from_parts(scheme: &str, authority: &str, prefix: &str) -> Self {
        let origin = format!("{scheme}://{authority}");
        Self { origin_length: origin.len(), text: origin + prefix }
    }

    /// The whole URL, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme and authority.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.text[..self.origin_length]
    }

    /// The path prefix, empty or beginning with a slash.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.text[self.origin_length..]
    }

    /// Whether the URL names this machine only.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        host::is_loopback(self.host())
    }

    /// The host without port and brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let origin = self.origin();
        let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
        // Parsed when the URL was.
        host::name(authority).unwrap_or_default()
    }
}

/// Whether a text is a host with an optional port, which can be part of a link: no
/// credentials, nothing to escape.
fn plain_authority(text: &str) -> bool {
    HostAndPort::parse(text).is_some()
}

fn plain_prefix(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    text.is_empty()
        || (text.len() <= 255
            && text.starts_with('/')
            && !text.contains("//")
            && text.bytes().all(allowed))
}

/// Rules for finding the base URL of a request.
#[derive(Debug, Clone, Default)]
pub struct BaseUrls {
    /// Configured base URL of the public listener, which takes precedence.
    pub configured: Option<BaseUrl>,
    /// Configured base URL of the staff listener.
    pub staff: Option<BaseUrl>,
    /// Proxies whose `X-Forwarded-*` is trusted.
    pub trusted: Vec<TrustedNetwork>,
}

impl BaseUrls {
    /// The configured URL of a listener; `None` without one. Staff are never sent to the
    /// public listener: their layers are not there.
    #[must_use]
    pub const fn of_listener(&self, listener: ListenerKind) -> Option<&BaseUrl> {
        match listener {
            ListenerKind::Public => self.configured.as_ref(),
            ListenerKind::Staff => self.staff.as_ref(),
            ListenerKind::Admin => None,
        }
    }

    /// Whether a listener answers under this host name.
    ///
    /// A foreign page can have its own name resolve to this machine and read what a browser
    /// inside the network may read (DNS rebinding), but it can't choose the name that the
    /// browser sends.
    ///
    /// # Errors
    /// A problem for a foreign name on the staff or admin listener, and there for a
    /// text that is no host at all.
    pub fn admit(&self, listener: ListenerKind, host: Option<&str>) -> Result<(), Problem> {
        let Some(host) = host.filter(|_| listener != ListenerKind::Public) else {
            return Ok(());
        };
        let name = host::name(host).unwrap_or_default();
        let known = match listener {
            ListenerKind::Public | ListenerKind::Admin => {
                [self.configured.as_ref(), self.staff.as_ref()]
            }
            ListenerKind::Staff => [self.staff.as_ref(), None],
        };
        let configured =
            known.into_iter().flatten().any(|url| url.host().eq_ignore_ascii_case(name));
        if configured || host::is_local_name(name) || host::address(name).is_some() {
            return Ok(());
        }
        let remedy = match listener {
            ListenerKind::Staff => "start the server with --staff-url to name it",
            ListenerKind::Public | ListenerKind::Admin => "ask by IP address",
        };
        Err(Problem::new(
            ProblemKind::Misdirected,
            format!("This listener does not answer under the host of this request; {remedy}."),
        ))
    }

    /// The base URL of one request.
    ///
    /// Of a forwarded list the last entry counts: the trusted peer added it; earlier ones may
    /// be the client's invention.
    ///
    /// # Errors
    /// A problem where `Host` or the host in a trusted proxy's headers can't be part of a
    /// link.
    pub fn of(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        peer: IpAddr,
        local: SocketAddr,
        listener: ListenerKind,
    ) -> Result<BaseUrl, Problem> {
        if let Some(configured) = self.of_listener(listener) {
            return Ok(configured.clone());
        }
        let trusted = self.trusted.iter().any(|network| network.contains(peer));
        let forwarded = |name: &HeaderName| {
            let value = headers.get_all(name).iter().next_back().filter(|_| trusted)?;
            let last = value.to_str().unwrap_or("?").rsplit(',').next()?;
            Some(last.trim().to_owned())
        };
        let scheme = match forwarded(&X_FORWARDED_PROTO).as_deref() {
            None | Some("http") => "http",
            Some("https") => "https",
            Some(_) => return Err(fault("X-Forwarded-Proto")),
        };
        let prefix = forwarded(&X_FORWARDED_PREFIX).unwrap_or_default();
        let prefix = prefix.trim_end_matches('/');
        if !plain_prefix(prefix) {
            return Err(fault("X-Forwarded-Prefix"));
        }
        let host = forwarded(&X_FORWARDED_HOST)
            .or_else(|| uri.authority().map(ToString::to_string))
            .or_else(|| Some(headers.get(HOST)?.to_str().unwrap_or("?").to_owned()))
            // HTTP/1.0 needs no Host; the socket's own address is a true answer.
            .unwrap_or_else(|| local.to_string());
        if !plain_authority(&host) {
            return Err(fault("Host"));
        }
        Ok(BaseUrl::from_parts(scheme, &host, prefix))
    }
}

fn fault(header: &str) -> Problem {
    Problem::new(
        ProblemKind::Malformed,
        format!("The header {header} can't stand in a link; send a plain host name and port."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use rstest::rstest;

    #[rstest]
    #[case("https://map.example", Some(("https://map.example", "")))]
    #[case("https://map.example/", Some(("https://map.example", "")))]
    #[case("http://map.example:8080/tiles/x/", Some(("http://map.example:8080", "/tiles/x")))]
    #[case("http://[::1]:3000", Some(("http://[::1]:3000", "")))]
    #[case("map.example", None)]
    #[case("/prefix", None)]
    #[case("ftp://map.example", None)]
    #[case("https://user@map.example", None)]
    #[case("https://map.example?x", None)]
    #[case("https://map.example/#a", None)]
    #[case("https://map.example//a", None)]
    #[case("", None)]
    fn parsing(#[case] text: &str, #[case] expected: Option<(&str, &str)>) {
        let url = text.parse::<BaseUrl>().ok();
        assert_eq!(url.as_ref().map(|url| (url.origin(), url.prefix())), expected);
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[rstest]
    #[case::host("9.9.9.9", &[("host", "map:3000")], Ok("http://map:3000"))]
    #[case::no_host("9.9.9.9", &[], Ok("http://127.0.0.1:3000"))]
    #[case::untrusted("9.9.9.9", &[("host", "map"), ("x-forwarded-host", "evil"), ("x-forwarded-proto", "https")], Ok("http://map"))]
    #[case::trusted("10.1.1.1", &[("host", "inner"), ("x-forwarded-host", "map.example"), ("x-forwarded-proto", "https"), ("x-forwarded-prefix", "/gis/")], Ok("https://map.example/gis"))]
    #[case::last_entry("10.1.1.1", &[("x-forwarded-host", "evil, map.example"), ("x-forwarded-proto", "http,https")], Ok("https://map.example"))]
    #[case::bad_host("9.9.9.9", &[("host", "a/b")], Err(()))]
    #[case::script("9.9.9.9", &[("host", "<script>")], Err(()))]
    #[case::credentials("9.9.9.9", &[("host", "a@b")], Err(()))]
    #[case::forwarded_alike("10.1.1.1", &[("x-forwarded-host", "[127.0.0.1].evil.example")], Err(()))]
    #[case::bad_scheme("10.1.1.1", &[("x-forwarded-proto", "javascript")], Err(()))]
    #[case::bad_prefix("10.1.1.1", &[("host", "a"), ("x-forwarded-prefix", "//evil")], Err(()))]
    fn of_a_request(
        #[case] peer: &str,
        #[case] pairs: &[(&'static str, &str)],
        #[case] expected: Result<&str, ()>,
    ) {
        let trusted = vec!["10.0.0.0/8".parse().unwrap()];
        let urls = BaseUrls { trusted, ..BaseUrls::default() };
        let local = "127.0.0.1:3000".parse().unwrap();
        let uri = Uri::from_static("/catalog.json");
        let peer = peer.parse().unwrap();
        let url = urls.of(&uri, &headers(pairs), peer, local, ListenerKind::Public);
        assert_eq!(url.as_ref().map(BaseUrl::as_str).map_err(|_| ()), expected);
    }

    #[rstest]
    #[case(ListenerKind::Public, "https://map.example/gis")]
    #[case(ListenerKind::Staff, "https://staff.example")]
    fn a_configured_url_wins(#[case] listener: ListenerKind, #[case] expected: &str) {
        let urls = BaseUrls {
            configured: Some("https://map.example/gis".parse().unwrap()),
            staff: Some("https://staff.example".parse().unwrap()),
            trusted: vec!["10.0.0.0/8".parse().unwrap()],
        };
        let sent = headers(&[("host", "inner"), ("x-forwarded-host", "other")]);
        let local = "127.0.0.1:3000".parse().unwrap();
        let peer = "10.1.1.1".parse().unwrap();
        let url = urls.of(&Uri::from_static("/"), &sent, peer, local, listener);
        assert_eq!(url.unwrap().as_str(), expected);
    }

    #[test]
    fn staff_without_a_url_of_their_own_are_not_sent_to_the_public() {
        let configured = Some("https://map.example/gis".parse().unwrap());
        let urls = BaseUrls { configured, ..BaseUrls::default() };
        let sent = headers(&[("host", "127.0.0.1:4000")]);
        let local = "127.0.0.1:4000".parse().unwrap();
        let peer = "127.0.0.1".parse().unwrap();
        let url = urls.of(&Uri::from_static("/"), &sent, peer, local, ListenerKind::Staff);
        assert_eq!(url.unwrap().as_str(), "http://127.0.0.1:4000");
    }

    #[rstest]
    #[case::none(None, [true, true, true])]
    #[case::localhost(Some("LocalHost:4000"), [true, true, true])]
    #[case::address(Some("192.168.0.7:4000"), [true, true, true])]
    #[case::address6(Some("[fd00::7]:4000"), [true, true, true])]
    #[case::staff(Some("Staff.example"), [true, true, true])]
    #[case::public(Some("map.example"), [true, false, true])]
    #[case::foreign(Some("evil.example:4000"), [true, false, false])]
    #[case::alike(Some("localhost.evil.example"), [true, false, false])]
    #[case::address_alike(Some("127.0.0.1.evil.example"), [true, false, false])]
    #[case::user(Some("localhost@evil.example"), [true, false, false])]
    #[case::address_in_brackets(Some("[127.0.0.1].evil.example"), [true, false, false])]
    #[case::address6_and_letters(Some("[::1]evil"), [true, false, false])]
    #[case::staff_in_brackets(Some("[staff.example].evil.example"), [true, false, false])]
    #[case::trailing_dot(Some("localhost."), [true, false, false])]
    #[case::address_with_trailing_dot(Some("127.0.0.1."), [true, false, false])]
    #[case::port_out_of_range(Some("localhost:99999"), [true, false, false])]
    #[case::zone(Some("[fe80::1%25eth0]:4000"), [true, false, false])]
    #[case::empty(Some(""), [true, false, false])]
    fn hosts_that_a_listener_answers_for(#[case] host: Option<&str>, #[case] admitted: [bool; 3]) {
        let urls = BaseUrls {
            configured: Some("https://map.example".parse().unwrap()),
            staff: Some("https://staff.example:8443/gis".parse().unwrap()),
            trusted: Vec::new(),
        };
        for (listener, admitted) in [ListenerKind::Public, ListenerKind::Staff, ListenerKind::Admin]
            .into_iter()
            .zip(admitted)
        {
            assert_eq!(urls.admit(listener, host).is_ok(), admitted, "{listener:?}");
        }
    }
}
