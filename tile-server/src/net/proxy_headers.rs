//! Names of the headers that reverse proxies add to the requests they pass on.

use http::HeaderName;
use http::header::FORWARDED;

/// Client addresses, as most proxies write them.
pub(crate) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Host that the client asked.
pub(crate) const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
/// Scheme by which the client asked.
pub(crate) const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Prefix of the path that the proxy removed.
pub(crate) const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// Headers with the URL and the address of the client, read from trusted proxies only.
pub(crate) const BELIEVED: [HeaderName; 5] =
    [X_FORWARDED_HOST, X_FORWARDED_PROTO, X_FORWARDED_PREFIX, X_FORWARDED_FOR, FORWARDED];

/// Further headers that proxies, balancers and content networks add, and no client of its own
/// accord. A name that ends in `-` stands for all that begin so.
const OTHERS: [&str; 24] = [
    "x-forwarded-",
    "x-forwarded",
    "x-forwarder-",
    "x-original-",
    "x-real-",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-proxy-",
    "x-proxyuser-ip",
    "true-client-ip",
    "via",
    "max-forwards",
    "proxy-connection",
    "cdn-loop",
    "cf-",
    "fastly-",
    "fly-",
    "x-amz-",
    "x-amzn-",
    "x-arr-",
    "x-azure-",
    "x-envoy-",
    "x-varnish",
    "x-nginx-proxy",
];

/// Whether a header is one that proxies add.
#[must_use]
pub(crate) fn is_of_proxy(name: &HeaderName) -> bool {
    let text = name.as_str();
    let is_like = |known: &str| match known.ends_with('-') {
        true => text.starts_with(known),
        false => text == known,
    };
    BELIEVED.contains(name) || OTHERS.iter().any(|known| is_like(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::standard("Forwarded", true)]
    #[case::usual("X-Forwarded-For", true)]
    #[case::any_of_its_kind("X-Forwarded-Server", true)]
    #[case::alone("X-Forwarded", true)]
    #[case::network("CF-Ray", true)]
    #[case::plain("Accept", false)]
    #[case::begins_alike("Viability", false)]
    #[case::prefix_alone("Fly", false)]
    fn headers_of_proxies_are_distinguished_from_those_of_clients(
        #[case] name: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(is_of_proxy(&name.parse().unwrap()), expected);
    }
}
