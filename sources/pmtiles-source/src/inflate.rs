//! Inflates an archive's parts within limits.

use std::io::{self, Read};

use super::header::Compression;

/// Error of inflating a part of an archive.
#[derive(Debug, thiserror::Error)]
pub(super) enum InflateError {
    /// The compressed data are damaged or truncated.
    #[error("{0}")]
    Data(#[source] io::Error),
    /// The header of the zstd frame is damaged, or its window is too large.
    #[error("{0}")]
    ZstdFrame(#[source] ruzstd::decoding::errors::FrameDecoderError),
    /// Number of bytes after the gzip member.
    #[error("{0} bytes follow its gzip member")]
    Trailing(usize),
    /// The inflated size exceeds a limit, in bytes.
    #[error("it inflates to more than {} MiB", .0 >> 20)]
    TooLarge(usize),
}

/// Inflates `bytes`, which must be exactly one gzip member, brotli stream or zstd frame,
/// to at most `most` bytes. Memory grows with the output, not with the size in a header,
/// except a zstd frame's window, which is limited to `most` too.
pub(super) fn inflate(
    compression: Compression,
    bytes: &[u8],
    most: usize,
) -> Result<Vec<u8>, InflateError> {
    match compression {
        Compression::None => {
            within(bytes.len(), most)?;
            Ok(bytes.to_vec())
        }
        Compression::Gzip => {
            let mut decoder = flate2::bufread::GzDecoder::new(bytes);
            let inflated = read(&mut decoder, most)?;
            // Browsers stop after the first member (RFC 1952 allows several).
            let rest = decoder.into_inner().len();
            if rest > 0 {
                return Err(InflateError::Trailing(rest));
            }
            Ok(inflated)
        }
        Compression::Brotli => read(&mut brotli_decompressor::Decompressor::new(bytes, 4096), most),
        Compression::Zstd => {
            let window = most as u64;
            let decoder =
                ruzstd::decoding::StreamingDecoder::new_with_max_window_size(bytes, window);
            read(&mut decoder.map_err(InflateError::ZstdFrame)?, most)
        }
    }
}

fn read(decoder: &mut impl Read, most: usize) -> Result<Vec<u8>, InflateError> {
    let mut inflated = Vec::new();
    let limit = most as u64 + 1;
    decoder.take(limit).read_to_end(&mut inflated).map_err(InflateError::Data)?;
    within(inflated.len(), most)?;
    Ok(inflated)
}

fn within(length: usize, most: usize) -> Result<(), InflateError> {
    if length > most {
        return Err(InflateError::TooLarge(most));
    }
    Ok(())
}
