//! Answers that are the same for every request, kept with their compressed form.

use bytes::Bytes;
use data_model::Audience;
use http::header::VARY;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::http::accept::{self, ContentCoding};
use crate::http::etag::ETag;
use crate::http::gzip;
use crate::http::reply::HttpReply;

/// A body with its tags.
#[derive(Debug, Clone)]
pub struct PreparedBody {
    media_type: &'static str,
    plain: Bytes,
    /// One gzip member; `None` where it would not be smaller.
    gzip: Option<Bytes>,
}

impl PreparedBody {
    /// Compresses a body where that makes it smaller. Blocks for as long as deflating takes.
    #[must_use]
    pub fn new(media_type: &'static str, plain: Vec<u8>) -> Self {
        let compressed = gzip::compress(&plain);
        let gzip = (compressed.len() < plain.len()).then_some(compressed);
        Self { media_type, plain: plain.into(), gzip }
    }

    /// Answers with the coding that the client takes, or with `304`.
    #[must_use]
    pub fn reply(&self, headers: &HeaderMap, cache_control: &HeaderValue) -> HttpReply {
        let (body, coding) = match (&self.gzip, accept::for_document(headers)) {
            (Some(gzip), ContentCoding::Gzip) => (gzip, ContentCoding::Gzip),
            _ => (&self.plain, ContentCoding::Identity),
        };
        let etag = ETag::of_document(&self.plain, coding);
        let reply = if etag.matches(headers) {
            HttpReply::empty(StatusCode::NOT_MODIFIED)
        } else {
            HttpReply::ok(self.media_type, body.clone()).coded(coding)
        };
        let mut reply = reply.cached(&etag, cache_control);
        if self.gzip.is_none() {
            reply.headers.remove(VARY);
        }
        reply
    }
}

/// `Cache-Control` of symbols and glyphs: an hour, since index and picture of a sheet, fetched
/// by themselves, must be of one build. No shared cache keeps those of staff.
#[must_use]
pub fn cache_control(audience: Audience) -> HeaderValue {
    HeaderValue::from_static(match audience {
        Audience::Public => "public, max-age=3600",
        Audience::Staff => "private, max-age=3600",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::{ACCEPT_ENCODING, ETAG, IF_NONE_MATCH};

    #[test]
    fn the_coding_is_the_one_that_the_client_takes() {
        let body = PreparedBody::new("application/json", b"[0,0,0]".repeat(100));
        let cache = cache_control(Audience::Public);
        let mut headers = HeaderMap::new();
        let plain = body.reply(&headers, &cache);
        assert_eq!(plain.header("content-encoding"), None);
        assert_eq!(plain.body.len(), 700);
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let gzip = body.reply(&headers, &cache);
        assert_eq!(gzip.header("content-encoding"), Some("gzip"));
        assert_eq!(gzip.header("vary"), Some("accept-encoding"));
        assert!(gzip.body.len() < 100);
        assert_ne!(gzip.header("etag"), plain.header("etag"));
        headers.insert(IF_NONE_MATCH, gzip.headers[ETAG].clone());
        let again = body.reply(&headers, &cache);
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
        assert_eq!(again.header("cache-control"), Some("public, max-age=3600"));
        assert!(again.body.is_empty());
    }

    #[test]
    fn a_body_that_does_not_shrink_is_sent_as_it_is() {
        let body = PreparedBody::new("image/png", vec![7]);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let reply = body.reply(&headers, &cache_control(Audience::Staff));
        assert_eq!(reply.header("content-encoding"), None);
        assert_eq!(reply.header("vary"), None);
        assert_eq!(reply.header("cache-control"), Some("private, max-age=3600"));
        assert_eq!(reply.body, vec![7]);
    }
}
