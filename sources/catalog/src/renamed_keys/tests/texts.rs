//! Renaming of keys in one text: as in its tree, and of nothing but keys.

use proptest::prelude::*;
use rstest::rstest;

use super::{DATASETS, LAYERS, renamed_text, renamed_tree};
use crate::read::KeyLocation;
use crate::renamed_keys::key_table::RENAMED_KEYS;
use crate::renamed_keys::text::key_edits;
use crate::renamed_keys::{TableKind, rename_table};

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
