//! An open archive: tiles by coordinate, and ranges of the file.

use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use xxhash_rust::xxh3::Xxh3;

use super::checked_tiles::{CheckedTiles, TileContent};
use super::directory::{DirectoryEntry, TileDirectory};
use super::file::{ArchiveFile, FileSection};
use super::header::{ArchiveHeader, Compression, HEADER_BYTES};
use super::inflate::inflate;
use super::leaf_cache::LeafCache;
use super::metadata::{ArchiveMetadata, SampledLayers};
use data_model::{BoxError, ContentDigest, GeographicBounds, StoreError, TileCoord, Zoom};
use tile_source::source::VectorLayer;
use vector_tile::mvt::read::layers;

/// Maximum number of bytes of a directory or of the metadata, stored and inflated.
const MAX_DIRECTORY: usize = 16 << 20;
const MAX_METADATA: usize = 16 << 20;
/// Maximum number of bytes of a tile, stored and inflated.
const MAX_TILE: usize = 64 << 20;
/// Maximum depth of directories from the root to a tile. Writers make two levels, readers
/// follow four (the reference reader does). A leaf that points to itself ends here.
const MAX_DEPTH: usize = 4;
/// Number of tiles that are checked when an archive is opened.
const SAMPLE: usize = 4;

/// An open PMTiles 3 archive of vector tiles.
///
/// * Directories, tiles to inflate and everything else to parse are read into memory first,
///   within limits; bytes to be sent unchanged are mapped and never read by this program.
/// * An archive is replaced by renaming another file over it, and then opened again. A file
///   that is truncated in place gives errors.
/// * Reading a file takes no lock.
#[derive(Debug)]
pub struct PmtilesArchive {
    file: ArchiveFile,
    header: ArchiveHeader,
    root: TileDirectory,
    leaves: LeafCache,
    checked: CheckedTiles,
    layers: Vec<VectorLayer>,
    metadata: ArchiveMetadata,
    digest: ContentDigest,
}

/// Location of a tile's stored bytes, from directories in memory only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TileLocation {
    /// Section of the file with the tile's bytes.
    Stored(FileSection),
    /// The archive has no such tile.
    Absent,
    /// Unknown until a leaf directory is read.
    Unread,
}

impl PmtilesArchive {
    /// Opens an archive. Reads its header, root directory, metadata, and a few tiles for
    /// the geometry type of the layers. Blocks.
    ///
    /// # Errors
    /// Returns [`StoreError`] with file and section if it is no PMTiles 3 archive, is
    /// damaged or truncated, holds other tiles than Mapbox Vector Tiles, or does not name
    /// its compression.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let (file, metadata) = ArchiveFile::open(path)?;
        let length = file.length();
        let mut hash = Xxh3::new();
        if length < HEADER_BYTES as u64 {
            return Err(StoreError::Corrupt {
                path: path.to_owned(),
                place: "header".to_owned(),
                reason: format!("the file has {length} bytes; a header takes {HEADER_BYTES}")
                    .into(),
            });
        }
        let head = FileSection { start: 0, length: HEADER_BYTES as u64 };
        let head = file.read(head, HEADER_BYTES, "header")?;
        let mut bytes = [0; HEADER_BYTES];
        bytes.copy_from_slice(&head);
        let header = ArchiveHeader::read(&bytes, length, path)?;
        let stored_root = file.read(header.root, MAX_DIRECTORY, "root directory")?;
        let stored_metadata = file.read(header.metadata, MAX_METADATA, "metadata")?;
        for part in [&head, &stored_root, &stored_metadata] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        for number in
            [length, metadata.mtime() as u64, metadata.mtime_nsec() as u64, metadata.ino()]
        {
            hash.update(&number.to_le_bytes());
        }
        let root = directory(&file, &header, header.root, "root directory", &stored_root)?;
        let json = match stored_metadata.is_empty() {
            true => Vec::new(),
            false => inflate(header.internal_compression, &stored_metadata, MAX_METADATA)
                .map_err(|error| file.corrupt("metadata", header.metadata, error))?,
        };
        let metadata = ArchiveMetadata::read(&json)
            .map_err(|error| file.corrupt("metadata", header.metadata, error))?;
        let mut archive = Self {
            root,
            leaves: LeafCache::new(),
            checked: CheckedTiles::new(header.tiles.length),
            layers: Vec::new(),
            metadata,
            digest: ContentDigest::new(hash.digest128()),
            file,
            header,
        };
        let sample = archive.sample()?;
        let zooms = (archive.header.min_zoom, archive.header.max_zoom);
        archive.layers = archive.metadata.layers(zooms, &sample);
        if archive.layers.is_empty() {
            archive.layers = sample.layers(zooms);
        }
        Ok(archive)
    }

    /// Path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Length of the file in bytes when it was opened.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.file.length()
    }

    /// The layers of the tiles: those that the metadata declares, else those of the
    /// checked tiles.
    #[must_use]
    pub fn layers(&self) -> &[VectorLayer] {
        &self.layers
    }

    /// First and last zoom with tiles.
    #[must_use]
    pub fn zooms(&self) -> (Zoom, Zoom) {
        (self.header.min_zoom, self.header.max_zoom)
    }

    /// West, south, east, north in degrees; `None` if the header has no valid bounds.
    #[must_use]
    pub fn bounds(&self) -> Option<GeographicBounds> {
        self.header.bounds
    }

    /// Compression of the tiles.
    #[must_use]
    pub fn tile_compression(&self) -> Compression {
        self.header.tile_compression
    }

    /// Name of the archive; `None` if the metadata has none.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.metadata.name()
    }

    /// Description of the archive; `None` if the metadata has none.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.metadata.description()
    }

    /// Attribution of the archive; `None` if the metadata has none. May contain HTML:
    /// escape it.
    #[must_use]
    pub fn attribution(&self) -> Option<&str> {
        self.metadata.attribution()
    }

    /// Digest of header, root directory, metadata, and the file's length, modification
    /// time and inode: differs for every archive that replaces this one.
    #[must_use]
    pub fn digest(&self) -> ContentDigest {
        self.digest
    }

    /// Whether the open file is as it was when it was opened. Replacing it by renaming
    /// leaves it unchanged, overwriting it does not.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.file.is_unchanged()
    }

    /// A range of the mapped file, without a copy. To be sent and not to be read:
    /// truncating the file removes the memory.
    ///
    /// # Errors
    /// Returns [`StoreError`] if the file has been overwritten since it was opened, or
    /// the range exceeds it.
    pub fn bytes(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        let length = range.end.saturating_sub(range.start);
        self.file.mapped(FileSection { start: range.start, length })
    }

    /// The inflated tile; `None` if there is none. Blocks.
    ///
    /// # Errors
    /// Returns [`StoreError`] if a directory or the tile can't be read or inflated.
    pub fn tile(&self, tile: TileCoord) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(section) = self.locate(tile)? else { return Ok(None) };
        self.inflated(section).map(Some)
    }

    /// Locates a tile's stored bytes from directories in memory only.
    pub(super) fn known(&self, tile: TileCoord) -> TileLocation {
        let found = self.find(tile, |section| Ok(self.leaves.get(section)));
        // An error recurs, and is reported, when the leaf is read.
        found.unwrap_or(TileLocation::Unread)
    }

    /// Locates a tile's stored bytes; `None` if there is no such tile. Reads leaf
    /// directories: blocks.
    pub(super) fn locate(&self, tile: TileCoord) -> Result<Option<FileSection>, StoreError> {
        let found = self.find(tile, |section| {
            if let Some(leaf) = self.leaves.get(section) {
                return Ok(Some(leaf));
            }
            let stored = self.file.read(section, MAX_DIRECTORY, "leaf directory")?;
            let leaf = directory(&self.file, &self.header, section, "leaf directory", &stored)?;
            let leaf = Arc::new(leaf);
            self.leaves.keep(section, &leaf);
            Ok(Some(leaf))
        })?;
        Ok(match found {
            TileLocation::Stored(section) => Some(section),
            TileLocation::Absent | TileLocation::Unread => None,
        })
    }

    /// Follows directories from the root down. `leaf` returns a leaf directory; if it
    /// returns none, the location is [`TileLocation::Unread`].
    fn find(
        &self,
        tile: TileCoord,
        mut leaf: impl FnMut(FileSection) -> Result<Option<Arc<TileDirectory>>, StoreError>,
    ) -> Result<TileLocation, StoreError> {
        let Some(id) = tile_id(tile) else { return Ok(TileLocation::Absent) };
        let mut entry = self.root.find(id);
        let mut at = self.header.root;
        for depth in 1..=MAX_DEPTH {
            let Some(found) = entry else { return Ok(TileLocation::Absent) };
            let is_leaf = found.run_length == 0;
            let within = if is_leaf { self.header.leaves } else { self.header.tiles };
            // Checked when the directory was read.
            let section = found.within(within).ok_or_else(|| past_end(&self.file, at, found))?;
            if !is_leaf {
                return Ok(TileLocation::Stored(section));
            }
            if depth == MAX_DEPTH {
                break;
            }
            let Some(directory) = leaf(section)? else { return Ok(TileLocation::Unread) };
            entry = directory.find(id);
            at = section;
        }
        let reason = format!("directories are nested more than {MAX_DEPTH} deep");
        Err(self.file.corrupt("leaf directory", at, reason))
    }

    /// Reads and inflates a tile's stored bytes. Blocks.
    pub(super) fn inflated(&self, section: FileSection) -> Result<Vec<u8>, StoreError> {
        let stored = self.file.read(section, MAX_TILE, "tile")?;
        inflate(self.header.tile_compression, &stored, MAX_TILE)
            .map_err(|error| self.file.corrupt("tile", section, error))
    }

    /// Content of a checked stored tile; `None` for a tile to be checked first.
    pub(super) fn checked(&self, section: FileSection) -> Option<TileContent> {
        self.checked.get(section)
    }

    /// Checks that a stored tile inflates to layers of different names, with nothing
    /// after it. Blocks.
    pub(super) fn check(&self, section: FileSection) -> Result<TileContent, StoreError> {
        let tile = self.inflated(section)?;
        let mut content = TileContent::Nothing;
        let has_features = layers(&tile).and_then(|layers| {
            layers.into_iter().try_fold(false, |found, layer| Ok(layer.has_features()? || found))
        });
        if has_features.map_err(|error| self.corrupt_tile(section, error))? {
            content = TileContent::Features;
        }
        self.checked.keep(section, content);
        Ok(content)
    }

    /// A tile's stored bytes, mapped. Must not be read: see [`bytes`](Self::bytes).
    pub(super) fn stored(&self, section: FileSection) -> Result<Bytes, StoreError> {
        self.file.mapped(section)
    }

    /// Creates an error at a tile's stored bytes.
    pub(super) fn corrupt_tile(
        &self,
        section: FileSection,
        reason: impl Into<BoxError>,
    ) -> StoreError {
        self.file.corrupt("tile", section, reason)
    }

    /// Checks a few tiles against the header, and collects their layers.
    ///
    /// # Errors
    /// Returns the first fault if no tile can be read: the header is wrong then. A single
    /// damaged tile is an error when it is requested, and does not affect others.
    fn sample(&self) -> Result<SampledLayers, StoreError> {
        let mut sample = SampledLayers::default();
        let (mut sound, mut first_fault) = (0, None);
        for entry in self.root.spread(SAMPLE) {
            match self.add_to_sample(entry, &mut sample) {
                Ok(()) => sound += 1,
                Err(fault) => {
                    tracing::warn!(%fault, "a part of an archive can't be read; the rest is served");
                    first_fault.get_or_insert(fault);
                }
            }
        }
        match first_fault {
            Some(fault) if sound == 0 => Err(fault),
            _ => Ok(sample),
        }
    }

    /// Adds the tile of an entry, or the first one below it, to the sample.
    fn add_to_sample(
        &self,
        mut entry: DirectoryEntry,
        sample: &mut SampledLayers,
    ) -> Result<(), StoreError> {
        for _ in 1..MAX_DEPTH {
            if entry.run_length > 0 {
                break;
            }
            let Some(section) = entry.within(self.header.leaves) else { return Ok(()) };
            let stored = self.file.read(section, MAX_DIRECTORY, "leaf directory")?;
            let leaf = directory(&self.file, &self.header, section, "leaf directory", &stored)?;
            let Some(first) = leaf.spread(1).next() else { return Ok(()) };
            entry = first;
        }
        let Some(section) = entry.within(self.header.tiles).filter(|_| entry.run_length > 0) else {
            return Ok(());
        };
        let tile = self.inflated(section)?;
        sample.add(&tile).map_err(|error| self.corrupt_tile(section, error))
    }
}

fn directory(
    file: &ArchiveFile,
    header: &ArchiveHeader,
    section: FileSection,
    what: &str,
    stored: &[u8],
) -> Result<TileDirectory, StoreError> {
    let bytes = inflate(header.internal_compression, stored, MAX_DIRECTORY)
        .map_err(|error| file.corrupt(what, section, error))?;
    TileDirectory::read(&bytes, header.tiles, header.leaves)
        .map_err(|error| file.corrupt(what, section, error))
}

fn past_end(file: &ArchiveFile, at: FileSection, entry: DirectoryEntry) -> StoreError {
    let reason = format!("the entry of tile {} lies past its section's end", entry.tile_id);
    file.corrupt("directory", at, reason)
}

/// A tile's id: its position along the Hilbert curves of all zooms.
fn tile_id(tile: TileCoord) -> Option<u64> {
    let coord = ::pmtiles::TileCoord::new(tile.zoom().get(), tile.x(), tile.y()).ok()?;
    Some(::pmtiles::TileId::from(coord).value())
}
