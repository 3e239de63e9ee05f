//! Cache of spliced tiles of several layers, bounded in bytes.
//!
//! Splicing costs little, but a map page asks for the same theme tiles over and
//! over, and looking up and copying 26 fragments costs more than all else in the
//! answer. The key is the tile's tag, which changes with any of its layers, and
//! the audience.

use bytes::Bytes;
use data_model::Audience;
use prometheus_client::metrics::counter::Counter;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::cache::bounded_cache::bounded;
use crate::http::etag::ETag;

/// Bytes that an entry takes beside its tile: key, index and ghost.
const OVERHEAD: u64 = 224;
/// Expected weight of a tile, to size the index.
const USUAL_BYTES: u64 = 32 << 10;

type Key = (ETag, Audience);

#[derive(Debug, Clone, Copy)]
struct Weight;

impl Weighter<Key, Bytes> for Weight {
    fn weight(&self, _: &Key, tile: &Bytes) -> u64 {
        OVERHEAD + tile.len() as u64
    }
}

/// Counters of lookups by outcome. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct LookupCounts {
    /// Lookups that found the tile.
    pub hits: Counter,
    /// Lookups after which the tile had to be spliced.
    pub misses: Counter,
}

/// Spliced tiles of all sets of layers and audiences.
pub struct CompositeCache {
    cache: Option<Cache<Key, Bytes, Weight>>,
    counts: LookupCounts,
}

impl CompositeCache {
    /// A cache of at most `bytes`; disabled for 0.
    #[must_use]
    pub fn new(bytes: u64, counts: LookupCounts) -> Self {
        Self { cache: bounded(bytes, USUAL_BYTES, Weight), counts }
    }

    /// Bytes used now, the index included.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.cache.as_ref().map_or(0, Cache::weight)
    }

    /// The tile with this tag as one gzip member; no bytes for an empty tile, `None` on a
    /// miss.
    #[must_use]
    pub fn get(&self, tag: ETag, audience: Audience) -> Option<Bytes> {
        let found = self.cache.as_ref()?.get(&(tag, audience));
        match found {
            Some(_) => self.counts.hits.inc(),
            None => self.counts.misses.inc(),
        };
        found
    }

    /// Inserts a tile; no bytes for an empty tile.
    pub fn insert(&self, tag: ETag, audience: Audience, gzip: Bytes) {
        if let Some(cache) = &self.cache {
            cache.insert((tag, audience), gzip);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::accept::ContentCoding;

    fn tag(number: u32) -> ETag {
        ETag::of_document(&number.to_le_bytes(), ContentCoding::Gzip)
    }

    #[test]
    fn a_tile_is_cached_for_one_audience() {
        let cache = CompositeCache::new(1 << 20, LookupCounts::default());
        cache.insert(tag(1), Audience::Staff, Bytes::from_static(b"tile"));
        assert_eq!(cache.get(tag(1), Audience::Public), None);
        assert_eq!(cache.get(tag(2), Audience::Staff), None);
        assert_eq!(cache.get(tag(1), Audience::Staff).as_deref(), Some(&b"tile"[..]));
        assert_eq!((cache.counts.hits.get(), cache.counts.misses.get()), (1, 2));
    }

    #[test]
    fn its_bytes_stay_within_the_bound() {
        let bound = 1 << 20;
        let cache = CompositeCache::new(bound, LookupCounts::default());
        for number in 0..500 {
            cache.insert(tag(number), Audience::Public, vec![0; 20_000].into());
            assert!(cache.bytes() <= bound, "{} bytes", cache.bytes());
        }
        assert!(cache.bytes() > bound / 2, "it is filled: {} bytes", cache.bytes());
    }

    #[test]
    fn a_cache_of_zero_bytes_is_disabled() {
        let cache = CompositeCache::new(0, LookupCounts::default());
        cache.insert(tag(1), Audience::Public, Bytes::from_static(b"tile"));
        assert_eq!((cache.get(tag(1), Audience::Public), cache.bytes()), (None, 0));
    }
}
