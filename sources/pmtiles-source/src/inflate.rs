//! Inflates an archive's parts within limits.

use std::io::Read;

use super::header::Compression;

/// Inflates `bytes`, which must be exactly one gzip member, brotli stream or zstd frame,
/// to at most `most` bytes. Memory grows with the output, not with the size in a header,
/// except a zstd frame's window, which is limited to `most` too.
pub(super) fn inflate(
    compression: Compression,
    bytes: &[u8],
    most: usize,
) -> Result<Vec<u8>, String> {
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
                return Err(format!("{rest} bytes follow its gzip member"));
            }
            Ok(inflated)
        }
        Compression::Brotli => read(&mut brotli_decompressor::Decompressor::new(bytes, 4096), most),
        Compression::Zstd => {
            let window = most as u64;
            let decoder =
                ruzstd::decoding::StreamingDecoder::new_with_max_window_size(bytes, window);
            read(&mut decoder.map_err(|error| error.to_string())?, most)
        }
    }
}

fn read(decoder: &mut impl Read, most: usize) -> Result<Vec<u8>, String> {
    let mut inflated = Vec::new();
    let limit = most as u64 + 1;
    decoder.take(limit).read_to_end(&mut inflated).map_err(|error| error.to_string())?;
    within(inflated.len(), most)?;
    Ok(inflated)
}

fn within(length: usize, most: usize) -> Result<(), String> {
    if length > most {
        return Err(format!("it inflates to more than {} MiB", most >> 20));
    }
    Ok(())
}
