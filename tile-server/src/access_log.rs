//! One line of the log for each request.

use http::HeaderMap;
use http::header::{REFERER, USER_AGENT};
use http::request::Parts;

use crate::client_address::client_address;
use crate::network::Network;
use crate::problem::{LogLevel, Problem};
use crate::request_id::RequestId;
use crate::route::RouteName;
use crate::service::Origin;

/// Longest text of a client in a line, in characters: a hostile one can't fill the disk.
const MAX_CHARACTERS: usize = 200;

/// A request and its answer.
pub struct AccessEntry<'a> {
    /// Name of the request.
    pub id: &'a RequestId,
    /// Where it came from.
    pub origin: Origin,
    /// Its head.
    pub parts: &'a Parts,
    /// Its route.
    pub route: RouteName,
    /// Status of the answer.
    pub status: u16,
    /// Bytes of the answer's body.
    pub bytes: usize,
    /// Time from the head to the answer.
    pub seconds: f64,
}

impl AccessEntry<'_> {
    /// Logs the request: an answer without a problem at the level `info`, and at `warn`
    /// where its status is `503`; else as loudly as the problem asks.
    ///
    /// Of a referring page its origin alone is logged: who embeds the map, and not what
    /// is in another site's URL.
    pub fn log(&self, trusted: &[Network], problem: Option<&Problem>) {
        let uri = &self.parts.uri;
        let headers = &self.parts.headers;
        let client = client_address(self.origin.peer, headers, trusted);
        let path = cut(uri.path());
        let query = uri.query().map(cut);
        let agent = text(headers, &USER_AGENT).map(cut);
        let referrer = text(headers, &REFERER).and_then(origin_of).map(cut);
        let ms = (self.seconds * 1e6).round() / 1e3;
        macro_rules! line {
            ($level:ident, $($extra:tt)*) => {
                tracing::$level!(
                    target: "access",
                    request = %self.id,
                    listener = self.origin.listener.as_str(),
                    client = %client,
                    peer = %self.origin.peer,
                    method = self.parts.method.as_str(),
                    path,
                    query,
                    route = self.route.as_str(),
                    status = self.status,
                    bytes = self.bytes,
                    ms,
                    agent,
                    referrer,
                    $($extra)*
                )
            };
        }
        match problem {
            None if self.status == 503 => line!(warn, "not ready"),
            None => line!(info, "answered"),
            Some(problem) => {
                let cause = problem.cause.as_deref();
                let detail = problem.detail.as_str();
                match problem.kind.row().log {
                    LogLevel::Info => line!(info, detail, "refused"),
                    LogLevel::Warn => line!(warn, detail, cause, "failed"),
                    LogLevel::Error => line!(error, detail, cause, "failed"),
                }
            }
        }
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &http::HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// The first characters of a text.
fn cut(text: &str) -> &str {
    text.char_indices().nth(MAX_CHARACTERS).map_or(text, |(end, _)| &text[..end])
}

/// Scheme and host of a URL.
fn origin_of(url: &str) -> Option<&str> {
    let start = url.find("://")? + 3;
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    // Credentials stand before an @.
    (!url[start..end].contains('@')).then(|| &url[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_referring_page_its_origin_is_left() {
        assert_eq!(origin_of("https://a.example/search?q=secret#x"), Some("https://a.example"));
        assert_eq!(origin_of("https://a.example?q=secret"), Some("https://a.example"));
        assert_eq!(origin_of("http://a.example:80"), Some("http://a.example:80"));
        assert_eq!(origin_of("https://user:secret@a.example/"), None);
        assert_eq!(origin_of("about:blank"), None);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("/동"), "/동");
        assert_eq!(cut(&"동".repeat(1000)).chars().count(), MAX_CHARACTERS);
    }
}
