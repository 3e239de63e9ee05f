//! Data directory: its listing, polled for settled changes.

pub(crate) mod data_directory;
pub(crate) mod directory_listing;
