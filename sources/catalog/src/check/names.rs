//! Suggestions for misspelt names.

/// The name in `known` nearest to `name`; `None` if none is near.
pub(crate) fn nearest_name<'n>(
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let length = name.chars().count();
    // Any two names of one letter are one edit apart.
    let most = (length / 3).max(1).min(length.saturating_sub(1));
    let near = known.into_iter().map(|other| (distance(name, other), other));
    near.filter(|(distance, other)| *distance <= most && other.chars().count() > 1)
        .min()
        .map(|(_, other)| other)
}

/// Edit distance with transpositions (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let replaced = last[j - 1] + usize::from(one[i - 1] != other[j - 1]);
            let mut least = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}
