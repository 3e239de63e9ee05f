//! Cache of previews, bounded in bytes.
//!
//! The key is the preview's tag, which changes with data and style, and the audience.

use bytes::Bytes;
use data_model::Audience;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::cache::bounded_cache::bounded;
use crate::http::etag::ETag;

/// Bytes that an entry takes beside its picture: key, index and ghost.
const OVERHEAD: u64 = 224;
/// Expected weight of a picture, to size the index.
const USUAL_BYTES: u64 = 8 << 10;

type Key = (ETag, Audience);

#[derive(Debug, Clone, Copy)]
struct Weight;

impl Weighter<Key, Bytes> for Weight {
    fn weight(&self, _: &Key, picture: &Bytes) -> u64 {
        OVERHEAD + picture.len() as u64
    }
}

/// Previews of all maps and audiences.
pub struct PreviewCache(Option<Cache<Key, Bytes, Weight>>);

impl PreviewCache {
    /// A cache of at most `bytes`; disabled for 0.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        Self(bounded(bytes, USUAL_BYTES, Weight))
    }

    /// The preview with this tag; `None` on a miss.
    #[must_use]
    pub fn get(&self, tag: ETag, audience: Audience) -> Option<Bytes> {
        self.0.as_ref()?.get(&(tag, audience))
    }

    /// Inserts a preview.
    pub fn insert(&self, tag: ETag, audience: Audience, picture: Bytes) {
        if let Some(cache) = &self.0 {
            cache.insert((tag, audience), picture);
        }
    }
}
