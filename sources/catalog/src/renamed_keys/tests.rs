//! Tests of the renaming: the text and the tree agree, and nothing else changes.

#![allow(clippy::panic, reason = "a test")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use proptest::prelude::*;
use rstest::rstest;

use super::key_table::RENAMED_KEYS;
use super::text::{apply_edits, key_edits};
use super::{KeyChange, RenameKeysError, TableKind, rename_keys, rename_table};
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
fn nothing_but_keys_changes_in_a_text() {
    let renamed = renamed_text(LAYERS, TableKind::ThemeFile);
    assert_eq!(renamed.lines().count(), LAYERS.lines().count());
    for kept in [
        "# Staff see cells.\n[[layer]]",
        "name = \"over\"                 # not a key",
        "where = { over = \"figure\", kept = { from = 1, to = 3 } }",
        "join = \"distance\"   # metres\nmax_distance_m = 300\narea_aggregation = 'mean'",
        "columns = { over = \"cd\" }, where = { of = \"x\" }",
        "[layer.measure.change]\nmeasure = \"people\"\nperiods_back = 1",
        "class.measure = \"people\"",
    ] {
        assert!(renamed.contains(kept), "{kept} in\n{renamed}");
    }
    assert!(renamed_text(DATASETS, TableKind::FieldFile).contains("\"min_width_m\" = 100\n"));
}

#[rstest]
#[case::dotted("layer", "[[layer]]\nfigure = [{ scale . 'of' = 'a', scale.by = 2 }]")]
#[case::carriage_returns(
    "layer",
    "[[layer]]\r\nover = 'a' # over\r\n[[layer.figure]]\r\nby='key'\r\n"
)]
#[case::bom("layer", "\u{feff}[[layer]]\nover = 'a'\n")]
#[case::escaped("layer", "[[layer]]\n\"o\\u0076er\" = 'a'\n[[layer.\"figure\"]]\nmost = 'b'")]
#[case::long_text("layer", "[[layer]]\ntitle = '''\nover = 1\n[[layer.figure]]\n'''\nover = 'a'")]
#[case::inline(
    "layer",
    "layer = [{ over = 'a', public = { figure = [{ own = 'x' }], time = 'day' } }]"
)]
#[case::several_lines(
    "layer",
    "layer = [\n  { # over\n    over = 'a',\n    figure = [\n      { class = { of = 'a', titles = [{ of = 'b' }] }, most = 'c' },\n    ],\n  },\n]"
)]
#[case::header(
    "layer",
    "[[ layer . figure ]]\nat = 'x'\n[layer.figure.scale]\nof = 'x'\n[other]\nover = 1"
)]
#[case::unknown_tables(
    "layer",
    "[layer_of.figure]\nover = 1\n[layer.columns]\nover = 1\n[layer.public.where]\nover = 2"
)]
#[case::not_a_number("layer", "[[layer]]\nover = nan\nbuffer = inf")]
#[case::privacy(
    "dataset",
    "[[dataset]]\nprivacy = [{ rule = 'hide', unit = 'a' }, { below = 3 }]\n[dataset.values]\nkept = 3\nwithin = 1"
)]
fn text_and_tree_are_renamed_alike(#[case] kind: &str, #[case] text: &str) {
    let kind = if kind == "layer" { TableKind::ThemeFile } else { TableKind::FieldFile };
    let renamed = renamed_text(text, kind);
    let (parsed, expected) = (renamed.parse::<toml::Table>().unwrap(), renamed_tree(text, kind));
    assert_eq!(format!("{parsed:?}"), format!("{expected:?}"));
    assert_eq!(renamed.matches('\r').count(), text.matches('\r').count());
    assert_eq!(key_edits(&renamed, kind), [], "{renamed}");
}

/// Old and new keys, keys that are neither, and tables with free keys.
fn key() -> impl Strategy<Value = String> {
    let fixed = ["layer", "dataset", "public", "where", "columns", "values", "privacy", "id"];
    let nested = ["scale", "change", "index", "class"];
    let known = RENAMED_KEYS.iter().flat_map(|renamed| [renamed.old, renamed.new]);
    let names: Vec<&str> = known.chain(fixed).chain(nested).chain(["layer"; 9]).collect();
    proptest::sample::select(names).prop_map(str::to_owned)
}

fn value() -> impl Strategy<Value = toml::Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(toml::Value::from),
        proptest::sample::select(vec!["within", "over", "= [", "'\n\"\"\"", "가"])
            .prop_map(toml::Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(toml::Value::from),
            proptest::collection::vec((key(), inner), 0..6)
                .prop_map(|pairs| toml::Value::Table(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_renamed_as_its_tree_is(
        pairs in proptest::collection::vec((key(), value()), 0..6),
        pretty: bool,
        kind in proptest::sample::select(vec![TableKind::FieldFile, TableKind::ThemeFile]),
    ) {
        let table: toml::Table = pairs.into_iter().collect();
        let text = if pretty { toml::to_string_pretty(&table) } else { toml::to_string(&table) };
        let text = text.unwrap();
        let mut found = Vec::new();
        let mut expected = text.parse::<toml::Table>().unwrap();
        rename_table(&mut expected, kind, &KeyLocation::file("x"), &mut found);
        prop_assume!(!found.iter().any(|old| old.clashes));
        let renamed = renamed_text(&text, kind);
        let parsed = renamed.parse::<toml::Table>();
        prop_assert!(parsed.is_ok(), "{text}\n→\n{renamed}");
        prop_assert_eq!(parsed.unwrap(), expected, "{}\n→\n{}", text, renamed);
    }
}

#[rstest]
#[case::in_a_layer("[[layer]]\nover = 'a'\ncarrier = 'b'\n", "layer[0]", "over")]
#[case::the_new_one_first("[[layer]]\ncarrier = 'a'\nover = 'b'\n", "layer[0]", "over")]
#[case::two_lists(
    "[[layer]]\n[[layer.figure]]\nname = 'a'\n[[layer.measure]]\nname = 'b'\n",
    "layer[0]",
    "figure"
)]
#[case::nested(
    "[[layer]]\nmeasure = [{ scale = { of = 'a', measure = 'b' } }]\n",
    "layer[0].measure[0].scale",
    "of"
)]
fn a_table_with_both_names_is_refused_and_nothing_is_written(
    #[case] layers: &str,
    #[case] table: &str,
    #[case] key: &str,
) {
    let folder = old_catalog();
    write(folder.path(), &[("layers/z.toml", layers)]);
    let before = contents(folder.path());
    let error = rename_keys(folder.path()).unwrap_err();
    let RenameKeysError::Clash { key: at, old, .. } = &error else { panic!("{error}") };
    assert_eq!((at.as_str(), *old), (table, key));
    assert_eq!(contents(folder.path()), before);
    let faults = Catalog::load(folder.path()).unwrap_err().0;
    let both = faults.iter().filter(|fault| fault.problem.ends_with("which is there too"));
    assert_eq!(both.count(), 1, "{faults:#?}");
}

#[test]
fn a_file_that_is_not_toml_is_named_with_its_line_and_nothing_is_written() {
    let folder = old_catalog();
    write(folder.path(), &[("layers/z.toml", "order = 1\nover =\n")]);
    let before = contents(folder.path());
    let error = rename_keys(folder.path()).unwrap_err();
    assert!(matches!(error, RenameKeysError::Toml { line: 2, .. }), "{error}");
    assert!(error.to_string().contains("layers/z.toml:2: "), "{error}");
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn bytes_that_are_no_text_are_refused_and_nothing_is_written() {
    let folder = old_catalog();
    fs::write(folder.path().join("layers/b.toml"), b"over = '\xff'").unwrap();
    let error = rename_keys(folder.path()).unwrap_err();
    assert!(matches!(&error, RenameKeysError::Read { path, .. } if path.ends_with("b.toml")));
    assert_eq!(fs::read_to_string(folder.path().join("datasets/base.toml")).unwrap(), DATASETS);
}

#[rstest]
#[case::a_file("layers/safety.toml")]
#[case::the_district("district.toml")]
#[case::a_folder("datasets")]
fn a_symbolic_link_is_refused_and_nothing_is_written(#[case] linked: &str) {
    let folder = old_catalog();
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("moved");
    fs::rename(folder.path().join(linked), &target).unwrap();
    symlink(&target, folder.path().join(linked)).unwrap();
    let before = contents(folder.path());
    let error = rename_keys(folder.path()).unwrap_err();
    assert!(matches!(&error, RenameKeysError::Irregular { path } if path.ends_with(linked)));
    assert_eq!(contents(folder.path()), before);
    assert!(fs::symlink_metadata(folder.path().join(linked)).unwrap().is_symlink());
}

#[test]
fn a_folder_without_a_district_is_no_catalog() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[]);
    let error = rename_keys(folder.path()).unwrap_err();
    assert!(
        matches!(&error, RenameKeysError::Read { path, .. } if path.ends_with("district.toml"))
    );
    assert!(error.to_string().contains("catalog folder"), "{error}");
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
