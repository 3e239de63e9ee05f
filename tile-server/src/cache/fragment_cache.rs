//! Cache of encoded fragments, bounded in bytes.
//!
//! A key holds the layer's content version, so that a change of data, catalog or encoder makes
//! new keys: the old entries are never looked up again and fall out as the cache fills. The
//! audience is part of the key too; a layer that the audience may not see was removed before
//! the lookup.
//!
//! Of several requests for a missing fragment, one makes it and the others wait. When that one
//! fails or its client goes away, the next in line makes it: an error is never cached.

use data_model::Audience;
use prometheus_client::metrics::counter::Counter;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tile_source::source::BoxFuture;
use tile_source::{SourceError, TileRequest, TileSource};
use vector_tile::Fragment;
use xxhash_rust::xxh3::Xxh3;

use crate::cache::bounded_cache::bounded;

/// Bytes that an entry takes beside its fragment: key, index and ghost.
const OVERHEAD: u64 = 192;
/// Expected weight of a fragment, to size the index.
const USUAL_BYTES: u64 = 4096;

/// Key of a fragment: a digest of layer, content version, audience, selection and tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct FragmentKey(u128);

impl FragmentKey {
    fn of(source: &dyn TileSource, request: &TileRequest) -> Self {
        let mut hash = Xxh3::new();
        let tile = request.tile;
        hash.update(&source.content_version().to_le_bytes());
        hash.update(&[
            match request.audience {
                Audience::Public => 0,
                Audience::Staff => 1,
            },
            tile.zoom().get(),
        ]);
        hash.update(&tile.x().to_le_bytes());
        hash.update(&tile.y().to_le_bytes());
        hash.update(source.description().id.as_str().as_bytes());
        for (_, text) in request.selection.parts() {
            // An id has no zero byte, and a length tells where a part ends.
            hash.update(&[0, u8::from(text.is_some())]);
            hash.update(&(text.map_or(0, str::len) as u64).to_le_bytes());
            hash.update(text.unwrap_or_default().as_bytes());
        }
        Self(hash.digest128())
    }
}

/// A fragment; `None` where the layer has nothing in the tile.
type Entry = Option<Fragment>;

#[derive(Debug, Clone, Copy)]
struct Weight;

impl Weighter<FragmentKey, Entry> for Weight {
    fn weight(&self, _: &FragmentKey, entry: &Entry) -> u64 {
        OVERHEAD + entry.as_ref().map_or(0, |fragment| fragment.gzip().len() as u64)
    }
}

/// Outcome of a lookup.
#[derive(Debug, Clone)]
pub enum CacheLookup {
    /// The fragment is cached.
    Found(Fragment),
    /// It is cached that the layer has nothing in the tile.
    Empty,
    /// Nothing is cached: the fragment has to be made.
    Missing,
}

/// Counters of lookups by outcome. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct LookupCounts {
    /// Lookups that found the fragment.
    pub hits: Counter,
    /// Lookups that waited for another request to make the fragment.
    pub waits: Counter,
    /// Lookups after which the fragment had to be made.
    pub misses: Counter,
}

/// Fragments of all layers and audiences.
pub struct FragmentCache {
    cache: Option<Cache<FragmentKey, Entry, Weight>>,
    counts: LookupCounts,
}

impl FragmentCache {
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

    /// Number of cached fragments, empty ones included.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.cache.as_ref().map_or(0, |cache| cache.len() as u64)
    }

    /// Looks the source's fragment up, without waiting.
    #[must_use]
    pub fn get(&self, source: &dyn TileSource, request: &TileRequest) -> CacheLookup {
        let key = FragmentKey::of(source, request);
        let cached = self.cache.as_ref().and_then(|cache| cache.get(&key));
        let Some(entry) = cached else { return CacheLookup::Missing };
        self.counts.hits.inc();
        entry.map_or(CacheLookup::Empty, CacheLookup::Found)
    }

    /// The source's fragment: cached, awaited from another request, or made.
    ///
    /// # Errors
    /// Those of the source.
    pub fn make<'a>(
        &'a self,
        source: &'a dyn TileSource,
        request: &'a TileRequest,
    ) -> BoxFuture<'a, Result<Option<Fragment>, SourceError>> {
        let Some(cache) = &self.cache else { return source.fragment(request) };
        Box::pin(async move {
            match cache.get_value_or_guard_async(&FragmentKey::of(source, request)).await {
                Ok(entry) => {
                    self.counts.waits.inc();
                    Ok(entry)
                }
                // Dropped without a value, the guard wakes the next in line.
                Err(guard) => {
                    self.counts.misses.inc();
                    let fragment = source.fragment(request).await?;
                    // Fails only where the entry was removed meanwhile.
                    let _ = guard.insert(fragment.clone());
                    Ok(fragment)
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;
