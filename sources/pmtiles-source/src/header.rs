//! The header: locations of the sections, and compression (PMTiles 3, "Header Design").
//!
//! The `pmtiles` crate parses it, except offsets and lengths, which it keeps private and
//! which are parsed here.

use std::path::Path;

use bytes::Bytes;

use super::file::FileSection;
use data_model::tile::MAX_ZOOM;
use data_model::{GeographicBounds, StoreError, Zoom};

/// Bytes of the header.
pub(super) const HEADER_BYTES: usize = 127;

/// The fields of the header, checked against the file's length.
#[derive(Debug, Clone)]
pub(super) struct ArchiveHeader {
    pub(super) root: FileSection,
    pub(super) metadata: FileSection,
    pub(super) leaves: FileSection,
    pub(super) tiles: FileSection,
    pub(super) internal_compression: Compression,
    pub(super) tile_compression: Compression,
    pub(super) min_zoom: Zoom,
    pub(super) max_zoom: Zoom,
    /// West, south, east, north in degrees; `None` unless valid.
    pub(super) bounds: Option<GeographicBounds>,
}

/// Compression of directories, metadata or tiles (PMTiles 3, "Header Design").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// No compression.
    None,
    /// gzip, RFC 1952.
    Gzip,
    /// Brotli, RFC 7932.
    Brotli,
    /// Zstandard, RFC 8878.
    Zstd,
}

impl ArchiveHeader {
    /// Reads the header of a file of `length` bytes.
    pub(super) fn read(
        bytes: &[u8; HEADER_BYTES],
        length: u64,
        path: &Path,
    ) -> Result<Self, StoreError> {
        let corrupt = |reason: String| StoreError::Corrupt {
            path: path.to_owned(),
            place: "header".to_owned(),
            reason: reason.into(),
        };
        let unsupported = |reason: String| StoreError::Unsupported {
            path: path.to_owned(),
            reason: reason.into(),
        };
        let parsed =
            ::pmtiles::Header::try_from_bytes(Bytes::copy_from_slice(bytes)).map_err(|error| {
                match error {
                    ::pmtiles::PmtError::UnsupportedPmTilesVersion => unsupported(
                        "it is PMTiles of an old version; convert it with `pmtiles convert`"
                            .to_owned(),
                    ),
                    ::pmtiles::PmtError::InvalidMagicNumber => {
                        corrupt("it does not begin as a PMTiles archive does".to_owned())
                    }
                    error => corrupt(error.to_string()),
                }
            })?;
        if parsed.spec_version() != 3 {
            let version = parsed.spec_version();
            return Err(unsupported(format!("it is PMTiles version {version}; version 3 is read")));
        }
        match parsed.tile_type {
            ::pmtiles::TileType::Mvt => {}
            other => {
                return Err(unsupported(format!(
                    "it holds {other:?} tiles; only Mapbox Vector Tiles are served"
                )));
            }
        }
        let section = |name: &'static str, at: usize| {
            let number = |at: usize| {
                let mut word = [0; 8];
                word.copy_from_slice(&bytes[at..at + 8]);
                u64::from_le_bytes(word)
            };
            let section = FileSection { start: number(at), length: number(at + 8) };
            match section.start.checked_add(section.length) {
                Some(end) if end <= length => Ok(section),
                _ => Err(corrupt(format!(
                    "the {name} of {} bytes at byte {} ends past the file's {length} bytes; \
                     the file may be cut off",
                    section.length, section.start
                ))),
            }
        };
        let compression = |what: &str, compression| match compression {
            ::pmtiles::Compression::None => Ok(Compression::None),
            ::pmtiles::Compression::Gzip => Ok(Compression::Gzip),
            ::pmtiles::Compression::Brotli => Ok(Compression::Brotli),
            ::pmtiles::Compression::Zstd => Ok(Compression::Zstd),
            ::pmtiles::Compression::Unknown => Err(unsupported(format!(
                "it does not say how its {what} are compressed; none, gzip, brotli and zstd are read"
            ))),
        };
        let (first, last) = (parsed.min_zoom, parsed.max_zoom);
        if first > last {
            return Err(corrupt(format!("its zooms go from {first} to {last}")));
        }
        let min_zoom = Zoom::new(first).map_err(|_| {
            unsupported(format!("its first zoom is {first}; tiles are served to zoom {MAX_ZOOM}"))
        })?;
        let header = Self {
            root: section("root directory", 8)?,
            metadata: section("metadata", 24)?,
            leaves: section("leaf directories", 40)?,
            tiles: section("tile data", 56)?,
            internal_compression: compression("directories", parsed.internal_compression())?,
            tile_compression: compression("tiles", parsed.tile_compression)?,
            min_zoom,
            max_zoom: Zoom::new(last).unwrap_or(Zoom::MAX),
            // Many writers leave them 0.
            bounds: GeographicBounds::new(
                parsed.min_longitude,
                parsed.min_latitude,
                parsed.max_longitude,
                parsed.max_latitude,
            )
            .ok()
            .filter(|bounds| bounds.has_area()),
        };
        if header.root.start < HEADER_BYTES as u64 || header.root.length == 0 {
            return Err(corrupt("its root directory is empty or lies in the header".to_owned()));
        }
        Ok(header)
    }
}
