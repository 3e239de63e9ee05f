//! What is deflated comes back, by an independent inflater, at our own level; and
//! what was deflated before changes nothing. So does it with any hints.

#![no_main]

use std::cell::RefCell;
use std::io::Read;

use flate2::read::GzDecoder;
use libfuzzer_sys::fuzz_target;
use vector_tile::fragment::{DeflateLevel, Deflater, RepeatHints, splice};

thread_local! {
    static REUSED: RefCell<Deflater> = RefCell::new(Deflater::new(DeflateLevel::DEFAULT));
}

fn inflated(gzip: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut bytes).expect("a sound member");
    bytes
}

fuzz_target!(|data: &[u8]| {
    // Repeats at chosen distances, which random bytes don't have.
    let mut tile = data.to_vec();
    for pair in data.chunks_exact(4).take(64) {
        let distance = 1 + usize::from(u16::from_le_bytes([pair[0], pair[1]])) % tile.len();
        for _ in 0..usize::from(pair[2]) * (1 + usize::from(pair[3] & 7)) {
            tile.push(tile[tile.len() - distance]);
        }
    }
    let again = REUSED.with_borrow_mut(|deflater| deflater.fragment(&tile).expect("a small tile"));
    let first = Deflater::new(DeflateLevel::DEFAULT).fragment(&tile).expect("a small tile");
    assert_eq!(again.gzip(), first.gzip());
    assert!(first.gzip().len() <= tile.len() + 5 * tile.len().div_ceil(32 << 10) + 40);
    assert!(inflated(first.gzip()) == tile);
    // The bytes say what is likely where, right or wrong, and where sections end.
    let mut hints = RepeatHints::default();
    let mut at = 0;
    for pair in data.chunks_exact(4) {
        at += usize::from(pair[2]);
        hints.add(at, usize::from(u16::from_le_bytes([pair[0], pair[1]])));
        if pair[3] & 15 == 0 {
            hints.end_section(at);
        }
    }
    let hinted = REUSED.with_borrow_mut(|deflater| deflater.fragment_with_hints(&tile, &hints));
    let hinted = hinted.expect("a small tile");
    assert!(hinted.gzip().len() <= tile.len() + 5 * tile.len().div_ceil(32 << 10) + 40);
    assert!(inflated(hinted.gzip()) == tile);
    assert!(inflated(&splice(&[first, again])) == [tile.as_slice(), &tile].concat());
});
