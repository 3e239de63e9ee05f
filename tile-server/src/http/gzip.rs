//! Gzip for documents and for clients that refuse it.

use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// One gzip member of `plain`. Blocks for as long as deflating takes.
#[must_use]
pub fn compress(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    // Writing into a vector fails for no input.
    let written = encoder.write_all(plain).and_then(|()| encoder.finish());
    written.unwrap_or_default().into()
}

/// Inflates a gzip member that must hold exactly `length` bytes. Blocks for as long as
/// inflating takes; allocates `length` bytes.
///
/// # Errors
/// An error for a malformed member or another length.
pub fn inflate(gzip: &[u8], length: usize) -> std::io::Result<Bytes> {
    let mut plain = Vec::with_capacity(length);
    // One byte more than expected is enough to see that there is more.
    GzDecoder::new(gzip).take(length as u64 + 1).read_to_end(&mut plain)?;
    if plain.len() == length {
        Ok(plain.into())
    } else {
        let problem = format!("{} bytes instead of {length}", plain.len());
        Err(std::io::Error::other(problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_inflates_to_what_it_was_and_to_nothing_else() {
        let plain = b"tile".repeat(1000);
        let gzip = compress(&plain);
        assert_eq!(inflate(&gzip, plain.len()).unwrap(), plain);
        assert!(inflate(&gzip, plain.len() - 1).is_err());
        assert!(inflate(&gzip, plain.len() + 1).is_err());
        assert!(inflate(&gzip[..gzip.len() - 1], plain.len()).is_err());
    }
}
