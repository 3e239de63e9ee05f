//! `lang=`, `scheme=` and `profile=` of a style.

use styles::{ClientProfile, ColourSchemeVariant, Language};

use crate::handlers::RequestContext;
use crate::handlers::language::language;
use crate::http::problem::{Problem, ProblemKind};

/// Language, colours and client of a style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StyleOptions {
    /// Language of the names.
    pub(super) language: Language,
    /// Variant of the colour scheme.
    pub(super) variant: ColourSchemeVariant,
    /// Client of the style.
    pub(super) profile: ClientProfile,
}

impl StyleOptions {
    /// Options that the caller asks for.
    ///
    /// # Errors
    /// A [`Problem`] for an unknown value; lists the possible ones.
    pub(super) fn of_request(context: &RequestContext<'_>) -> Result<Self, Problem> {
        let query = &context.query;
        let variant = named(
            query.scheme.as_deref(),
            ColourSchemeVariant::from_name,
            "The query parameter scheme is light, dark or contrast.",
        )?;
        let profile = named(
            query.profile.as_deref(),
            ClientProfile::from_name,
            "The query parameter profile is web or qgis.",
        )?;
        Ok(Self { language: language(context)?, variant, profile })
    }
}

/// Value of a name; the default without a name.
fn named<T: Default>(
    name: Option<&str>,
    value: impl Fn(&str) -> Option<T>,
    possible: &'static str,
) -> Result<T, Problem> {
    let Some(name) = name else { return Ok(T::default()) };
    value(name).ok_or_else(|| Problem::new(ProblemKind::Malformed, possible))
}
