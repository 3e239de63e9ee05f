//! Bounded cache of decoded leaf directories.

use std::sync::Arc;

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use super::directory::TileDirectory;
use super::file::FileSection;

/// Maximum number of bytes of decoded leaf directories for each archive.
const MOST_BYTES: u64 = 32 << 20;

/// The last used leaf directories of one archive.
#[derive(Debug)]
pub(super) struct LeafCache(Option<Cache<Place, Arc<TileDirectory>, Bytes>>);

/// Location of a leaf directory: its start and length.
type Place = (u64, u64);

#[derive(Debug, Clone, Copy)]
struct Bytes;

impl Weighter<Place, Arc<TileDirectory>> for Bytes {
    fn weight(&self, _: &Place, directory: &Arc<TileDirectory>) -> u64 {
        128 + directory.memory_bytes()
    }
}

impl LeafCache {
    pub(super) fn new() -> Self {
        // One shard: with many, each would hold too little for a large directory.
        let options = OptionsBuilder::new()
            .shards(1)
            .estimated_items_capacity(256)
            .weight_capacity(MOST_BYTES)
            .build();
        let (hasher, lifecycle) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
        Self(options.ok().map(|options| Cache::with_options(options, Bytes, hasher, lifecycle)))
    }

    /// The directory at a section; `None` if it is not cached.
    pub(super) fn get(&self, section: FileSection) -> Option<Arc<TileDirectory>> {
        self.0.as_ref()?.get(&(section.start, section.length))
    }

    /// Caches the directory at a section.
    pub(super) fn keep(&self, section: FileSection, directory: &Arc<TileDirectory>) {
        if let Some(cache) = &self.0 {
            cache.insert((section.start, section.length), Arc::clone(directory));
        }
    }
}
