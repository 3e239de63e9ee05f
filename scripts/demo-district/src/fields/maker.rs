//! Makers of files: functions that fill one table of the catalog.

use std::io;

use crate::tables::schema::Part;
use crate::tables::sheet::Sheet;
use crate::world::World;

/// Fills the sheet of one file.
pub(crate) type Make = fn(&World, &mut Sheet<'_>) -> io::Result<()>;

/// Maker of one file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SheetMaker {
    /// Id of the dataset, or of the layer for a prepared result.
    pub(crate) id: &'static str,
    /// Part of the dataset.
    pub(crate) part: Part,
    /// Function that fills the sheet.
    pub(crate) make: Make,
}

/// Maker of a dataset's features.
#[must_use]
pub(crate) const fn features(id: &'static str, make: Make) -> SheetMaker {
    SheetMaker { id, part: Part::Features, make }
}

/// Maker of a dataset's values.
#[must_use]
pub(crate) const fn values(id: &'static str, make: Make) -> SheetMaker {
    SheetMaker { id, part: Part::Values, make }
}

/// Maker of a layer's prepared result.
#[must_use]
pub(crate) const fn result(layer: &'static str, make: Make) -> SheetMaker {
    SheetMaker { id: layer, part: Part::Prepared, make }
}
