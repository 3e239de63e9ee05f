//! Caches of fragments and of spliced tiles, and the pool that codes answers.

pub(crate) mod bounded_cache;
pub mod coding_pool;
pub mod composite_cache;
pub mod fragment_cache;
pub mod preview_cache;
