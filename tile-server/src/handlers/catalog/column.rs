//! Columns of layers and datasets.

use catalog::{DatasetColumn, LocalizedText, LogicalType};
use data_model::feature::{Column, ColumnType};
use serde::Serialize;

use super::audience_layer::ColumnMeaning;

#[derive(Serialize, Clone)]
pub(super) struct ColumnEntry<'a> {
    pub(super) name: String,
    /// Stored type; `None` while the data is not loaded.
    #[serde(rename = "type")]
    kind: Option<ColumnType>,
    title: LocalizedText,
    unit: Option<&'a str>,
    /// Declared meaning of the values.
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_type: Option<LogicalType>,
    /// Declared values of an enumeration; the Korean texts are stored.
    #[serde(skip_serializing_if = "<[LocalizedText]>::is_empty")]
    values: &'a [LocalizedText],
}

impl<'a> ColumnEntry<'a> {
    /// A column that is or will be loaded, with its declared meaning.
    pub(super) fn new(
        name: &str,
        stored: Option<&Column>,
        meaning: Option<ColumnMeaning<'a>>,
    ) -> Self {
        let kind = stored.map(|column| column.kind);
        let plain = |title| Self {
            name: name.to_owned(),
            kind,
            title,
            unit: None,
            logical_type: None,
            values: &[],
        };
        match meaning {
            Some(ColumnMeaning::Column(column)) => {
                Self { kind, ..Self::declared(column) }.named(name)
            }
            Some(ColumnMeaning::Measure(measure)) => {
                Self { unit: measure.unit.as_deref(), ..plain(measure.title.clone()) }
            }
            Some(ColumnMeaning::Own(title)) => plain(title),
            None => {
                let title = stored.and_then(|column| column.title.as_deref());
                plain(LocalizedText::same(title.unwrap_or(name)))
            }
        }
    }

    /// A declared column, without a stored type.
    pub(super) fn declared(column: &'a DatasetColumn) -> Self {
        Self {
            name: column.name.clone(),
            kind: None,
            title: column.title.clone(),
            unit: column.unit.as_deref(),
            logical_type: column.kind,
            values: &column.values,
        }
    }

    /// The column with the stored type of another entry.
    pub(super) fn stored_as(self, other: &ColumnEntry<'_>) -> Self {
        Self { kind: self.kind.or(other.kind), ..self }
    }

    fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }
}
