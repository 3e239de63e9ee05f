//! Suggestions for misspelt names.

use strsim::osa_distance;

/// The name in `known` nearest to `name`; `None` if none is near.
pub(crate) fn nearest_name<'n>(
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let length = name.chars().count();
    // Any two names of one letter are one edit apart.
    let most = (length / 3).max(1).min(length.saturating_sub(1));
    let near = known.into_iter().map(|other| (osa_distance(name, other), other));
    near.filter(|(distance, other)| *distance <= most && other.chars().count() > 1)
        .min()
        .map(|(_, other)| other)
}
