//! Any bytes as one geometry of a database: flat shapes whose ends are in order, or
//! an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postgis_store::ewkb::EwkbShapes;

fuzz_target!(|bytes: &[u8]| {
    let mut shapes = EwkbShapes::default();
    if shapes.read(bytes).is_err() {
        return;
    }
    for shape in shapes.drawn() {
        assert!(shape.coordinates.len() * 16 <= bytes.len());
        let ends: Vec<usize> = shape.ends.iter().map(|&end| end as usize).collect();
        assert!(ends.is_sorted() && shape.polygon_ends.is_sorted());
        assert!(ends.last().is_none_or(|&end| end == shape.coordinates.len()));
        let polygons = shape.polygon_ends.last().map(|&end| end as usize);
        assert!(polygons.is_none_or(|end| end == ends.len()));
    }
});
