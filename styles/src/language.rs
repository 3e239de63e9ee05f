//! Languages of a style, and text in both.

use serde::Serialize;

/// Language of a style's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Korean, the default.
    #[default]
    Korean,
    /// English.
    English,
}

impl Language {
    /// Language of a code, `ko` or `en`; `None` for any other.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "ko" => Some(Self::Korean),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// Code of the language.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }
}

/// Text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LocalizedTitle<'a> {
    /// Korean text.
    pub ko: &'a str,
    /// English text.
    pub en: &'a str,
}

impl<'a> LocalizedTitle<'a> {
    /// Text in one language.
    #[must_use]
    pub const fn get(self, language: Language) -> &'a str {
        match language {
            Language::Korean => self.ko,
            Language::English => self.en,
        }
    }
}
