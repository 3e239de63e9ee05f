//! Splits blocks where statistics change by more than new codes cost.

use super::tokens::Frequencies;

/// Fraction bits of a logarithm.
const FRACTION: u32 = 8;
/// Logarithms to the base of 2, in 1/256, of 1 + i/256.
static LOGARITHMS: [u8; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        // Digits of the logarithm: square, and halve where 2 is reached.
        let mut x = ((256 + i) as u64) << 22;
        let (mut digits, mut bit) = (0u32, 0);
        while bit < FRACTION {
            x = (x * x) >> 30;
            digits <<= 1;
            if x >> 31 != 0 {
                digits |= 1;
                x >>= 1;
            }
            bit += 1;
        }
        table[i] = digits as u8;
        i += 1;
    }
    table
};

/// `n` · log₂ `n` in 1/256. Integers, so that every machine splits the same way.
fn n_log_n(n: u32) -> u64 {
    if n == 0 {
        return 0;
    }
    let power = 31 - n.leading_zeros();
    let mantissa = ((n << (31 - power)) >> 23) & 255;
    u64::from(n) * u64::from((power << FRACTION) + u32::from(LOGARITHMS[mantissa as usize]))
}

/// The entropy of all symbols with these counts, in 1/256 bits.
fn entropy(counts: impl Iterator<Item = u32>) -> u64 {
    let (mut total, mut parts) = (0, 0);
    for count in counts {
        total += count;
        parts += n_log_n(count);
    }
    n_log_n(total).saturating_sub(parts)
}

/// The size of the symbols in 1/256 bits, without the codes themselves.
pub(super) fn cost(frequencies: &Frequencies) -> u64 {
    entropy(frequencies.literals.iter().copied()) + entropy(frequencies.distances.iter().copied())
}

/// The size of the symbols of both in 1/256 bits, with one code.
pub(super) fn joined_cost(a: &Frequencies, b: &Frequencies) -> u64 {
    let sums = |(a, b): (&u32, &u32)| a + b;
    entropy(a.literals.iter().zip(&b.literals).map(sums))
        + entropy(a.distances.iter().zip(&b.distances).map(sums))
}

/// The size of a block's codes and header in 1/256 bits: some 80 bytes.
pub(super) const BLOCK_COST: u64 = (80 * 8) << FRACTION;
