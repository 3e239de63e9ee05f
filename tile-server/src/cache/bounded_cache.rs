//! Construction of caches that are bounded in bytes.

use std::hash::Hash;

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

/// A cache of at most `bytes`, as the weigher counts them; `None` for 0. `usual_bytes` is the
/// expected weight of an entry, to size the index.
pub(crate) fn bounded<K, V, W>(bytes: u64, usual_bytes: u64, weighter: W) -> Option<Cache<K, V, W>>
where
    K: Eq + Hash,
    V: Clone,
    W: Weighter<K, V> + Clone,
{
    let options = OptionsBuilder::new()
        .estimated_items_capacity((bytes / usual_bytes).clamp(64, 1 << 20) as usize)
        .weight_capacity(bytes)
        .build()
        .ok()
        .filter(|_| bytes > 0)?;
    let (hasher, lifecycle) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
    Some(Cache::with_options(options, weighter, hasher, lifecycle))
}
