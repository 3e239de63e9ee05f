//! Any bytes as an archive.
#![no_main]

mod import;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let path = import::put("a.zip", bytes);
    import::try_import(&path);
});
