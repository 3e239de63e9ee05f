//! Numbers and ranges of numbers as text.

use crate::classification::{ClassCondition, NumberRange};
use crate::map_description::{BilingualText, MapValue};

/// Wording of the numbers of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NumberWords {
    /// Whether all numbers are whole.
    pub(super) whole: bool,
    /// Whether no number is below zero.
    pub(super) natural: bool,
    /// Whether zero means that there is none.
    pub(super) counts: bool,
    /// Whether the numbers are years, which have no thousands separators.
    pub(super) years: bool,
}

impl NumberWords {
    /// Words for the numbers of a value.
    pub(super) fn of(value: Option<&MapValue>) -> Self {
        let Some(value) = value else {
            return Self { whole: true, natural: true, counts: true, years: false };
        };
        let numbers = &value.summary.numbers;
        let whole = numbers.iter().all(|number| number.fract() == 0.0);
        let whole = whole && (!numbers.is_empty() || value.decimals == 0);
        let natural = numbers.first().is_none_or(|&least| least >= 0.0);
        let unit = value.unit.as_ref().map_or("", |unit| unit.ko.as_str());
        let years = unit.starts_with('년')
            && !numbers.is_empty()
            && numbers.iter().all(|number| (1000.0..3000.0).contains(number) || *number == 0.0);
        Self { whole, natural, counts: value.absolute && natural, years }
    }

    /// A number as text.
    pub(super) fn number(self, number: f64) -> String {
        if self.years { (number + 0.0).to_string() } else { format_number(number) }
    }

    /// Words for a class of numbers; `None` for any other class.
    pub(super) fn words(self, condition: &ClassCondition) -> Option<BilingualText> {
        Some(match condition {
            ClassCondition::Number(number) => self.single(*number),
            ClassCondition::Range(range) if self.whole => self.whole_range(range),
            ClassCondition::Range(range) => self.range(range),
            _ => return None,
        })
    }

    fn single(self, number: f64) -> BilingualText {
        if number == 0.0 && self.counts {
            return text("없음", "None");
        }
        same(&self.number(number))
    }

    /// Whether a class can hold no number of these, such as whole numbers between 0 and 1.
    pub(super) fn is_empty(self, condition: &ClassCondition) -> bool {
        let ClassCondition::Range(range) = condition else { return false };
        let (from, to) = whole_ends(range);
        self.whole && from.zip(to).is_some_and(|(from, to)| to < from)
    }

    /// A range of whole numbers, by the first and the last number in it.
    fn whole_range(self, range: &NumberRange) -> BilingualText {
        let (from, to) = whole_ends(range);
        let from = from.or(self.natural.then_some(0.0));
        match (from, to) {
            (Some(from), Some(to)) if to <= from => self.single(from),
            (Some(from), Some(to)) => self.between(from, to, "–"),
            (Some(from), None) if from <= 0.0 && self.natural => text("모든 값", "All values"),
            (Some(from), None) => self.or_more(from),
            (None, Some(to)) => self.or_less(to),
            (None, None) => text("모든 값", "All values"),
        }
    }

    fn range(self, range: &NumberRange) -> BilingualText {
        // Above a class of zero alone the range begins at nothing that people would count.
        let from = range.from.filter(|&from| !(from == 0.0 && self.natural));
        match (from, range.to) {
            (None, None) if range.from.is_some() && !range.holds_from => text("0 초과", "Above 0"),
            (None, None) => text("모든 값", "All values"),
            (None, Some(to)) if range.holds_to => self.or_less(to),
            (None, Some(to)) => {
                let to = self.number(to);
                text(&format!("{to} 미만"), &format!("Below {to}"))
            }
            (Some(from), None) if range.holds_from => self.or_more(from),
            (Some(from), None) => {
                let from = self.number(from);
                text(&format!("{from} 초과"), &format!("Above {from}"))
            }
            (Some(from), Some(to)) => self.between(from, to, " – "),
        }
    }

    fn between(self, from: f64, to: f64, dash: &str) -> BilingualText {
        // A dash between signed numbers reads as one more sign.
        let (ko, en) = if from < 0.0 || to < 0.0 { (" ~ ", " to ") } else { (dash, dash) };
        let [from, to] = [from, to].map(|number| self.number(number));
        text(&format!("{from}{ko}{to}"), &format!("{from}{en}{to}"))
    }

    fn or_more(self, from: f64) -> BilingualText {
        let from = self.number(from);
        text(&format!("{from} 이상"), &format!("{from} or more"))
    }

    fn or_less(self, to: f64) -> BilingualText {
        let to = self.number(to);
        text(&format!("{to} 이하"), &format!("{to} or less"))
    }
}

/// First and last whole number of a range.
fn whole_ends(range: &NumberRange) -> (Option<f64>, Option<f64>) {
    let from =
        range.from.map(|from| if range.holds_from { from.ceil() } else { from.floor() + 1.0 });
    let to = range.to.map(|to| if range.holds_to { to.floor() } else { to.ceil() - 1.0 });
    (from, to)
}

/// Number with thousands separators and at most six decimal places.
#[must_use]
pub fn format_number(number: f64) -> String {
    let rounded = format!("{number:.6}");
    let text = rounded.trim_end_matches('0').trim_end_matches('.');
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("−", digits));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let sign = if digits == "0" { "" } else { sign };
    let mut grouped = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

/// Text in both languages.
pub(super) fn text(ko: &str, en: &str) -> BilingualText {
    BilingualText { ko: ko.to_owned(), en: en.to_owned() }
}

/// The same text in both languages.
pub(super) fn same(both: &str) -> BilingualText {
    text(both, both)
}
