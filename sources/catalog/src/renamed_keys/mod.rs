//! Catalog keys that have a new name: the table, the reader's faults and the rewriting.
//!
//! The table has one place, [`key_table`]. The reader gives a fault for each old key, and
//! [`rename_keys`] rewrites a catalog folder. Keys that a catalog's author chooses, such as
//! the columns in `where`, are never renamed.

mod folder;
mod key_table;
mod text;
mod tree;

pub use folder::{KeyChange, RenameKeysError, rename_keys};

pub(crate) use key_table::TableKind;
pub(crate) use tree::{OldKey, rename_table};

use crate::read::FaultCollector;

/// Command that renames the keys, as faults name it.
const COMMAND: &str = "tile-server check --rename-keys DIR";

/// Adds a fault for each old key of a file, at the first place of several.
pub(crate) fn old_key_faults(found: &[OldKey], faults: &FaultCollector) {
    for (i, OldKey { table, renamed, clashes }) in found.iter().enumerate() {
        let (old, new, place) = (renamed.old, renamed.new, table.at(renamed.old));
        if *clashes {
            let problem = format!("is the old name of {new:?}, which is there too");
            faults.add(&place, problem, "remove it");
            continue;
        }
        let same = |other: &&OldKey| other.renamed == *renamed && !other.clashes;
        if found[..i].iter().any(|other| same(&other)) {
            continue;
        }
        let more = found[i + 1..].iter().filter(same).count();
        let also = match more {
            0 => String::new(),
            1 => ", here and in 1 other place".to_owned(),
            more => format!(", here and in {more} other places"),
        };
        let problem = format!("is called {new:?} now{also}");
        let remedy = format!("run {COMMAND}, which rewrites the catalog, or write {new} for {old}");
        faults.add(&place, problem, remedy);
    }
}

#[cfg(test)]
mod tests;
