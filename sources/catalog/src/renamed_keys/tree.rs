//! Renaming of keys in a parsed file.

use toml::{Table, Value};

use super::key_table::{RenamedKey, TableKind};
use crate::read::KeyLocation;

/// An old key of a parsed file.
#[derive(Debug)]
pub(crate) struct OldKey {
    /// The table with the key.
    pub(crate) table: KeyLocation,
    /// The renaming.
    pub(crate) renamed: &'static RenamedKey,
    /// Whether the table has the new key too; the old one is then dropped.
    pub(crate) clashes: bool,
}

/// Gives every old key of `table` its new name, in the tables below it too; adds each to
/// `found`.
pub(crate) fn rename_table(
    table: &mut Table,
    kind: TableKind,
    place: &KeyLocation,
    found: &mut Vec<OldKey>,
) {
    for (key, value) in std::mem::take(table) {
        let renamed = kind.renaming(&key);
        let name = renamed.map_or(key.as_str(), |renamed| renamed.new);
        let mut value = value;
        if let Some(child) = kind.child(name) {
            rename_value(&mut value, child, &place.at(name), found);
        } else if let Value::String(text) = &mut value
            && let Some(new) = renamed.and_then(|renamed| renamed.new_value(text))
        {
            *text = new.to_owned();
        }
        let Some(renamed) = renamed else {
            // A clash with an old key above.
            if table.contains_key(&key) {
                found.iter_mut().for_each(|old| {
                    old.clashes |= old.renamed.new == key && old.table == *place;
                });
            }
            table.insert(key, value);
            continue;
        };
        let clashes = table.contains_key(name);
        found.push(OldKey { table: place.clone(), renamed, clashes });
        if !clashes {
            table.insert(name.to_owned(), value);
        }
    }
}

fn rename_value(value: &mut Value, kind: TableKind, place: &KeyLocation, found: &mut Vec<OldKey>) {
    match value {
        Value::Table(table) => rename_table(table, kind, place, found),
        Value::Array(items) => {
            for (i, item) in items.iter_mut().enumerate() {
                rename_value(item, kind, &place.item(i), found);
            }
        }
        _ => {}
    }
}
