//! Classes of a column's numbers, by declared breaks or a method.

use super::balance::{balanced, is_sound, largest_share, ranges, without_empty_classes};
use super::diverging::symmetric;
use super::rounding::rounded;
use super::{NumberClasses, ckmeans, equal_interval, head_tail, logarithmic, quantile};
use crate::map_description::{BreakMethod, ClassBreaks};

/// Share of zeros from which zero is a class of its own where nothing is declared.
const ZERO_SHARE: f64 = 0.03;
/// Most classes of a map.
const MOST_CLASSES: usize = 7;

/// Wanted classes of a column's numbers.
#[derive(Debug, Clone, Copy)]
pub struct BreakRequest<'a> {
    /// Declared breaks or method.
    pub breaks: &'a ClassBreaks,
    /// Whether zero is a class of its own; `None` leaves it to the numbers.
    pub zero_class: Option<bool>,
    /// Middle of a diverging scheme; `None` for a sequential one.
    pub middle: Option<f64>,
}

/// Finds the classes of ascending numbers, which may be a sample.
#[must_use]
pub fn find_classes(sorted: &[f64], request: &BreakRequest<'_>) -> NumberClasses {
    let zero = has_zero_class(sorted, request);
    let rest: Vec<f64> = sorted.iter().copied().filter(|number| !zero || *number != 0.0).collect();
    let (breaks, method) = match request.breaks {
        ClassBreaks::Fixed(breaks) => (declared(&rest, breaks, zero), None),
        ClassBreaks::Method(method, classes) => {
            let classes = usize::from(*classes).clamp(2, MOST_CLASSES);
            let whole = rest.iter().all(|number| number.fract() == 0.0);
            let (breaks, method) = match request.middle {
                Some(middle) => (symmetric(&rest, middle, classes, whole), BreakMethod::Quantile),
                None => by_method(&rest, *method, classes, whole),
            };
            (breaks, Some(method))
        }
    };
    NumberClasses { zero, breaks, method }
}

/// Declared breaks, without those that a class of zeros takes over.
fn declared(rest: &[f64], breaks: &[f64], zero: bool) -> Vec<f64> {
    let least = rest.first().copied().unwrap_or_default();
    let needless = |at: &f64| {
        zero && *at <= 0.0 && least >= 0.0 || zero && *at > 0.0 && *at <= least && least == 1.0
    };
    breaks.iter().copied().filter(|at| !needless(at)).collect()
}

fn has_zero_class(sorted: &[f64], request: &BreakRequest<'_>) -> bool {
    let zeros = sorted.iter().filter(|number| **number == 0.0).count();
    if let Some(declared) = request.zero_class {
        return declared && (zeros > 0 || matches!(request.breaks, ClassBreaks::Fixed(_)));
    }
    let positive = sorted.first().is_some_and(|least| *least >= 0.0);
    let counts = zeros as f64 >= ZERO_SHARE * sorted.len() as f64 && zeros > 0;
    request.middle.is_none() && positive && counts && zeros < sorted.len()
}

/// Breaks of ascending numbers by a method, and the method that was taken.
fn by_method(
    sorted: &[f64],
    method: BreakMethod,
    classes: usize,
    whole: bool,
) -> (Vec<f64>, BreakMethod) {
    if let Some(breaks) = one_class_each(sorted, classes) {
        return (breaks, BreakMethod::Automatic);
    }
    let candidate = |method: BreakMethod| {
        let raw = match method {
            BreakMethod::Automatic | BreakMethod::Ckmeans => ckmeans(sorted, classes),
            BreakMethod::Quantile => quantile(sorted, classes),
            BreakMethod::HeadTail => head_tail(sorted, classes),
            BreakMethod::Logarithmic => logarithmic(sorted, classes),
            BreakMethod::EqualInterval => equal_interval(sorted, classes),
        };
        let breaks = balanced(sorted, &raw, classes);
        (rounded(sorted, &breaks, whole), method)
    };
    if method != BreakMethod::Automatic {
        return candidate(method);
    }
    let methods = [BreakMethod::Ckmeans, BreakMethod::Quantile, BreakMethod::Logarithmic];
    let candidates =
        methods.map(candidate).map(|found| (quality(sorted, &found.0, classes), found));
    let best = candidates.into_iter().max_by(|one, other| one.0.total_cmp(&other.0));
    best.map_or_else(|| candidate(BreakMethod::Quantile), |(_, found)| found)
}

/// One class for each number, where so few differ.
fn one_class_each(sorted: &[f64], classes: usize) -> Option<Vec<f64>> {
    let mut distinct = sorted.to_vec();
    distinct.dedup();
    (distinct.len() <= classes).then(|| distinct.into_iter().skip(1).collect())
}

/// Fitness of breaks: similarity within classes, less what makes a legend hard to read.
fn quality(sorted: &[f64], breaks: &[f64], classes: usize) -> f64 {
    if breaks.is_empty() || !is_sound(sorted, breaks) {
        return f64::NEG_INFINITY;
    }
    let count = sorted.len() as f64;
    let smallest = ranges(sorted, breaks).map(|(from, to)| to - from).min().unwrap_or_default();
    let greatest = sorted.last().copied().unwrap_or_default();
    let reach = breaks.last().map_or(1.0, |at| if *at > 0.0 { greatest / at } else { 1.0 });
    let missing = classes.saturating_sub(breaks.len() + 1) as f64;
    similarity(sorted, breaks)
        - 0.8 * (largest_share(sorted, breaks) - 0.4).max(0.0)
        - 0.25 * (reach / 4.0).max(1.0).ln()
        - 5.0 * (0.03 - smallest as f64 / count).max(0.0)
        - 0.1 * missing
}

/// Share of the variance that lies between the classes; of the logarithms for skewed numbers.
fn similarity(sorted: &[f64], breaks: &[f64]) -> f64 {
    let middle = sorted[sorted.len() / 2];
    let skewed = sorted[0] > 0.0 && sorted[sorted.len() - 1] > middle * 6.0;
    let scaled = |number: &f64| if skewed { number.ln() } else { *number };
    let variance = |part: &[f64]| {
        let mean = part.iter().map(scaled).sum::<f64>() / part.len().max(1) as f64;
        part.iter().map(|number| (scaled(number) - mean).powi(2)).sum::<f64>()
    };
    let within: f64 = ranges(sorted, breaks).map(|(from, to)| variance(&sorted[from..to])).sum();
    1.0 - within / variance(sorted).max(f64::MIN_POSITIVE)
}

/// Whether declared breaks still fit ascending numbers: no class is empty, and none holds more
/// than half of them, zero aside.
#[must_use]
pub fn fits(sorted: &[f64], classes: &NumberClasses) -> bool {
    let rest: Vec<f64> =
        sorted.iter().copied().filter(|number| !classes.zero || *number != 0.0).collect();
    without_empty_classes(&rest, &classes.breaks).len() == classes.breaks.len()
        && largest_share(&rest, &classes.breaks) <= 0.5
}

#[cfg(test)]
mod tests {
    use super::super::methods::tests::exponential;
    use super::*;
    use rstest::rstest;

    fn found(numbers: &[f64], method: BreakMethod, classes: u8) -> NumberClasses {
        let breaks = ClassBreaks::Method(method, classes);
        find_classes(numbers, &BreakRequest { breaks: &breaks, zero_class: None, middle: None })
    }

    #[rstest]
    fn every_method_gives_round_breaks_without_empty_or_large_classes(
        #[values(
            BreakMethod::Automatic,
            BreakMethod::Quantile,
            BreakMethod::Ckmeans,
            BreakMethod::HeadTail,
            BreakMethod::Logarithmic,
            BreakMethod::EqualInterval
        )]
        method: BreakMethod,
        #[values(3, 4, 5, 6, 7)] classes: u8,
    ) {
        let numbers = exponential();
        let found = found(&numbers, method, classes);
        let shares = found.frequencies(&numbers);
        assert!(shares.iter().all(|n| *n > 0 && *n <= 100), "{method:?} {found:?} {shares:?}");
        assert!(found.breaks.len() >= 2 && found.len() <= usize::from(classes));
        for at in &found.breaks {
            let digits = at.to_string().replace(['.', '-'], "");
            assert!(digits.trim_matches('0').len() <= 3, "{method:?} {found:?}");
        }
        assert!(!found.zero);
        assert!(fits(&numbers, &found));
    }

    #[test]
    fn few_whole_numbers_get_a_class_each_and_zero_its_own() {
        let numbers = [0., 0., 0., 1., 1., 1., 1., 2., 2., 3.];
        let found = found(&numbers, BreakMethod::Automatic, 5);
        assert_eq!((found.zero, found.breaks), (true, vec![2.0, 3.0]));
    }

    #[test]
    fn whole_numbers_get_whole_breaks() {
        let numbers: Vec<f64> = (1..300).map(|at| f64::from(at * at / 100 + 1)).collect();
        let found = found(&numbers, BreakMethod::Automatic, 5);
        assert!(found.breaks.iter().all(|at| at.fract() == 0.0), "{found:?}");
        assert_eq!(found.breaks.len(), 4);
    }

    #[test]
    fn a_heavy_tail_does_not_end_in_a_class_without_bounds() {
        let numbers: Vec<f64> = (1..2000).map(|at| 1e6 / f64::from(at).powf(1.4)).rev().collect();
        let found = found(&numbers, BreakMethod::Automatic, 5);
        let shares = found.frequencies(&numbers);
        assert!(shares.iter().all(|n| *n > 0 && *n <= 1000), "{found:?} {shares:?}");
    }

    #[test]
    fn declared_breaks_stand() {
        let breaks = ClassBreaks::Fixed(vec![0.0, 1.0, 5.0]);
        let request = BreakRequest { breaks: &breaks, zero_class: Some(true), middle: None };
        let found = find_classes(&[0.0, 1.0, 4.0, 9.0], &request);
        assert_eq!((found.zero, found.breaks, found.method), (true, vec![5.0], None));
    }

    #[test]
    fn a_diverging_scheme_is_symmetric() {
        let numbers: Vec<f64> = (-40..=60).map(f64::from).collect();
        let breaks = ClassBreaks::default();
        let request = BreakRequest { breaks: &breaks, zero_class: None, middle: Some(0.0) };
        let found = find_classes(&numbers, &request);
        assert_eq!(found.sides(0.0), (2, true, 2), "{found:?}");
        assert!(!found.zero);
    }

    #[test]
    fn without_numbers_there_is_one_class() {
        assert_eq!(found(&[], BreakMethod::Automatic, 5).breaks, Vec::<f64>::new());
        assert_eq!(found(&[7.0], BreakMethod::Automatic, 5).breaks, Vec::<f64>::new());
    }

    #[test]
    fn breaks_that_no_longer_fit_are_told() {
        let classes = NumberClasses { zero: false, breaks: vec![10.0, 500.0], method: None };
        assert!(fits(&[1.0, 20.0, 30.0, 600.0], &classes));
        assert!(!fits(&[1.0, 20.0, 30.0, 60.0], &classes));
        assert!(!fits(&[1.0, 2.0, 3.0, 60.0, 600.0], &classes));
    }
}
