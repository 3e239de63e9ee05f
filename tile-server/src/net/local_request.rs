//! Requests that the server's own user makes on this machine, with nobody in between.
//!
//! While there is no catalog, files are answered to these requests only. A request has to look
//! plain, and the program that sent it must be no proxy: either check alone can be got around.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Version};
use tokio::sync::OnceCell;

use crate::http::host::{self, HostAndPort};
use crate::net::peer_program::{PeerExaminer, UntrustedPeer};
use crate::net::proxy_headers;

/// Reason for which a request does not count as one of the server's own user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotLocal {
    /// The request came over a network.
    #[error("the request comes from another machine")]
    OtherMachine,
    /// The request is HTTP/1.0, which proxies send and browsers do not.
    #[error("the request is not HTTP/1.1")]
    OldVersion,
    /// The request's target is in the form for a forward proxy.
    #[error("the request names its target as if to a proxy")]
    AbsoluteTarget,
    /// The request's `Host` is not this machine and port.
    #[error("the request's Host is not localhost or a loopback address, or has another port")]
    ForeignHost,
    /// The request has a header of a proxy.
    #[error("the request has a header of a proxy")]
    Forwarded,
    /// A web page of another site makes the request.
    #[error("a web page of another site makes the request")]
    ForeignPage,
    /// The request looks plain, and the program that sent it is not trusted.
    #[error("{0}")]
    Peer(#[from] UntrustedPeer),
}

/// Both ends of a connection, and the cached examination of the peer's program.
#[derive(Debug)]
pub struct LocalConnection {
    peer: SocketAddr,
    local: SocketAddr,
    program: OnceCell<Result<(), UntrustedPeer>>,
}

impl LocalConnection {
    /// The connection from `peer` to `local`, not examined yet.
    #[must_use]
    pub const fn new(peer: SocketAddr, local: SocketAddr) -> Self {
        Self { peer, local, program: OnceCell::const_new() }
    }

    /// Checks that the server's own user sent a request, with no proxy in between.
    ///
    /// # Errors
    /// [`NotLocal`] where that is not so or not certain.
    pub async fn check(&self, parts: &Parts, examiner: &PeerExaminer) -> Result<(), NotLocal> {
        self.check_head(parts)?;
        let examined = self.program.get_or_init(|| examiner.examine(self.peer, self.local));
        Ok((*examined.await)?)
    }

    fn check_head(&self, parts: &Parts) -> Result<(), NotLocal> {
        let headers = &parts.headers;
        if !self.peer.ip().to_canonical().is_loopback() {
            return Err(NotLocal::OtherMachine);
        }
        if parts.version != Version::HTTP_11 {
            return Err(NotLocal::OldVersion);
        }
        if parts.uri.authority().is_some() {
            return Err(NotLocal::AbsoluteTarget);
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = host.and_then(loopback_host).ok_or(NotLocal::ForeignHost)?;
        if host.port.is_some_and(|port| port != self.local.port()) {
            return Err(NotLocal::ForeignHost);
        }
        if headers.keys().any(proxy_headers::is_of_proxy) {
            return Err(NotLocal::Forwarded);
        }
        if !is_of_own_page(headers) {
            return Err(NotLocal::ForeignPage);
        }
        Ok(())
    }
}

/// Parses `localhost` or a loopback address, with or without a port; `None` for another host.
fn loopback_host(authority: &str) -> Option<HostAndPort<'_>> {
    HostAndPort::parse(authority).filter(|host| host::is_loopback(host.name))
}

/// Whether no page makes the request, or a page that this machine serves: any other page that
/// the user happens to visit must not read the user's files.
fn is_of_own_page(headers: &HeaderMap) -> bool {
    if let Some(origin) = headers.get(ORIGIN) {
        return is_loopback_origin(origin.to_str().unwrap_or_default());
    }
    let site = headers.get("sec-fetch-site").map(|site| site.to_str().unwrap_or_default());
    site.is_none_or(|site| matches!(site, "none" | "same-origin" | "same-site"))
}

fn is_loopback_origin(origin: &str) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    authority.is_some_and(|authority| loopback_host(authority).is_some())
}

/// De-duplicates the log's explanations of requests that are not local.
#[derive(Debug, Default)]
pub struct LoggedReasons(AtomicU32);

impl LoggedReasons {
    /// Logs the first occurrence of a reason.
    pub fn log_once(&self, reason: NotLocal) {
        let bit = 1
            << match reason {
                NotLocal::OtherMachine => 0,
                NotLocal::OldVersion => 1,
                NotLocal::AbsoluteTarget => 2,
                NotLocal::ForeignHost => 3,
                NotLocal::Forwarded => 4,
                NotLocal::ForeignPage => 5,
                NotLocal::Peer(UntrustedPeer::Unlisted) => 6,
                NotLocal::Peer(UntrustedPeer::OtherUser) => 7,
                NotLocal::Peer(UntrustedPeer::Hidden) => 8,
                NotLocal::Peer(UntrustedPeer::AcceptsConnections) => 9,
                NotLocal::Peer(UntrustedPeer::NotExamined) => 10,
            };
        if self.0.fetch_or(bit, Ordering::Relaxed) & bit == 0 {
            tracing::warn!(
                %reason,
                "a request is answered as if there were no files without a catalog; declare them, \
                 look at them on --listen-staff, or publish them with --publish-uncatalogued"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use rstest::rstest;
    use std::net::IpAddr;

    const PLAIN: (&str, &str) = ("host", "127.0.0.1:3000");

    #[rstest]
    #[case::curl("127.0.0.1", &[PLAIN, ("user-agent", "curl/8.14"), ("accept", "*/*")], Ok(()))]
    #[case::name("::1", &[("host", "LocalHost:3000")], Ok(()))]
    #[case::ipv6("::1", &[("host", "[::1]:3000")], Ok(()))]
    #[case::mapped("::ffff:127.0.0.1", &[PLAIN], Ok(()))]
    #[case::typed("127.0.0.1", &[PLAIN, ("sec-fetch-site", "none")], Ok(()))]
    #[case::own_page("127.0.0.1", &[PLAIN, ("sec-fetch-site", "same-origin")], Ok(()))]
    #[case::page_of_this_machine("127.0.0.1", &[PLAIN, ("origin", "http://localhost:5173"), ("sec-fetch-site", "cross-site")], Ok(()))]
    #[case::other_machine("10.0.0.1", &[PLAIN], Err(NotLocal::OtherMachine))]
    #[case::no_host("127.0.0.1", &[], Err(NotLocal::ForeignHost))]
    #[case::public_host("127.0.0.1", &[("host", "map.example")], Err(NotLocal::ForeignHost))]
    #[case::public_address("127.0.0.1", &[("host", "203.0.113.7:3000")], Err(NotLocal::ForeignHost))]
    #[case::no_port("127.0.0.1", &[("host", "localhost")], Ok(()))]
    #[case::port_of_the_proxy("127.0.0.1", &[("host", "localhost:80")], Err(NotLocal::ForeignHost))]
    #[case::alike("127.0.0.1", &[("host", "127.0.0.1.evil.example:3000")], Err(NotLocal::ForeignHost))]
    #[case::brackets("127.0.0.1", &[("host", "[127.0.0.1].evil.example:3000")], Err(NotLocal::ForeignHost))]
    #[case::ipv6_alike("::1", &[("host", "[::1]3000")], Err(NotLocal::ForeignHost))]
    #[case::other_ipv6("::1", &[("host", "[fd00::7]:3000")], Err(NotLocal::ForeignHost))]
    #[case::user("127.0.0.1", &[("host", "evil@127.0.0.1:3000")], Err(NotLocal::ForeignHost))]
    #[case::root_dot("127.0.0.1", &[("host", "localhost.:3000")], Err(NotLocal::ForeignHost))]
    #[case::nginx("127.0.0.1", &[PLAIN, ("x-real-ip", "9.9.9.9")], Err(NotLocal::Forwarded))]
    #[case::chain("127.0.0.1", &[PLAIN, ("x-forwarded-server", "a")], Err(NotLocal::Forwarded))]
    #[case::rfc7239("127.0.0.1", &[PLAIN, ("forwarded", "for=9.9.9.9")], Err(NotLocal::Forwarded))]
    #[case::squid("127.0.0.1", &[PLAIN, ("via", "1.1 squid")], Err(NotLocal::Forwarded))]
    #[case::tunnel("127.0.0.1", &[PLAIN, ("cf-connecting-ip", "9.9.9.9")], Err(NotLocal::Forwarded))]
    #[case::akamai("127.0.0.1", &[PLAIN, ("true-client-ip", "9.9.9.9")], Err(NotLocal::Forwarded))]
    #[case::foreign_page("127.0.0.1", &[PLAIN, ("origin", "https://evil.example")], Err(NotLocal::ForeignPage))]
    #[case::alike_page("127.0.0.1", &[PLAIN, ("origin", "http://localhost.evil.example")], Err(NotLocal::ForeignPage))]
    #[case::framed_page("127.0.0.1", &[PLAIN, ("origin", "null")], Err(NotLocal::ForeignPage))]
    #[case::foreign_image("127.0.0.1", &[PLAIN, ("sec-fetch-site", "cross-site")], Err(NotLocal::ForeignPage))]
    fn a_plain_request_of_this_machine(
        #[case] peer: IpAddr,
        #[case] headers: &[(&str, &str)],
        #[case] expected: Result<(), NotLocal>,
    ) {
        let local = SocketAddr::new(peer, 3000);
        let connection = LocalConnection::new(SocketAddr::new(peer, 40_000), local);
        let mut request = Request::builder().uri("/tiles/a.json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(connection.check_head(&parts), expected);
        if expected.is_ok() {
            parts.version = Version::HTTP_10;
            assert_eq!(connection.check_head(&parts), Err(NotLocal::OldVersion));
            parts.version = Version::HTTP_11;
            parts.uri = "http://127.0.0.1:3000/tiles/a.json".parse().unwrap();
            assert_eq!(connection.check_head(&parts), Err(NotLocal::AbsoluteTarget));
        }
    }
}
