//! Features of other datasets as inputs.
//!
//! Bus stops for the zones around them, fire stations for the ways from them.

use std::io;

use super::table_maker::TableMaker;
use crate::geometry::plane::{PlanePoint, from_degrees};
use crate::tables::cell::CellValue;
use crate::tables::schema::{CatalogSchema, DatasetPart, TableSchema};
use crate::tables::writer::{TableRow, TableWriter};
use crate::world::World;

/// Features of a dataset, made again in memory.
#[derive(Debug, Clone)]
pub(crate) struct MadeFeatures {
    table: TableSchema,
    /// Rows, in the order of the file.
    pub(crate) rows: Vec<TableRow>,
}

/// Dataset whose features the catalog does not declare.
#[derive(Debug, thiserror::Error)]
#[error("{0}: no features; declare what other datasets are drawn from")]
struct UndeclaredFeatures(&'static str);

impl MadeFeatures {
    /// Makes the features of a dataset.
    ///
    /// # Errors
    /// Returns an error if the catalog declares no features of the dataset, or the maker fails.
    pub(crate) fn make(world: &World, maker: &TableMaker) -> io::Result<Self> {
        let schema = CatalogSchema::built_in().map_err(io::Error::other)?;
        let Some(table) = schema.table(maker.id, DatasetPart::Features) else {
            return Err(io::Error::other(UndeclaredFeatures(maker.id)));
        };
        let mut writer = TableWriter::in_memory(table);
        (maker.make)(world, &mut writer)?;
        let rows = writer.into_rows();
        Ok(Self { table: table.clone(), rows })
    }

    /// Text in a column of a row; empty if there is none.
    #[must_use]
    pub(crate) fn text(&self, row: usize, column: &str) -> &str {
        let place = self.table.columns.iter().position(|c| c.name == column);
        match place.and_then(|place| self.rows.get(row)?.1.get(place)) {
            Some(CellValue::Text(text)) => text,
            _ => "",
        }
    }

    /// The positions of a row's geometry in metres.
    #[must_use]
    pub(crate) fn positions(&self, row: usize) -> Vec<PlanePoint> {
        let geometry = self.rows.get(row).and_then(|row| row.0.as_ref());
        geometry.map_or_else(Vec::new, |g| g.coordinates.iter().map(|c| from_degrees(*c)).collect())
    }

    /// The first position of every row.
    #[must_use]
    pub(crate) fn first_positions(&self) -> Vec<PlanePoint> {
        (0..self.rows.len()).filter_map(|row| self.positions(row).first().copied()).collect()
    }
}
