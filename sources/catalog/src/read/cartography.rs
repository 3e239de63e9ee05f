//! Parsing of `cartography`, the declared presentation of a layer or of its public form.

use super::entry::TomlTable;
use crate::{Cartography, DeclaredBreaks, MapCategory, NotApplicable, ScalarValue};

/// Parses the table `cartography` beside a layer's other keys; empty if there is none.
pub(super) fn read(entry: &mut TomlTable<'_>) -> Cartography {
    let Some(mut entry) = entry.table("cartography") else { return Cartography::default() };
    let cartography = Cartography {
        scheme: entry.take("scheme"),
        palette: entry.take("palette"),
        dark: entry.take("dark"),
        good: entry.take("good"),
        middle: entry.take("middle"),
        breaks: breaks(&mut entry, ["breaks", "method", "classes"]),
        second_value: entry.take("second_value"),
        second_breaks: breaks(&mut entry, ["second_breaks", "second_method", "second_classes"]),
        zero_class: entry.take("zero_class"),
        categories: categories(&mut entry),
        ordered: entry.take("ordered"),
        opening_time: entry.take("opening_time"),
        not_applicable: not_applicable(&mut entry),
        icon: entry.take("icon"),
        name_column: entry.take("name_column"),
        names_from_zoom: entry.take("names_from_zoom"),
    };
    entry.finish();
    cartography
}

fn breaks(
    entry: &mut TomlTable<'_>,
    [fixed, method, classes]: [&'static str; 3],
) -> DeclaredBreaks {
    DeclaredBreaks {
        fixed: entry.list(fixed),
        method: entry.take(method),
        classes: entry.take(classes),
    }
}

fn categories(entry: &mut TomlTable<'_>) -> Vec<MapCategory> {
    let mut categories = Vec::new();
    for mut category in entry.tables("categories") {
        let value = category.need::<ScalarValue>("value", "write the stored value");
        let title = category.text("title");
        let color = category.take("color");
        let icon = category.take("icon");
        category.finish();
        let Some(value) = value else { continue };
        categories.push(MapCategory { value: as_text(value), title, color, icon });
    }
    categories
}

fn not_applicable(entry: &mut TomlTable<'_>) -> Option<NotApplicable> {
    let mut entry = entry.table("not_applicable")?;
    let column = entry.need("column", "name the published column that tells them");
    let values = entry.list::<ScalarValue>("values").unwrap_or_default();
    if values.is_empty() {
        entry.fault("values", "names no value", "list the column's values that tell them");
    }
    let title = entry.need_text("title");
    entry.finish();
    let values = values.into_iter().map(as_text).collect();
    Some(NotApplicable { column: column?, values, title: title? })
}

/// The text of a value, as tiles' values are compared with it.
fn as_text(value: ScalarValue) -> String {
    match value {
        ScalarValue::Bool(flag) => flag.to_string(),
        ScalarValue::Int(number) => number.to_string(),
        ScalarValue::Float(number) => number.to_string(),
        ScalarValue::Text(text) => text,
    }
}
