//! Any bytes as the `.dbf` of a Shapefile of four null shapes.
#![no_main]

mod import;

use libfuzzer_sys::fuzz_target;

/// Four null shapes.
fn shp() -> Vec<u8> {
    let mut bytes = vec![0; 100];
    bytes[..4].copy_from_slice(&9994i32.to_be_bytes());
    bytes[32] = 1;
    for row in 1..=4i32 {
        bytes.extend(row.to_be_bytes());
        bytes.extend(2i32.to_be_bytes());
        bytes.extend(0i32.to_le_bytes());
    }
    let words = (bytes.len() / 2) as i32;
    bytes[24..28].copy_from_slice(&words.to_be_bytes());
    bytes
}

fuzz_target!(|bytes: &[u8]| {
    // As many records as there are shapes, or nothing but the header is tried.
    let mut table = bytes.to_vec();
    if let Some(count) = table.get_mut(4..8) {
        count.copy_from_slice(&4u32.to_le_bytes());
    }
    import::put(
        "a.prj",
        b"GEOGCS[\"W\",DATUM[\"W\",SPHEROID[\"W\",6378137,298.25]],UNIT[\"Degree\",0.017]]",
    );
    import::put("a.dbf", &table);
    let path = import::put("a.shp", &shp());
    import::try_import(&path);
});
