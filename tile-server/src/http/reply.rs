//! An answer before it is sent: status, headers, one contiguous body.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::http::accept::ContentCoding;
use crate::http::etag::ETag;

/// An answer.
#[derive(Debug, Clone)]
pub struct HttpReply {
    /// The status code.
    pub status: StatusCode,
    /// Headers of this answer; the common headers are added later.
    pub headers: HeaderMap,
    /// The body of a GET.
    pub body: Bytes,
}

impl HttpReply {
    /// An answer without headers.
    #[must_use]
    pub fn new(status: StatusCode, body: Bytes) -> Self {
        Self {
            status,
            // Room for the headers of a tile, so that the map never grows.
            headers: HeaderMap::with_capacity(16),
            body,
        }
    }

    /// `200` with a media type.
    #[must_use]
    pub fn ok(media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut reply = Self::new(StatusCode::OK, body.into());
        reply.set(CONTENT_TYPE, HeaderValue::from_static(media_type));
        reply
    }

    /// `304`, `204` or another answer without a body.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self::new(status, Bytes::new())
    }

    /// Sets a header, replacing any earlier value.
    pub fn set(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.insert(name, value);
    }

    /// Sets the headers of a cacheable representation.
    #[must_use]
    pub fn cached(mut self, etag: &ETag, cache_control: &HeaderValue) -> Self {
        self.set(ETAG, etag.header());
        self.set(CACHE_CONTROL, cache_control.clone());
        self.set(VARY, HeaderValue::from_static("accept-encoding"));
        self
    }

    /// Sets the headers of the body's content coding.
    #[must_use]
    pub fn coded(mut self, encoding: ContentCoding) -> Self {
        if encoding == ContentCoding::Gzip {
            self.set(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        self
    }

    /// The answer to HEAD: the same headers, with the length that the body
    /// would have had (RFC 9110, section 9.3.2).
    #[must_use]
    pub fn without_body(mut self) -> Self {
        let no_content = matches!(self.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        if !no_content {
            self.set(CONTENT_LENGTH, HeaderValue::from(self.body.len()));
        }
        self.body = Bytes::new();
        self
    }

    /// A header as text, for tests and logs.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
