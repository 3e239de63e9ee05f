//! Datasets of safety and disaster.

use std::io;

use super::{SheetMaker, features};
use crate::shapes::point;
use crate::sheet::Sheet;
use crate::world::World;

/// The makers of this field.
#[must_use]
pub fn sheets() -> &'static [SheetMaker] {
    const SHEETS: &[SheetMaker] = &[features("cctv", cctv)];
    SHEETS
}

fn cctv(world: &World, sheet: &mut Sheet<'_>) -> io::Result<()> {
    for (i, camera) in world.district.cameras.iter().enumerate() {
        sheet.row(
            Some(&point(camera.at)),
            &[
                format!("SDC-{:04}", i + 1).into(),
                camera.purpose.into(),
                camera.installed.into(),
                camera.bell.into(),
            ],
        )?;
    }
    Ok(())
}
