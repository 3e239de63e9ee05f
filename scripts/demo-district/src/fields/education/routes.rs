//! School routes.

use std::io;

use crate::geometry::feature_shapes::line;
use crate::geometry::plane;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Writes the school routes as features.
pub(super) fn school_route(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for (i, route) in world.school_routes().iter().enumerate() {
        let school = &world.schools().list[route.school];
        let cells = [
            format!("SR{:04}", i + 1).into(),
            (&school.code).into(),
            (&school.name).into(),
            rounded(plane::length(&route.line), 1).into(),
            rounded(route.width, 1).into(),
            route.pavement.into(),
            route.slope.into(),
            route.risk.into(),
        ];
        table.write_row(Some(&line(&route.line)), &cells)?;
    }
    Ok(())
}
