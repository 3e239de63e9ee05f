//! Tests of the renaming: the text and the tree agree, and nothing else changes.

#![allow(clippy::panic, reason = "a test")]

mod refusals;
mod texts;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::key_table::RENAMED_KEYS;
use super::text::{apply_edits, key_edits};
use super::{KeyChange, TableKind, rename_keys, rename_table};
use crate::Catalog;
use crate::read::KeyLocation;

const DISTRICT: &str = "title = { ko = '구', en = 'Gu' }\nstats_over = 'dong'\n";

/// Datasets with every old key of a dataset.
const DATASETS: &str = r#"# The field.
title = { ko = "기반", en = "Base" }

[[dataset]] # areas
id = "dong"
title = { ko = "동", en = "Dongs" }
geometry = "polygon"
count = 17                    # how many
least_width = 300
key = ["cd"]
column = [{ name = "cd", type = "code", title = { ko = "코드", en = "Code" } }]

[[dataset]]
id = "cell"
title = { ko = "격자", en = "Cells" }
geometry = "polygon"
count = 1700
"least_width" = 100
within = "dong"
key = ["cell_id"]
column = [{ name = "cell_id", type = "code", title = { ko = "격자", en = "Cell" } }]

[[dataset]]
id = "people"
title = { ko = "사람", en = "People" }
geometry = "polygon"
place = 'dong'
values.key = "cd"
values.time = "ym"
values.period = "month"
values.kept = 24
values.column = [
  { name = "cd", type = "code", title = { ko = "코드", en = "Code" } },
  { name = "ym", type = "month", title = { ko = "월", en = "Month" } },
  { name = "n", type = "int", title = { ko = "수", en = "Number" } },
]

[[dataset]]
id = "shop"
title = { ko = "가게", en = "Shops" }
geometry = "point"
column = [
  { name = "over", type = "text", title = { ko = "위", en = "Over" } },
  { name = "kept", type = "int", title = { ko = "남음", en = "Kept" } },
  { name = "age", type = "int", title = { ko = "나이", en = "Age" } },
]
[[dataset.privacy]]
rule = "suppress"
below = 5
[[dataset.privacy]]
rule = "coarsen"
metres = 50
[[dataset.privacy]]
unit = "dong"
rule = "hide"
column = "age"
"#;

/// Layers with every old key of a layer and of a measure.
const LAYERS: &str = r#"title = { ko = "안전", en = "Safety" }
order = 1

# Staff see cells.
[[layer]]
id = "a"
title = { ko = "가", en = "A" }
visibility = "public"
also = []
over = "cell"
time = "month"
slices = 12
value = "over"
# The first.
[[layer.figure]]
name = "over"                 # not a key
title = { ko = "위", en = "Over" }
count = "shop"
where = { over = "figure", kept = { from = 1, to = 3 } }
by = "within"   # metres
metres = 300
areas = 'mean'
[[layer.figure]]
name = "people"
sum = "people.n"
by = "inside"
held_with = ["over"]
[[layer.figure]]
name = "twice"
title = { ko = "두 배", en = "Twice" }
scale = { of = "people", by = 2 }
[[layer.figure]]
name = "grown"
title = { ko = "증가", en = "Growth" }
[layer.figure.change]
of = "people"
back = 1
[[layer.figure]]
name = "mixed"
title = { ko = "지수", en = "Index" }
index = [{ of = "people", weight = 1 }, { weight = 2, of = "twice", invert = true }]
[[layer.figure]]
name = "level"
title = { ko = "단계", en = "Level" }
class.of = "people"
class.breaks = [1]
class.titles = [{ ko = "적음", en = "Few" }, { ko = "많음", en = "Many" }]
[layer.public]
over = "dong"
slices = 6
suppress = 5
value = "n"
figure = [{ name = "n", title = { ko = "수", en = "N" }, sum = "people.n" }]

[[layer]]
id = "b"
title = { ko = "나", en = "B" }
visibility = "staff"
over = "shop"
figure = [
  { name = "kind", most = "shop.over", by = "within", metres = 5, title = { ko = "종류", en = "Kind" } },
  { name = "own", own = "kept" },
  { name = "cell", at = "cell.cell_id" },
]
value = "own"

[[layer]]
id = "c"
title = { ko = "다", en = "C" }
visibility = "staff"
union = [{ dataset = "shop", columns = { over = "over" } }, { dataset = "dong", columns = { over = "cd" }, where = { of = "x" } }]
"#;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for sub in ["datasets", "layers"] {
        fs::create_dir_all(folder.join(sub)).unwrap();
    }
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
}

fn old_catalog() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let layers = LAYERS.replace(", where = { of = \"x\" }", "");
    let files = [
        ("district.toml", DISTRICT),
        ("datasets/base.toml", DATASETS),
        ("layers/safety.toml", &layers),
    ];
    write(folder.path(), &files);
    folder
}

/// Every file of a folder by its path, hidden ones too.
fn contents(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for sub in ["", "datasets", "layers"] {
        for entry in fs::read_dir(folder.join(sub)).unwrap() {
            let entry = entry.unwrap();
            if entry.path().is_file() {
                let name = format!("{sub}/{}", entry.file_name().into_string().unwrap());
                found.insert(name, fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    found
}

fn renamed_text(text: &str, kind: TableKind) -> String {
    apply_edits(text, &key_edits(text, kind))
}

fn renamed_tree(text: &str, kind: TableKind) -> toml::Table {
    let mut table = text.parse::<toml::Table>().unwrap();
    rename_table(&mut table, kind, &KeyLocation::file("x"), &mut Vec::new());
    table
}

#[test]
fn the_samples_have_every_old_key() {
    let mut found = Vec::new();
    for (text, kind) in [
        (DISTRICT, TableKind::District),
        (DATASETS, TableKind::FieldFile),
        (LAYERS, TableKind::ThemeFile),
    ] {
        let mut table = text.parse::<toml::Table>().unwrap();
        rename_table(&mut table, kind, &KeyLocation::file("x"), &mut found);
    }
    for renamed in &RENAMED_KEYS {
        assert!(found.iter().any(|old| old.renamed == renamed), "no sample has {renamed:?}");
    }
}

#[test]
fn no_new_name_is_an_old_name_in_the_same_table() {
    for renamed in &RENAMED_KEYS {
        for table in renamed.tables {
            assert_eq!(table.renaming(renamed.new), None, "{renamed:?}");
            let same = |other: &&super::key_table::RenamedKey| {
                other.tables.contains(table) && other.new == renamed.new
            };
            assert_eq!(RENAMED_KEYS.iter().filter(same).count(), 1, "{renamed:?}");
        }
    }
}

#[test]
fn a_renamed_catalog_is_sound_and_an_old_one_has_one_fault_for_each_key() {
    let folder = old_catalog();
    let faults = Catalog::load(folder.path()).unwrap_err().0;
    let others: Vec<_> =
        faults.iter().filter(|fault| !fault.problem.starts_with("is called \"")).collect();
    assert!(others.is_empty(), "faults of other keys: {others:#?}");
    let over = faults.iter().find(|fault| fault.key == "layer[0].over").unwrap();
    assert_eq!(over.problem, "is called \"carrier\" now, here and in 2 other places");
    assert!(over.remedy.contains("tile-server check --rename-keys DIR"), "{over:?}");
    rename_keys(folder.path()).unwrap();
    let catalog = Catalog::load(folder.path()).unwrap();
    let layer = catalog.layer("a").unwrap();
    assert_eq!(layer.content.measures().unwrap().measures.len(), 6);
    assert_eq!(layer.public_form.as_ref().unwrap().suppression_threshold, Some(5));
}

#[test]
fn a_second_run_changes_nothing() {
    let folder = old_catalog();
    assert!(!rename_keys(folder.path()).unwrap().is_empty());
    let once = contents(folder.path());
    assert_eq!(rename_keys(folder.path()).unwrap(), []);
    assert_eq!(contents(folder.path()), once);
    assert_eq!(once.len(), 3, "no temporary file is left: {once:?}");
}

#[test]
fn a_change_names_file_line_and_both_names() {
    let folder = old_catalog();
    let changes = rename_keys(folder.path()).unwrap();
    let shown: Vec<String> = changes.iter().map(KeyChange::to_string).collect();
    for expected in [
        "district.toml:2: stats_over -> stats_areas",
        "datasets/base.toml:8: count -> expected_count",
        "layers/safety.toml:15: figure -> measure",
        "layers/safety.toml:20: by -> join",
        "layers/safety.toml:20: within -> distance",
        "layers/safety.toml:35: figure -> measure",
    ] {
        assert!(shown.iter().any(|line| line == expected), "{expected} in {shown:#?}");
    }
}

#[test]
fn a_rewritten_file_keeps_its_permissions() {
    let folder = old_catalog();
    let file = folder.path().join("layers/safety.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    rename_keys(folder.path()).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o640);
}

/// The table between the README's marks is the table in the program.
#[test]
fn the_readme_has_the_table_of_renamed_keys() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let rows = RENAMED_KEYS.iter().map(|renamed| {
        let tables: Vec<_> = renamed.tables.iter().map(|table| table.title()).collect();
        let (old, new, why) = (renamed.old, renamed.new, renamed.why);
        format!("| {} | `{old}` | `{new}` | {why} |\n", tables.join(", "))
    });
    let expected = rows.collect::<String>();
    let heading = "| in | old | new | why |\n|---|---|---|---|\n";
    let (_, after) = readme.split_once(heading).expect("the README has the table's heading");
    let found: String =
        after.split_inclusive('\n').take_while(|line| line.starts_with('|')).collect();
    assert_eq!(found, expected, "write in README.md:\n{heading}{expected}");
}
