//! ASCII names for columns whose headers are Korean.
//!
//! A tile, a style and a filter name a column by an ASCII name; people read its
//! Korean title. Hangul is romanised syllable by syllable in the letters of the
//! Revised Romanization, without its sound changes: a name must be readable and
//! always the same, not pronounceable.

use std::collections::HashSet;

use crate::id::{DatasetId, MAX_ID_LENGTH};

const INITIALS: [&str; 19] = [
    "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p",
    "h",
];
const MEDIALS: [&str; 21] = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we",
    "wi", "yu", "eu", "ui", "i",
];
const FINALS: [&str; 28] = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p",
    "t", "t", "ng", "t", "t", "k", "t", "p", "t",
];

/// The longest column name, in bytes.
const MAX_LENGTH: usize = 63;

/// An ASCII name for each column, unique regardless of case, in the same order.
pub(super) fn ascii_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    names
        .enumerate()
        .map(|(index, name)| {
            let base = match ascii(name) {
                name if name.is_empty() => format!("column_{}", index + 1),
                name => name,
            };
            let mut unique = base.clone();
            let mut number = 1;
            while !taken.insert(unique.to_ascii_lowercase()) {
                number += 1;
                unique = format!("{base}_{number}");
            }
            unique
        })
        .collect()
}

/// The id of a dataset whose file has this name: the name itself in lower case
/// where that is an id, else a readable form of it with a digest of the whole,
/// so that two names never share one.
pub(super) fn dataset_id(name: &str) -> DatasetId {
    if let Ok(id) = DatasetId::new(&name.to_ascii_lowercase()) {
        return id;
    }
    let mut readable = ascii(name).to_ascii_lowercase();
    readable.truncate(MAX_ID_LENGTH - 9);
    let digest = xxhash_rust::xxh3::xxh3_64(name.as_bytes()) as u32;
    let start = if readable.is_empty() { "dataset" } else { &readable };
    DatasetId::new(&format!("{start}-{digest:08x}")).unwrap_or_else(|_| DatasetId::derived(name))
}

fn ascii(name: &str) -> String {
    let mut out = String::new();
    for c in name.trim().chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '_' || c == '-' => out.push(c),
            '가'..='힣' => {
                let syllable = c as usize - '가' as usize;
                out.push_str(INITIALS[syllable / 588]);
                out.push_str(MEDIALS[syllable % 588 / 28]);
                out.push_str(FINALS[syllable % 28]);
            }
            _ if out.ends_with('_') => {}
            _ => out.push('_'),
        }
        if out.len() >= MAX_LENGTH {
            break;
        }
    }
    // All of it is ASCII.
    out.truncate(MAX_LENGTH);
    if out.bytes().all(|b| b == b'_') { String::new() } else { out.trim_matches('_').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_korean_file_name_becomes_a_readable_id() {
        assert_eq!(dataset_id("Seoul_Dong").as_str(), "seoul_dong");
        let id = dataset_id("성동구 행정동");
        assert!(id.as_str().starts_with("seongdonggu_haengjeongdong-"), "{id}");
        assert_ne!(dataset_id("성동구(행정동)"), id);
        assert!(dataset_id(&"가".repeat(90)).as_str().len() <= MAX_ID_LENGTH);
        assert!(dataset_id("···").as_str().starts_with("dataset-"));
    }

    #[test]
    fn korean_headers_get_readable_unique_ascii_names() {
        let names =
            ["ADM_CD", "행정동코드", "면적(㎡)", "adm_cd", "㎡", "설치 연도", "", "_fid", "왕십리"];
        assert_eq!(
            ascii_names(names.into_iter()),
            [
                "ADM_CD",
                "haengjeongdongkodeu",
                "myeonjeok",
                "adm_cd_2",
                "column_5",
                "seolchi_yeondo",
                "column_7",
                "fid",
                "wangsipri",
            ]
        );
    }
}
