//! Messages for people, whole in Korean and whole in English.

/// A message that is told in Korean and in English.
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
