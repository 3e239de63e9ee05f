//! Numbers as runs of equal ones, in bounded memory.

/// Largest number of runs: 64 KiB.
const MOST_RUNS: usize = 4096;

/// Numbers in ascending order, each with its frequency.
///
/// Up to 4,096 distinct numbers are all kept. Of more, some stand for their neighbours: the
/// least, the greatest and zero keep their frequency, the others are even quantiles.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NumberRuns(Box<[(f64, u64)]>);

impl NumberRuns {
    /// Puts finite numbers with their frequencies in order.
    pub(super) fn new(mut numbers: Vec<(f64, u64)>) -> Self {
        for (number, _) in &mut numbers {
            // One zero, without a sign.
            *number += 0.0;
        }
        numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        numbers.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 += next.1;
            }
            is_same
        });
        if numbers.len() > MOST_RUNS {
            numbers = quantiles(&numbers);
        }
        Self(numbers.into_boxed_slice())
    }

    /// The distinct numbers, ascending, with their frequencies.
    #[must_use]
    pub fn runs(&self) -> &[(f64, u64)] {
        &self.0
    }

    /// Number of numbers.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// An even sample, ascending, of at most `most` numbers and at least two, with the least
    /// and the greatest; all numbers if there are no more.
    #[must_use]
    pub fn sample(&self, most: usize) -> Vec<f64> {
        let (count, most) = (self.count(), most.max(2));
        if count <= most as u64 {
            let repeated =
                self.0.iter().map(|&(number, n)| std::iter::repeat_n(number, n as usize));
            return repeated.flatten().collect();
        }
        let last = most as u64 - 1;
        let mut runs = self.0.iter().scan(0u64, |end, &(number, n)| {
            *end += n;
            Some((number, *end))
        });
        let mut run = runs.next();
        let mut sample = Vec::with_capacity(most);
        for i in 0..=last {
            let rank = (u128::from(i) * u128::from(count - 1) / u128::from(last)) as u64;
            while let Some((_, end)) = run
                && end <= rank
            {
                run = runs.next();
            }
            sample.extend(run.map(|(number, _)| number));
        }
        sample
    }
}

/// Joins neighbouring runs to groups of about equal frequency, each under its middle number.
fn quantiles(runs: &[(f64, u64)]) -> Vec<(f64, u64)> {
    let is_kept = |at: usize| at == 0 || at + 1 == runs.len() || runs[at].0 == 0.0;
    let total: u64 = runs.iter().map(|(_, count)| count).sum();
    // Three kept runs may each cut a group in two.
    let size = total.div_ceil(MOST_RUNS as u64 - 6).max(1);
    let mut groups: Vec<(f64, u64)> = Vec::with_capacity(MOST_RUNS);
    let mut open: Vec<(f64, u64)> = Vec::new();
    let mut in_open = 0;
    let mut close = |open: &mut Vec<(f64, u64)>, count: &mut u64| {
        groups.extend(median(open).map(|number| (number, *count)));
        open.clear();
        *count = 0;
    };
    for (at, &run) in runs.iter().enumerate() {
        if is_kept(at) {
            close(&mut open, &mut in_open);
            close(&mut vec![run], &mut { run.1 });
            continue;
        }
        open.push(run);
        in_open += run.1;
        if in_open >= size {
            close(&mut open, &mut in_open);
        }
    }
    close(&mut open, &mut in_open);
    groups
}

/// The number in the middle of ascending runs.
fn median(runs: &[(f64, u64)]) -> Option<f64> {
    let half = runs.iter().map(|(_, count)| count).sum::<u64>() / 2;
    let mut end = 0;
    let middle = runs.iter().find(|(_, count)| {
        end += count;
        end > half
    });
    middle.or(runs.last()).map(|(number, _)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_numbers_are_one_run_and_zero_has_no_sign() {
        let runs = NumberRuns::new(vec![(2.0, 1), (-0.0, 3), (2.0, 4), (0.0, 2), (-1.0, 1)]);
        assert_eq!(runs.runs(), [(-1.0, 1), (0.0, 5), (2.0, 5)]);
        assert!(runs.runs()[1].0.is_sign_positive());
        assert_eq!(runs.count(), 11);
        assert_eq!(runs.sample(11), [-1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 2.0, 2.0]);
        assert_eq!(runs.sample(3), [-1.0, 0.0, 2.0]);
    }

    #[test]
    fn many_numbers_keep_their_ends_their_zeros_and_their_quantiles() {
        let numbers = (0..100_000u32).map(|i| (f64::from(i) / 7.0, 1)).chain([(0.0, 30_000)]);
        let runs = NumberRuns::new(numbers.collect());
        assert!(runs.runs().len() <= MOST_RUNS, "{}", runs.runs().len());
        assert_eq!(runs.count(), 130_000);
        assert_eq!(runs.runs().first(), Some(&(0.0, 30_001)));
        assert_eq!(runs.runs().last().map(|run| run.0), Some(99_999.0 / 7.0));
        let sample = runs.sample(1001);
        assert_eq!(sample.len(), 1001);
        // Three in thirteen are zero; the middle of all is the 35,000th of the others.
        let middle = sample[500];
        assert!((middle - 35_000.0 / 7.0).abs() < 10.0, "{middle}");
    }

    proptest! {
        #[test]
        fn samples_are_ascending_and_hold_both_ends(
            numbers in prop::collection::vec((-1e6..1e6f64, 1..50u64), 1..200),
            most in 2..400usize,
        ) {
            let all = numbers.iter().map(|(number, _)| *number);
            let (least, greatest) = all.fold((f64::MAX, f64::MIN), |(a, b), n| (a.min(n), b.max(n)));
            let runs = NumberRuns::new(numbers);
            let sample = runs.sample(most);
            prop_assert!(sample.is_sorted());
            prop_assert!(sample.len() as u64 <= runs.count().max(2) && sample.len() <= most.max(2));
            prop_assert_eq!(sample.len() as u64, runs.count().min(most as u64));
            prop_assert_eq!((sample.first(), sample.last()), (Some(&least), Some(&greatest)).to_owned());
        }
    }
}
