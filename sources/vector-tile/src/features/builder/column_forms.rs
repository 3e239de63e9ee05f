//! Published form of each column of a table: number or text.
//!
//! Browsers hold numbers as doubles, which represent every integer up to 2⁵³ and not all
//! beyond: two parcel numbers of 19 digits become one. So a column with such an integer
//! is text in all rows, as is a column that is declared a code.

use super::table_options::{ColumnForm, TableOptions};
use data_model::feature::{Column, ColumnType};

/// Forms of the columns of a table under construction.
#[derive(Debug, Default)]
pub(super) struct ColumnForms {
    pub(super) by_column: Vec<PublishedForm>,
    /// Whether a column becomes text once it has a wide integer. A table for one tile of
    /// live rows has the type that was announced before any row was read, so only the
    /// wide integers themselves become text there.
    pub(super) settles: bool,
    /// Buffer of a value that becomes text.
    pub(super) text: String,
}

/// Published form of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PublishedForm {
    AsStored,
    /// Numbers, until a value needs text.
    Number,
    Text,
}

impl ColumnForms {
    /// The forms of `columns`; sets their types to the declared ones.
    pub(super) fn new(columns: &mut [Column], options: &TableOptions) -> Self {
        let by_column = columns.iter_mut().map(|column| {
            let number = column.kind.is_number();
            let declared = options.declared.get(&column.name);
            if declared == Some(&ColumnForm::Text) && (number || column.kind == ColumnType::Bool) {
                column.kind = ColumnType::Text;
                return PublishedForm::Text;
            }
            if number { PublishedForm::Number } else { PublishedForm::AsStored }
        });
        let by_column = by_column.collect();
        Self { by_column, settles: !options.keep_every_vertex, text: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{TableBuilder, ValueId};
    use data_model::feature::{AttributeValue, FeatureSchema, FeatureVisitor, Geometry};
    use rstest::rstest;

    const FIRST: i64 = 1_120_011_400_100_010_001;

    /// The type and the values of a column that is stored with this type.
    fn published(
        kind: ColumnType,
        values: &[AttributeValue<'_>],
        options: TableOptions,
    ) -> (ColumnType, Vec<String>) {
        let mut builder = TableBuilder::new(options);
        let column = Column { name: "pnu".to_owned(), kind, title: None, description: None };
        builder.begin(&FeatureSchema { columns: vec![column], ..FeatureSchema::default() });
        for (row, value) in values.iter().enumerate() {
            builder.feature(row as u64, &Geometry::default(), &[*value]).unwrap();
        }
        let table = builder.finish().unwrap();
        let value = |id: &ValueId| format!("{:?}", table.dictionary().value(*id));
        let used: std::collections::BTreeSet<_> = table.column_values(0).iter().copied().collect();
        let ids = table.dictionary().column(0);
        assert_eq!(ids.len(), used.iter().filter(|id| **id != 0).count(), "none is left over");
        (table.columns()[0].kind, table.column_values(0).iter().map(value).collect())
    }

    #[rstest]
    #[case::wide(ColumnType::Int, &[AttributeValue::Int(7), AttributeValue::Int(FIRST), AttributeValue::Null, AttributeValue::Int(FIRST + 1), AttributeValue::Int(7)],
        ColumnType::Text, &["Text(\"7\")", "Text(\"1120011400100010001\")", "Null",
        "Text(\"1120011400100010002\")", "Text(\"7\")"])]
    #[case::unsigned(ColumnType::UInt, &[AttributeValue::UInt(u64::MAX), AttributeValue::UInt(u64::MAX - 1)],
        ColumnType::Text, &["Text(\"18446744073709551615\")", "Text(\"18446744073709551614\")"])]
    #[case::below_zero(ColumnType::Int, &[AttributeValue::Int(-FIRST), AttributeValue::Int(-1)],
        ColumnType::Text, &["Text(\"-1120011400100010001\")", "Text(\"-1\")"])]
    #[case::as_much_as_a_double_holds(ColumnType::Int, &[AttributeValue::Int(1 << 53), AttributeValue::Int(-(1 << 53))],
        ColumnType::Int, &["UInt(9007199254740992)", "Int(-9007199254740992)"])]
    #[case::a_numeric(ColumnType::Double, &[AttributeValue::Double(0.1), AttributeValue::Double(1e20), AttributeValue::Text("1120011400100010001")],
        ColumnType::Text, &["Text(\"0.1\")", "Text(\"100000000000000000000\")", "Text(\"1120011400100010001\")"])]
    #[case::doubles(ColumnType::Double, &[AttributeValue::Double(1e300), AttributeValue::Double(0.5)],
        ColumnType::Double, &["Double(1e300)", "Float(0.5)"])]
    fn a_column_with_an_integer_that_no_browser_holds_is_text(
        #[case] kind: ColumnType,
        #[case] values: &[AttributeValue<'_>],
        #[case] expected: ColumnType,
        #[case] shown: &[&str],
    ) {
        let (kind, found) = published(kind, values, TableOptions::default());
        assert_eq!((kind, found), (expected, shown.iter().map(ToString::to_string).collect()));
    }

    #[test]
    fn a_column_that_is_declared_text_is_text() {
        let declared = [("pnu".to_owned(), ColumnForm::Text)].into();
        let options = TableOptions { declared, ..TableOptions::default() };
        let values = [
            AttributeValue::Int(4),
            AttributeValue::Double(12.0),
            AttributeValue::Bool(true),
            AttributeValue::Null,
        ];
        let (kind, found) = published(ColumnType::Int, &values, options.clone());
        assert_eq!(kind, ColumnType::Text);
        assert_eq!(found, ["Text(\"4\")", "Text(\"12\")", "Text(\"true\")", "Null"]);
        // A date is text already, and stays a date.
        let (kind, _) =
            published(ColumnType::DateTime, &[AttributeValue::Text("2026-01-01")], options);
        assert_eq!(kind, ColumnType::DateTime);
    }

    #[test]
    fn of_live_rows_the_wide_integers_alone_are_text() {
        let options = TableOptions { keep_every_vertex: true, ..TableOptions::default() };
        let (kind, found) = published(
            ColumnType::Int,
            &[AttributeValue::Int(7), AttributeValue::Int(FIRST)],
            options,
        );
        assert_eq!(kind, ColumnType::Int, "as it was announced");
        assert_eq!(found, ["UInt(7)", "Text(\"1120011400100010001\")"]);
    }

    #[test]
    fn an_id_beyond_what_browsers_hold_is_none_though_its_column_is_text() {
        let options = TableOptions { id_column: Some("pnu".to_owned()), ..TableOptions::default() };
        let mut builder = TableBuilder::new(options);
        let column = Column {
            name: "pnu".to_owned(),
            kind: ColumnType::Int,
            title: None,
            description: None,
        };
        builder.begin(&FeatureSchema { columns: vec![column], ..FeatureSchema::default() });
        builder.feature(0, &Geometry::default(), &[AttributeValue::Int(5)]).unwrap();
        assert!(builder.feature(1, &Geometry::default(), &[AttributeValue::Int(FIRST)]).is_err());
    }
}
