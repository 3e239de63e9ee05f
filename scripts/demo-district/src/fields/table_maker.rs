//! Makers of files: functions that fill one table of the catalog.

use std::io;

use crate::tables::schema::DatasetPart;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Fills the table of one file.
pub(crate) type FillTable = fn(&World, &mut TableWriter<'_>) -> io::Result<()>;

/// Maker of one file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableMaker {
    /// Id of the dataset, or of the layer for a prepared result.
    pub(crate) id: &'static str,
    /// Part of the dataset.
    pub(crate) part: DatasetPart,
    /// Function that fills the table.
    pub(crate) make: FillTable,
}

/// Maker of a dataset's features.
#[must_use]
pub(crate) const fn features(id: &'static str, make: FillTable) -> TableMaker {
    TableMaker { id, part: DatasetPart::Features, make }
}

/// Maker of a dataset's values.
#[must_use]
pub(crate) const fn values(id: &'static str, make: FillTable) -> TableMaker {
    TableMaker { id, part: DatasetPart::Values, make }
}

/// Maker of a layer's prepared result.
#[must_use]
pub(crate) const fn prepared(layer: &'static str, make: FillTable) -> TableMaker {
    TableMaker { id: layer, part: DatasetPart::Prepared, make }
}
