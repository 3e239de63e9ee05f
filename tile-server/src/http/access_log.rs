//! One line of the log for each request.

use http::HeaderMap;
use http::header::{REFERER, USER_AGENT};
use http::request::Parts;

use crate::http::problem::{LogLevel, Problem};
use crate::http::request_id::RequestId;
use crate::http::route::RouteName;
use crate::net::client_address::client_address;
use crate::net::network::TrustedNetwork;
use crate::net::request_origin::RequestOrigin;

/// Longest text of a client in a line, in characters: a hostile one can't fill the disk.
const MAX_CHARACTERS: usize = 200;

/// A request and its answer.
pub struct AccessEntry<'a> {
    /// Id of the request.
    pub id: &'a RequestId,
    /// Origin of the request.
    pub origin: RequestOrigin,
    /// Head of the request.
    pub parts: &'a Parts,
    /// Route of the request.
    pub route: RouteName,
    /// Status of the answer.
    pub status: u16,
    /// Bytes of the answer's body.
    pub bytes: usize,
    /// Time from the head to the answer.
    pub seconds: f64,
}

impl AccessEntry<'_> {
    /// Logs the request: an answer without a problem at the level `info`, and at `warn` where
    /// its status is `503`; else at the level of the problem.
    ///
    /// Of a referring page its origin alone is logged, as the site that embeds the map; the
    /// rest of another site's URL is not.
    pub fn log(&self, trusted: &[TrustedNetwork], problem: Option<&Problem>) {
        let uri = &self.parts.uri;
        let headers = &self.parts.headers;
        let client = client_address(self.origin.peer, headers, trusted);
        let path = cut(uri.path());
        let query = uri.query().map(cut);
        let agent = text(headers, &USER_AGENT);
        let agent = agent.as_deref().map(cut);
        let referrer = text(headers, &REFERER);
        let referrer = referrer.as_deref().and_then(origin_of).map(cut);
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

/// A header's value as one line of text: letters of any script are kept; invisible characters,
/// characters that change the direction of the line and bytes that are no UTF-8 are escaped.
fn text(headers: &HeaderMap, name: &http::HeaderName) -> Option<String> {
    let mut text = String::new();
    for chunk in headers.get(name)?.as_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                // Quotes and backslashes are escaped by the log's own format.
                ' '..='~' => text.push(character),
                _ => text.extend(character.escape_debug()),
            }
        }
        for byte in chunk.invalid() {
            text.extend(std::ascii::escape_default(*byte).map(char::from));
        }
    }
    Some(text)
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
    use rstest::rstest;

    #[test]
    fn only_the_origin_of_a_referring_page_is_logged() {
        assert_eq!(origin_of("https://a.example/search?q=secret#x"), Some("https://a.example"));
        assert_eq!(origin_of("https://a.example?q=secret"), Some("https://a.example"));
        assert_eq!(origin_of("http://a.example:80"), Some("http://a.example:80"));
        assert_eq!(origin_of("https://user:secret@a.example/"), None);
        assert_eq!(origin_of("about:blank"), None);
    }

    #[rstest]
    #[case::korean("지도 앱/1.0".as_bytes(), "지도 앱/1.0")]
    #[case::emoji("App/🗺".as_bytes(), "App/🗺")]
    #[case::latin1(b"Caf\xe9/2 (\"x\")", "Caf\\xe9/2 (\"x\")")]
    #[case::cp949(b"\xc1\xf6\xb5\xb5", "\\xc1\\xf6\\xb5\\xb5")]
    #[case::turned_around("a\u{202e}b".as_bytes(), "a\\u{202e}b")]
    #[case::terminal("a\u{9b}31mb\tc".as_bytes(), "a\\u{9b}31mb\\tc")]
    #[case::ascii(b"curl/8.14", "curl/8.14")]
    fn a_user_agent_that_is_not_ascii_is_in_the_log(#[case] sent: &[u8], #[case] expected: &str) {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, http::HeaderValue::from_bytes(sent).unwrap());
        assert_eq!(text(&headers, &USER_AGENT).as_deref(), Some(expected));
        assert_eq!(text(&headers, &REFERER), None);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("/동"), "/동");
        assert_eq!(cut(&"동".repeat(1000)).chars().count(), MAX_CHARACTERS);
    }
}
