//! Datasets of population and households.

use std::io;

use super::{SheetMaker, values};
use crate::calendar::months;
use crate::cell::{Cell, rounded};
use crate::rng::noise;
use crate::sheet::Sheet;
use crate::world::World;

/// The makers of this field.
#[must_use]
pub fn sheets() -> &'static [SheetMaker] {
    const SHEETS: &[SheetMaker] = &[values("resident_pop_dong", resident_pop_dong)];
    SHEETS
}

/// Registered residents: 24 months that end with the published 280,000.
fn resident_pop_dong(world: &World, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let months = months();
    for (k, month) in months.iter().enumerate() {
        let back = (months.len() - 1 - k) as f64;
        let label = month.to_string();
        for (dong, now) in world.district.division.dongs.iter().zip(&world.district.residents) {
            // Each dong grows or shrinks on its own, a few per cent in two years.
            let trend = 1.0 - back * 0.0012 * noise(world.seed, "growth", dong.centre, 900.0);
            let then = |count: i64| (count as f64 * trend).round() as i64;
            let (men, women) = (then(now.men), then(now.women));
            let (to_5, to_17) = (then(now.to_5), then(now.to_17));
            // Younger then: the old were fewer.
            let from_65 = (now.from_65 as f64 * trend * (1.0 - 0.002 * back)).round() as i64;
            let to_14 = to_5 + to_17 * 3 / 4;
            let total = men + women;
            let counts = [total, men, women, to_5, to_17, total - to_14 - from_65, from_65];
            let mut cells: Vec<Cell<'_>> = vec![dong.facts.ministry_code.into(), (&label).into()];
            cells.extend(counts.map(Cell::Int));
            cells.push(rounded(dong.area() / 1e6, 3).into());
            sheet.row(None, &cells)?;
        }
    }
    Ok(())
}
