//! Documents of one snapshot.

use bytes::Bytes;

use crate::http::accept::ContentCoding;
use crate::http::etag::ETag;
use crate::http::gzip;

/// A document of one snapshot, in both codings.
#[derive(Debug, Clone)]
pub struct SnapshotDocument {
    /// The document as text.
    pub plain: Bytes,
    /// The text as one gzip member.
    pub gzip: Bytes,
    tags: [ETag; 2],
}

impl SnapshotDocument {
    /// Compresses a document. Blocks for the time that takes.
    #[must_use]
    pub fn new(plain: Vec<u8>) -> Self {
        let tags = [ContentCoding::Gzip, ContentCoding::Identity]
            .map(|coding| ETag::of_document(&plain, coding));
        Self { gzip: gzip::compress(&plain), plain: plain.into(), tags }
    }

    /// Body and entity tag in one coding.
    #[must_use]
    pub fn coded(&self, encoding: ContentCoding) -> (&Bytes, &ETag) {
        match encoding {
            ContentCoding::Gzip => (&self.gzip, &self.tags[0]),
            ContentCoding::Identity => (&self.plain, &self.tags[1]),
        }
    }
}
