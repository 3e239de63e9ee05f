//! Sheet makers of every dataset, one module for each field of the catalog.

pub mod administration;
pub mod base;
pub mod culture;
pub mod economy;
pub mod education;
pub mod environment;
pub mod health;
pub mod housing;
pub mod jobs;
pub mod others;
pub mod population;
pub mod prepared;
pub mod safety;
pub mod signs;
pub mod transport;
pub mod welfare;

use std::io;

use crate::schema::Part;
use crate::sheet::Sheet;
use crate::world::World;

/// Fills the sheet of one file.
pub type Make = fn(&World, &mut Sheet<'_>) -> io::Result<()>;

/// Maker of one file.
#[derive(Debug, Clone, Copy)]
pub struct SheetMaker {
    /// Id of the dataset, or of the layer for a prepared result.
    pub id: &'static str,
    /// Part of the dataset.
    pub part: Part,
    /// Function that fills the sheet.
    pub make: Make,
}

/// Maker of a dataset's features.
#[must_use]
pub const fn features(id: &'static str, make: Make) -> SheetMaker {
    SheetMaker { id, part: Part::Features, make }
}

/// Maker of a dataset's values.
#[must_use]
pub const fn values(id: &'static str, make: Make) -> SheetMaker {
    SheetMaker { id, part: Part::Values, make }
}

/// Maker of a layer's prepared result.
#[must_use]
pub const fn result(layer: &'static str, make: Make) -> SheetMaker {
    SheetMaker { id: layer, part: Part::Prepared, make }
}

/// Every maker.
#[must_use]
pub fn makers() -> Vec<SheetMaker> {
    [
        administration::sheets(),
        base::sheets(),
        culture::sheets(),
        economy::sheets(),
        education::sheets(),
        environment::sheets(),
        health::sheets(),
        housing::sheets(),
        jobs::sheets(),
        population::sheets(),
        prepared::sheets(),
        safety::sheets(),
        transport::sheets(),
        welfare::sheets(),
    ]
    .concat()
}

#[cfg(test)]
mod story_tests;
#[cfg(test)]
#[path = "tests.rs"]
pub(crate) mod tests;

#[cfg(test)]
mod ground_tests;
