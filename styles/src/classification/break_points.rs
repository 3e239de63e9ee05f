//! Numbers and labels at which expressions change.

use std::collections::BTreeMap;

use crate::expression::{Comparison, Expression, ExpressionValue, Operator, Stop};

/// Changes of expressions along one column.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct BreakPoints {
    /// Numbers at which a range begins or ends, ascending.
    pub(crate) thresholds: Vec<f64>,
    /// Numbers that are told from all others, ascending.
    pub(crate) equals: Vec<f64>,
    /// Texts, in the document's order.
    pub(crate) texts: Vec<String>,
    /// Whether it is asked if the column is true or false.
    pub(crate) flags: bool,
    /// Stops of continuous interpolations, ascending.
    pub(crate) stops: Vec<f64>,
    /// Whether it is asked if a feature has the column.
    pub(crate) presence: bool,
}

impl BreakPoints {
    /// Number of changes.
    pub(crate) fn count(&self) -> usize {
        let Self { thresholds, equals, texts, flags, stops, presence: _ } = self;
        thresholds.len() + equals.len() + texts.len() + usize::from(*flags) + stops.len()
    }

    /// Adds those of another expression.
    pub(crate) fn extend(&mut self, other: &Self) {
        other.thresholds.iter().for_each(|&number| insert(&mut self.thresholds, number));
        other.equals.iter().for_each(|&number| insert(&mut self.equals, number));
        other.stops.iter().for_each(|&number| insert(&mut self.stops, number));
        for text in &other.texts {
            self.add_text(text);
        }
        self.flags |= other.flags;
        self.presence |= other.presence;
    }

    fn add_text(&mut self, text: &str) {
        if !self.texts.iter().any(|known| known == text) {
            self.texts.push(text.to_owned());
        }
    }

    fn add_label(&mut self, label: &ExpressionValue<'_>) {
        match label {
            ExpressionValue::Number(number) => insert(&mut self.equals, *number),
            ExpressionValue::Text(text) => self.add_text(text),
            ExpressionValue::Flag(_) => self.flags = true,
            _ => {}
        }
    }
}

/// Inserts into ascending numbers without repeats.
fn insert(numbers: &mut Vec<f64>, number: f64) {
    let place = numbers.partition_point(|&known| known < number);
    if numbers.get(place) != Some(&number) && number.is_finite() {
        numbers.insert(place, number);
    }
}

/// Changes of an expression along each column that it reads.
pub(crate) fn break_points(expression: &Expression) -> BTreeMap<&str, BreakPoints> {
    let mut columns: BTreeMap<&str, BreakPoints> = BTreeMap::new();
    expression.visit(&mut |part| collect(part, &mut columns));
    columns
}

fn collect<'e>(part: &'e Expression, columns: &mut BTreeMap<&'e str, BreakPoints>) {
    match part {
        Expression::Has(column) => {
            columns.entry(column).or_default().presence = true;
        }
        Expression::Step { input, stops, .. } => {
            add_stops(input, stops, columns, |points| &mut points.thresholds);
        }
        Expression::Interpolate { input, stops, .. } => {
            add_stops(input, stops, columns, |points| &mut points.stops);
        }
        Expression::Match { input, branches, .. } => {
            if let Some(column) = column_of(input) {
                let points = columns.entry(column).or_default();
                branches.iter().flat_map(|branch| &branch.labels).for_each(|label| {
                    points.add_label(label);
                });
            }
        }
        Expression::Compare { comparison, sides, .. } => {
            let [left, right] = sides.as_ref();
            for (input, constant) in [(left, right), (right, left)] {
                if let (Some(column), Expression::Constant(value)) = (column_of(input), constant) {
                    let points = columns.entry(column).or_default();
                    add_compared(points, *comparison, input, value);
                }
            }
        }
        Expression::Operation(Operator::In, arguments) => {
            if let [input, Expression::Constant(ExpressionValue::List(items))] =
                arguments.as_slice()
                && let Some(column) = column_of(input)
            {
                let points = columns.entry(column).or_default();
                items.iter().for_each(|item| points.add_label(item));
            }
        }
        Expression::Case { branches, .. } => {
            branches.iter().for_each(|(condition, _)| add_flag(condition, columns));
        }
        Expression::All(items) | Expression::Any(items) => {
            items.iter().for_each(|item| add_flag(item, columns));
        }
        Expression::Operation(Operator::Not | Operator::ToFlag, items) => {
            items.iter().for_each(|item| add_flag(item, columns));
        }
        _ => {}
    }
}

fn add_stops<'e>(
    input: &'e Expression,
    stops: &[Stop],
    columns: &mut BTreeMap<&'e str, BreakPoints>,
    list: fn(&mut BreakPoints) -> &mut Vec<f64>,
) {
    let Some(column) = column_of(input) else { return };
    let points = columns.entry(column).or_default();
    for stop in stops {
        for number in inputs_of(input, stop.at) {
            insert(list(points), number);
        }
    }
}

fn add_compared(
    points: &mut BreakPoints,
    comparison: Comparison,
    input: &Expression,
    value: &ExpressionValue<'static>,
) {
    let equality = matches!(comparison, Comparison::Equal | Comparison::Unequal);
    match value {
        ExpressionValue::Number(number) => {
            let list = if equality { &mut points.equals } else { &mut points.thresholds };
            inputs_of(input, *number).into_iter().for_each(|number| insert(list, number));
        }
        _ if equality => points.add_label(value),
        _ => {}
    }
}

/// A property that is a condition by itself.
fn add_flag<'e>(condition: &'e Expression, columns: &mut BTreeMap<&'e str, BreakPoints>) {
    if let Expression::Get(column) = condition {
        columns.entry(column).or_default().flags = true;
    }
}

/// The one column that an expression reads.
pub(crate) fn column_of(expression: &Expression) -> Option<&str> {
    let columns = expression.columns();
    let mut columns = columns.into_iter();
    let first = columns.next()?;
    columns.next().is_none().then_some(first)
}

/// Numbers of the column for which an expression of it has a value: none where it can't be
/// inverted.
fn inputs_of(expression: &Expression, value: f64) -> Vec<f64> {
    let constant = |part: &Expression| match part {
        Expression::Constant(value) => value.number(),
        _ => None,
    };
    match expression {
        Expression::Get(_) => vec![value],
        Expression::Coalesce(items) => items.first().map_or(vec![], |item| inputs_of(item, value)),
        Expression::Operation(operator, arguments) => match (operator, arguments.as_slice()) {
            (Operator::ToNumber | Operator::Number, [inner, ..]) => inputs_of(inner, value),
            (Operator::Absolute, [inner]) => {
                [-value, value].iter().flat_map(|&value| inputs_of(inner, value)).collect()
            }
            (Operator::SquareRoot, [inner]) => inputs_of(inner, value * value),
            (Operator::NaturalLogarithm, [inner]) => inputs_of(inner, value.exp()),
            (Operator::DecimalLogarithm, [inner]) => inputs_of(inner, 10f64.powf(value)),
            // Within its limit the number itself.
            (Operator::Maximum | Operator::Minimum, [left, right]) => {
                match (constant(left), constant(right)) {
                    (None, Some(_)) => inputs_of(left, value),
                    (Some(_), None) => inputs_of(right, value),
                    _ => vec![],
                }
            }
            (_, [left, right]) => match (constant(left), constant(right)) {
                (None, Some(by)) => {
                    inverse(*operator, value, by).map_or(vec![], |value| inputs_of(left, value))
                }
                (Some(by), None) if matches!(operator, Operator::Add | Operator::Multiply) => {
                    inverse(*operator, value, by).map_or(vec![], |value| inputs_of(right, value))
                }
                _ => vec![],
            },
            _ => vec![],
        },
        _ => vec![],
    }
}

/// The left argument for which an operator with this right argument has a value.
fn inverse(operator: Operator, value: f64, by: f64) -> Option<f64> {
    let left = match operator {
        Operator::Add => value - by,
        Operator::Subtract => value + by,
        Operator::Multiply if by != 0.0 => value / by,
        Operator::Divide => value * by,
        _ => return None,
    };
    left.is_finite().then_some(left)
}

/// Whether the value of an expression changes continuously with a column.
pub(crate) fn is_continuous(expression: &Expression, column: &str) -> bool {
    let continuous = |part: &Expression| is_continuous(part, column);
    match expression {
        Expression::Get(own) => own == column,
        Expression::Coalesce(items) => items.iter().any(continuous),
        Expression::Operation(Operator::Not | Operator::In, _) => false,
        Expression::Operation(_, items) => items.iter().any(continuous),
        Expression::Case { branches, otherwise } => {
            branches.iter().any(|(_, value)| continuous(value)) || continuous(otherwise)
        }
        Expression::Match { branches, otherwise, .. } => {
            branches.iter().any(|branch| continuous(&branch.value)) || continuous(otherwise)
        }
        Expression::Step { below, stops, .. } => {
            continuous(below) || stops.iter().any(|stop| continuous(&stop.value))
        }
        Expression::Interpolate { input, stops, .. } => {
            continuous(input) || stops.iter().any(|stop| continuous(&stop.value))
        }
        _ => false,
    }
}
