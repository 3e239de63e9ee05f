//! Caches of fragments and of spliced tiles, and the threads that fill them.

pub(crate) mod bounded_cache;
pub mod coding_pool;
pub mod composite_cache;
pub mod fragment_cache;
pub mod join;
