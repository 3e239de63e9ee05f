//! Features that stand for the values of a column.

use super::break_points::BreakPoints;
use super::condition::{ClassCondition, NumberRange};
use crate::expression::ExpressionValue;

/// A text that no document names.
const OTHER_TEXT: &str = "\u{fffd}";

/// Value of a column with the condition that it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Probe {
    /// The values that it stands for.
    pub(crate) condition: ClassCondition,
    /// The value; `None` for a feature without one.
    pub(crate) value: Option<ExpressionValue<'static>>,
}

impl Probe {
    fn new(condition: ClassCondition, value: impl Into<ExpressionValue<'static>>) -> Self {
        Self { condition, value: Some(value.into()) }
    }
}

/// Probes of a column, in the order of a legend.
pub(crate) fn probes(points: &BreakPoints) -> Vec<Probe> {
    let mut probes = Vec::new();
    if !points.thresholds.is_empty() {
        probes.extend(ranges(points));
    } else if !points.equals.is_empty() {
        let number = |&number: &f64| Probe::new(ClassCondition::Number(number), number);
        probes.extend(points.equals.iter().map(number));
        let other = points.equals.iter().fold(0.5, |most: f64, &number| most.max(number + 0.5));
        let labels = points.equals.iter().map(|&number| ExpressionValue::Number(number));
        probes.push(Probe::new(ClassCondition::Other(labels.collect()), other));
    }
    if !points.texts.is_empty() {
        let text = |text: &String| {
            let value = ExpressionValue::Text(text.clone().into());
            Probe::new(ClassCondition::Texts(vec![text.clone()]), value)
        };
        probes.extend(points.texts.iter().map(text));
        let labels = points.texts.iter().map(|text| ExpressionValue::Text(text.clone().into()));
        probes.push(Probe::new(ClassCondition::Other(labels.collect()), OTHER_TEXT));
    }
    if points.flags {
        probes.extend([true, false].map(|flag| Probe::new(ClassCondition::Flag(flag), flag)));
    }
    probes
}

/// The breaks and the open ranges about them, ascending.
pub(super) fn ranges(points: &BreakPoints) -> Vec<Probe> {
    let mut numbers = points.thresholds.clone();
    numbers.extend(&points.equals);
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    let open = |from: Option<f64>, to: Option<f64>, value: f64| {
        let range = NumberRange { from, holds_from: false, to, holds_to: false };
        Probe::new(ClassCondition::Range(range), value)
    };
    let (Some(&first), Some(&last)) = (numbers.first(), numbers.last()) else { return vec![] };
    let mut probes = vec![open(None, Some(first), first - first.abs().max(1.0))];
    for (at, &number) in numbers.iter().enumerate() {
        probes.push(Probe::new(ClassCondition::Number(number), number));
        if let Some(&next) = numbers.get(at + 1) {
            probes.push(open(Some(number), Some(next), f64::midpoint(number, next)));
        }
    }
    probes.push(open(Some(last), None, last + last.abs().max(1.0)));
    probes
}

/// The condition of either of two neighbouring ones; `None` where no single condition is both.
pub(crate) fn join(one: &ClassCondition, next: &ClassCondition) -> Option<ClassCondition> {
    let range = |condition: &ClassCondition| match condition {
        ClassCondition::Range(range) => Some(*range),
        ClassCondition::Number(number) => Some(NumberRange {
            from: Some(*number),
            holds_from: true,
            to: Some(*number),
            holds_to: true,
        }),
        _ => None,
    };
    if let (ClassCondition::Texts(one), ClassCondition::Texts(next)) = (one, next) {
        return Some(ClassCondition::Texts([one.as_slice(), next].concat()));
    }
    let (one, next) = (range(one)?, range(next)?);
    // Two numbers that touch at no bound stand for themselves alone.
    let touch = one.to.is_some() && one.to == next.from && (one.holds_to != next.holds_from);
    touch.then_some(ClassCondition::Range(NumberRange {
        from: one.from,
        holds_from: one.holds_from,
        to: next.to,
        holds_to: next.holds_to,
    }))
}
