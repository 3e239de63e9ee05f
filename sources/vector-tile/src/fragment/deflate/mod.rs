//! A deflate compressor (RFC 1951) for tiles: fast, and no larger than the output of a
//! general library at its fast levels.
//!
//! The whole input is in memory, so that there is neither a sliding window nor a state
//! between calls. Matches are found by a hash of four bytes ([`matches`]), and tokens are
//! counted as they are produced; a block ends where statistics change ([`split`]) and is
//! written in the cheapest form ([`block`]). The output depends on the input only.
//!
//! There is no search for the best parse, no dictionary, and no final block, which the
//! caller writes.

mod bits;
mod block;
mod header;
mod huffman;
mod matches;
mod split;
mod symbols;
#[cfg(test)]
mod tests;
mod tokens;

use super::RepeatHints;
use super::hints::LikelyRepeat;
use block::{BitOutput, BlockWriter};
use matches::{PositionTable, SHORTEST, TAIL, same_before, same_from};
use split::{BLOCK_COST, cost, joined_cost};
use symbols::{LONGEST, WINDOW};
use tokens::{Frequencies, Tokens};

/// Sequences after which the statistics are compared.
const CHUNK_SEQUENCES: usize = 2048;
/// Bytes after which the statistics are compared at the latest.
const CHUNK_BYTES: usize = 32 << 10;
/// Maximum number of bytes of a block, to keep counts small; a match may exceed it.
const BLOCK_BYTES: usize = 512 << 10;
/// A match of this length is taken without trying the next position.
const GOOD: usize = 16;
/// The step over incompressible bytes grows by one for each 2⁸ literals.
const SKIP: u32 = 8;
/// Every second position inside a match is entered: the output is as small.
const INSIDE_STEP: usize = 2;
/// Minimum length of a match at a hint.
const SHORTEST_EXPECTED: usize = 3;
/// Distance beyond which a match must be a byte longer.
const FAR: usize = 1024;
/// Maximum number of bytes of an input whose positions are counted.
const PART: usize = 1 << 30;

/// A compressor that reuses its tables.
#[derive(Debug)]
pub(super) struct Compressor {
    places: PositionTable,
    tokens: Tokens,
    blocks: BlockWriter,
    output: BitOutput,
    block: Block,
}

/// The current block, up to the last chunk that was joined to it.
#[derive(Debug)]
struct Block {
    start: usize,
    end: usize,
    sequences: usize,
    frequencies: Frequencies,
    cost: u64,
}

impl Block {
    const fn at(start: usize) -> Self {
        Self { start, end: start, sequences: 0, frequencies: Frequencies::ZERO, cost: 0 }
    }
}

impl Compressor {
    pub(super) fn new() -> Self {
        Self {
            places: PositionTable::new(),
            tokens: Tokens::new(),
            blocks: BlockWriter::new(),
            output: BitOutput::default(),
            block: Block::at(0),
        }
    }

    /// Appends `input` to `output` as non-final blocks and a sync flush.
    ///
    /// At most five bytes are added for each 32 KiB and for the flush.
    pub(super) fn deflate(
        &mut self,
        input: &[u8],
        hints: Option<&RepeatHints>,
        output: &mut Vec<u8>,
    ) {
        std::mem::swap(&mut self.output.bytes, output);
        self.output.begin();
        match hints {
            Some(hints) if input.len() <= PART => self.deflate_by_hints(input, hints),
            _ => {
                for part in input.chunks(PART) {
                    self.deflate_part(part);
                }
            }
        }
        self.output.sync();
        std::mem::swap(&mut self.output.bytes, output);
    }

    fn deflate_part(&mut self, input: &[u8]) {
        self.places.begin(input.len());
        self.block = Block::at(0);
        // Literals are those from `from` on.
        let (mut at, mut from) = (0, 0);
        let limit = input.len().saturating_sub(TAIL);
        while at < limit {
            let Some(mut found) = self.places.find(input, at, SHORTEST - 1) else {
                at += 1 + ((at - from) >> SKIP);
                if at - from >= CHUNK_BYTES {
                    at = at.min(input.len());
                    self.tokens.push_literals(&input[from..at]);
                    from = at;
                    self.end_chunk(input, at);
                }
                continue;
            };
            // One that begins a byte later may be longer.
            if found.length < GOOD
                && at + 1 < limit
                && let Some(later) = self.places.find(input, at + 1, found.length)
            {
                found = later;
                at += 1;
            }
            self.tokens.push(&input[from..at], found.length, found.distance);
            let end = at + found.length;
            for inside in (at + 2..end.min(limit)).step_by(INSIDE_STEP) {
                self.places.enter(input, inside);
            }
            at = end;
            from = end;
            let chunk = self.tokens.sequences.len() - self.block.sequences;
            if chunk >= CHUNK_SEQUENCES || at - self.block.end >= CHUNK_BYTES {
                self.end_chunk(input, at);
            }
        }
        if from < input.len() {
            self.tokens.push_literals(&input[from..]);
        }
        if !self.tokens.sequences.is_empty() {
            self.end_chunk(input, input.len());
            self.write_block(input);
        }
    }

    /// Takes matches at the hints, and looks for no others.
    fn deflate_by_hints(&mut self, input: &[u8], hints: &RepeatHints) {
        self.block = Block::at(0);
        let mut from = 0;
        let mut sections = hints.sections();
        let mut section = sections.next().unwrap_or(usize::MAX);
        for LikelyRepeat { at, distance } in hints.likely() {
            let (at, distance) = (at as usize, distance as usize);
            if at >= section {
                from = self.literals(input, from, section.min(input.len()));
                self.end_chunk(input, from);
                section = sections.next().unwrap_or(usize::MAX);
            }
            if at < from || at >= input.len() || distance > at.min(WINDOW) || distance == 0 {
                continue;
            }
            let Some(earlier) = at.checked_sub(distance) else { continue };
            let after = same_from(input, earlier, at);
            let before = same_before(input, earlier, at, from).min(LONGEST - after);
            let length = after + before;
            if length < SHORTEST_EXPECTED + usize::from(distance > FAR) {
                continue;
            }
            let start = at - before;
            if start - from > CHUNK_BYTES {
                from = self.literals(input, from, start);
            }
            self.tokens.push(&input[from..start], length, distance as u32);
            from = start + length;
            let chunk = self.tokens.sequences.len() - self.block.sequences;
            if chunk >= CHUNK_SEQUENCES || from - self.block.end >= CHUNK_BYTES {
                self.end_chunk(input, from);
            }
        }
        self.literals(input, from, input.len());
        if !self.tokens.sequences.is_empty() {
            self.end_chunk(input, input.len());
            self.write_block(input);
        }
    }

    /// Adds the bytes from `from` to `end` as literals, and returns `end`.
    fn literals(&mut self, input: &[u8], mut from: usize, end: usize) -> usize {
        while end.saturating_sub(from) > CHUNK_BYTES {
            self.tokens.push_literals(&input[from..from + CHUNK_BYTES]);
            from += CHUNK_BYTES;
            self.end_chunk(input, from);
        }
        if from < end {
            self.tokens.push_literals(&input[from..end]);
        }
        end.max(from)
    }

    /// Joins the latest chunk to the current block, or ends the block before it.
    fn end_chunk(&mut self, input: &[u8], end: usize) {
        let chunk_cost = cost(&self.tokens.latest);
        let mut joined = joined_cost(&self.block.frequencies, &self.tokens.latest);
        let apart = self.block.cost + chunk_cost + BLOCK_COST;
        let over = end - self.block.start > BLOCK_BYTES;
        if self.block.sequences > 0 && (apart < joined || over) {
            self.write_block(input);
            joined = chunk_cost;
        }
        self.block.frequencies.add(&self.tokens.latest);
        self.tokens.latest = Frequencies::ZERO;
        self.block.cost = joined;
        self.block.sequences = self.tokens.sequences.len();
        self.block.end = end;
    }

    /// Writes the current block, and begins the next at its end.
    fn write_block(&mut self, input: &[u8]) {
        let Block { start, end, sequences, .. } = self.block;
        self.blocks.write(
            &input[start..end],
            &self.tokens.sequences[..sequences],
            &mut self.block.frequencies,
            &mut self.output,
        );
        self.tokens.sequences.drain(..sequences);
        self.block = Block::at(end);
    }
}
