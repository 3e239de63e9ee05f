//! Schools, their pupils and their catchments.

use std::io;

use crate::calendar::last_years;
use crate::geometry::feature_shapes::{point, polygon_with_holes};
use crate::geometry::plane;
use crate::geometry::tiling::union_rings;
use crate::numbers::rounding::rounded;
use crate::society::schools::LEVELS;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Writes the schools as features.
pub(super) fn school(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for school in &world.schools().list {
        let cells = [
            (&school.code).into(),
            (&school.name).into(),
            school.level.into(),
            school.founder.into(),
        ];
        table.write_row(Some(&point(school.at)), &cells)?;
    }
    Ok(())
}

/// Writes pupils and classes: fewer every year, following past birth rates.
pub(super) fn school_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("school values");
    for school in &world.schools().list {
        let level = LEVELS.iter().position(|level| level.0 == school.level).unwrap_or(0);
        let (yearly, size) = [(0.032, 21.5), (0.006, 24.5), (0.012, 23.0), (0.0, 5.6)][level];
        let own = rng.range(-0.015, 0.015);
        let size = size * rng.range(0.88, 1.12);
        for year in last_years(5) {
            let back = (2026 - year) as f64;
            let pupils = school.pupils as f64 * (1.0 + back * (yearly + own));
            let pupils = (pupils * rng.range(0.992, 1.008)).round();
            let classes = (pupils / size).ceil().max(1.0);
            let cells = [
                (&school.code).into(),
                year.to_string().into(),
                (pupils as i64).into(),
                (classes as i64).into(),
                rounded(pupils / classes, 1).into(),
            ];
            table.write_row(None, &cells)?;
        }
    }
    Ok(())
}

/// Writes the catchments as features, dissolved from the output areas.
pub(super) fn school_district(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let schools = world.schools();
    let mut rng = world.rng("school districts");
    for (k, school) in schools.elementary().iter().enumerate() {
        let areas = world.output_areas().list.iter().zip(&schools.catchment);
        let mine = areas.filter(|(_, owner)| **owner == k);
        let mut rings = union_rings(mine.map(|(area, _)| area.ring.as_slice()));
        // The outer ring is the largest.
        rings.sort_by(|a, b| plane::area(b).total_cmp(&plane::area(a)));
        let Some((outer, holes)) = rings.split_first() else { continue };
        let cells = [
            format!("C{:03}", k + 1).into(),
            (&school.code).into(),
            (&school.name).into(),
            school.pupils.into(),
            rng.chance(0.2).into(),
        ];
        table.write_row(Some(&polygon_with_holes(outer, holes)), &cells)?;
    }
    Ok(())
}
