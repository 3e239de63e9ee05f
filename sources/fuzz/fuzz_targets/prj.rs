//! Any text as a `.prj`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use projection::Projection;

fuzz_target!(|text: &str| {
    if let Ok(projection) = Projection::from_prj(text) {
        let _ = projection.to_lon_lat(&mut [[200_000.0, 550_000.0], [127.0, 37.5]]);
    }
});
