//! Language of an answer.

use catalog::LocalizedText;
use styles::Language;

use super::RequestContext;
use crate::http::problem::{Problem, ProblemKind};

/// The language that the caller asks for.
///
/// # Errors
/// A [`Problem`] where it is neither `ko` nor `en`.
pub fn language(context: &RequestContext<'_>) -> Result<Language, Problem> {
    match context.query.lang.as_deref() {
        None => Ok(Language::default()),
        Some(code) => Language::from_code(code).ok_or_else(|| {
            Problem::new(ProblemKind::Malformed, "The query parameter lang is ko or en.")
        }),
    }
}

/// A text in one language.
#[must_use]
pub fn in_language(text: &LocalizedText, language: Language) -> &str {
    match language {
        Language::Korean => &text.ko,
        Language::English => &text.en,
    }
}
