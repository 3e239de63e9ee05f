//! Compiled conditions on columns, for millions of rows.

use super::cells::{Cells, is_number};
use catalog::Condition;
use data_model::feature::{ColumnType, Value};

/// A compiled condition on a column.
pub(super) enum Test<'t> {
    /// Text index of each row, and whether each text meets the condition.
    Texts(&'t [u32], Vec<bool>),
    /// Number of each row, and whether the numbers are booleans.
    Numbers(&'t [f64], &'t Condition, bool),
    /// No row meets the condition.
    Never,
}

impl Test<'_> {
    /// Whether a row meets the condition.
    pub(super) fn meets(&self, row: usize) -> bool {
        match self {
            Self::Texts(rows, allowed) => {
                rows.get(row).is_some_and(|&id| allowed.get(id as usize) == Some(&true))
            }
            Self::Numbers(rows, condition, flags) => rows.get(row).is_some_and(|&number| {
                !number.is_nan()
                    && condition.holds(match flags {
                        true => Value::Bool(number != 0.0),
                        false => Value::Double(number),
                    })
            }),
            Self::Never => false,
        }
    }
}

/// Compiles a condition; the result is the same as that of [`Condition::holds`].
pub(super) fn test<'t>(cells: &'t Cells, condition: &'t Condition) -> Test<'t> {
    if is_number(cells.kind) {
        return Test::Numbers(&cells.numbers, condition, cells.kind == ColumnType::Bool);
    }
    let Some(texts) = &cells.texts else { return Test::Never };
    let allowed = texts.distinct.iter().map(|known| condition.holds(Value::Text(known)));
    Test::Texts(&texts.rows, std::iter::once(false).chain(allowed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::Want;
    use catalog::{Scalar, Span};
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
    #[case(Condition::Is(word("2")), [false; 4])]
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
    #[case(Condition::In(vec![word("운영"), word("11"), Scalar::Int(11)]), [true, true, false, false])]
    #[case(span(Some(word("2026-10-01")), Some(word("2026-10-31T24"))), [false, false, true, false])]
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
