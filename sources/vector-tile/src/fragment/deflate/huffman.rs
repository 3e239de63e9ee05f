//! Minimum-redundancy prefix codes (RFC 1951, section 3.2.2).
//!
//! Lengths are computed in place over the sorted frequencies (Moffat and Katajainen,
//! "In-Place Calculation of Minimum-Redundancy Codes", 1995). Codes over the limit are
//! cut to it and the Kraft sum is repaired; the result exceeds the optimum of
//! package-merge by a few bits, if at all.

use super::symbols::LITERALS;

/// Maximum code length of literals and distances: 15 is allowed, but four codes of 14
/// bits fit a word, and longer ones are rarely needed.
pub(super) const LIMIT: usize = 14;

/// Number of code lengths in deflate, 0 to 15.
const LENGTHS: usize = 16;

/// A symbol's code, with its bits in writing order.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct HuffmanCode {
    pub(super) bits: u16,
    pub(super) length: u8,
}

/// Sets `codes` to a complete prefix code with no code over `limit` bits.
///
/// Symbols that do not occur get length 0, except that there are at least two codes: a
/// code of one symbol would be incomplete, and some readers refuse it. Frequencies must
/// be under 2²³, and `frequencies` no longer than [`LITERALS`].
pub(super) fn assign(frequencies: &[u32], limit: usize, codes: &mut [HuffmanCode]) {
    let mut sorted = [0u32; LITERALS];
    let mut used = 0;
    for (symbol, &frequency) in frequencies.iter().enumerate() {
        if frequency > 0 {
            sorted[used] = frequency << 9 | symbol as u32;
            used += 1;
        }
    }
    for symbol in 0..2 {
        if used < 2 && frequencies[symbol as usize] == 0 {
            sorted[used] = 1 << 9 | symbol;
            used += 1;
        }
    }
    let sorted = &mut sorted[..used];
    sorted.sort_unstable();
    let mut weights = [0u32; LITERALS];
    for (weight, key) in weights.iter_mut().zip(sorted.iter()) {
        *weight = key >> 9;
    }
    let counts = limited(lengths(&mut weights[..used]), limit);

    codes.fill(HuffmanCode::default());
    // The rarest symbols get the longest codes.
    let mut rarest = sorted.iter();
    for length in (1..=limit).rev() {
        for key in rarest.by_ref().take(counts[length] as usize) {
            codes[(key & 511) as usize].length = length as u8;
        }
    }
    number(&counts, codes);
}

/// Number of codes of each length in an optimal code, for ascending weights. Lengths over
/// 31 count as 31.
fn lengths(weights: &mut [u32]) -> [u32; 32] {
    let n = weights.len();
    // Pair the lightest trees; each inner node's place then holds its parent's.
    let (mut root, mut leaf) = (0, 0);
    for next in 0..n - 1 {
        let mut weight = 0;
        for _ in 0..2 {
            if leaf >= n || (root < next && weights[root] < weights[leaf]) {
                weight += weights[root];
                weights[root] = next as u32;
                root += 1;
            } else {
                weight += weights[leaf];
                leaf += 1;
            }
        }
        weights[next] = weight;
    }
    // Depths of the inner nodes, from the root down.
    weights[n - 2] = 0;
    for node in (0..n - 2).rev() {
        weights[node] = weights[weights[node] as usize] + 1;
    }
    // A depth's places are leaves where they are not inner nodes.
    let mut counts = [0; 32];
    let (mut places, mut depth, mut node) = (1, 0, n - 1);
    while places > 0 {
        let mut inner = 0;
        while node > 0 && weights[node - 1] == depth {
            inner += 1;
            node -= 1;
        }
        counts[depth.min(31) as usize] += places - inner;
        places = 2 * inner;
        depth += 1;
    }
    counts
}

/// Limits lengths to `limit` and makes the code complete again.
fn limited(mut counts: [u32; 32], limit: usize) -> [u32; 32] {
    let over: u32 = counts[limit + 1..].iter().sum();
    if over == 0 {
        return counts;
    }
    counts[limit + 1..].fill(0);
    counts[limit] += over;
    let mut kraft: u64 =
        (1..=limit).map(|length| u64::from(counts[length]) << (limit - length)).sum();
    while kraft > 1 << limit {
        // A leaf of the longest code that can grow becomes two, one of them taken
        // from the longest codes of all.
        let Some(length) = (1..limit).rev().find(|&length| counts[length] > 0) else { break };
        counts[length] -= 1;
        counts[length + 1] += 2;
        counts[limit] -= 1;
        kraft -= 1;
    }
    counts
}

/// Assigns ascending numbers to the codes of each length (RFC 1951, section 3.2.2).
fn number(counts: &[u32; 32], codes: &mut [HuffmanCode]) {
    let mut next = [0u32; LENGTHS];
    let mut code = 0;
    for length in 1..LENGTHS {
        code = (code + counts[length - 1]) << 1;
        next[length] = code;
    }
    for code in codes.iter_mut().filter(|code| code.length > 0) {
        let place = &mut next[usize::from(code.length) & (LENGTHS - 1)];
        code.bits = (*place as u16).reverse_bits() >> (16 - code.length);
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn assigned(frequencies: &[u32], limit: usize) -> Vec<HuffmanCode> {
        let mut codes = vec![HuffmanCode::default(); frequencies.len()];
        assign(frequencies, limit, &mut codes);
        codes
    }

    /// The least cost of a prefix code, by merging the two lightest trees.
    fn optimum(frequencies: &[u32]) -> u32 {
        let mut trees: Vec<u32> = frequencies.iter().copied().filter(|&f| f > 0).collect();
        let mut cost = 0;
        while trees.len() > 1 {
            trees.sort_unstable_by(|a, b| b.cmp(a));
            let pair: u32 = trees.drain(trees.len() - 2..).sum();
            cost += pair;
            trees.push(pair);
        }
        cost
    }

    fn cost(frequencies: &[u32], codes: &[HuffmanCode]) -> u32 {
        frequencies.iter().zip(codes).map(|(f, code)| f * u32::from(code.length)).sum()
    }

    #[rstest]
    #[case::none_occurs(&[0, 0, 0, 0], &[1, 1, 0, 0])]
    #[case::one_occurs(&[0, 0, 5, 0], &[1, 0, 1, 0])]
    #[case::the_first_occurs(&[5, 0, 0, 0], &[1, 1, 0, 0])]
    #[case::two_occur(&[0, 9, 0, 1], &[0, 1, 0, 1])]
    #[case::a_chain(&[1, 1, 2, 4], &[3, 3, 2, 1])]
    fn few_symbols_get_these_lengths(#[case] frequencies: &[u32], #[case] expected: &[u8]) {
        let lengths: Vec<u8> = assigned(frequencies, 15).iter().map(|code| code.length).collect();
        assert_eq!(lengths, expected);
    }

    #[rstest]
    #[case(7, 19)]
    #[case(15, 28)]
    fn fibonacci_frequencies_are_cut_to_the_limit(#[case] limit: usize, #[case] symbols: usize) {
        let mut frequencies = vec![1u32, 1];
        while frequencies.len() < symbols {
            frequencies.push(frequencies.iter().rev().take(2).sum());
        }
        let codes = assigned(&frequencies, limit);
        assert!(codes.iter().all(|code| (1..=limit).contains(&usize::from(code.length))));
        let kraft: u32 = codes.iter().map(|code| 1 << (limit - usize::from(code.length))).sum();
        assert_eq!(kraft, 1 << limit, "complete");
    }

    proptest! {
        #[test]
        fn codes_are_complete_and_of_least_length(
            frequencies in prop::collection::vec(prop_oneof![Just(0u32), 1..5000u32], 2..288),
        ) {
            prop_assume!(frequencies.iter().filter(|&&f| f > 0).count() > 1);
            let codes = assigned(&frequencies, LIMIT);
            let kraft: u32 = codes
                .iter()
                .filter(|code| code.length > 0)
                .map(|code| 1 << (LIMIT - usize::from(code.length)))
                .sum();
            prop_assert_eq!(kraft, 1 << LIMIT);
            // No code of this size reaches the limit by need, so the optimum is met.
            if codes.iter().all(|code| usize::from(code.length) < LIMIT) {
                prop_assert_eq!(cost(&frequencies, &codes), optimum(&frequencies));
            }
        }
    }
}
