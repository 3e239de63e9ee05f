//! Datasets of base geography.

use std::collections::BTreeMap;
use std::io;

use super::{SheetMaker, features};
use crate::cell::rounded;
use crate::district::District;
use crate::plane;
use crate::shapes::{line, polygon};
use crate::sheet::Sheet;
use crate::world::World;

/// The makers of this field.
#[must_use]
pub fn sheets() -> &'static [SheetMaker] {
    const SHEETS: &[SheetMaker] = &[
        features("admin_dong", admin_dong),
        features("river_water", river_water),
        features("road_centerline", road_centerline),
    ];
    SHEETS
}

fn admin_dong(world: &World, sheet: &mut Sheet<'_>) -> io::Result<()> {
    for dong in &world.district.division.dongs {
        sheet.row(
            Some(&polygon(&dong.ring)),
            &[
                dong.facts.code.into(),
                dong.facts.ministry_code.into(),
                dong.facts.name.into(),
                rounded(dong.area() / 1e6, 3).into(),
            ],
        )?;
    }
    Ok(())
}

fn river_water(world: &World, sheet: &mut Sheet<'_>) -> io::Result<()> {
    for water in &world.district.nature.waters {
        let area = rounded(plane::area(&water.ring), 0);
        let cells = [water.name.into(), water.class.into(), area.into()];
        sheet.row(Some(&polygon(&water.ring)), &cells)?;
    }
    Ok(())
}

/// The code of each road name: the district's five digits, a digit for the class
/// and a running number. All segments of a road share it.
fn road_codes(district: &District) -> BTreeMap<&str, String> {
    let mut codes = BTreeMap::new();
    for road in &district.roads {
        let class = match road.class {
            "대로" => 2_000_000,
            "로" => 3_100_000,
            _ => 4_100_000,
        };
        let number = class + codes.len() + 1;
        codes.entry(road.name.as_str()).or_insert_with(|| format!("11200{number}"));
    }
    codes
}

fn road_centerline(world: &World, sheet: &mut Sheet<'_>) -> io::Result<()> {
    let codes = road_codes(&world.district);
    for road in &world.district.roads {
        sheet.row(
            Some(&line(&road.line)),
            &[
                (&codes[road.name.as_str()]).into(),
                (&road.name).into(),
                (&road.english).into(),
                road.class.into(),
                rounded(road.width, 1).into(),
                rounded(plane::length(&road.line), 1).into(),
            ],
        )?;
    }
    Ok(())
}
