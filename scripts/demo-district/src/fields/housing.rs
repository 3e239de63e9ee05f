//! Datasets of housing, land and buildings.

use std::io;

use super::{SheetMaker, features};
use crate::shapes::polygon;
use crate::sheet::Sheet;
use crate::world::World;

/// The makers of this field.
#[must_use]
pub fn sheets() -> &'static [SheetMaker] {
    const SHEETS: &[SheetMaker] = &[features("building", building)];
    SHEETS
}

fn building(world: &World, sheet: &mut Sheet<'_>) -> io::Result<()> {
    for (i, building) in world.district.town.buildings.iter().enumerate() {
        sheet.row(
            Some(&polygon(&building.ring)),
            &[
                format!("SD{:06}", i + 1).into(),
                building.usage.into(),
                building.floors.into(),
                building.basement.into(),
                building.built.to_string().into(),
                building.floor_area.into(),
                building.structure.into(),
            ],
        )?;
    }
    Ok(())
}
