//! Any bytes as a `.shp`, with and without an index of the same bytes' end.
#![no_main]

mod import;

use libfuzzer_sys::fuzz_target;

const PRJ: &[u8] = b"GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",\
    6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";

fuzz_target!(|bytes: &[u8]| {
    let (index, shp) = match bytes.split_first() {
        Some((&length, rest)) if length > 0 => rest.split_at(rest.len().min(usize::from(length))),
        _ => (&[][..], bytes),
    };
    import::put("a.prj", PRJ);
    let path = import::put("a.shp", shp);
    import::try_import(&path);
    import::put("b.prj", PRJ);
    import::put("b.shx", index);
    let path = import::put("b.shp", shp);
    import::try_import(&path);
});
