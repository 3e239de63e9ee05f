//! One feature in each cell: the first by rank; it counts the others.

use std::cmp::Ordering;

use super::cells::{cell, row_centre, world_units};
use super::groups::{GroupForm, RowGroup};
use crate::features::FeatureTable;
use data_model::Zoom;
use data_model::tiling::{RankColumn, Thinning};

/// The rows by cell, of their bounding rectangles' middles.
pub(super) fn groups(table: &FeatureTable, rule: &Thinning, zoom: Zoom) -> Vec<RowGroup> {
    let side = world_units(rule.spacing_px, zoom);
    let mut cells: Vec<(u64, u32)> = (0..table.shapes().rows() as u32)
        .map(|row| (cell(row_centre(table, row), side), row))
        .collect();
    cells.sort_unstable();
    let order = RankOrder::new(table, rule.rank.as_ref());
    let in_cell = |rows: &[(u64, u32)]| {
        let rows: Vec<u32> = rows.iter().map(|&(_, row)| row).collect();
        let first = rows.iter().copied().min_by(|&a, &b| order.compare(a, b));
        first.map(|first| RowGroup { form: GroupForm::Row(first), rows })
    };
    cells.chunk_by(|a, b| a.0 == b.0).filter_map(in_cell).collect()
}

/// Order of rows by a column, then by id.
struct RankOrder<'t> {
    table: &'t FeatureTable,
    column: Option<usize>,
    descending: bool,
}

impl<'t> RankOrder<'t> {
    fn new(table: &'t FeatureTable, rank: Option<&RankColumn>) -> Self {
        let column = rank
            .and_then(|rank| table.columns().iter().position(|column| column.name == rank.column));
        Self { table, column, descending: rank.is_some_and(|rank| rank.descending) }
    }

    fn number(&self, row: u32) -> Option<f64> {
        let id = self.table.column_values(self.column?)[row as usize];
        self.table.dictionary().value(id).number()
    }

    /// Rows without a number come last.
    fn compare(&self, a: u32, b: u32) -> Ordering {
        let by_rank = match (self.number(a), self.number(b)) {
            (Some(a), Some(b)) if self.descending => b.total_cmp(&a),
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        let id = |row: u32| (self.table.ids()[row as usize], row);
        by_rank.then_with(|| id(a).cmp(&id(b)))
    }
}
