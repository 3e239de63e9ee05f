//! Round trips through an independent inflater, and the bound on growth.

use flate2::read::DeflateDecoder;
use proptest::prelude::*;
use rstest::rstest;
use std::io::Read;

use super::Compressor;
use crate::fragment::RepeatHints;

/// A sync flush: an empty stored block.
const FLUSH: [u8; 4] = [0, 0, 0xff, 0xff];

/// Deflates, checks the end, the bound on growth and the round trip, and returns the
/// deflated bytes.
fn checked(compressor: &mut Compressor, input: &[u8]) -> Vec<u8> {
    let mut deflated = b"before".to_vec();
    compressor.deflate(input, None, &mut deflated);
    let deflated = deflated.strip_prefix(b"before").unwrap().to_vec();
    assert!(deflated.ends_with(&FLUSH), "ends by a sync flush");
    let bound = input.len() + 5 * input.len().div_ceil(super::CHUNK_BYTES) + 16;
    assert!(deflated.len() <= bound, "{} bytes become {}", input.len(), deflated.len());
    let mut inflated = Vec::new();
    let member = [deflated.as_slice(), &[3, 0]].concat();
    DeflateDecoder::new(&member[..]).read_to_end(&mut inflated).unwrap();
    assert!(inflated == input, "{} bytes come back as others", input.len());
    deflated
}

/// Bytes without a pattern.
fn noise(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Bytes like those of a layer: features of an id, tags and a geometry, then texts.
fn layer(features: usize, seed: u32) -> Vec<u8> {
    let noise = noise(features * 8, seed);
    let mut bytes = Vec::new();
    for (id, random) in noise.chunks_exact(8).enumerate() {
        let id = [0x80 | (id & 127) as u8, (id >> 7) as u8 & 127];
        bytes.extend([0x12, 24, 0x08, id[0], id[1], 0x12, 10, 0]);
        bytes.extend([random[0], 1, 12 + random[1] % 12, 2, 24, 3, random[2], 4, 5]);
        bytes.extend([0x18, 1, 0x22, 4, 9, random[3], random[4], random[5]]);
    }
    for number in 0..features / 2 {
        bytes.extend(format!("성수이로 {number}").bytes());
    }
    bytes
}

#[rstest]
#[case::nothing(0)]
#[case::one_byte(1)]
#[case::shorter_than_a_match(3)]
#[case::as_long_as_the_tail(crate::fragment::deflate::matches::TAIL)]
#[case::the_longest_match(258)]
#[case::one_more(259)]
#[case::two_longest_matches(517)]
#[case::the_window(32_768)]
#[case::one_past_the_window(32_769)]
#[case::a_stored_block(65_535)]
#[case::one_past_a_stored_block(65_536)]
#[case::a_block(524_288)]
#[case::a_mebibyte(1 << 20)]
fn each_length_comes_back(#[case] length: usize) {
    let mut compressor = Compressor::new();
    let period: Vec<u8> = noise(1000, 3).into_iter().cycle().take(length).collect();
    let equal = vec![0xff; length];
    let pairs: Vec<u8> = [b'a', b'b'].into_iter().cycle().take(length).collect();
    for input in [&period, &equal, &pairs, &noise(length, 5)] {
        checked(&mut compressor, input);
    }
    let mut layer = layer(length / 25 + 1, 7);
    layer.truncate(length);
    checked(&mut compressor, &layer);
}

#[rstest]
#[case::at_its_end(32_768, true)]
#[case::past_its_end(32_769, false)]
fn a_match_reaches_as_far_as_the_window(#[case] distance: usize, #[case] found: bool) {
    let once = noise(200, 11);
    let mut input = once.clone();
    input.extend(noise(distance - once.len(), 13));
    let alone = checked(&mut Compressor::new(), &input).len();
    input.extend(&once);
    let both = checked(&mut Compressor::new(), &input).len();
    assert_eq!(both < alone + once.len() / 2, found, "{alone} and {both} bytes");
}

#[test]
fn equal_bytes_are_matches_of_the_longest_length() {
    // A code of one bit each for length and distance, some 258 bytes a pair.
    let deflated = checked(&mut Compressor::new(), &vec![7; 258 * 4000]);
    assert!(deflated.len() < 258 * 4000 / 900, "{} bytes", deflated.len());
}

#[test]
fn what_was_deflated_before_changes_nothing() {
    let inputs = [layer(900, 1), noise(40_000, 2), layer(900, 3), vec![0; 70_000], layer(9, 4)];
    let mut reused = Compressor::new();
    for _ in 0..2 {
        for input in &inputs {
            assert_eq!(checked(&mut reused, input), checked(&mut Compressor::new(), input));
        }
    }
}

#[test]
fn texts_after_noise_get_a_block_of_their_own() {
    let (noise, text) = (noise(60_000, 17), layer(4000, 19));
    let mut compressor = Compressor::new();
    let apart = checked(&mut compressor, &noise).len() + checked(&mut compressor, &text).len();
    let joined = checked(&mut compressor, &[noise, text].concat()).len();
    assert!(joined <= apart + apart / 50, "{joined} bytes, {apart} apart");
}

proptest! {
    #[test]
    fn any_bytes_come_back(input in prop::collection::vec(any::<u8>(), 0..5000)) {
        checked(&mut Compressor::new(), &input);
    }

    #[test]
    fn bytes_of_few_values_come_back(
        input in prop::collection::vec(0u8..3, 0..20_000),
        seed in any::<u32>(),
    ) {
        let mut compressor = Compressor::new();
        checked(&mut compressor, &layer(50, seed));
        checked(&mut compressor, &input);
    }

    #[test]
    fn repeats_of_any_length_and_distance_come_back(
        parts in prop::collection::vec((1usize..40_000, 1usize..700, any::<u32>()), 1..30),
    ) {
        let mut input = noise(10, 23);
        for (distance, length, seed) in parts {
            input.extend(noise(seed as usize % 300, seed));
            let distance = distance.min(input.len());
            for _ in 0..length {
                input.push(input[input.len() - distance]);
            }
        }
        checked(&mut Compressor::new(), &input);
    }

    #[test]
    fn layers_come_back(features in 0usize..8000, seed in any::<u32>()) {
        checked(&mut Compressor::new(), &layer(features, seed));
    }
}

/// Deflates with hints, and checks the round trip.
fn checked_with_hints(compressor: &mut Compressor, input: &[u8], hints: &RepeatHints) -> usize {
    let mut deflated = Vec::new();
    compressor.deflate(input, Some(hints), &mut deflated);
    assert!(deflated.ends_with(&FLUSH), "ends by a sync flush");
    let bound = input.len() + 5 * input.len().div_ceil(super::CHUNK_BYTES) + 16;
    assert!(deflated.len() <= bound, "{} bytes become {}", input.len(), deflated.len());
    let mut inflated = Vec::new();
    let member = [deflated.as_slice(), &[3, 0]].concat();
    DeflateDecoder::new(&member[..]).read_to_end(&mut inflated).unwrap();
    assert!(inflated == input, "{} bytes come back as others", input.len());
    deflated.len()
}

#[test]
fn right_hints_save_bytes() {
    let input = layer(500, 3);
    let (mut hints, mut compressor) = (RepeatHints::default(), Compressor::new());
    let without = checked_with_hints(&mut compressor, &input, &hints);
    for feature in 1..500 {
        hints.add(feature * 25, 25);
        hints.add(feature * 25 + 17, 25);
    }
    hints.end_section(500 * 25);
    let with = checked_with_hints(&mut compressor, &input, &hints);
    assert!(with < without * 9 / 10, "{without} bytes became {with}");
}

#[test]
fn hints_of_joined_layers_are_those_of_each() {
    let (mut joined, mut next) = (RepeatHints::default(), RepeatHints::default());
    joined.begin_at(4);
    joined.add(6, 1);
    joined.end_section(9);
    next.begin_at(3);
    next.add(5, 2);
    next.end_section(8);
    joined.append(20, &next);
    let places: Vec<_> = joined.likely().map(|hint| (hint.at, hint.distance)).collect();
    assert_eq!(places, [(2, 1), (22, 2)]);
    assert_eq!(joined.sections().collect::<Vec<_>>(), [5, 20, 25]);
}

proptest! {
    // Places out of order, past the end and across sections included.
    #[test]
    fn any_hints_cost_bytes_at_most(
        features in 0usize..400,
        tail in prop::collection::vec(0u8..3, 0..2000),
        places in prop::collection::vec((0usize..14_000, 0usize..40_000), 0..200),
        sections in prop::collection::vec(0usize..14_000, 0..4),
        start in 0usize..20,
    ) {
        let input = [layer(features, 5), tail].concat();
        let mut hints = RepeatHints::default();
        for (at, distance) in places {
            hints.add(at, distance);
        }
        for at in sections {
            hints.end_section(at);
        }
        hints.begin_at(start);
        checked_with_hints(&mut Compressor::new(), &input, &hints);
    }
}
