//! The absolute URL under which a client sees this server.
//!
//! From configuration where it is given; else from what a trusted proxy says;
//! else from `Host`. It never ends in a slash.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::header::{HOST, HeaderName};
use http::uri::Authority;
use http::{HeaderMap, Uri};

use crate::problem::{Kind, Problem};

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// An absolute `http` or `https` URL without query, fragment, credentials or
/// trailing slash: origin and path prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    /// Where the path prefix starts in `text`.
    origin_length: usize,
}

/// Why a text is no base URL.
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

    /// Whether it names this machine only.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.text.parse::<Uri>();
        let host = host.as_ref().ok().and_then(Uri::host).unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// A host and port that can stand in a link: no credentials, nothing to escape.
fn plain_authority(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    !text.is_empty()
        && text.len() <= 255
        && text.bytes().all(allowed)
        && text.parse::<Authority>().is_ok_and(|authority| !authority.host().is_empty())
}

fn plain_prefix(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    text.is_empty()
        || (text.len() <= 255
            && text.starts_with('/')
            && !text.contains("//")
            && text.bytes().all(allowed))
}

/// A network whose members may say how the client sees us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// Why a text is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an IP address or network such as 10.0.0.0/8")]
pub struct InvalidNetwork;

impl FromStr for Network {
    type Err = InvalidNetwork;
    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| InvalidNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.trim().parse().map_err(|_| InvalidNetwork)?,
            None => most,
        };
        if bits > most {
            return Err(InvalidNetwork);
        }
        Ok(Self { address, bits })
    }
}

impl Network {
    /// Whether an address lies inside. IPv4 peers of an IPv6 socket count as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let bits = u32::from(self.bits);
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.checked_shr(32 - bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.checked_shr(128 - bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// How the base URL of a request is found.
#[derive(Debug, Clone, Default)]
pub struct BaseUrls {
    /// The configured one, which wins.
    pub configured: Option<BaseUrl>,
    /// Who may send `X-Forwarded-*`.
    pub trusted: Vec<Network>,
}

impl BaseUrls {
    /// The base URL of one request.
    ///
    /// Of a forwarded list the last entry counts: it is what the trusted peer
    /// itself added; earlier ones may be the client's invention.
    ///
    /// # Errors
    /// A problem where `Host` or what the proxy says can't stand in a link.
    pub fn of(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        peer: IpAddr,
        local: SocketAddr,
    ) -> Result<BaseUrl, Problem> {
        if let Some(configured) = &self.configured {
            return Ok(configured.clone());
        }
        let trusted = self.trusted.iter().any(|network| network.contains(peer));
        let forwarded = |name: &HeaderName| {
            let value = headers.get_all(name).iter().next_back().filter(|_| trusted)?;
            let last = value.to_str().unwrap_or("?").rsplit(',').next()?;
            Some(last.trim().to_owned())
        };
        let scheme = match forwarded(&FORWARDED_PROTO).as_deref() {
            None | Some("http") => "http",
            Some("https") => "https",
            Some(_) => return Err(fault("X-Forwarded-Proto")),
        };
        let prefix = forwarded(&FORWARDED_PREFIX).unwrap_or_default();
        let prefix = prefix.trim_end_matches('/');
        if !plain_prefix(prefix) {
            return Err(fault("X-Forwarded-Prefix"));
        }
        let host = forwarded(&FORWARDED_HOST)
            .or_else(|| uri.authority().map(ToString::to_string))
            .or_else(|| Some(headers.get(HOST)?.to_str().unwrap_or("?").to_owned()))
            // HTTP/1.0 needs no Host; the socket's own address is a true answer.
            .unwrap_or_else(|| local.to_string());
        if !plain_authority(&host) {
            return Err(fault("Host"));
        }
        Ok(BaseUrl::from_parts(scheme, &host, prefix))
    }

    /// Whether a request comes straight from this machine, from its operator:
    /// with a proxy in between, every client would seem to.
    #[must_use]
    pub fn is_local(&self, headers: &HeaderMap, peer: IpAddr) -> bool {
        let behind_proxy = self.configured.as_ref().is_some_and(|url| !url.is_loopback())
            || !self.trusted.is_empty()
            || headers.contains_key(FORWARDED_FOR)
            || headers.contains_key(FORWARDED_HOST)
            || headers.contains_key("forwarded")
            || headers.contains_key("via");
        peer.to_canonical().is_loopback() && !behind_proxy
    }
}

fn fault(header: &str) -> Problem {
    Problem::new(
        Kind::Malformed,
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

    #[rstest]
    #[case("10.0.0.0/8", "10.200.3.4", true)]
    #[case("10.0.0.0/8", "11.0.0.0", false)]
    #[case("10.0.0.0/8", "::ffff:10.1.1.1", true)]
    #[case("127.0.0.1", "127.0.0.1", true)]
    #[case("127.0.0.1", "127.0.0.2", false)]
    #[case("0.0.0.0/0", "8.8.8.8", true)]
    #[case("0.0.0.0/0", "::1", false)]
    #[case("fd00::/8", "fd12::1", true)]
    #[case("::/0", "fd12::1", true)]
    #[case("fd00::/8", "fe80::1", false)]
    fn networks(#[case] network: &str, #[case] address: &str, #[case] expected: bool) {
        let network: Network = network.parse().unwrap();
        assert_eq!(network.contains(address.parse().unwrap()), expected);
    }

    #[test]
    fn bad_networks_are_refused() {
        for text in ["", "10.0.0.0/33", "::/129", "proxy", "10.0.0/8", "10.0.0.0/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
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
    #[case::bad_scheme("10.1.1.1", &[("x-forwarded-proto", "javascript")], Err(()))]
    #[case::bad_prefix("10.1.1.1", &[("host", "a"), ("x-forwarded-prefix", "//evil")], Err(()))]
    fn of_a_request(
        #[case] peer: &str,
        #[case] pairs: &[(&'static str, &str)],
        #[case] expected: Result<&str, ()>,
    ) {
        let urls = BaseUrls { configured: None, trusted: vec!["10.0.0.0/8".parse().unwrap()] };
        let local = "127.0.0.1:3000".parse().unwrap();
        let uri = Uri::from_static("/catalog.json");
        let url = urls.of(&uri, &headers(pairs), peer.parse().unwrap(), local);
        assert_eq!(url.as_ref().map(BaseUrl::as_str).map_err(|_| ()), expected);
    }

    #[test]
    fn a_configured_url_wins() {
        let urls = BaseUrls {
            configured: Some("https://map.example/gis".parse().unwrap()),
            trusted: vec!["10.0.0.0/8".parse().unwrap()],
        };
        let sent = headers(&[("host", "inner"), ("x-forwarded-host", "other")]);
        let local = "127.0.0.1:3000".parse().unwrap();
        let url = urls.of(&Uri::from_static("/"), &sent, "10.1.1.1".parse().unwrap(), local);
        assert_eq!(url.unwrap().as_str(), "https://map.example/gis");
    }

    #[test]
    fn a_request_through_a_proxy_is_not_local() {
        let loopback = "127.0.0.1".parse().unwrap();
        let plain = BaseUrls::default();
        assert!(plain.is_local(&headers(&[("host", "a")]), loopback));
        assert!(!plain.is_local(&headers(&[("x-forwarded-for", "1.2.3.4")]), loopback));
        assert!(!plain.is_local(&headers(&[]), "10.0.0.1".parse().unwrap()));
        let public = BaseUrls {
            configured: Some("https://map.example".parse().unwrap()),
            trusted: Vec::new(),
        };
        assert!(!public.is_local(&headers(&[]), loopback));
    }
}
