//! Writes PMTiles 3 archives byte by byte, valid and invalid ones.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::replace_file::replace_file;

/// Compression of a part, by its number in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum PartCompression {
    Unknown = 0,
    None = 1,
    Gzip = 2,
    Brotli = 3,
    Zstd = 4,
}

impl PartCompression {
    pub fn encode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Unknown | Self::None => bytes.to_vec(),
            Self::Gzip => gzip(bytes),
            Self::Brotli => brotli(bytes),
            Self::Zstd => zstd(bytes),
        }
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Brotli without compression (RFC 7932, section 9.2): a window of 2^16, uncompressed
/// blocks, an empty last block.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, block) in bytes.chunks(1 << 16).enumerate() {
        let bits = if index == 0 { 1 } else { 0 };
        // WBITS 0 once; ISLAST 0; MNIBBLES 00; MLEN - 1 in 16 bits; ISUNCOMPRESSED.
        let header = ((block.len() as u32 - 1) << (bits + 3)) | 1 << (bits + 19);
        out.extend_from_slice(&header.to_le_bytes()[..3]);
        out.extend_from_slice(block);
    }
    // An empty stream still begins with WBITS.
    out.push(if bytes.is_empty() { 0b110 } else { 0b11 });
    out
}

/// Zstandard without compression (RFC 8878, section 3.1.1): one segment with a four-byte
/// size, in raw blocks.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0xa0];
    out.extend((bytes.len() as u32).to_le_bytes());
    let blocks = bytes.len().div_ceil(1 << 16).max(1);
    for index in 0..blocks {
        let block = &bytes[index << 16..bytes.len().min((index + 1) << 16)];
        let last = u32::from(index + 1 == blocks);
        out.extend_from_slice(&(last | (block.len() as u32) << 3).to_le_bytes()[..3]);
        out.extend_from_slice(block);
    }
    out
}

/// A tile's id: its position along the Hilbert curves of all zooms (PMTiles 3,
/// "Entries"), computed by the curve's definition.
pub fn tile_id(z: u8, x: u32, y: u32) -> u64 {
    let before: u64 = (0..z).map(|zoom| 1u64 << (2 * zoom)).sum();
    let (mut x, mut y) = (u64::from(x), u64::from(y));
    let mut position = 0;
    for bit in (0..z).rev() {
        let side = 1u64 << bit;
        let (right, below) = (u64::from(x & side != 0), u64::from(y & side != 0));
        position += side * side * ((3 * right) ^ below);
        if below == 0 {
            if right == 1 {
                (x, y) =
                    (side.wrapping_sub(1).wrapping_sub(x), side.wrapping_sub(1).wrapping_sub(y));
            }
            std::mem::swap(&mut x, &mut y);
        }
        (x, y) = (x & (side - 1), y & (side - 1));
    }
    before + position
}

pub fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[derive(Debug, Clone, Copy)]
pub struct ArchiveEntry {
    pub id: u64,
    pub run: u64,
    pub length: u64,
    pub offset: u64,
}

/// Serializes a directory (PMTiles 3, "Directory Serialization").
pub fn directory(entries: &[ArchiveEntry]) -> Vec<u8> {
    let mut out = Vec::new();
    varint(entries.len() as u64, &mut out);
    let mut last = 0;
    for entry in entries {
        varint(entry.id.wrapping_sub(last), &mut out);
        last = entry.id;
    }
    entries.iter().for_each(|entry| varint(entry.run, &mut out));
    entries.iter().for_each(|entry| varint(entry.length, &mut out));
    for (index, entry) in entries.iter().enumerate() {
        let follows = index > 0
            && entry.offset == entries[index - 1].offset.wrapping_add(entries[index - 1].length);
        varint(if follows { 0 } else { entry.offset.wrapping_add(1) }, &mut out);
    }
    out
}

/// Builder of an archive.
#[derive(Debug, Clone)]
pub struct ArchiveBuilder {
    pub internal: PartCompression,
    pub tiles: PartCompression,
    pub tile_type: u8,
    pub zooms: (u8, u8),
    pub bounds: [f64; 4],
    pub metadata: String,
    /// Entries of a leaf directory; `None` for all in the root.
    pub leaf: Option<usize>,
    entries: Vec<ArchiveEntry>,
    data: Vec<u8>,
}

impl ArchiveBuilder {
    pub fn new(zooms: (u8, u8)) -> Self {
        Self {
            internal: PartCompression::Gzip,
            tiles: PartCompression::Gzip,
            tile_type: 1,
            zooms,
            bounds: [126.9, 37.4, 127.2, 37.7],
            metadata: String::new(),
            leaf: None,
            entries: Vec::new(),
            data: Vec::new(),
        }
    }

    /// Adds a tile, with the archive's tile compression. Must be called in the order of
    /// ids.
    pub fn tile(&mut self, (z, x, y): (u8, u32, u32), mvt: &[u8]) {
        self.raw(tile_id(z, x, y), 1, &self.tiles.encode(mvt));
    }

    /// Adds a run of tiles with these stored bytes.
    pub fn raw(&mut self, id: u64, run: u64, stored: &[u8]) {
        let offset = self.data.len() as u64;
        self.data.extend_from_slice(stored);
        self.entries.push(ArchiveEntry { id, run, length: stored.len() as u64, offset });
    }

    pub fn bytes(&self) -> Vec<u8> {
        let Some(size) = self.leaf else {
            return self.assemble(&directory(&self.entries), &[]);
        };
        let (mut leaves, mut root) = (Vec::new(), Vec::new());
        for entries in self.entries.chunks(size) {
            let leaf = self.internal.encode(&directory(entries));
            let (length, offset) = (leaf.len() as u64, leaves.len() as u64);
            root.push(ArchiveEntry { id: entries[0].id, run: 0, length, offset });
            leaves.extend(leaf);
        }
        self.assemble(&directory(&root), &leaves)
    }

    /// The archive with this uncompressed root directory and these leaves.
    pub fn assemble(&self, root: &[u8], leaves: &[u8]) -> Vec<u8> {
        let root = self.internal.encode(root);
        let metadata = if self.metadata.is_empty() {
            Vec::new()
        } else {
            self.internal.encode(self.metadata.as_bytes())
        };
        let mut out = b"PMTiles\x03".to_vec();
        let mut at = 127u64;
        for part in [&root[..], &metadata, leaves, &self.data] {
            out.extend(at.to_le_bytes());
            out.extend((part.len() as u64).to_le_bytes());
            at += part.len() as u64;
        }
        let runs: u64 = self.entries.iter().map(|entry| entry.run).sum();
        for count in [runs, self.entries.len() as u64, self.entries.len() as u64] {
            out.extend(count.to_le_bytes());
        }
        out.extend([1, self.internal as u8, self.tiles as u8, self.tile_type]);
        out.extend([self.zooms.0, self.zooms.1]);
        let degrees = |out: &mut Vec<u8>, degrees: f64| {
            out.extend(((degrees * 1e7).round() as i32).to_le_bytes());
        };
        self.bounds.iter().for_each(|&bound| degrees(&mut out, bound));
        out.push(self.zooms.0);
        degrees(&mut out, f64::midpoint(self.bounds[0], self.bounds[2]));
        degrees(&mut out, f64::midpoint(self.bounds[1], self.bounds[3]));
        assert_eq!(out.len(), 127);
        [out, root, metadata, leaves.to_vec(), self.data.clone()].concat()
    }

    /// Writes the archive under a temporary name and renames it.
    pub fn write(&self, path: &Path) -> PathBuf {
        replace_file(path, &self.bytes())
    }
}
