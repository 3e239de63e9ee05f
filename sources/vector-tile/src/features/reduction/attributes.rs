//! Attributes of the rows of a reduced table.

use super::groups::{GroupForm, RowGroup};
use super::own_shape::OwnSize;
use crate::features::{
    DictionaryBuilder, DictionaryFull, FeatureTable, TableError, ValueDictionary, ValueId,
};
use data_model::feature::{AttributeValue, MOST_EXACT_INTEGER};
use data_model::tiling::{
    self, CLUSTER, MERGED_AREA, MERGED_COUNT, MERGED_LENGTH, POINT_COUNT, POINT_COUNT_ABBREVIATED,
    Reduction, SUPPRESSED,
};

/// Collects the attributes of groups.
pub(super) struct GroupValues<'t> {
    table: &'t FeatureTable,
    /// Columns of the new table by role.
    roles: Vec<ColumnRole>,
    /// Column that marks suppressed rows.
    suppressed: Option<usize>,
    dictionary: DictionaryBuilder,
    /// New id by id of the base table; 0 until copied.
    copied: Vec<ValueId>,
}

/// Content of a column in rows that stand for several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnRole {
    /// Nothing.
    Left,
    /// The sum of the rows' values.
    Sum,
    /// The value that all rows have.
    Common,
    /// `true` where any row's is.
    Any,
    /// `true`.
    Cluster,
    /// The number of rows.
    Count,
    /// The number of rows as a short text.
    Abbreviated,
    /// The area of the rows.
    Area,
    /// The length of the rows.
    Length,
}

impl<'t> GroupValues<'t> {
    pub(super) fn new(table: &'t FeatureTable, rule: &Reduction) -> Self {
        let own = |name: &str| match rule {
            Reduction::Cluster(rule) if rule.sums.iter().any(|sum| sum == name) => ColumnRole::Sum,
            Reduction::Cluster(_) if name == SUPPRESSED => ColumnRole::Any,
            Reduction::Merge(rule) if rule.by.as_deref() == Some(name) => ColumnRole::Common,
            _ => ColumnRole::Left,
        };
        let mut roles: Vec<_> = table.columns().iter().map(|column| own(&column.name)).collect();
        for column in tiling::added_columns(rule, table.geometry()) {
            roles.push(match column.name.as_str() {
                CLUSTER => ColumnRole::Cluster,
                POINT_COUNT | MERGED_COUNT => ColumnRole::Count,
                POINT_COUNT_ABBREVIATED => ColumnRole::Abbreviated,
                MERGED_AREA => ColumnRole::Area,
                MERGED_LENGTH => ColumnRole::Length,
                _ => ColumnRole::Left,
            });
        }
        Self {
            table,
            suppressed: table.columns().iter().position(|column| column.name == SUPPRESSED),
            dictionary: DictionaryBuilder::new(roles.len()),
            copied: vec![0; table.dictionary().len()],
            roles,
        }
    }

    /// Appends a group's value to each column of `found`.
    pub(super) fn add(
        &mut self,
        group: &RowGroup,
        found: &mut [Vec<ValueId>],
    ) -> Result<(), TableError> {
        for (column, values) in found.iter_mut().enumerate() {
            let value = self.value(column, group);
            let full = |DictionaryFull| TableError::TooLarge("4 GiB of distinct values");
            values.push(value.map_err(full)?);
        }
        Ok(())
    }

    fn value(&mut self, column: usize, group: &RowGroup) -> Result<ValueId, DictionaryFull> {
        let count = group.rows.len() as u64;
        let is_own = column < self.table.columns().len();
        if let GroupForm::Row(row) = group.form {
            return match self.roles[column] {
                _ if is_own => self.copy(column, row),
                ColumnRole::Count if count > 1 => {
                    self.dictionary.id(column, AttributeValue::UInt(count))
                }
                _ => Ok(0),
            };
        }
        let size = match &group.form {
            GroupForm::Merged(shape) => Some(shape.size),
            GroupForm::Row(_) | GroupForm::Cluster(_) => None,
        };
        let value = match (self.roles[column], size) {
            (ColumnRole::Common, _) => return self.copy(column, group.rows[0]),
            (ColumnRole::Sum, _) => self.sum(column, &group.rows),
            (ColumnRole::Any, _) if self.any(column, &group.rows) => AttributeValue::Bool(true),
            (ColumnRole::Cluster, _) => AttributeValue::Bool(true),
            (ColumnRole::Count, _) => AttributeValue::UInt(count),
            (ColumnRole::Abbreviated, _) => {
                let text = tiling::abbreviated(count);
                return self.dictionary.id(column, AttributeValue::Text(&text));
            }
            (ColumnRole::Area, Some(OwnSize::SquareMetres(size)))
            | (ColumnRole::Length, Some(OwnSize::Metres(size))) => {
                AttributeValue::UInt(size.round() as u64)
            }
            _ => AttributeValue::Null,
        };
        self.dictionary.id(column, value)
    }

    fn copy(&mut self, column: usize, row: u32) -> Result<ValueId, DictionaryFull> {
        let id = self.table.column_values(column)[row as usize];
        if id == 0 {
            return Ok(0);
        }
        let known = self.copied[id as usize];
        if known != 0 {
            return Ok(known);
        }
        let copy = self.dictionary.encoded_id(column, self.table.dictionary().encoded(id))?;
        self.copied[id as usize] = copy;
        Ok(copy)
    }

    fn at(&self, column: usize, row: u32) -> AttributeValue<'t> {
        self.table.dictionary().value(self.table.column_values(column)[row as usize])
    }

    fn any(&self, column: usize, rows: &[u32]) -> bool {
        rows.iter().any(|&row| self.at(column, row) == AttributeValue::Bool(true))
    }

    /// The sum of the rows' numbers; null where one is suppressed, and where there is none.
    fn sum(&self, column: usize, rows: &[u32]) -> AttributeValue<'static> {
        let is_suppressed = |row| {
            self.suppressed.is_some_and(|marks| self.at(marks, row) == AttributeValue::Bool(true))
        };
        let mut sum = NumberSum::default();
        for &row in rows {
            let value = self.at(column, row);
            if value == AttributeValue::Null && is_suppressed(row) {
                return AttributeValue::Null;
            }
            sum.add(value);
        }
        sum.value()
    }

    /// The dictionary, and the final id of each id given out.
    pub(super) fn finish(self) -> (ValueDictionary, Vec<ValueId>) {
        self.dictionary.finish()
    }
}

/// Sum of numbers: exact for whole ones, else rounded to millionths.
#[derive(Debug, Default)]
struct NumberSum {
    whole: i128,
    real: f64,
    has_reals: bool,
    is_some: bool,
}

impl NumberSum {
    fn add(&mut self, value: AttributeValue<'_>) {
        match value {
            AttributeValue::Int(number) => self.whole += i128::from(number),
            AttributeValue::UInt(number) => self.whole += i128::from(number),
            value => {
                let Some(number) = value.number() else { return };
                self.real += number;
                self.has_reals |= number.fract() != 0.0 || number.abs() > MOST_EXACT_INTEGER as f64;
            }
        }
        self.is_some = true;
    }

    fn value(&self) -> AttributeValue<'static> {
        if !self.is_some {
            return AttributeValue::Null;
        }
        let sum = self.whole as f64 + self.real;
        if self.has_reals {
            let scaled = sum * 1e6;
            // Past that a double has no millionths.
            let is_fine = scaled.abs() < MOST_EXACT_INTEGER as f64;
            return AttributeValue::Double(if is_fine { scaled.round() / 1e6 } else { sum });
        }
        if sum.abs() <= MOST_EXACT_INTEGER as f64 {
            AttributeValue::Int(sum as i64)
        } else {
            AttributeValue::Double(sum)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(&[], AttributeValue::Null)]
    #[case(&[AttributeValue::Null, AttributeValue::Text("3")], AttributeValue::Null)]
    #[case(&[AttributeValue::Int(-3), AttributeValue::UInt(5), AttributeValue::Null], AttributeValue::Int(2))]
    #[case(&[AttributeValue::Double(0.1), AttributeValue::Double(0.2)], AttributeValue::Double(0.3))]
    #[case(&[AttributeValue::Float(2.0), AttributeValue::Float(3.0)], AttributeValue::Int(5))]
    #[case(&[AttributeValue::Int(1), AttributeValue::Float(0.5)], AttributeValue::Double(1.5))]
    #[case(&[AttributeValue::Int(i64::MAX), AttributeValue::Int(1)], AttributeValue::Double(9_223_372_036_854_775_808.0))]
    fn sums_are_of_numbers_and_of_nothing_else(
        #[case] values: &[AttributeValue<'_>],
        #[case] sum: AttributeValue<'_>,
    ) {
        let mut found = NumberSum::default();
        values.iter().for_each(|value| found.add(*value));
        assert_eq!(found.value(), sum);
    }
}
