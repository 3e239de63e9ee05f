//! Any bytes as the records of a `.shp`, with and without an index, and as a whole one.
#![no_main]

mod import;

use libfuzzer_sys::fuzz_target;

const PRJ: &[u8] = b"GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",\
    6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";

/// The bytes behind a header that says what it must: without it nothing else is tried.
fn with_header(kind: u8, records: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 100];
    file[..4].copy_from_slice(&9994i32.to_be_bytes());
    let words = (100 + records.len()) as i32 / 2;
    file[24..28].copy_from_slice(&words.to_be_bytes());
    file[32] = kind;
    file.extend_from_slice(records);
    file
}

fuzz_target!(|bytes: &[u8]| {
    let [kind, entries, rest @ ..] = bytes else { return };
    import::put("a.prj", PRJ);
    import::try_import(&import::put("a.shp", &with_header(*kind, rest)));
    // With an index, whose entries come first.
    let (index, records) = rest.split_at(rest.len().min(8 * usize::from(entries % 8)));
    import::put("b.prj", PRJ);
    import::put("b.shx", &with_header(*kind, index));
    import::try_import(&import::put("b.shp", &with_header(*kind, records)));
    // Headers too.
    import::put("c.prj", PRJ);
    import::try_import(&import::put("c.shp", bytes));
});
