//! Writes a block in the cheapest of the three forms (RFC 1951, section 3.2.3).

use super::bits::{BitWriter, SLACK};
use super::header::BlockHeader;
use super::huffman::{HuffmanCode, LIMIT, assign};
use super::symbols::{
    DISTANCE_RANGES, DISTANCES, END_OF_BLOCK, LENGTH_RANGES, LENGTH_SYMBOLS, LITERALS, LONGEST,
    SymbolRange, distance_symbol,
};
use super::tokens::{Frequencies, NO_MATCH, Sequence};

/// Maximum number of bytes of a stored block.
const STORED: usize = 65_535;
/// Blocks of fewer bytes get no codes of their own, which take 50 bytes or more.
const SMALL: usize = 128;
/// Types of blocks, after the bit that marks the last block.
const FIXED: u64 = 1 << 1;
const DYNAMIC: u64 = 2 << 1;

/// A code with the extra bits that follow it.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    bits: u32,
    length: u32,
}

/// The code of a distance, and the base of its extra bits.
#[derive(Debug, Clone, Copy, Default)]
struct DistanceWord {
    bits: u32,
    base: u32,
    code_length: u32,
    /// Bits of the code and the extra bits.
    length: u32,
}

/// [`DISTANCES`], rounded up to a power of two.
const DISTANCE_WORDS: usize = 32;

/// The output: whole bytes, and the bits of the current byte.
#[derive(Debug, Default)]
pub(super) struct BitOutput {
    pub(super) bytes: Vec<u8>,
    pending: (u64, u32),
}

/// Writes blocks. Keeps its tables, which do not fit a small stack.
#[derive(Debug)]
pub(super) struct BlockWriter {
    literals: [HuffmanCode; LITERALS],
    distances: [HuffmanCode; DISTANCES],
    lengths: [Word; LONGEST - 2],
}

/// Code lengths of fixed blocks (RFC 1951, section 3.2.6).
const fn fixed_length(symbol: usize) -> u8 {
    match symbol {
        0..=143 => 8,
        144..=255 => 9,
        256..=279 => 7,
        _ => 8,
    }
}

impl BlockWriter {
    pub(super) fn new() -> Self {
        Self {
            literals: [HuffmanCode::default(); LITERALS],
            distances: [HuffmanCode::default(); DISTANCES],
            lengths: [Word::default(); LONGEST - 2],
        }
    }

    /// Writes a block that is not the last one, of `sequences`, which encode `input`.
    pub(super) fn write(
        &mut self,
        input: &[u8],
        sequences: &[Sequence],
        frequencies: &mut Frequencies,
        output: &mut BitOutput,
    ) {
        frequencies.literals[END_OF_BLOCK] = 1;
        if input.len() < SMALL {
            return self.write_small(input, sequences, frequencies, output);
        }
        assign(&frequencies.literals, LIMIT, &mut self.literals);
        assign(&frequencies.distances, LIMIT, &mut self.distances);
        let header = BlockHeader::new(&self.literals, &self.distances);
        let extra = extra_bits(frequencies);
        let dynamic = 3
            + header.bits()
            + extra
            + sum(&frequencies.literals, |symbol| self.literals[symbol].length)
            + sum(&frequencies.distances, |symbol| self.distances[symbol].length);
        let fixed = 3
            + extra
            + sum(&frequencies.literals, fixed_length)
            + sum(&frequencies.distances, |_| 5);
        // Type, alignment and two lengths for each.
        let stored = (input.len() as u64 + 5 * input.len().div_ceil(STORED) as u64) * 8;
        let cheapest = dynamic.min(fixed).min(stored);

        let at = output.bytes.len();
        output.bytes.resize(at + cheapest as usize / 8 + 2 * SLACK, 0);
        let mut writer = BitWriter::new(&mut output.bytes, at, output.pending);
        if stored == cheapest {
            write_stored(input, &mut writer);
        } else {
            if dynamic < fixed {
                writer.add(DYNAMIC, 3);
                header.write(&mut writer);
            } else {
                writer.add(FIXED, 3);
                writer.flush();
                self.fix();
            }
            writer = self.write_sequences(input, sequences, writer);
        }
        let (end, pending) = writer.finish();
        output.bytes.truncate(end);
        output.pending = pending;
    }

    /// Writes a block too small for codes of its own.
    fn write_small(
        &mut self,
        input: &[u8],
        sequences: &[Sequence],
        frequencies: &Frequencies,
        output: &mut BitOutput,
    ) {
        let fixed = 3
            + extra_bits(frequencies)
            + sum(&frequencies.literals, fixed_length)
            + sum(&frequencies.distances, |_| 5);
        let stored = (input.len() as u64 + 5) * 8;
        let at = output.bytes.len();
        output.bytes.resize(at + fixed.min(stored) as usize / 8 + 2 * SLACK, 0);
        let mut writer = BitWriter::new(&mut output.bytes, at, output.pending);
        if stored <= fixed {
            write_stored(input, &mut writer);
        } else {
            writer.add(FIXED, 3);
            writer.flush();
            self.fix();
            writer = self.write_sequences(input, sequences, writer);
        }
        let (end, pending) = writer.finish();
        output.bytes.truncate(end);
        output.pending = pending;
    }

    /// Sets the fixed codes.
    fn fix(&mut self) {
        // Frequencies that have these lengths as their optimum.
        let mut frequencies = [0; LITERALS];
        for (symbol, frequency) in frequencies.iter_mut().enumerate() {
            *frequency = 1 << (9 - fixed_length(symbol));
        }
        assign(&frequencies, LIMIT, &mut self.literals);
        for (symbol, code) in self.distances.iter_mut().enumerate() {
            *code = HuffmanCode { bits: (symbol as u16).reverse_bits() >> 11, length: 5 };
        }
    }

    /// Sets the codes of match lengths, with their extra bits.
    fn set_length_words(&mut self) {
        for (offset, word) in self.lengths.iter_mut().enumerate() {
            let symbol = usize::from(LENGTH_SYMBOLS[offset]);
            let SymbolRange { base, extra } = LENGTH_RANGES[symbol];
            let code = self.literals[257 + symbol];
            let rest = offset as u32 + 3 - u32::from(base);
            *word = Word {
                bits: u32::from(code.bits) | rest << code.length,
                length: u32::from(code.length + extra),
            };
        }
    }

    /// Codes of literal bytes: bits in the lower half, length in the upper.
    fn literal_words(&self) -> [u32; 256] {
        let mut words = [0; 256];
        for (word, code) in words.iter_mut().zip(&self.literals) {
            *word = u32::from(code.bits) | u32::from(code.length) << 16;
        }
        words
    }

    /// Codes of distances, with the range of each.
    fn distance_words(&self) -> [DistanceWord; DISTANCE_WORDS] {
        let mut words = [DistanceWord::default(); DISTANCE_WORDS];
        let codes = self.distances.iter().zip(&DISTANCE_RANGES);
        for (word, (code, range)) in words.iter_mut().zip(codes) {
            *word = DistanceWord {
                bits: u32::from(code.bits),
                base: u32::from(range.base),
                code_length: u32::from(code.length),
                length: u32::from(code.length + range.extra),
            };
        }
        words
    }

    fn write_sequences<'b>(
        &mut self,
        input: &[u8],
        sequences: &[Sequence],
        mut writer: BitWriter<'b>,
    ) -> BitWriter<'b> {
        self.set_length_words();
        let (bytes, distances) = (self.literal_words(), self.distance_words());
        let mut rest = input;
        for sequence in sequences {
            let Some((literals, after)) = rest.split_at_checked(sequence.literals as usize) else {
                return writer;
            };
            // Four codes and seven bits left over fit into 64 bits.
            let mut fours = literals.chunks_exact(4);
            for four in fours.by_ref() {
                let words = [four[0], four[1], four[2], four[3]].map(|b| bytes[usize::from(b)]);
                let first = words[0] >> 16;
                let pair = u64::from(words[0] & 0xffff) | u64::from(words[1] & 0xffff) << first;
                let third = words[2] >> 16;
                let next = u64::from(words[2] & 0xffff) | u64::from(words[3] & 0xffff) << third;
                writer.add(pair, first + (words[1] >> 16));
                writer.add(next, third + (words[3] >> 16));
                writer.flush();
            }
            for &byte in fours.remainder() {
                let word = bytes[usize::from(byte)];
                writer.add(u64::from(word & 0xffff), word >> 16);
            }
            rest = after;
            if sequence.length == NO_MATCH {
                writer.flush();
                continue;
            }
            let length = usize::from(sequence.length) & 255;
            let word = self.lengths[length];
            let distance = u32::from(sequence.offset) + 1;
            let symbol = usize::from(distance_symbol(distance)) & (DISTANCE_WORDS - 1);
            let far = distances[symbol];
            let offset = distance.wrapping_sub(far.base) << far.code_length;
            let (bits, count) = (u64::from(far.bits | offset), far.length);
            // Up to three literals are still there, and hardly ever too long ones.
            if !writer.has_room(word.length + count) {
                writer.flush();
            }
            writer.add(u64::from(word.bits), word.length);
            writer.add(bits, count);
            writer.flush();
            rest = rest.get(length + 3..).unwrap_or_default();
        }
        let end = self.literals[END_OF_BLOCK];
        writer.add(u64::from(end.bits), u32::from(end.length));
        writer.flush();
        writer
    }
}

impl BitOutput {
    /// Starts a new stream after `bytes`.
    pub(super) fn begin(&mut self) {
        self.pending = (0, 0);
    }

    /// Writes an empty stored block, which ends on a byte boundary: a sync flush.
    pub(super) fn sync(&mut self) {
        let at = self.bytes.len();
        self.bytes.resize(at + 2 * SLACK, 0);
        let mut writer = BitWriter::new(&mut self.bytes, at, self.pending);
        write_stored_part(&[], &mut writer);
        let (end, pending) = writer.finish();
        self.bytes.truncate(end);
        self.pending = pending;
    }
}

fn write_stored(input: &[u8], writer: &mut BitWriter<'_>) {
    for part in input.chunks(STORED) {
        write_stored_part(part, writer);
    }
}

/// Writes one stored block (RFC 1951, section 3.2.4).
fn write_stored_part(part: &[u8], writer: &mut BitWriter<'_>) {
    writer.add(0, 3);
    writer.align();
    let length = part.len() as u16;
    writer.bytes(&length.to_le_bytes());
    writer.bytes(&(!length).to_le_bytes());
    writer.bytes(part);
}

fn sum(frequencies: &[u32], length: impl Fn(usize) -> u8) -> u64 {
    frequencies
        .iter()
        .enumerate()
        .map(|(symbol, &frequency)| u64::from(frequency) * u64::from(length(symbol)))
        .sum()
}

/// Number of extra bits of all lengths and distances.
fn extra_bits(frequencies: &Frequencies) -> u64 {
    let lengths = frequencies.literals[257..].iter().zip(&LENGTH_RANGES);
    let distances = frequencies.distances.iter().zip(&DISTANCE_RANGES);
    lengths
        .chain(distances)
        .map(|(&frequency, range)| u64::from(frequency) * u64::from(range.extra))
        .sum()
}
