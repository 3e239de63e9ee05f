//! Published layers: their sources, downloads, and notices for operators.

pub(crate) mod archive_downloads;
pub(crate) mod layer_sources;
pub(crate) mod notices;
pub(crate) mod published_layer;
