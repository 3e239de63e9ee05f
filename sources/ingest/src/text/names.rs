//! ASCII names for columns whose headers are Korean.
//!
//! A tile, a style and a filter refer to a column by an ASCII name; users see its Korean
//! title.

use std::collections::HashSet;

use crate::text::dbf_encoding::DbfEncoding;
use data_model::id::{DatasetId, MAX_ID_LENGTH};
use korean_text::romanization::{composed, romanized};

/// A file's name as text. Korean archives have names in undeclared CP949, and plain unzip
/// keeps these bytes; macOS decomposes Hangul.
pub(crate) fn file_name(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => composed(text).into_owned(),
        Err(_) => DbfEncoding::Cp949.decode(bytes).0.into_owned(),
    }
}

/// Whether two files' names are equal except for case, composition and encoding.
pub(crate) fn same_name(a: &[u8], b: &[u8]) -> bool {
    let text = |bytes: &[u8]| {
        let text = file_name(bytes);
        // Replacement characters stand for many names.
        (!text.contains('\u{fffd}')).then(|| text.to_lowercase())
    };
    a.eq_ignore_ascii_case(b) && std::str::from_utf8(a).is_ok()
        || matches!((text(a), text(b)), (Some(a), Some(b)) if a == b)
}

/// An ASCII name for each column, unique regardless of case, in the same order.
///
/// A name that is already ASCII is kept, whatever precedes it; then follow names that are
/// romanized completely, and last those with characters left out: `HWY` is never another
/// column's `HWY_`.
pub(crate) fn ascii_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let columns: Vec<(&str, String)> = names.map(|name| (name, romanized(name))).collect();
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&index| {
        let (name, base) = &columns[index];
        let whole = !name.is_empty()
            && name.chars().all(|c| matches!(c, '가'..='힣') || c.is_ascii_alphanumeric());
        (name != base, !whole)
    });
    let mut taken = HashSet::new();
    let mut unique = vec![String::new(); columns.len()];
    for index in order {
        let base = match &columns[index].1 {
            name if name.is_empty() => format!("column_{}", index + 1),
            name => name.clone(),
        };
        let mut name = base.clone();
        let mut number = 1;
        while !taken.insert(name.to_ascii_lowercase()) {
            number += 1;
            name = format!("{base}_{number}");
        }
        unique[index] = name;
    }
    unique
}

/// The id of a dataset whose file has this name: the name in lower case if that is an id,
/// else a readable form of it with a digest of the whole, so that similar names seldom
/// have the same id. Names that differ by case or folder only have the same: an import of
/// several files has to compare.
pub(crate) fn dataset_id(name: &str) -> DatasetId {
    if let Ok(id) = DatasetId::new(&name.to_ascii_lowercase()) {
        return id;
    }
    let name = &*composed(name);
    let mut readable = romanized(name).to_ascii_lowercase();
    readable.truncate(MAX_ID_LENGTH - 9);
    let digest = xxhash_rust::xxh3::xxh3_64(name.as_bytes()) as u32;
    let start = if readable.is_empty() { "dataset" } else { &readable };
    DatasetId::new(&format!("{start}-{digest:08x}")).unwrap_or_else(|_| DatasetId::derived(name))
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

    #[test]
    fn the_exact_name_wins_over_one_that_is_made_like_it() {
        assert_eq!(ascii_names(["HWY_", "HWY"].into_iter()), ["HWY_2", "HWY"]);
        assert_eq!(ascii_names(["HWY", "HWY_"].into_iter()), ["HWY", "HWY_2"]);
        assert_eq!(ascii_names(["a b", "a_b_2", "a_b"].into_iter()), ["a_b_3", "a_b_2", "a_b"]);
        let names = ["면적(㎡)", "면적", "column_1", ""];
        assert_eq!(
            ascii_names(names.into_iter()),
            ["myeonjeok_2", "myeonjeok", "column_1", "column_4"]
        );
    }

    #[test]
    fn names_of_any_encoding_and_composition_read_the_same() {
        assert_eq!(file_name(b"\xbc\xba\xbc\xf6.shp"), "성수.shp");
        assert_eq!(file_name("성수.shp".as_bytes()), "성수.shp");
        // 강남 값 as macOS writes it; a letter that begins no syllable stays.
        let apart = "\u{1100}\u{1161}\u{11bc}\u{1102}\u{1161}\u{11b7} \u{1100}\u{1161}\u{11b9}";
        assert_eq!(composed(apart), "강남 값");
        assert_eq!(composed("\u{1100}a\u{1161}가\u{11a8}"), "\u{1100}a\u{1161}가\u{11a8}");
        assert_eq!(dataset_id(apart), dataset_id("강남 값"));
        assert_eq!(ascii_names([apart].into_iter()), ["gangnam_gap"]);
        assert!(same_name(apart.as_bytes(), "강남 값".as_bytes()));
        assert!(same_name(b"\xb0\xadA", "강a".as_bytes()));
        assert!(!same_name(b"\xb0\xad", b"\xbc\xba"));
        // Two syllables whose second bytes differ as a and A do.
        assert!(!same_name(b"\x81\x41", b"\x81\x61"));
        assert!(!same_name(b"\xff\x41", b"\xfe\x41"));
    }
}
