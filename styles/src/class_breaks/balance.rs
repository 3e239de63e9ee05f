//! Corrections of breaks: none outside the numbers, no empty class, none above half.

/// Removes breaks that leave a class empty.
///
/// Numbers and breaks are ascending.
pub(super) fn without_empty_classes(sorted: &[f64], breaks: &[f64]) -> Vec<f64> {
    let mut kept = Vec::with_capacity(breaks.len());
    let mut below = 0;
    for at in breaks {
        let rank = rank(sorted, *at);
        if rank > below && rank < sorted.len() {
            kept.push(*at);
            below = rank;
        }
    }
    kept
}

/// Divides classes that hold more than half of the numbers, as far as their numbers differ.
///
/// Merges the smallest neighbours where there are more classes than wanted then.
pub(super) fn balanced(sorted: &[f64], breaks: &[f64], classes: usize) -> Vec<f64> {
    let mut breaks = without_empty_classes(sorted, breaks);
    for _ in 0..classes {
        let Some(at) = largest_division(sorted, &breaks) else { break };
        let place = breaks.partition_point(|other| *other < at);
        breaks.insert(place, at);
        while breaks.len() + 1 > classes {
            match smallest_merge(sorted, &breaks, at) {
                Some(place) => drop(breaks.remove(place)),
                None => break,
            }
        }
    }
    breaks
}

/// Share of the numbers that the largest class holds; 0 without numbers.
pub(super) fn largest_share(sorted: &[f64], breaks: &[f64]) -> f64 {
    let largest = ranges(sorted, breaks).map(|(from, to)| to - from).max().unwrap_or_default();
    largest as f64 / sorted.len().max(1) as f64
}

/// Whether the breaks ascend and leave no class empty.
pub(super) fn is_sound(sorted: &[f64], breaks: &[f64]) -> bool {
    ranges(sorted, breaks).all(|(from, to)| from < to)
        && breaks.windows(2).all(|pair| pair[0] < pair[1])
}

/// Position of the first number that belongs above a break.
pub(super) fn rank(sorted: &[f64], at: f64) -> usize {
    sorted.partition_point(|number| *number < at)
}

/// Ranks of the classes' numbers.
pub(super) fn ranges(sorted: &[f64], breaks: &[f64]) -> impl Iterator<Item = (usize, usize)> {
    let from = std::iter::once(0).chain(breaks.iter().map(|at| rank(sorted, *at)));
    let to = breaks.iter().map(|at| rank(sorted, *at)).chain([sorted.len()]);
    from.zip(to)
}

/// Break that divides the class with more than half of the numbers, if one can be divided.
fn largest_division(sorted: &[f64], breaks: &[f64]) -> Option<f64> {
    let (from, to) = ranges(sorted, breaks).find(|(from, to)| (to - from) * 2 > sorted.len())?;
    let class = &sorted[from..to];
    let middle = class[class.len() / 2];
    // The middle number, or the next above it where all below are equal to it.
    if middle > class[0] {
        return Some(middle);
    }
    class.iter().copied().find(|number| *number > middle)
}

/// Position of the break whose removal makes the smallest class, unless above half.
fn smallest_merge(sorted: &[f64], breaks: &[f64], kept: f64) -> Option<usize> {
    let sizes: Vec<usize> = ranges(sorted, breaks).map(|(from, to)| to - from).collect();
    let merged = |place: &usize| sizes[*place] + sizes[*place + 1];
    (0..breaks.len())
        .filter(|place| breaks[*place] != kept && merged(place) * 2 <= sorted.len())
        .min_by_key(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(&[5.0, 50.0, 60.0], &[5.0])]
    #[case(&[0.0, 1.0, 1.5, 3.0], &[1.5, 3.0])]
    #[case(&[], &[])]
    fn empty_classes_go(#[case] breaks: &[f64], #[case] kept: &[f64]) {
        assert_eq!(without_empty_classes(&[1.0, 2.0, 3.0, 9.0], breaks), kept);
    }

    #[test]
    fn a_class_above_half_is_divided() {
        let numbers: Vec<f64> = (0..90).map(f64::from).chain([1e3, 2e3, 4e3]).collect();
        let breaks = balanced(&numbers, &[500.0, 1500.0, 3000.0], 4);
        assert_eq!(breaks.len(), 3);
        assert!(largest_share(&numbers, &breaks) <= 0.5, "{breaks:?}");
        assert!(is_sound(&numbers, &breaks));
    }

    #[test]
    fn equal_numbers_cannot_be_divided() {
        let numbers = [1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 3.0];
        let breaks = balanced(&numbers, &[3.0], 3);
        assert_eq!(breaks, [2.0, 3.0]);
    }
}
