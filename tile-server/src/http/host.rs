//! The host that a request names.

use std::net::{IpAddr, Ipv6Addr};

use http::header::HOST;
use http::{HeaderMap, Uri, Version};

use crate::http::problem::{Problem, ProblemKind};

/// Longest host and port: a name of DNS is at most 253 bytes (RFC 1035, section 2.3.4).
const MAX_BYTES: usize = 255;

/// A host and port as they stand in `Host` (RFC 3986, sections 3.2.2 and 3.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostAndPort<'t> {
    /// Name or address, without brackets.
    pub name: &'t str,
    /// Port; `None` where the text has none.
    pub port: Option<u16>,
}

impl<'t> HostAndPort<'t> {
    /// Parses a text of a host and an optional port; `None` for any other text.
    ///
    /// A host is an IPv4 address, an IPv6 address in brackets and without a zone, or labels of
    /// letters, digits, `-` and `_`, with or without a last dot. The whole text must match:
    /// `[127.0.0.1].evil.example` begins like an address and is none.
    #[must_use]
    pub fn parse(text: &'t str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        if let Some(rest) = text.strip_prefix('[') {
            let (name, rest) = rest.split_once(']')?;
            name.parse::<Ipv6Addr>().ok()?;
            return match rest.strip_prefix(':') {
                Some(port) => Some(Self { name, port: Some(parse_port(port)?) }),
                None => rest.is_empty().then_some(Self { name, port: None }),
            };
        }
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => (name, Some(parse_port(port)?)),
            None => (text, None),
        };
        is_name(name).then_some(Self { name, port })
    }
}

/// Parses 1 to 65535 in decimal digits alone: the standard parser takes a sign too.
fn parse_port(text: &str) -> Option<u16> {
    let digits = (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|port| *port != 0)
}

fn is_name(text: &str) -> bool {
    let labels = text.strip_suffix('.').unwrap_or(text);
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    labels.split('.').all(|label| !label.is_empty() && label.bytes().all(allowed))
}

/// The host and port that a request asks for; `None` for HTTP/1.0 without a host.
///
/// # Errors
/// A problem where there is no `Host` or more than one, or where one is not a host with an
/// optional port (RFC 9112, section 3.2): a request whose host different parties may read
/// differently is not answered.
pub fn of_request<'r>(
    version: Version,
    uri: &'r Uri,
    headers: &'r HeaderMap,
) -> Result<Option<&'r str>, Problem> {
    let problem = |detail: &str| Err(Problem::new(ProblemKind::BadHost, detail));
    let mut values = headers.get_all(HOST).iter();
    let (first, second) = (values.next(), values.next());
    let host = match (first, second) {
        (_, Some(_)) => return problem("The request has two Host headers; send one."),
        (None, None) if version >= Version::HTTP_11 => {
            return problem("The request has no Host header; send the name you asked for.");
        }
        (None, None) => None,
        (Some(value), None) => match value.to_str() {
            Ok(text) => Some(text),
            Err(_) => return problem("The header Host is no plain text."),
        },
    };
    // A target in absolute form names the host itself, and wins.
    let target = uri.authority().map(http::uri::Authority::as_str);
    let sound = |text: Option<&str>| text.is_none_or(|text| HostAndPort::parse(text).is_some());
    if !sound(host) || !sound(target) {
        return problem(
            "The host of the request is not a host name or an IP address with an optional port; \
             send one such as map.example:3000, 192.0.2.7 or [2001:db8::7]:3000.",
        );
    }
    Ok(target.or(host))
}

/// The host of a text of host and port, without port and brackets; `None` for any other text.
#[must_use]
pub fn name(host: &str) -> Option<&str> {
    HostAndPort::parse(host).map(|parsed| parsed.name)
}

/// The IP address that a name is; `None` for any other name.
#[must_use]
pub fn address(name: &str) -> Option<IpAddr> {
    name.parse().ok()
}

/// Whether a name is this machine's own by convention (RFC 6761, section 6.3).
#[must_use]
pub fn is_local_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
}

/// Whether a name stands for this machine only.
#[must_use]
pub fn is_loopback(name: &str) -> bool {
    is_local_name(name) || address(name).is_some_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use rstest::rstest;

    #[rstest]
    #[case("map.example", "map.example", None)]
    #[case("map.example:80", "map.example", Some(80))]
    #[case("Map.Example.", "Map.Example.", None)]
    #[case("tile_server:65535", "tile_server", Some(65535))]
    #[case("[::1]:80", "::1", Some(80))]
    #[case("[::1]", "::1", None)]
    #[case("[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", Some(1))]
    #[case("127.0.0.1:3000", "127.0.0.1", Some(3000))]
    #[case("127.0.0.1.evil.example", "127.0.0.1.evil.example", None)]
    fn names(#[case] host: &str, #[case] name: &str, #[case] port: Option<u16>) {
        assert_eq!(HostAndPort::parse(host), Some(HostAndPort { name, port }));
    }

    #[rstest]
    #[case::empty("")]
    #[case::only_a_port(":3000")]
    #[case::no_port("localhost:")]
    #[case::port_0("localhost:0")]
    #[case::port_out_of_range("localhost:65536")]
    #[case::port_with_a_sign("localhost:+80")]
    #[case::port_of_letters("localhost:http")]
    #[case::two_ports("127.0.0.1:80:80")]
    #[case::name_behind_brackets("[127.0.0.1].evil.example")]
    #[case::name_behind_ipv6("[::1].evil.example")]
    #[case::letters_behind_ipv6("[::1]evil")]
    #[case::port_behind_letters("[::1]evil:80")]
    #[case::ipv4_in_brackets("[127.0.0.1]")]
    #[case::name_in_brackets("[localhost]")]
    #[case::open_bracket("[::1")]
    #[case::two_brackets("[[::1]]")]
    #[case::zone("[fe80::1%25eth0]")]
    #[case::plain_zone("[fe80::1%eth0]:80")]
    #[case::future_address("[v1.a]")]
    #[case::ipv6_without_brackets("::1")]
    #[case::user("localhost@evil.example")]
    #[case::user_and_password("localhost:80@evil.example")]
    #[case::empty_label("127.0.0.1..evil.example")]
    #[case::leading_dot(".localhost")]
    #[case::only_a_dot(".")]
    #[case::two_trailing_dots("localhost..")]
    #[case::space("localhost evil.example")]
    #[case::list("localhost, evil.example")]
    #[case::escape("local%68ost")]
    #[case::path("localhost/evil")]
    #[case::query("localhost?")]
    #[case::korean("지도.example")]
    fn a_host_that_only_begins_like_one_is_none(#[case] host: &str) {
        assert_eq!(HostAndPort::parse(host), None);
    }

    #[test]
    fn a_host_is_bounded() {
        let name = "a".repeat(MAX_BYTES);
        assert!(HostAndPort::parse(&name).is_some());
        assert_eq!(HostAndPort::parse(&format!("{name}a")), None);
    }

    #[rstest]
    #[case(Version::HTTP_11, &["a"], Ok(Some("a")))]
    #[case(Version::HTTP_11, &[], Err(()))]
    #[case(Version::HTTP_11, &["a", "a"], Err(()))]
    #[case(Version::HTTP_10, &[], Ok(None))]
    #[case(Version::HTTP_10, &["a", "b"], Err(()))]
    #[case(Version::HTTP_11, &["[127.0.0.1].evil.example"], Err(()))]
    #[case(Version::HTTP_10, &["a@b"], Err(()))]
    fn one_host(
        #[case] version: Version,
        #[case] hosts: &[&'static str],
        #[case] expected: Result<Option<&str>, ()>,
    ) {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_static(host));
        }
        let uri = Uri::from_static("/");
        assert_eq!(of_request(version, &uri, &headers).map_err(|_| ()), expected);
    }
}
