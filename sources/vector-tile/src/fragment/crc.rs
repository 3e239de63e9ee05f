//! CRC-32 of two joined byte strings from the CRCs of the parts.
//!
//! The CRC of gzip (RFC 1952, section 8) is a polynomial over GF(2), bit reversed, modulo
//! [`POLYNOMIAL`]. Appending `n` bytes multiplies the CRC of the preceding bytes by
//! x^(8n); the CRC of the appended part is then added.

/// 0x04C11DB7 with its bits reversed.
const POLYNOMIAL: u32 = 0xedb8_8320;
/// The polynomial 1: bit 31 is x⁰ in the reversed order.
const ONE: u32 = 1 << 31;
/// The polynomial x⁸.
const X8: u32 = 1 << 23;

/// `a · b` modulo the CRC polynomial.
const fn multiply(a: u32, b: u32) -> u32 {
    let mut product = 0;
    let mut a = a;
    let mut b = b;
    while a != 0 {
        if a & ONE != 0 {
            product ^= b;
        }
        a <<= 1;
        // b · x: shift towards higher powers, reduce when x³² falls out.
        b = if b & 1 != 0 { (b >> 1) ^ POLYNOMIAL } else { b >> 1 };
    }
    product
}

/// x^(8·2ⁿ) modulo the CRC polynomial, by repeated squaring.
static POWERS: [u32; 32] = {
    let mut powers = [X8; 32];
    let mut n = 1;
    while n < 32 {
        powers[n] = multiply(powers[n - 1], powers[n - 1]);
        n += 1;
    }
    powers
};

/// x^(8·`length`) modulo the CRC polynomial.
pub(super) fn shift_of(length: u32) -> u32 {
    let mut result = ONE;
    for (n, &power) in POWERS.iter().enumerate() {
        if length >> n & 1 != 0 {
            result = multiply(power, result);
        }
    }
    result
}

/// The CRC of `first ++ second`, where `shift` is [`shift_of`] the second's length.
pub(super) const fn combine(first: u32, second: u32, shift: u32) -> u32 {
    multiply(first, shift) ^ second
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn combined_crc_is_the_crc_of_the_joined_bytes(
            a in prop::collection::vec(any::<u8>(), 0..600),
            b in prop::collection::vec(any::<u8>(), 0..600),
        ) {
            let joined = [a.as_slice(), b.as_slice()].concat();
            let combined =
                combine(crc32fast::hash(&a), crc32fast::hash(&b), shift_of(b.len() as u32));
            prop_assert_eq!(combined, crc32fast::hash(&joined));
        }
    }
}
