//! Compiled conditions on columns, for millions of rows.

use crate::reading::column_cells::{ColumnCells, is_number};
use catalog::ColumnCondition;
use data_model::feature::{AttributeValue, ColumnType};

/// A compiled condition on a column.
pub(crate) enum CompiledCondition<'t> {
    /// Text index of each row, and whether each text meets the condition.
    Texts(&'t [u32], Vec<bool>),
    /// Number of each row, and whether the numbers are booleans.
    Numbers(&'t [f64], &'t ColumnCondition, bool),
    /// No row meets the condition.
    Never,
}

impl CompiledCondition<'_> {
    /// Whether a row meets the condition.
    pub(crate) fn meets(&self, row: usize) -> bool {
        match self {
            Self::Texts(rows, allowed) => {
                rows.get(row).is_some_and(|&id| allowed.get(id as usize) == Some(&true))
            }
            Self::Numbers(rows, condition, flags) => rows.get(row).is_some_and(|&number| {
                !number.is_nan()
                    && condition.holds(match flags {
                        true => AttributeValue::Bool(number != 0.0),
                        false => AttributeValue::Double(number),
                    })
            }),
            Self::Never => false,
        }
    }
}

/// Compiles a condition; the result is the same as that of [`ColumnCondition::holds`].
pub(crate) fn compile<'t>(
    cells: &'t ColumnCells,
    condition: &'t ColumnCondition,
) -> CompiledCondition<'t> {
    if is_number(cells.kind) {
        return CompiledCondition::Numbers(
            &cells.numbers,
            condition,
            cells.kind == ColumnType::Bool,
        );
    }
    let Some(texts) = &cells.texts else { return CompiledCondition::Never };
    let allowed = texts.distinct.iter().map(|known| condition.holds(AttributeValue::Text(known)));
    CompiledCondition::Texts(&texts.rows, std::iter::once(false).chain(allowed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::column_cells::CellRepresentations;
    use catalog::{ScalarValue, ValueRange};
    use rstest::rstest;

    fn span(from: Option<ScalarValue>, to: Option<ScalarValue>) -> ColumnCondition {
        ColumnCondition::Between(ValueRange { from, to })
    }

    fn word(text: &str) -> ScalarValue {
        ScalarValue::Text(text.to_owned())
    }

    #[rstest]
    #[case(ColumnCondition::Is(ScalarValue::Int(2)), [false, true, false, false])]
    #[case(ColumnCondition::In(vec![ScalarValue::Float(2.5), ScalarValue::Int(1)]), [true, false, true, false])]
    #[case(span(Some(ScalarValue::Int(2)), None), [false, true, true, false])]
    #[case(span(None, Some(ScalarValue::Int(2))), [true, true, false, false])]
    #[case(span(None, None), [true, true, true, false])]
    #[case(ColumnCondition::Is(word("2")), [false; 4])]
    #[case(ColumnCondition::Is(word("two")), [false; 4])]
    #[case(span(Some(word("two")), None), [false; 4])]
    fn numbers(#[case] condition: ColumnCondition, #[case] expected: [bool; 4]) {
        let mut cells = ColumnCells::new(ColumnType::Double, CellRepresentations::OWN, 0);
        let values = [
            AttributeValue::Int(1),
            AttributeValue::UInt(2),
            AttributeValue::Double(2.5),
            AttributeValue::Null,
        ];
        values.into_iter().for_each(|value| cells.push(value));
        let test = compile(&cells, &condition);
        assert_eq!([0, 1, 2, 3].map(|row| test.meets(row)), expected);
        assert!(!test.meets(4));
    }

    #[rstest]
    #[case(ColumnCondition::Is(word("운영")), [true, false, false, false])]
    #[case(ColumnCondition::In(vec![word("운영"), word("11"), ScalarValue::Int(11)]), [true, true, false, false])]
    #[case(span(Some(word("2026-10-01")), Some(word("2026-10-31T24"))), [false, false, true, false])]
    #[case(span(None, Some(word("2026-10-30"))), [false, true, false, false])]
    #[case(ColumnCondition::Is(ScalarValue::Bool(true)), [false; 4])]
    fn texts(#[case] condition: ColumnCondition, #[case] expected: [bool; 4]) {
        let mut cells = ColumnCells::new(ColumnType::DateTime, CellRepresentations::OWN, 0);
        let values = [
            AttributeValue::Text("운영"),
            AttributeValue::Text("11"),
            AttributeValue::Text("2026-10-31T23:10:00"),
        ];
        values.into_iter().chain([AttributeValue::Null]).for_each(|value| cells.push(value));
        let test = compile(&cells, &condition);
        assert_eq!([0, 1, 2, 3].map(|row| test.meets(row)), expected);
    }
}
