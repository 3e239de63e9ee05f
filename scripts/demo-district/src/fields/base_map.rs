//! Datasets of the base map.

use std::io;

use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::{line, point, polygon};
use crate::geometry::plane::from_degrees;
use crate::land::rails::{LINES, lines_by_level};
use crate::land::stations::station_places;
use crate::land::surroundings::{
    NEIGHBOURS, base_greens, base_roads, base_waters, english_name, green_outline,
};
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Makers of the tables of the base map.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        features("base_district", base_district),
        features("base_surroundings", base_surroundings),
        features("base_water", base_water),
        features("base_green", base_green),
        features("base_road", base_road),
        features("base_rail", base_rail),
        features("base_station", base_station),
    ];
    MAKERS
}

fn base_district(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let outline: Vec<_> = world.district.division.outline.iter().rev().copied().collect();
    table.write_row(Some(&polygon(&outline)), &["성동구".into(), "Seongdong-gu".into()])
}

fn base_surroundings(_: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for (name, english, at) in NEIGHBOURS {
        table.write_row(Some(&point(from_degrees(at))), &[name.into(), english.into()])?;
    }
    Ok(())
}

fn base_water(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for water in base_waters(&world.district.nature) {
        let cells = [water.name.into(), english_name(water.name).into(), water.class.into()];
        table.write_row(Some(&polygon(&water.ring)), &cells)?;
    }
    Ok(())
}

fn base_green(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for green in base_greens(&world.district.nature) {
        let class = if green.hill { "산" } else { "공원" };
        let cells = [green.name.into(), english_name(green.name).into(), class.into()];
        table.write_row(Some(&polygon(&green_outline(&green, world.seed))), &cells)?;
    }
    Ok(())
}

fn base_road(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for road in base_roads(&world.district.nature) {
        let cells = [(&road.name).into(), (&road.english).into(), road.class.into()];
        table.write_row(Some(&line(&road.line)), &cells)?;
    }
    Ok(())
}

/// Name in English and official colour of a line.
fn line_facts(line: &str) -> (&'static str, &'static str) {
    let known = LINES.iter().find(|(name, ..)| *name == line);
    known.map_or(("", ""), |(_, english, colour)| (english, colour))
}

fn base_rail(_: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for rail in lines_by_level() {
        let (english, colour) = line_facts(rail.line);
        let cells = [rail.line.into(), english.into(), colour.into(), rail.level().into()];
        table.write_row(Some(&line(&rail.course)), &cells)?;
    }
    Ok(())
}

fn base_station(_: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for station in station_places() {
        let colour = station.lines.first().map_or("", |line| line_facts(line).1);
        let cells = [
            station.name.into(),
            station.english.into(),
            station.lines.join(", ").into(),
            (station.lines.len() as i64).into(),
            colour.into(),
        ];
        table.write_row(Some(&point(from_degrees(station.at))), &cells)?;
    }
    Ok(())
}
