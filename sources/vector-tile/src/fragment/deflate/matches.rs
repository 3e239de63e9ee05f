//! Finds earlier positions of the same bytes.

use super::symbols::{LONGEST, WINDOW};

/// Bits of a hash; at four bytes an entry, the table takes 128 KiB.
const HASH_BITS: u32 = 15;
/// Minimum length of a match.
pub(super) const SHORTEST: usize = 4;
/// Number of bytes at the end of the input in which no match begins, so that eight bytes
/// can be read at once.
pub(super) const TAIL: usize = 9;

/// A match: `length` bytes equal those `distance` bytes before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub(super) length: usize,
    pub(super) distance: u32,
}

/// Hash table of the latest position of each four bytes.
///
/// One position for each hash: a second one saves 1 % of the bytes of a layer, and costs
/// a third more time.
///
/// Positions are counted over all inputs since the table was cleared, so that those of
/// earlier inputs lie before the start of this one and nothing has to be cleared between
/// two inputs.
#[derive(Debug)]
pub(super) struct PositionTable {
    table: Box<[u32; 1 << HASH_BITS]>,
    start: u32,
    next_start: u32,
}

impl PositionTable {
    pub(super) fn new() -> Self {
        let table = vec![0; 1 << HASH_BITS].into_boxed_slice();
        // The conversion can't fail; were it to, an array is made in place.
        let table = table.try_into().unwrap_or_else(|_| Box::new([0; 1 << HASH_BITS]));
        Self { table, start: 1, next_start: 1 }
    }

    /// Begins an input of `length` bytes, 2³⁰ at most; earlier positions become invalid.
    pub(super) fn begin(&mut self, length: usize) {
        let end = (self.next_start as usize).saturating_add(length);
        match u32::try_from(end) {
            Ok(end) => {
                self.start = self.next_start;
                self.next_start = end;
            }
            Err(_) => {
                self.table.fill(0);
                self.start = 1;
                self.next_start = 1 + length as u32;
            }
        }
    }

    /// Enters position `at`, and returns its match if that is longer than `shortest`
    /// bytes. `at` must be at least [`TAIL`] bytes before the end.
    #[inline(always)]
    pub(super) fn find(&mut self, input: &[u8], at: usize, shortest: usize) -> Option<Match> {
        let bytes = load(input, at);
        let place = self.start.wrapping_add(at as u32);
        let earlier = std::mem::replace(&mut self.table[hash(bytes)], place);
        let distance = place.wrapping_sub(earlier);
        // Farther than the start of the input: a place of an earlier one.
        if distance > at.min(WINDOW) as u32 {
            return None;
        }
        let length = same(input, at - distance as usize, at, bytes);
        (length > shortest).then_some(Match { length, distance })
    }

    /// Enters position `at` only.
    #[inline(always)]
    pub(super) fn enter(&mut self, input: &[u8], at: usize) {
        self.table[hash(load(input, at))] = self.start.wrapping_add(at as u32);
    }
}

/// The hash of the first four of eight bytes.
#[inline(always)]
fn hash(bytes: u64) -> usize {
    ((bytes as u32).wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize
}

/// The eight bytes at a position; 0 past the end.
#[inline(always)]
fn load(input: &[u8], at: usize) -> u64 {
    input
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |&bytes| u64::from_le_bytes(bytes))
}

/// Number of equal bytes from `earlier` and from `at` on; [`LONGEST`] at most.
#[inline(always)]
pub(super) fn same_from(input: &[u8], earlier: usize, at: usize) -> usize {
    if at + TAIL < input.len() {
        return same(input, earlier, at, load(input, at));
    }
    let pairs = input[earlier.min(at)..].iter().zip(input.get(at..).unwrap_or_default());
    pairs.take(LONGEST).take_while(|(a, b)| a == b).count()
}

/// Number of equal bytes before `earlier` and before `at`, counted back to `from` at
/// most.
#[inline(always)]
pub(super) fn same_before(input: &[u8], earlier: usize, at: usize, from: usize) -> usize {
    let most = (at - from).min(earlier);
    if most >= 8 {
        let differing = load(input, earlier - 8) ^ load(input, at - 8);
        if differing != 0 {
            return (differing.leading_zeros() / 8) as usize;
        }
    }
    let (earlier, at) = (&input[earlier - most..earlier], &input[at - most..at]);
    earlier.iter().rev().zip(at.iter().rev()).take_while(|(a, b)| a == b).count()
}

/// Number of equal bytes from `earlier` and from `at` on, `bytes` being the first eight
/// at `at`; [`LONGEST`] at most.
#[inline(always)]
fn same(input: &[u8], earlier: usize, at: usize, bytes: u64) -> usize {
    let differing = load(input, earlier) ^ bytes;
    if differing != 0 {
        return (differing.trailing_zeros() / 8) as usize;
    }
    let longest = LONGEST.min(input.len() - at);
    let mut length = 8;
    while length + 8 <= longest {
        let differing = load(input, earlier + length) ^ load(input, at + length);
        if differing != 0 {
            return length + (differing.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    while length < longest && input[earlier + length] == input[at + length] {
        length += 1;
    }
    length
}
