//! Datasets of culture, sport and tourism.

use std::io;

use super::{SheetMaker, features};
use crate::cell::rounded;
use crate::plane;
use crate::shapes::line;
use crate::sheet::Sheet;
use crate::world::World;

/// The makers of this field.
#[must_use]
pub fn sheets() -> &'static [SheetMaker] {
    const SHEETS: &[SheetMaker] = &[features("walking_trail", walking_trail)];
    SHEETS
}

fn walking_trail(world: &World, sheet: &mut Sheet<'_>) -> io::Result<()> {
    for trail in &world.district.trails {
        sheet.row(
            Some(&line(&trail.line)),
            &[
                (&trail.name).into(),
                rounded(plane::length(&trail.line) / 1000.0, 2).into(),
                trail.surface.into(),
                trail.slope.into(),
                trail.barrier_free.into(),
            ],
        )?;
    }
    Ok(())
}
