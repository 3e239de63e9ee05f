//! The header of a block with dynamic codes (RFC 1951, section 3.2.7).

use super::bits::BitWriter;
use super::huffman::{HuffmanCode, assign};
use super::symbols::{DISTANCES, LITERALS};

/// The order of the code lengths of the code-length code.
const ORDER: [u8; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// Maximum code length of the code-length code.
const LIMIT: usize = 7;
/// Extra bits of the code-length symbols.
const fn extra_bits(symbol: u8) -> u32 {
    match symbol {
        16 => 2,
        17 => 3,
        18 => 7,
        _ => 0,
    }
}

/// The lengths of a block's codes, run-length coded.
#[derive(Debug)]
pub(super) struct BlockHeader {
    literals: usize,
    distances: usize,
    /// Symbols of the code-length code with their extra bits.
    runs: [(u8, u8); LITERALS + DISTANCES],
    run_count: usize,
    codes: [HuffmanCode; 19],
    written: usize,
}

impl BlockHeader {
    /// The header of these codes.
    pub(super) fn new(
        literals: &[HuffmanCode; LITERALS],
        distances: &[HuffmanCode; DISTANCES],
    ) -> Self {
        let used =
            |codes: &[HuffmanCode]| codes.iter().rposition(|c| c.length > 0).map_or(0, |at| at + 1);
        let (literal_count, distance_count) = (used(literals).max(257), used(distances).max(1));
        let mut lengths = [0; LITERALS + DISTANCES];
        let codes = literals[..literal_count].iter().chain(&distances[..distance_count]);
        for (length, code) in lengths.iter_mut().zip(codes) {
            *length = code.length;
        }
        let mut header = Self {
            literals: literal_count,
            distances: distance_count,
            runs: [(0, 0); LITERALS + DISTANCES],
            run_count: 0,
            codes: [HuffmanCode::default(); 19],
            written: 0,
        };
        let mut frequencies = [0; 19];
        let mut rest = &lengths[..literal_count + distance_count];
        while let Some(&length) = rest.first() {
            let run = rest.iter().take_while(|&&other| other == length).count();
            rest = &rest[run..];
            header.add_run(length, run, &mut frequencies);
        }
        assign(&frequencies, LIMIT, &mut header.codes);
        let last = ORDER.iter().rposition(|&symbol| header.codes[usize::from(symbol)].length > 0);
        header.written = last.map_or(4, |at| at + 1).max(4);
        header
    }

    fn add_run(&mut self, length: u8, mut run: usize, frequencies: &mut [u32; 19]) {
        let mut add = |symbol: u8, extra: usize| {
            self.runs[self.run_count] = (symbol, extra as u8);
            self.run_count += 1;
            frequencies[usize::from(symbol)] += 1;
        };
        if length == 0 {
            while run >= 11 {
                let part = run.min(138);
                add(18, part - 11);
                run -= part;
            }
            if run >= 3 {
                add(17, run - 3);
                run = 0;
            }
        } else if run >= 4 {
            add(length, 0);
            run -= 1;
            while run >= 3 {
                let part = run.min(6);
                add(16, part - 3);
                run -= part;
            }
        }
        for _ in 0..run {
            add(length, 0);
        }
    }

    /// Number of bits of the header.
    pub(super) fn bits(&self) -> u64 {
        let runs = self.runs[..self.run_count].iter().map(|&(symbol, _)| {
            u64::from(self.codes[usize::from(symbol)].length) + u64::from(extra_bits(symbol))
        });
        14 + 3 * self.written as u64 + runs.sum::<u64>()
    }

    /// Writes the header after the block's type.
    pub(super) fn write(&self, writer: &mut BitWriter<'_>) {
        writer.add((self.literals - 257) as u64, 5);
        writer.add((self.distances - 1) as u64, 5);
        writer.add((self.written - 4) as u64, 4);
        writer.flush();
        for &symbol in &ORDER[..self.written] {
            writer.add(u64::from(self.codes[usize::from(symbol)].length), 3);
            writer.flush();
        }
        for &(symbol, extra) in &self.runs[..self.run_count] {
            let code = self.codes[usize::from(symbol)];
            writer.add(u64::from(code.bits), u32::from(code.length));
            writer.add(u64::from(extra), extra_bits(symbol));
            writer.flush();
        }
    }
}
