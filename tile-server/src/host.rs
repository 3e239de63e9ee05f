//! The host that a request names.

use std::net::IpAddr;

use http::header::HOST;
use http::{HeaderMap, Uri, Version};

use crate::problem::{Kind, Problem};

/// The host and port that a request asks for; none where HTTP/1.0 names none.
///
/// # Errors
/// A problem where there is no `Host` or more than one, or where it is no text
/// (RFC 9112, section 3.2): what different parties take for different hosts is
/// not answered under any.
pub fn of_request<'r>(
    version: Version,
    uri: &'r Uri,
    headers: &'r HeaderMap,
) -> Result<Option<&'r str>, Problem> {
    let problem = |detail: &str| Err(Problem::new(Kind::BadHost, detail));
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
    Ok(uri.authority().map(http::uri::Authority::as_str).or(host))
}

/// A host without port and brackets.
#[must_use]
pub fn name(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split_once(']').map_or(rest, |(name, _)| name);
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

/// The address where a name is one.
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
    #[case("map.example", "map.example")]
    #[case("map.example:80", "map.example")]
    #[case("[::1]:80", "::1")]
    #[case("[::1]", "::1")]
    #[case("127.0.0.1:3000", "127.0.0.1")]
    #[case("", "")]
    fn names(#[case] host: &str, #[case] expected: &str) {
        assert_eq!(name(host), expected);
    }

    #[rstest]
    #[case(Version::HTTP_11, &["a"], Ok(Some("a")))]
    #[case(Version::HTTP_11, &[], Err(()))]
    #[case(Version::HTTP_11, &["a", "a"], Err(()))]
    #[case(Version::HTTP_10, &[], Ok(None))]
    #[case(Version::HTTP_10, &["a", "b"], Err(()))]
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
