//! PMTiles 3 archives as a source of tiles.
//!
//! | file | content |
//! |---|---|
//! | `header`, `directory`, `metadata` | the format's parts, parsed and checked |
//! | `lenient` | metadata members that writers encode in different ways |
//! | `inflate` | decompression within limits |
//! | `file` | the archive's bytes: read to be parsed, mapped to be sent |
//! | `leaf_cache` | decoded leaf directories |
//! | `checked` | stored tiles that were checked |
//! | `archive` | an open archive: tiles by coordinate |
//! | `source` | a layer, or all of them, as a [`TileSource`](tile_source::TileSource) |
//! | `plan` | selection of the layers and attributes to send |
//! | `overzoom` | tiles past the archive's last zoom |
//!
//! An archive is a set of prepared tiles: it can't be filtered, searched or downloaded
//! from. Archives are neither written nor fetched: they are files, replaced by renaming.

mod archive;
mod checked_tiles;
mod directory;
mod file;
mod header;
mod inflate;
mod leaf_cache;
mod lenient;
mod metadata;
mod overzoom;
mod source;
mod tile_plan;

pub use archive::PmtilesArchive;
pub use header::Compression;
pub use source::{ArchiveLayer, ArchiveSource, PublicationError, WholeArchive};
