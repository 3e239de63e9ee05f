//! Sorts numbers of a known range by marking them in a bit set.

/// Words of the set for each number, above which numbers are sorted by comparison
/// instead.
const WORDS_A_NUMBER: usize = 16;

/// A bit set that is empty between two uses.
#[derive(Debug, Default)]
pub(super) struct AscendingSet {
    words: Vec<u64>,
}

impl AscendingSet {
    /// Sorts `numbers`, all below `end`, and removes duplicates.
    pub(super) fn sort(&mut self, numbers: &mut Vec<u32>, end: usize) {
        let words = end.div_ceil(64);
        if numbers.len() < words / WORDS_A_NUMBER {
            numbers.sort_unstable();
            numbers.dedup();
            return;
        }
        if self.words.len() < words {
            self.words.resize(words, 0);
        }
        let set = &mut self.words[..words];
        for &number in numbers.iter() {
            set[(number >> 6) as usize] |= 1 << (number & 63);
        }
        numbers.clear();
        for (at, word) in set.iter_mut().enumerate() {
            let mut bits = std::mem::take(word);
            while bits != 0 {
                numbers.push((at as u32) << 6 | bits.trailing_zeros());
                bits &= bits - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back_ascending_and_once(
            lists in prop::collection::vec(prop::collection::vec(0u32..9000, 0..300), 1..4),
        ) {
            let mut set = AscendingSet::default();
            for mut numbers in lists {
                let mut expected = numbers.clone();
                expected.sort_unstable();
                expected.dedup();
                set.sort(&mut numbers, 9000);
                prop_assert_eq!(numbers, expected);
            }
        }
    }
}
