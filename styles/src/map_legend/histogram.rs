//! Frequencies of the values over the classes.

use super::content::{Histogram, HistogramBin};
use crate::classification::{ClassCondition, ClassifiedMark};
use crate::expression::StyleColour;
use crate::map_description::ValueDistribution;

/// Number of bins.
const BINS: usize = 24;
/// Share of the numbers that the bins span; the last bin holds the rest.
const SPANNED: f64 = 0.98;

/// Frequencies of the numbers, coloured by the classes of the mark; `None` where there are no
/// numbers, only one, or no class is a range.
pub(super) fn histogram(
    distribution: &ValueDistribution,
    mark: &ClassifiedMark,
) -> Option<Histogram> {
    let numbers = &distribution.numbers;
    let (&least, &most) = (numbers.first()?, numbers.last()?);
    let reach = numbers.get((numbers.len() as f64 * SPANNED) as usize).copied().unwrap_or(most);
    // Classes of single numbers have their frequencies beside them already.
    let in_ranges =
        mark.classes.iter().any(|class| matches!(class.condition, ClassCondition::Range(_)));
    if least >= most || !in_ranges {
        return None;
    }
    let whole = numbers.iter().all(|number| number.fract() == 0.0);
    // Few whole numbers get a bin each.
    let (width, count) = if whole && most - least < BINS as f64 {
        (1.0, (most - least) as usize + 1)
    } else {
        let end = if reach > least { reach } else { most };
        let width = (end - least) / BINS as f64;
        (if whole { width.ceil() } else { width }, BINS)
    };
    let scale = scale(distribution);
    let mut counts = vec![0usize; count];
    for number in numbers {
        let bin = ((number - least) / width) as usize;
        counts[bin.min(count - 1)] += 1;
    }
    while counts.len() > 1 && counts.last() == Some(&0) {
        counts.pop();
    }
    let end = least + width * counts.len() as f64;
    let bins = counts.into_iter().enumerate().map(|(at, held)| {
        let from = least + width * at as f64;
        // The middle of a bin of one whole number is that number.
        let middle = if whole && width <= 1.0 { from } else { from + width / 2.0 };
        let count = (held as f64 * scale).round() as u64;
        HistogramBin { from, to: from + width, count, color: colour_at(mark, middle) }
    });
    Some(Histogram { bins: bins.collect(), open: most > end })
}

/// Features that one listed number stands for.
fn scale(distribution: &ValueDistribution) -> f64 {
    let known = distribution.features - distribution.missing.min(distribution.features);
    let known = known.saturating_sub(distribution.suppressed);
    let listed = distribution.numbers.len().max(1) as f64;
    (known as f64 / listed).max(1.0)
}

fn colour_at(mark: &ClassifiedMark, number: f64) -> Option<String> {
    let class = mark.classes.iter().find(|class| class.condition.holds_number(number))?;
    class.look.colour.map(StyleColour::to_hexadecimal)
}

/// Features of a class; `None` where the data is not known.
pub(super) fn count(distribution: &ValueDistribution, condition: &ClassCondition) -> Option<u64> {
    if distribution.features == 0 {
        return None;
    }
    let listed_texts: u64 = distribution.texts.iter().map(|(_, count)| count).sum();
    Some(match condition {
        ClassCondition::Missing => distribution.missing,
        ClassCondition::Suppressed => distribution.suppressed,
        ClassCondition::NotApplicable { .. } => return None,
        ClassCondition::Flag(true) => distribution.flags.0,
        ClassCondition::Flag(false) => distribution.flags.1,
        ClassCondition::All => {
            let known = distribution.features.saturating_sub(distribution.missing);
            known.saturating_sub(distribution.suppressed)
        }
        condition => {
            let numbers = &distribution.numbers;
            let held = numbers.iter().filter(|&&number| condition.holds_number(number)).count();
            let texts = distribution.texts.iter();
            let texts = texts.filter(|(text, _)| condition.holds_text(text));
            let texts: u64 = texts.map(|(_, count)| count).sum();
            let all_listed = distribution.distinct_texts as usize <= distribution.texts.len();
            // Texts beyond the listed ones may belong to the class.
            if texts == 0 && listed_texts > 0 && !all_listed {
                return None;
            }
            texts + (held as f64 * scale(distribution)).round() as u64
        }
    })
}
