//! Builds the table of one foreign tile: features on the world's grid, with encoded
//! values, and without simplification.

use super::{NO_SHAPE, TableBuilder, TableError, TableOptions};
use crate::features::NO_ID;
use crate::features::dictionary::DictionaryFull;
use data_model::feature::{Column, FeatureSchema, FeatureVisitor, Geometry, ShapeKind};
use data_model::tile::WorldPoint;

impl TableBuilder {
    /// A builder for the features of one foreign tile, each added by
    /// [`tile_feature`](Self::tile_feature).
    pub fn of_tile(columns: Vec<Column>) -> Self {
        let mut builder = Self::new(TableOptions::default());
        builder.begin(&FeatureSchema { columns, ..FeatureSchema::default() });
        builder.of_tile = true;
        builder
    }

    /// Adds a feature. Coordinates are world units as doubles, and are rounded; values
    /// are `Value` messages by column, of which the last of a column counts.
    ///
    /// # Errors
    /// Returns [`TableError`] if the table is full.
    pub fn tile_feature<'v>(
        &mut self,
        id: Option<u64>,
        kind: ShapeKind,
        geometry: &Geometry,
        values: impl Iterator<Item = (usize, &'v [u8])>,
    ) -> Result<(), TableError> {
        let row = self.ids.len();
        for column in &mut self.values {
            column.push(0);
        }
        for (column, message) in values {
            let id = self.dictionary.message_id(column, message);
            self.values[column][row] =
                id.map_err(|DictionaryFull| TableError::TooLarge("4 GiB of distinct values"))?;
        }
        self.ids.push(id.unwrap_or(NO_ID));
        let shape = self.shapes.kinds.len() as u32;
        // The casts saturate: what is past the world's edge lies on it.
        let world = |&[x, y]: &[f64; 2]| WorldPoint { x: x.round() as u32, y: y.round() as u32 };
        self.shape(geometry, kind, world)?;
        let added = self.shapes.kinds.len() as u32 > shape;
        self.shape_of.push(if added { shape } else { NO_SHAPE });
        Ok(())
    }
}
