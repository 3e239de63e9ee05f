//! The frames of a file: magic, header, index, features.
//!
//! ```text
//! | magic, 8 bytes | u32 length, header | packed R-tree | u32 length, feature | … |
//! ```

use std::fmt::Arguments;
use std::io::{self, Read};

use data_model::ContentDigest;
use xxhash_rust::xxh3::Xxh3;

/// `fgb`, major version 3, `fgb`, patch version.
const MAGIC: [u8; 7] = *b"fgb\x03fgb";
/// Largest header in bytes; the bound of the reference library.
const MAX_HEADER: u64 = 10 << 20;
/// Largest feature in bytes: 16 million vertices.
pub(super) const MAX_FEATURE: u64 = 256 << 20;
/// Bytes of an R-tree node: four doubles and an offset.
const NODE_BYTES: u64 = 40;

/// Error of reading frames.
#[derive(Debug)]
pub(super) enum FrameError {
    Io(io::Error),
    Corrupt { place: String, reason: String },
}

impl FrameError {
    fn corrupt(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Corrupt { place: place.into(), reason: reason.into() }
    }
}

/// Reads frames in order, never past the length the file had when it was opened.
pub(super) struct FrameReader<R> {
    input: R,
    position: u64,
    length: u64,
    digest: Xxh3,
    /// Eight-byte words, so that FlatBuffers finds its doubles aligned.
    frame: Vec<u64>,
    frame_bytes: usize,
}

impl<R: Read> FrameReader<R> {
    /// Checks the magic bytes of a file that is `length` bytes long.
    pub(super) fn open(input: R, length: u64) -> Result<Self, FrameError> {
        let mut frames = Self {
            input,
            position: 0,
            length,
            digest: Xxh3::new(),
            frame: Vec::new(),
            frame_bytes: 0,
        };
        let mut magic = [0; 8];
        if length < 8 {
            let reason = format!("{length} bytes are too few for a FlatGeobuf file");
            return Err(FrameError::corrupt("magic bytes", reason));
        }
        frames.exact(&mut magic, format_args!("magic bytes"))?;
        if magic[..7] != MAGIC {
            let reason = "this is no FlatGeobuf file of version 3";
            return Err(FrameError::corrupt("magic bytes", reason));
        }
        Ok(frames)
    }

    /// Reads the header frame.
    pub(super) fn header(&mut self) -> Result<&[u8], FrameError> {
        self.frame(format_args!("header"), MAX_HEADER)
    }

    /// Skips the packed R-tree of `features` features.
    pub(super) fn skip_index(&mut self, features: u64, node_size: u16) -> Result<(), FrameError> {
        if node_size == 0 || features == 0 {
            return Ok(());
        }
        if node_size < 2 {
            return Err(FrameError::corrupt("index", "a node size of 1 makes no tree"));
        }
        let left = self.length - self.position;
        let too_long = || {
            let reason = format!("an index of {features} features does not fit {left} bytes");
            FrameError::corrupt("index", reason)
        };
        // Bounds the sum below: no node count can come near 2^64.
        if features > left / NODE_BYTES {
            return Err(too_long());
        }
        let mut nodes = features;
        let mut level = features;
        // There is always a root above the leaves, even above a single one.
        loop {
            level = level.div_ceil(u64::from(node_size));
            nodes += level;
            if level == 1 {
                break;
            }
        }
        let mut bytes = nodes * NODE_BYTES;
        if bytes > left {
            return Err(too_long());
        }
        let mut chunk = [0; 8192];
        while bytes > 0 {
            let count = bytes.min(chunk.len() as u64) as usize;
            self.exact(&mut chunk[..count], format_args!("index"))?;
            bytes -= count as u64;
        }
        Ok(())
    }

    /// Reads the next feature frame; `None` at the end of the file.
    pub(super) fn feature(&mut self, row: u64) -> Result<Option<&[u8]>, FrameError> {
        if self.position == self.length {
            return Ok(None);
        }
        self.frame(format_args!("feature {row}"), MAX_FEATURE).map(Some)
    }

    /// The byte offset of the next frame.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// XXH3 digest of all bytes read.
    pub(super) fn digest(&self) -> ContentDigest {
        ContentDigest::new(self.digest.digest128())
    }

    /// Reads a length and the bytes that it counts, and returns both. `what` becomes a text
    /// only for an error: a file has millions of frames.
    fn frame(&mut self, what: Arguments<'_>, limit: u64) -> Result<&[u8], FrameError> {
        let start = self.position;
        let place = || format!("{what} at byte {start}");
        let mut prefix = [0; 4];
        if self.length - self.position < 4 {
            return Err(FrameError::corrupt(place(), "the file ends inside its length"));
        }
        self.exact(&mut prefix, what)?;
        let size = u64::from(u32::from_le_bytes(prefix));
        let left = self.length - self.position;
        if size > left {
            let reason = format!("its length is {size}, but the file ends after {left} bytes");
            return Err(FrameError::corrupt(place(), reason));
        }
        if size > limit {
            let reason = format!("its length is {size}, more than the {limit} allowed");
            return Err(FrameError::corrupt(place(), reason));
        }
        let bytes = 4 + size as usize;
        self.frame.resize(bytes.div_ceil(8), 0);
        self.frame_bytes = bytes;
        let frame: &mut [u8] = bytemuck::cast_slice_mut(&mut self.frame);
        frame[..4].copy_from_slice(&prefix);
        let rest = &mut frame[4..bytes];
        read_exact(&mut self.input, rest, what)?;
        self.digest.update(rest);
        self.position += size;
        let frame: &[u8] = bytemuck::cast_slice(&self.frame);
        Ok(&frame[..bytes])
    }

    fn exact(&mut self, out: &mut [u8], what: Arguments<'_>) -> Result<(), FrameError> {
        read_exact(&mut self.input, out, what)?;
        self.digest.update(out);
        self.position += out.len() as u64;
        Ok(())
    }
}

fn read_exact(
    input: &mut impl Read,
    out: &mut [u8],
    what: Arguments<'_>,
) -> Result<(), FrameError> {
    input.read_exact(out).map_err(|error| match error.kind() {
        // Shorter than when it was opened.
        io::ErrorKind::UnexpectedEof => {
            FrameError::corrupt(what.to_string(), "the file was cut short while it was read")
        }
        _ => FrameError::Io(error),
    })
}
