//! Any bytes as GeoJSON.
#![no_main]

mod import;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let path = import::put("a.geojson", bytes);
    import::try_import(&path);
});
