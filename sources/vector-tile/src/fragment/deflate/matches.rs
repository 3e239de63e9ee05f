//! Earlier places of the same bytes.

use super::symbols::{LONGEST, WINDOW};

/// Bits of a hash; at four bytes a place, 128 KiB.
const HASH_BITS: u32 = 15;
/// The shortest match that is looked for.
pub(super) const SHORTEST: usize = 4;
/// The last bytes of the input in which no match begins, so that eight bytes can
/// be read at once.
pub(super) const TAIL: usize = 9;

/// A match: so many bytes are the same as those `distance` before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub(super) length: usize,
    pub(super) distance: u32,
}

/// The latest place of each hash of four bytes.
///
/// One place only: a second one saves 1 % of the bytes of a layer, and costs a third more
/// time.
///
/// Places are counted over all inputs since the table was cleared, so that those
/// of earlier inputs lie before the start of this one and nothing has to be
/// cleared between two inputs.
#[derive(Debug)]
pub(super) struct Places {
    table: Box<[u32; 1 << HASH_BITS]>,
    start: u32,
    next_start: u32,
}

impl Places {
    pub(super) fn new() -> Self {
        let table = vec![0; 1 << HASH_BITS].into_boxed_slice();
        // The conversion can't fail; were it to, an array is made in place.
        let table = table.try_into().unwrap_or_else(|_| Box::new([0; 1 << HASH_BITS]));
        Self { table, start: 1, next_start: 1 }
    }

    /// Begins an input of `length` bytes, 2³⁰ at most: earlier places are forgotten.
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

    /// Enters place `at`, and returns the match there where it is longer than
    /// `shortest` bytes. `at` is [`TAIL`] or more bytes before the end.
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

    /// Enters place `at` only.
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

/// The eight bytes at a place; 0 past the end.
#[inline(always)]
fn load(input: &[u8], at: usize) -> u64 {
    input
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |&bytes| u64::from_le_bytes(bytes))
}

/// How many bytes at `earlier` are those at `at`; [`LONGEST`] at most.
#[inline(always)]
pub(super) fn same_from(input: &[u8], earlier: usize, at: usize) -> usize {
    if at + TAIL < input.len() {
        return same(input, earlier, at, load(input, at));
    }
    let pairs = input[earlier.min(at)..].iter().zip(input.get(at..).unwrap_or_default());
    pairs.take(LONGEST).take_while(|(a, b)| a == b).count()
}

/// How many bytes before `earlier` are those before `at`, of which none before `from`
/// counts.
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

/// How many bytes at `earlier` are those at `at`, of which `bytes` are the first
/// eight; [`LONGEST`] at most.
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
