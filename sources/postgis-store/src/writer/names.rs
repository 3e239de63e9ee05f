//! Names that PostgreSQL takes.

use std::collections::HashSet;

/// Longest identifier in bytes: PostgreSQL cuts longer ones (section 4.1.1 of its manual), and
/// two may then be one.
pub(super) const MAX_LENGTH: usize = 63;

/// Names in use: the two columns of every table, and the system columns of PostgreSQL (section
/// 5.5).
const TAKEN: [&str; 8] = ["fid", "geom", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// Name of the table with the record, in the schema of the tables. It has no geometry, and is
/// never taken for a table of values: so it is no dataset itself.
pub const RECORD_TABLE: &str = "tile_server_loads";

/// Column names for the table, in order: each name itself wherever possible.
pub(super) fn fit<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut used: HashSet<String> = TAKEN.into_iter().map(str::to_owned).collect();
    let mut fitted = Vec::new();
    for name in names {
        let name = name.replace('\0', "");
        let name = if name.is_empty() { "column" } else { &name };
        let mut candidate = cut(name, MAX_LENGTH).to_owned();
        let mut number = 2u32;
        while !used.insert(candidate.clone()) {
            let ending = format!("_{number}");
            candidate = format!("{}{ending}", cut(name, MAX_LENGTH - ending.len()));
            number += 1;
        }
        fitted.push(candidate);
    }
    fitted
}

/// Beginning of a text, of at most `bytes` bytes and whole characters.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_are_kept_and_the_others_stay_apart() {
        let long = "동".repeat(30);
        let names = ["a", "행정동 \"이름\"", "fid", "geom", "", "column", &long, &long, "a", "a_2"];
        let fitted = fit(names);
        let cut = "동".repeat(21);
        assert_eq!(fitted[..6], ["a", "행정동 \"이름\"", "fid_2", "geom_2", "column", "column_2"]);
        assert_eq!(fitted[6], cut);
        assert_eq!(fitted[7], format!("{}_2", "동".repeat(20)));
        assert_eq!(fitted[8..], ["a_2", "a_2_2"]);
        assert!(fitted.iter().all(|name| name.len() <= MAX_LENGTH));
    }
}
