//! Rows of a measure, bound to the tables in memory.

use super::column_lookup::{ColumnLookup, RowLinks, RowTest, TextLookup};
use super::condition::{CompiledCondition, compile};
use super::join::by_key;
use super::resolved_rows::{ColumnOf, ColumnOwner, ResolvedRows};
use crate::reading::column_cells::ColumnCells;
use crate::reading::dataset_reader::DatasetPart;
use crate::reading::part_rows::PartRows;
use crate::reading::part_tables::PartTables;
use catalog::ColumnCondition;

/// Resolved rows, with lookups for its columns and conditions.
pub(crate) struct BoundRows<'t> {
    pub(crate) rows: &'t PartRows,
    /// The features that the rows are or belong to.
    pub(crate) features: Option<&'t PartRows>,
    pub(crate) link: Option<RowLinks<'t>>,
}

impl<'t> BoundRows<'t> {
    pub(crate) fn new(tables: &'t PartTables, resolved: &ResolvedRows<'_>) -> Option<Self> {
        let rows = tables.get(resolved.dataset, resolved.part)?;
        if resolved.part == DatasetPart::Features {
            return Some(Self { rows, features: Some(rows), link: None });
        }
        let features = tables.get(resolved.feature_dataset, DatasetPart::Features);
        let texts = resolved.link.and_then(|link| rows.columns.get(link)?.texts.as_ref());
        let link = texts.zip(features).map(|(texts, features)| {
            let keys = by_key(resolved.feature_dataset, features);
            let of = texts.distinct.iter().map(|text| keys.get(&**text).copied());
            RowLinks { keys: &texts.rows, features: std::iter::once(None).chain(of).collect() }
        });
        Some(Self { rows, features, link })
    }

    pub(crate) fn column(&self, column: ColumnOf<'_>) -> Option<&'t ColumnCells> {
        match column.of {
            ColumnOwner::Row => self.rows.columns.get(column.name),
            ColumnOwner::Feature => self.features?.columns.get(column.name),
        }
    }

    pub(crate) fn numbers(&self, column: ColumnOf<'_>) -> Option<ColumnLookup<'_, f64>> {
        let numbers = &self.column(column)?.numbers;
        Some(match (column.of, &self.link) {
            (ColumnOwner::Row, _) => ColumnLookup::Own(numbers),
            (ColumnOwner::Feature, link) => ColumnLookup::Linked(numbers, link.as_ref()?),
        })
    }

    pub(crate) fn texts(&self, column: ColumnOf<'_>) -> Option<TextLookup<'_>> {
        let texts = self.column(column)?.texts.as_ref()?;
        let rows = match (column.of, &self.link) {
            (ColumnOwner::Row, _) => ColumnLookup::Own(&texts.rows[..]),
            (ColumnOwner::Feature, link) => ColumnLookup::Linked(&texts.rows[..], link.as_ref()?),
        };
        Some(TextLookup { rows, distinct: &texts.distinct })
    }

    /// The conditions of resolved rows.
    pub(crate) fn tests<'b>(&'b self, resolved: &ResolvedRows<'b>) -> Vec<RowTest<'b>> {
        let bind = |&(column, condition): &(ColumnOf<'_>, &'b ColumnCondition)| {
            let cells = self.column(column);
            let link = match column.of {
                ColumnOwner::Row => None,
                ColumnOwner::Feature => self.link.as_ref(),
            };
            let is_unlinked = column.of == ColumnOwner::Feature && link.is_none();
            let test = match cells {
                Some(cells) if !is_unlinked => compile(cells, condition),
                _ => CompiledCondition::Never,
            };
            RowTest { test, link }
        };
        resolved.filter.iter().map(bind).collect()
    }
}
