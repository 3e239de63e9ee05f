//! Texts in both languages.

use catalog::LocalizedText;
use styles::map_description::BilingualText;

/// A declared text.
pub(super) fn bilingual(text: &LocalizedText) -> BilingualText {
    BilingualText { ko: text.ko.clone(), en: text.en.clone() }
}

/// A text that both languages share.
pub(super) fn same(text: &str) -> BilingualText {
    BilingualText { ko: text.to_owned(), en: text.to_owned() }
}
