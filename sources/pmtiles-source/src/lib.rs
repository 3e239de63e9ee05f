//! PMTiles 3 archives as a source of tiles.
//!
//! | file | what it holds |
//! |---|---|
//! | `header`, `directory`, `metadata` | the format's parts, read and checked |
//! | `lenient` | members of the metadata that writers put in several ways |
//! | `inflate` | what is compressed, inflated within limits |
//! | `file` | the archive's bytes: read to be parsed, mapped to be sent |
//! | `leaf_cache` | leaf directories that were read |
//! | `checked` | stored tiles that were looked at |
//! | `archive` | an open archive: tiles by coordinate |
//! | `source` | a layer, or all of them, as a [`TileSource`](tile_source::TileSource) |
//! | `plan` | what of a stored tile is sent |
//! | `overzoom` | tiles past the archive's last zoom |
//!
//! An archive is a cache of tiles that someone made before: it can't be filtered,
//! searched or downloaded from. Nothing here writes archives, and nothing fetches
//! them from elsewhere: they are files, replaced by renaming.

mod archive;
mod checked;
mod directory;
mod file;
mod header;
mod inflate;
mod leaf_cache;
mod lenient;
mod metadata;
mod overzoom;
mod plan;
mod source;

pub use archive::Archive;
pub use header::Compression;
pub use source::{ArchiveLayer, ArchiveSource, PublicationError, WholeArchive};
