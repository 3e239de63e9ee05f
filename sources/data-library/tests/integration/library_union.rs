//! Features of several datasets as one layer.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use data_library::DataLibrary;
use data_model::Audience;
use data_model::feature::{AttributeValue, ColumnType, FeatureSchema, GeometryKind};
use flatgeobuf_store::FlatGeobufWriter;
use testing::library::open;
use testing::{column, points};
use tile_source::ContentVersion;

/// Writes two datasets of a point each; the layer takes the first dataset's column `taken`
/// as the name.
fn write_catalog(folder: &Path, taken: &str) {
    let datasets = ["a", "b"].map(|id| {
        format!(
            "[[dataset]]\nid = '{id}'\ntitle = {{ ko = '{id}', en = '{id}' }}\n\
             geometry = 'point'\ncolumn = [\n\
             {{ name = 'one', type = 'text', title = {{ ko = '1', en = '1' }} }},\n\
             {{ name = 'two', type = 'text', title = {{ ko = '2', en = '2' }} }},\n]\n"
        )
    });
    let layers = format!(
        "title = {{ ko = '주제', en = 'Theme' }}\norder = 1\n[[layer]]\nid = 'both'\n\
         title = {{ ko = '둘', en = 'Both' }}\nvisibility = 'public'\nunion = [\n\
         {{ dataset = 'a', columns = {{ name = '{taken}' }} }},\n\
         {{ dataset = 'b', columns = {{ name = 'one' }} }},\n]\n"
    );
    for (file, text) in [
        ("district.toml", "title = { ko = '구', en = 'District' }\n".to_owned()),
        (
            "datasets/field.toml",
            format!("title = {{ ko = '분야', en = 'Field' }}\n{}", datasets.concat()),
        ),
        ("layers/theme.toml", layers),
    ] {
        let path = folder.join("catalog").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn write_dataset(folder: &Path, id: &str) {
    let columns = vec![column("one", ColumnType::Text), column("two", ColumnType::Text)];
    let schema = FeatureSchema { columns, ..FeatureSchema::default() };
    let file = folder.join(format!("{id}.fgb"));
    let mut writer = FlatGeobufWriter::create(&file, &schema, GeometryKind::Point).unwrap();
    let values = [format!("{id} one"), format!("{id} two")];
    writer
        .feature(
            &points(&[[127.0, 37.5]]),
            &values.each_ref().map(|text| AttributeValue::Text(text)),
        )
        .unwrap();
    writer.finish().unwrap();
}

/// Names of the layer's features, and its content version.
fn published(library: &DataLibrary) -> (Vec<String>, ContentVersion) {
    let snapshot = library.snapshot();
    let layer = snapshot.layer("both", Audience::Public).unwrap();
    let table = layer.features.as_ref().unwrap();
    let index = table.columns().iter().position(|column| column.name == "name").unwrap();
    let values = table.column_values(index).iter();
    let names =
        values.map(|&id| testing::test_datasets::shown(table.dictionary().value(id))).collect();
    (names, layer.source().unwrap().content_version())
}

#[test]
fn taking_another_column_is_another_content() {
    let folder = tempfile::tempdir().unwrap();
    ["a", "b"].into_iter().for_each(|id| write_dataset(folder.path(), id));
    write_catalog(folder.path(), "one");
    let library = open(folder.path());
    let before = published(&library);
    assert_eq!(before.0, ["a one", "b one"]);
    write_catalog(folder.path(), "two");
    for _ in 0..3 {
        library.refresh();
    }
    let after = published(&library);
    assert_eq!(after.0, ["a two", "b one"]);
    assert_ne!(after.1, before.1, "caches would go on serving the old tiles");
}
