//! Address of the client behind trusted proxies, for the log.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::header::FORWARDED;

use crate::net::network::TrustedNetwork;
use crate::net::proxy_headers::X_FORWARDED_FOR;

/// Most hops that are read: a longer list was made to waste time.
const MAX_HOPS: usize = 64;

/// Address of the client that a request comes from.
///
/// A peer that is no trusted proxy is the client, whatever its headers claim. Behind a trusted
/// proxy the client is the last address in `X-Forwarded-For` that is no trusted proxy itself:
/// the proxy put it there, and those in front of it may be the client's invention. If that
/// header is missing, `for=` in `Forwarded` (RFC 7239, section 5.2) is read alike. A hop
/// without an address (`unknown`, a name) ends the search at the hop behind it.
#[must_use]
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[TrustedNetwork]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let (name, parse): (_, fn(&str) -> Option<IpAddr>) = match headers.contains_key(X_FORWARDED_FOR)
    {
        true => (X_FORWARDED_FOR, parse_address),
        false => (FORWARDED, parse_forwarded),
    };
    let values = headers.get_all(&name).iter().rev();
    let hops = values.flat_map(|value| value.to_str().unwrap_or("?").rsplit(','));
    for hop in hops.take(MAX_HOPS) {
        let Some(address) = parse(hop.trim()) else { break };
        client = address;
        if !is_trusted(client) {
            break;
        }
    }
    client
}

/// An address, with or without brackets and a port.
fn parse_address(text: &str) -> Option<IpAddr> {
    let plain = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = plain.parse().ok();
    let address = address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

/// The address of `for=` in one element of `Forwarded`, quoted where it holds a colon.
fn parse_forwarded(element: &str) -> Option<IpAddr> {
    let pair = element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim())
    })?;
    let unquoted = pair.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    parse_address(unquoted.unwrap_or(pair))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use rstest::rstest;

    const FOR: &str = "x-forwarded-for";

    #[rstest]
    #[case::direct("9.9.9.9", &[], "9.9.9.9")]
    #[case::mapped("::ffff:9.9.9.9", &[], "9.9.9.9")]
    #[case::claimed("9.9.9.9", &[(FOR, "1.1.1.1")], "9.9.9.9")]
    #[case::silent_proxy("10.0.0.1", &[], "10.0.0.1")]
    #[case::proxy("10.0.0.1", &[(FOR, "1.1.1.1")], "1.1.1.1")]
    #[case::invented("10.0.0.1", &[(FOR, "6.6.6.6, 1.1.1.1")], "1.1.1.1")]
    #[case::two_proxies("10.0.0.1", &[(FOR, "6.6.6.6, 1.1.1.1, 10.0.0.2")], "1.1.1.1")]
    #[case::two_headers("10.0.0.1", &[(FOR, "6.6.6.6"), (FOR, "1.1.1.1")], "1.1.1.1")]
    #[case::inside("10.0.0.1", &[(FOR, "10.0.0.7, 10.0.0.2")], "10.0.0.7")]
    #[case::unknown("10.0.0.1", &[(FOR, "1.1.1.1, unknown, 10.0.0.2")], "10.0.0.2")]
    #[case::port("10.0.0.1", &[(FOR, "1.1.1.1:4711")], "1.1.1.1")]
    #[case::ipv6("10.0.0.1", &[(FOR, "2001:db8::7")], "2001:db8::7")]
    #[case::ipv6_port("10.0.0.1", &[(FOR, "[2001:db8::7]:4711")], "2001:db8::7")]
    #[case::bracketed("10.0.0.1", &[(FOR, "[2001:db8::7]")], "2001:db8::7")]
    #[case::empty("10.0.0.1", &[(FOR, "")], "10.0.0.1")]
    #[case::markup("10.0.0.1", &[(FOR, "<script>")], "10.0.0.1")]
    #[case::forwarded("10.0.0.1", &[("forwarded", "for=1.1.1.1;proto=https;by=10.0.0.1")], "1.1.1.1")]
    #[case::forwarded_list("10.0.0.1", &[("forwarded", "for=6.6.6.6, For=\"[2001:db8::7]:4711\"")], "2001:db8::7")]
    #[case::forwarded_hidden("10.0.0.1", &[("forwarded", "for=_hidden")], "10.0.0.1")]
    #[case::both("10.0.0.1", &[(FOR, "1.1.1.1"), ("forwarded", "for=6.6.6.6")], "1.1.1.1")]
    fn the_client_is_the_last_address_before_the_trusted_proxies(
        #[case] peer: &str,
        #[case] sent: &[(&'static str, &str)],
        #[case] expected: &str,
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let client = client_address(peer.parse().unwrap(), &headers, &trusted);
        assert_eq!(client.to_string(), expected);
    }

    #[test]
    fn a_list_without_end_is_not_read_to_its_end() {
        let list = format!("1.1.1.1{}", ", 10.0.0.1".repeat(2000));
        let headers = HeaderMap::from_iter([(
            http::HeaderName::from_static(FOR),
            HeaderValue::try_from(list).unwrap(),
        )]);
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let client = client_address("10.0.0.1".parse().unwrap(), &headers, &trusted);
        assert_eq!(client.to_string(), "10.0.0.1");
    }
}
