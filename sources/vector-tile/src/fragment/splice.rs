//! The splice stage: joins fragments into one gzip member.

use bytes::{BufMut, Bytes, BytesMut};

use super::crc;
use super::gzip_member::{FINAL_BLOCK, Fragment, HEADER, TRAILER_LENGTH};

/// Joins fragments into one gzip member that holds their layers in order.
///
/// A single fragment is returned without a copy; no fragment gives the member of an empty
/// tile. Otherwise the cost is one allocation, a copy of the deflated bytes and a CRC
/// multiplication a fragment.
///
/// The length field is modulo 2³² as RFC 1952 (section 2.3.1) defines it.
///
/// # Example
/// Two layers, deflated once each, joined without deflating again:
///
/// ```
/// use std::io::Read;
///
/// use vector_tile::fragment::{DeflateLevel, Deflater, splice};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut deflater = Deflater::new(DeflateLevel::DEFAULT);
/// let fragments = [deflater.fragment(b"roads, ")?, deflater.fragment(b"buildings")?];
/// let gzip = splice(&fragments);
///
/// let mut inflated = String::new();
/// flate2::read::GzDecoder::new(&gzip[..]).read_to_string(&mut inflated)?;
/// assert_eq!(inflated, "roads, buildings");
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn splice(fragments: &[Fragment]) -> Bytes {
    if let [only] = fragments {
        return only.gzip.clone();
    }
    let deflated: usize = fragments.iter().map(|fragment| fragment.deflated().len()).sum();
    let mut member = BytesMut::with_capacity(HEADER.len() + deflated + TRAILER_LENGTH);
    member.put_slice(&HEADER);
    let mut crc = 0;
    let mut length = 0u32;
    for fragment in fragments {
        member.put_slice(fragment.deflated());
        crc = crc::combine(crc, fragment.crc, fragment.crc_shift);
        length = length.wrapping_add(fragment.length);
    }
    member.put_slice(&FINAL_BLOCK);
    member.put_u32_le(crc);
    member.put_u32_le(length);
    member.freeze()
}

/// The gzip member of an empty tile, for clients that require a body.
#[must_use]
pub fn empty_gzip() -> Bytes {
    splice(&[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fragment::{DeflateLevel, Deflater};
    use flate2::read::GzDecoder;
    use proptest::prelude::*;
    use std::io::Read;

    /// Inflates the first member only, as browsers do, and checks its CRC.
    fn inflate(gzip: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut decoder = GzDecoder::new(gzip);
        decoder.read_to_end(&mut bytes).unwrap();
        assert!(decoder.into_inner().is_empty(), "bytes after the first member");
        bytes
    }

    #[test]
    fn one_fragment_goes_out_without_a_copy() {
        let fragment = Deflater::new(DeflateLevel::DEFAULT).fragment(b"layer").unwrap();
        assert_eq!(splice(std::slice::from_ref(&fragment)).as_ptr(), fragment.gzip().as_ptr());
    }

    #[test]
    fn no_fragment_is_an_empty_member() {
        assert_eq!(inflate(&splice(&[])), b"");
    }

    #[test]
    fn incompressible_data_larger_than_any_window_survives() {
        let mut state = 7u32;
        let noise: Vec<u8> = (0..3_000_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        let mut deflater = Deflater::new(DeflateLevel::DEFAULT);
        let fragments = [deflater.fragment(&noise).unwrap(), deflater.fragment(b"after").unwrap()];
        assert_eq!(inflate(&splice(&fragments)), [noise.as_slice(), b"after"].concat());
    }

    proptest! {
        #[test]
        fn spliced_members_inflate_to_the_joined_layers(
            layers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..2000), 0..30),
            level in 1u8..=9,
        ) {
            let mut deflater = Deflater::new(DeflateLevel::new(level).unwrap());
            let fragments: Vec<_> =
                layers.iter().map(|layer| deflater.fragment(layer).unwrap()).collect();
            prop_assert_eq!(inflate(&splice(&fragments)), layers.concat());
        }
    }
}
