//! Tokens of a block: literals and matches, counted as they are added.

use super::symbols::{DISTANCES, LENGTH_SYMBOLS, LITERALS, distance_symbol};

/// Literals, then a match.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sequence {
    /// Literals before the match.
    pub(super) literals: u32,
    /// The length of the match less 3; [`NO_MATCH`] for none.
    pub(super) length: u16,
    /// The distance of the match less 1.
    pub(super) offset: u16,
}

/// The length of a sequence of literals only.
pub(super) const NO_MATCH: u16 = u16::MAX;

/// Number of occurrences of each symbol.
#[derive(Debug, Clone)]
pub(super) struct Frequencies {
    pub(super) literals: [u32; LITERALS],
    pub(super) distances: [u32; DISTANCES],
}

impl Frequencies {
    pub(super) const ZERO: Self = Self { literals: [0; LITERALS], distances: [0; DISTANCES] };

    /// Adds the other's counts.
    pub(super) fn add(&mut self, other: &Self) {
        let sums = self.literals.iter_mut().chain(&mut self.distances);
        for (sum, count) in sums.zip(other.literals.iter().chain(&other.distances)) {
            *sum += count;
        }
    }
}

/// The sequences of the unwritten block, and the counts of the latest chunk.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) sequences: Vec<Sequence>,
    pub(super) latest: Frequencies,
}

impl Tokens {
    pub(super) fn new() -> Self {
        Self { sequences: Vec::new(), latest: Frequencies::ZERO }
    }

    /// Adds literals, then a match of `length` and `distance`.
    #[inline(always)]
    pub(super) fn push(&mut self, literals: &[u8], length: usize, distance: u32) {
        self.count(literals);
        let length = (length - 3) & 255;
        self.latest.literals[257 + usize::from(LENGTH_SYMBOLS[length])] += 1;
        self.latest.distances[usize::from(distance_symbol(distance))] += 1;
        self.sequences.push(Sequence {
            literals: literals.len() as u32,
            length: length as u16,
            offset: (distance - 1) as u16,
        });
    }

    /// Adds literals without a match.
    pub(super) fn push_literals(&mut self, literals: &[u8]) {
        self.count(literals);
        let literals = literals.len() as u32;
        self.sequences.push(Sequence { literals, length: NO_MATCH, offset: 0 });
    }

    #[inline(always)]
    fn count(&mut self, literals: &[u8]) {
        for &byte in literals {
            self.latest.literals[usize::from(byte)] += 1;
        }
    }
}
