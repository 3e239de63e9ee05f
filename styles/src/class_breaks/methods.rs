//! Methods of class breaks that look at ranks, ratios and means.
//!
//! Numbers are ascending; breaks are neither rounded nor distinct from each other.

/// Breaks between classes of equal numbers of features, interpolated between ranks.
#[must_use]
pub fn quantile(sorted: &[f64], classes: usize) -> Vec<f64> {
    (1..classes).map(|class| at_rank(sorted, class as f64 / classes as f64)).collect()
}

/// Number at a share (0 to 1) of the ranks, interpolated; 0 without numbers.
pub(super) fn at_rank(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, part) = (place as usize, place.fract());
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * part
}

/// Breaks at equal intervals from the least to the greatest number.
#[must_use]
pub fn equal_interval(sorted: &[f64], classes: usize) -> Vec<f64> {
    let (Some(least), Some(greatest)) = (sorted.first(), sorted.last()) else { return Vec::new() };
    let width = (greatest - least) / classes as f64;
    (1..classes).map(|class| least + width * class as f64).collect()
}

/// Breaks at equal ratios from the least positive number to the greatest.
///
/// Empty where no two positive numbers differ.
#[must_use]
pub fn logarithmic(sorted: &[f64], classes: usize) -> Vec<f64> {
    let positive = &sorted[sorted.partition_point(|number| *number <= 0.0)..];
    match (positive.first(), positive.last()) {
        (Some(least), Some(greatest)) if least < greatest => {
            let ratio = (greatest / least).powf(1.0 / classes as f64);
            (1..classes).map(|class| least * ratio.powi(class as i32)).collect()
        }
        _ => Vec::new(),
    }
}

/// Breaks at the mean of the numbers, of those above the mean, and so on (Jiang 2013).
///
/// Ends with the number of classes, or where one number is left.
#[must_use]
pub fn head_tail(sorted: &[f64], classes: usize) -> Vec<f64> {
    let mut breaks = Vec::new();
    let mut head = sorted;
    while breaks.len() + 1 < classes && head.len() > 1 {
        let mean = head.iter().sum::<f64>() / head.len() as f64;
        let next = &head[head.partition_point(|number| *number < mean)..];
        if next.is_empty() || next.len() == head.len() {
            break;
        }
        breaks.push(mean);
        head = next;
    }
    breaks
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Numbers of a linear congruential generator, `e^(5u)` to three decimals, ascending.
    pub(in super::super) fn exponential() -> Vec<f64> {
        let mut state = 42u64;
        let mut next = || {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            ((state as f64 / f64::from(1u32 << 31) * 5.0).exp() * 1000.0).round() / 1000.0
        };
        let mut numbers: Vec<f64> = (0..200).map(|_| next()).collect();
        numbers.sort_by(f64::total_cmp);
        numbers
    }

    pub(in super::super) const SMALL: [f64; 15] =
        [1., 2., 4., 5., 7., 9., 10., 20., 22., 25., 50., 51., 55., 60., 100.];

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
        }
    }

    /// Upper bounds that the Python package mapclassify 2.10 gives for the same numbers.
    #[test]
    fn breaks_are_those_of_mapclassify() {
        let numbers = exponential();
        close(&quantile(&numbers, 3), &[6.03, 30.388_333_333]);
        close(&quantile(&numbers, 5), &[3.0642, 9.2276, 22.6436, 63.0772]);
        close(&quantile(&SMALL, 5), &[4.8, 9.6, 23.2, 51.8]);
        close(&equal_interval(&numbers, 3), &[50.11, 99.202]);
        close(&equal_interval(&SMALL, 5), &[20.8, 40.6, 60.4, 80.2]);
        close(&head_tail(&SMALL, 9), &[28.066_666_667, 63.2]);
        close(&head_tail(&numbers, 4), &[33.225_375, 81.901_621_212, 114.128_968_75]);
    }

    #[test]
    fn equal_ratios_and_nothing_to_divide() {
        close(&logarithmic(&[0.0, 1.0, 10.0, 100.0, 1000.0], 3), &[10.0, 100.0]);
        for numbers in [&[][..], &[5.0, 5.0]] {
            assert!(logarithmic(numbers, 3).is_empty());
            assert!(head_tail(numbers, 3).is_empty());
        }
        assert!(equal_interval(&[], 3).is_empty());
    }
}
