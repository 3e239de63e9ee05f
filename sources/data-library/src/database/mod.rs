//! Database beside the data directory: its last poll, and the schemas to discover tables in.

pub(crate) mod schemas;
pub(crate) mod watched_database;
