//! Lengths and distances as symbols with extra bits (RFC 1951, section 3.2.5).

/// Symbols of the literal and length alphabet; 286 and 287 are never used.
pub(super) const LITERALS: usize = 288;
/// Symbols of the distance alphabet that denote a distance.
pub(super) const DISTANCES: usize = 30;
/// The symbol that ends a block.
pub(super) const END_OF_BLOCK: usize = 256;
/// The longest match.
pub(super) const LONGEST: usize = 258;
/// The farthest match.
pub(super) const WINDOW: usize = 32_768;

/// Values of a symbol: 2^`extra` values from `base` on.
#[derive(Debug, Clone, Copy)]
pub(super) struct SymbolRange {
    pub(super) base: u16,
    pub(super) extra: u8,
}

/// Lengths of the symbols 257 to 285.
pub(super) static LENGTH_RANGES: [SymbolRange; 29] = {
    let mut ranges = [SymbolRange { base: 0, extra: 0 }; 29];
    let (mut symbol, mut base) = (0, 3);
    while symbol < 28 {
        let extra = if symbol < 8 { 0 } else { (symbol / 4 - 1) as u8 };
        ranges[symbol] = SymbolRange { base, extra };
        base += 1 << extra;
        symbol += 1;
    }
    ranges[28] = SymbolRange { base: 258, extra: 0 };
    ranges
};

/// Distances of the symbols 0 to 29.
pub(super) static DISTANCE_RANGES: [SymbolRange; DISTANCES] = {
    let mut ranges = [SymbolRange { base: 0, extra: 0 }; DISTANCES];
    let (mut symbol, mut base) = (0, 1u32);
    while symbol < DISTANCES {
        let extra = if symbol < 4 { 0 } else { (symbol / 2 - 1) as u8 };
        ranges[symbol] = SymbolRange { base: base as u16, extra };
        base += 1 << extra;
        symbol += 1;
    }
    ranges
};

/// The symbol, less 257, of each length less 3.
pub(super) static LENGTH_SYMBOLS: [u8; 256] = {
    let mut symbols = [0; 256];
    let mut symbol = 0;
    while symbol < 29 {
        let SymbolRange { base, extra } = LENGTH_RANGES[symbol];
        let mut at = base as usize - 3;
        let end = at + (1 << extra);
        // 258 has a symbol of its own, though 284 reaches it too.
        while at < end && at < 256 {
            symbols[at] = symbol as u8;
            at += 1;
        }
        symbol += 1;
    }
    symbols
};

/// The symbol of a distance from 1 to 32,768: two for each power of two.
#[inline(always)]
pub(super) fn distance_symbol(distance: u32) -> u8 {
    let offset = distance - 1;
    if offset < 2 {
        return offset as u8;
    }
    let power = 31 - offset.leading_zeros();
    (2 * power + ((offset >> (power - 1)) & 1)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_length_lies_in_the_range_of_its_symbol() {
        for length in 3..=LONGEST {
            let SymbolRange { base, extra } =
                LENGTH_RANGES[usize::from(LENGTH_SYMBOLS[length - 3])];
            let offset = length - usize::from(base);
            assert!(offset < 1 << extra, "{length}");
        }
        assert_eq!(LENGTH_SYMBOLS[255], 28, "258 has no extra bits");
    }

    #[test]
    fn each_distance_lies_in_the_range_of_its_symbol() {
        for distance in 1..=WINDOW {
            let SymbolRange { base, extra } =
                DISTANCE_RANGES[usize::from(distance_symbol(distance as u32))];
            let offset = distance - usize::from(base);
            assert!(offset < 1 << extra, "{distance}");
        }
    }
}
