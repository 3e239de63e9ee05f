//! Breaks symmetric around a middle.

use super::balance::{largest_share, without_empty_classes};
use super::methods::at_rank;
use super::rounding::roundest_between;

/// Breaks at equal distances below and above a middle.
///
/// An odd number of classes has a neutral class around the middle; an even one breaks at it.
/// Outer classes without numbers are left out on their side alone.
pub(super) fn symmetric(sorted: &[f64], middle: f64, classes: usize, whole: bool) -> Vec<f64> {
    let mut distances: Vec<f64> = sorted.iter().map(|number| (number - middle).abs()).collect();
    distances.sort_by(f64::total_cmp);
    let odd = classes % 2 == 1;
    let per_side = (classes / 2).max(1);
    let inner = if odd { per_side } else { per_side - 1 };
    // Shares of the numbers that the neutral class, or the innermost pair, may hold.
    let candidates = [0.25, 0.2, 0.3, 0.15, 0.35, 0.4, 0.1, 0.45].map(|share| {
        let share = if odd { share } else { share * 2.0 };
        let steps = (0..inner).map(|step| {
            let place = share + (1.0 - share) * step as f64 / inner.max(1) as f64;
            at_rank(&distances, place)
        });
        around(
            sorted,
            middle,
            &rounded_distances(&distances, &steps.collect::<Vec<_>>(), whole),
            odd,
        )
    });
    let uneven = |breaks: &Vec<f64>| {
        let missing = (2 * inner + usize::from(!odd)).saturating_sub(breaks.len());
        largest_share(sorted, breaks).max(0.5) + 0.05 * missing as f64
    };
    let best = candidates.into_iter().min_by(|one, other| uneven(one).total_cmp(&uneven(other)));
    best.unwrap_or_default()
}

/// Distances rounded to numbers that people use, strictly ascending.
fn rounded_distances(sorted: &[f64], distances: &[f64], whole: bool) -> Vec<f64> {
    let mut rounded: Vec<f64> = Vec::new();
    for distance in distances.iter().copied().filter(|distance| *distance > 0.0) {
        let gap = distance - rounded.last().copied().unwrap_or_default();
        let (from, to) = (distance - gap * 0.25, distance * 1.15);
        let found = roundest_between(from.max(f64::MIN_POSITIVE), to, distance, whole)
            .unwrap_or(if whole { distance.ceil() } else { distance });
        if rounded.last().is_none_or(|last| *last < found) && sorted.last() >= Some(&found) {
            rounded.push(found);
        }
    }
    rounded
}

/// Breaks on both sides; those with nothing beyond them are left out.
fn around(sorted: &[f64], middle: f64, distances: &[f64], odd: bool) -> Vec<f64> {
    let exact = |number: f64| format!("{number:.10}").parse().unwrap_or(number);
    let low = distances.iter().rev().map(|distance| exact(middle - distance));
    let high = distances.iter().map(|distance| exact(middle + distance));
    let breaks: Vec<f64> = low.chain((!odd).then_some(middle)).chain(high).collect();
    without_empty_classes(sorted, &breaks)
}

#[cfg(test)]
mod tests {
    use super::super::balance::is_sound;
    use super::*;

    fn numbers(from: i32, to: i32) -> Vec<f64> {
        (from..=to).map(|number| f64::from(number) / 10.0).collect()
    }

    #[test]
    fn breaks_lie_evenly_around_the_middle() {
        let found = symmetric(&numbers(-100, 100), 0.0, 5, false);
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[0], -found[3]);
        assert_eq!(found[1], -found[2]);
        assert!(largest_share(&numbers(-100, 100), &found) <= 0.5);
        let around_100 = symmetric(&numbers(900, 1100), 100.0, 5, false);
        assert_eq!(around_100[0] + around_100[3], 200.0);
    }

    #[test]
    fn an_even_number_of_classes_breaks_at_the_middle() {
        let found = symmetric(&numbers(-100, 100), 0.0, 4, false);
        assert_eq!((found.len(), found[1]), (3, 0.0), "{found:?}");
        assert_eq!(found[0], -found[2]);
    }

    #[test]
    fn a_side_without_numbers_has_no_classes() {
        let numbers = numbers(-10, 200);
        let found = symmetric(&numbers, 0.0, 5, false);
        assert!(is_sound(&numbers, &found), "{found:?}");
        assert!(found.iter().filter(|at| **at > 0.0).count() >= 2, "{found:?}");
    }
}
