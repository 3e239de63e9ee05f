//! Any bytes as a result file: measures that can be written again, or an error.
#![no_main]

use data_model::ContentDigest;
use libfuzzer_sys::fuzz_target;
use measures::LayerMeasures;

const HEAD: usize = 56;
const KEY: ContentDigest = ContentDigest::new(0);

fuzz_target!(|input: &[u8]| {
    let _ = LayerMeasures::from_bytes(input, KEY);
    // Past the head, which few inputs would get through.
    let mut bytes = vec![0; HEAD];
    bytes[..8].copy_from_slice(b"derived\0");
    bytes[8] = 2;
    bytes[32..40].copy_from_slice(&(input.len() as u64).to_le_bytes());
    bytes[40..].copy_from_slice(&xxhash_rust::xxh3::xxh3_128(input).to_le_bytes());
    bytes.extend(input);
    let Ok(Some(measures)) = LayerMeasures::from_bytes(&bytes, KEY) else { return };
    let again = LayerMeasures::from_bytes(&measures.to_bytes(KEY), KEY);
    assert!(matches!(again, Ok(Some(_))));
    for values in &measures.values {
        for slice in 0..measures.slices.len() {
            for &id in values.of_slice(slice) {
                let _ = measures.dictionary.value(id);
            }
        }
    }
});
