//! `.prj` files as GDAL writes them, in three dialects.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use projection::Projection;

fn pair(text: &str) -> [f64; 2] {
    let (x, y) = text.split_once(' ').unwrap();
    [x.parse().unwrap(), y.parse().unwrap()]
}

#[test]
fn every_dialect_of_every_korean_system_lies_where_gdal_puts_it() {
    let table = include_str!("prj/korean.tsv");
    let mut faults = Vec::new();
    let mut lines = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        lines += 1;
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, dialect, at, expected, wkt] = fields[..] else { panic!("{line}") };
        let mut positions = [pair(at)];
        let placed = Projection::from_prj(wkt)
            .and_then(|projection| projection.to_lon_lat(&mut positions).map(|()| projection));
        let projection = match placed {
            Ok(projection) => projection,
            Err(error) => {
                faults.push(format!("{name} {dialect}: {error}"));
                continue;
            }
        };
        let [lon, lat] = pair(expected);
        let east = (positions[0][0] - lon) * 111_320.0 * lat.to_radians().cos();
        let north = (positions[0][1] - lat) * 111_320.0;
        let off = east.hypot(north);
        if off > 0.02 {
            faults.push(format!("{name} {dialect}: {off} m off, as {}", projection.name()));
        }
    }
    assert!(lines > 90 && faults.is_empty(), "{lines} lines\n{}", faults.join("\n"));
}
