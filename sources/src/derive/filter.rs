//! Conditions on columns, made ready for millions of rows.

use super::cells::{Cells, is_number};
use crate::catalog::{Condition, Scalar};
use crate::feature::ColumnType;

/// A condition on a column, as quick a test as there is.
pub(super) enum Test<'t> {
    /// By the number of a row's text: whether that text meets it.
    Texts(&'t [u32], Vec<bool>),
    /// A number that is one of these.
    Among(&'t [f64], Vec<f64>),
    /// A number between these.
    Between(&'t [f64], f64, f64),
    /// Nothing meets it.
    Never,
}

impl Test<'_> {
    /// Whether a row meets it.
    pub(super) fn meets(&self, row: usize) -> bool {
        match self {
            Self::Texts(rows, allowed) => {
                rows.get(row).is_some_and(|&id| allowed.get(id as usize) == Some(&true))
            }
            Self::Among(rows, allowed) => rows.get(row).is_some_and(|x| allowed.contains(x)),
            // Comparisons with NaN are false.
            Self::Between(rows, from, to) => rows.get(row).is_some_and(|x| x >= from && x <= to),
            Self::Never => false,
        }
    }
}

/// Makes a condition ready.
pub(super) fn test<'t>(cells: &'t Cells, condition: &Condition) -> Test<'t> {
    if is_number(cells.kind) {
        let numbers = &cells.numbers;
        return match condition {
            Condition::Is(scalar) => Test::Among(numbers, number(scalar).into_iter().collect()),
            Condition::In(scalars) => {
                Test::Among(numbers, scalars.iter().filter_map(number).collect())
            }
            Condition::Between(span) => {
                let end = |scalar: &Option<Scalar>, open| match scalar {
                    None => Some(open),
                    Some(scalar) => number(scalar),
                };
                let from = end(&span.from, f64::NEG_INFINITY);
                match (from, end(&span.to, f64::INFINITY)) {
                    (Some(from), Some(to)) => Test::Between(numbers, from, to),
                    _ => Test::Never,
                }
            }
        };
    }
    let Some(texts) = &cells.texts else { return Test::Never };
    let meets = |known: &str| match condition {
        Condition::Is(scalar) => known == text(scalar),
        Condition::In(scalars) => scalars.iter().any(|scalar| known == text(scalar)),
        Condition::Between(span) => {
            let from = span.from.as_ref().is_none_or(|from| *known >= *text(from));
            // A day ends with its last hour: as much of a time is looked at as is given.
            let to = span.to.as_ref().is_none_or(|to| {
                let to = text(to);
                let known = match cells.kind {
                    ColumnType::DateTime => known.get(..to.len()).unwrap_or(known),
                    _ => known,
                };
                *known <= *to
            });
            from && to
        }
    };
    let allowed = texts.distinct.iter().map(|known| meets(known));
    Test::Texts(&texts.rows, std::iter::once(false).chain(allowed).collect())
}

fn number(scalar: &Scalar) -> Option<f64> {
    match scalar {
        Scalar::Bool(flag) => Some(f64::from(u8::from(*flag))),
        Scalar::Int(number) => Some(*number as f64),
        Scalar::Float(number) => Some(*number),
        Scalar::Text(text) => text.trim().parse().ok(),
    }
}

fn text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Bool(flag) => flag.to_string(),
        Scalar::Int(number) => number.to_string(),
        Scalar::Float(number) => number.to_string(),
        Scalar::Text(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Span;
    use crate::derive::cells::Want;
    use crate::feature::Value;
    use rstest::rstest;

    fn span(from: Option<Scalar>, to: Option<Scalar>) -> Condition {
        Condition::Between(Span { from, to })
    }

    fn word(text: &str) -> Scalar {
        Scalar::Text(text.to_owned())
    }

    #[rstest]
    #[case(Condition::Is(Scalar::Int(2)), [false, true, false, false])]
    #[case(Condition::In(vec![Scalar::Float(2.5), Scalar::Int(1)]), [true, false, true, false])]
    #[case(span(Some(Scalar::Int(2)), None), [false, true, true, false])]
    #[case(span(None, Some(Scalar::Int(2))), [true, true, false, false])]
    #[case(span(None, None), [true, true, true, false])]
    #[case(Condition::Is(word("2")), [false, true, false, false])]
    #[case(Condition::Is(word("two")), [false; 4])]
    #[case(span(Some(word("two")), None), [false; 4])]
    fn numbers(#[case] condition: Condition, #[case] expected: [bool; 4]) {
        let mut cells = Cells::new(ColumnType::Double, Want::OWN, 0);
        let values = [Value::Int(1), Value::UInt(2), Value::Double(2.5), Value::Null];
        values.into_iter().for_each(|value| cells.push(value));
        let test = test(&cells, &condition);
        assert_eq!([0, 1, 2, 3].map(|row| test.meets(row)), expected);
        assert!(!test.meets(4));
    }

    #[rstest]
    #[case(Condition::Is(word("운영")), [true, false, false, false])]
    #[case(Condition::In(vec![word("운영"), Scalar::Int(11)]), [true, true, false, false])]
    #[case(span(Some(word("2026-10-01")), Some(word("2026-10-31"))), [false, false, true, false])]
    #[case(span(None, Some(word("2026-10-30"))), [false, true, false, false])]
    #[case(Condition::Is(Scalar::Bool(true)), [false; 4])]
    fn texts(#[case] condition: Condition, #[case] expected: [bool; 4]) {
        let mut cells = Cells::new(ColumnType::DateTime, Want::OWN, 0);
        let values = [Value::Text("운영"), Value::Text("11"), Value::Text("2026-10-31T23:10:00")];
        values.into_iter().chain([Value::Null]).for_each(|value| cells.push(value));
        let test = test(&cells, &condition);
        assert_eq!([0, 1, 2, 3].map(|row| test.meets(row)), expected);
    }
}
