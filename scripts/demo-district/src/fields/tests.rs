//! The program makes exactly the files that the catalog declares, as declared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::fields::all_makers;
use crate::fields::table_maker::TableMaker;
use crate::tables::cell::CellValue;
use crate::tables::schema::{CatalogSchema, DatasetPart, TableSchema};
use crate::tables::writer::{TableRow, TableWriter};
use crate::world::World;

mod land_and_traffic;
mod people_and_needs;

const SEED: u64 = 11_200;

/// The district of the default seed.
pub(super) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::new(SEED, 1.0))
}

fn schema() -> &'static CatalogSchema {
    static SCHEMA: OnceLock<CatalogSchema> = OnceLock::new();
    SCHEMA.get_or_init(|| CatalogSchema::built_in().unwrap())
}

fn maker(id: &str, part: DatasetPart) -> TableMaker {
    all_makers().into_iter().find(|maker| maker.id == id && maker.part == part).unwrap()
}

/// The rows of a file and its table.
pub(super) fn rows(
    world: &World,
    id: &str,
    part: DatasetPart,
) -> (&'static TableSchema, Vec<TableRow>) {
    let table = schema().table(id, part).unwrap();
    let mut writer = TableWriter::in_memory(table);
    (maker(id, part).make)(world, &mut writer).unwrap();
    (table, writer.into_rows())
}

#[test]
fn what_is_declared_is_made_and_what_is_made_is_declared() {
    let declared: BTreeSet<_> =
        schema().tables().map(|table| (table.id.clone(), table.part)).collect();
    let made: Vec<_> = all_makers().iter().map(|maker| (maker.id.to_owned(), maker.part)).collect();
    let unique: BTreeSet<_> = made.iter().cloned().collect();
    assert_eq!(made.len(), unique.len(), "a file has two makers");
    let missing: Vec<_> = declared.difference(&unique).collect();
    let surplus: Vec<_> = unique.difference(&declared).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "not made: {missing:?}; not declared: {surplus:?}"
    );
}

/// West, south, east and north of the district with a margin for parcels and shores.
const DISTRICT: [f64; 4] = [127.0, 37.52, 127.082, 37.58];

/// West, south, east and north of the base map.
const SURROUNDINGS: [f64; 4] = [126.96, 37.49, 127.12, 37.61];

fn within([west, south, east, north]: [f64; 4], p: [f64; 2]) -> bool {
    (west..east).contains(&p[0]) && (south..north).contains(&p[1])
}

/// Every row fits its columns, keys are unique, and features lie in the district.
#[test]
fn every_file_is_as_the_catalog_says() {
    let mut faults = Vec::new();
    for maker in all_makers() {
        let table = schema().table(maker.id, maker.part).unwrap();
        if table.geometry.is_none() {
            let mut writer = TableWriter::discarding(table);
            if let Err(error) = (maker.make)(world(), &mut writer) {
                faults.push(error.to_string());
            } else if writer.row_count() == 0 {
                faults.push(format!("{}: no rows", table.stem));
            }
            continue;
        }
        let mut writer = TableWriter::in_memory(table);
        if let Err(error) = (maker.make)(world(), &mut writer) {
            faults.push(error.to_string());
            continue;
        }
        let rows = writer.into_rows();
        if let Some(count) = table.count
            && rows.len() as u64 != count
        {
            faults.push(format!("{}: {} rows, {count} declared", table.stem, rows.len()));
        }
        // The base map alone goes on beyond the border.
        let base_map = table.stem.starts_with("base_");
        let outside = rows
            .iter()
            .flat_map(|row| &row.0)
            .flat_map(|g| &g.coordinates)
            .find(|p| !within(if base_map { SURROUNDINGS } else { DISTRICT }, **p));
        if let Some(p) = outside {
            faults.push(format!("{}: a vertex at {p:?}", table.stem));
        }
        for key in &table.key {
            let Some(i) = table.columns.iter().position(|column| column.name == *key) else {
                faults.push(format!("{}: no column {key}", table.stem));
                continue;
            };
            let mut keys = BTreeSet::new();
            let twice = rows.iter().find(|row| match &row.1[i] {
                CellValue::Text(text) => !keys.insert(text.as_ref()),
                _ => false,
            });
            if let Some(row) = twice {
                faults.push(format!("{}: {key} {:?} twice", table.stem, row.1[i]));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Declared columns are used.
///
/// An enumeration has more than one value in the data, and no figure is the same
/// everywhere.
#[test]
fn columns_tell_something() {
    let mut dull = Vec::new();
    for maker in all_makers().into_iter().filter(|maker| maker.part == DatasetPart::Features) {
        let (table, rows) = rows(world(), maker.id, maker.part);
        let mut seen: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (_, cells) in rows.iter().take(2_000) {
            for (column, cell) in table.columns.iter().zip(cells) {
                seen.entry(&column.name).or_default().insert(format!("{cell:?}"));
            }
        }
        for (column, values) in seen {
            // The district itself is one feature.
            if rows.len() > 1 && values.len() < 2 && !["sgg", "sggnm"].contains(&column) {
                dull.push(format!("{}.{column} is always {values:?}", table.stem));
            }
        }
    }
    assert!(dull.is_empty(), "{}", dull.join("\n"));
}

#[test]
fn the_program_carries_the_whole_catalog() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sources/catalog");
    let on_disk = |sub: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder.join(sub)).unwrap();
        entries.map(|e| format!("{sub}/{}", e.unwrap().file_name().to_str().unwrap())).collect()
    };
    let mut found = on_disk("datasets");
    found.extend(on_disk("layers"));
    found.extend(["district.toml", "base.toml"].map(str::to_owned));
    let built_in =
        crate::tables::catalog_files::FILES.iter().map(|file| file.0.to_owned()).collect();
    assert_eq!(found, built_in);
}

#[test]
fn a_road_name_has_one_code_and_a_code_one_name() {
    let (_, roads) = rows(world(), "road_centerline", DatasetPart::Features);
    let mut pairs = BTreeSet::new();
    for (_, cells) in &roads {
        let [CellValue::Text(code), CellValue::Text(name), ..] = &cells[..] else {
            unreachable!("{cells:?}")
        };
        assert!(code.len() == 12 && code.starts_with("11200"), "{code}");
        pairs.insert((code, name));
    }
    let codes: BTreeSet<_> = pairs.iter().map(|pair| pair.0).collect();
    let names: BTreeSet<_> = pairs.iter().map(|pair| pair.1).collect();
    assert_eq!((codes.len(), names.len()), (pairs.len(), pairs.len()));
    assert!(names.len() < roads.len(), "no road has two segments");
}
