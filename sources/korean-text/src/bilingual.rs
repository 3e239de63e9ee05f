//! Messages for people, in Korean and in English.

/// A message in Korean and in English.
pub trait Bilingual {
    /// The message in Korean.
    fn ko(&self) -> String;

    /// The message in English.
    fn en(&self) -> String;

    /// Both, Korean first.
    fn both(&self) -> String {
        format!("{} · {}", self.ko(), self.en())
    }
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    ko: String,
    en: String,
}

impl Sentence {
    /// Creates a sentence from its text in each language.
    #[must_use]
    pub fn new(ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ko: ko.into(), en: en.into() }
    }
}

impl Bilingual for Sentence {
    fn ko(&self) -> String {
        self.ko.clone()
    }

    fn en(&self) -> String {
        self.en.clone()
    }
}

/// Most characters of a file's text in a message.
const MOST_SHOWN: usize = 40;

/// Beginning of a file's text for a message, without control characters.
pub fn excerpt(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !c.is_control() && *c != '\u{fffd}').collect();
    shown.trim().chars().take(MOST_SHOWN).collect()
}
