//! Slopes, walls and ageing structures at the foot of the hills.

use std::io;

use crate::calendar::{Day, random_day};
use crate::fields::facility_names::FacilityNames;
use crate::geometry::feature_shapes::polygon;
use crate::geometry::plane::{PlanePoint, unit};
use crate::land::water::GreenPlace;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Cosine and sine of a 240th of a circle.
const TURN: PlanePoint = [0.999_657_324_975_557_3, 0.026_176_948_307_873_15];

fn turn_by(out: PlanePoint, turn: PlanePoint) -> PlanePoint {
    [out[0] * turn[0] - out[1] * turn[1], out[0] * turn[1] + out[1] * turn[0]]
}

/// Strip at the foot of a hill: ten steps along the foot and back.
fn foot_strip(hill: &GreenPlace, from: PlanePoint, share: f64, width: f64) -> Vec<PlanePoint> {
    let mut out = from;
    let mut low = Vec::with_capacity(20);
    let mut high = Vec::with_capacity(10);
    for _ in 0..10 {
        let foot = [
            hill.centre[0] + out[0] * hill.reach[0] * share,
            hill.centre[1] + out[1] * hill.reach[1] * share,
        ];
        low.push(foot);
        high.push([foot[0] - out[0] * width, foot[1] - out[1] * width]);
        out = turn_by(out, TURN);
    }
    high.reverse();
    low.extend(high);
    low
}

/// Writes the slopes and walls as features; steeper and older ones are rated worse.
pub(super) fn steep_slope_facility(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("slopes");
    let mut signs = FacilityNames::default();
    let hills: Vec<&GreenPlace> = world.district.nature.greens.iter().filter(|g| g.hill).collect();
    let sizes: Vec<(f64, usize)> =
        hills.iter().enumerate().map(|(i, hill)| (hill.reach[0] + hill.reach[1], i)).collect();
    let mut made = 0;
    let mut tries = 0;
    while made < world.count(96) && tries < 20_000 {
        tries += 1;
        let hill = hills[rng.pick(&sizes, 0)];
        let kinds = [(34.0, "급경사지"), (38.0, "옹벽"), (16.0, "석축"), (12.0, "노후시설")];
        let kind = rng.pick(&kinds, "옹벽");
        let from = unit([rng.range(-1.0, 1.0), rng.range(-1.0, 1.0)]);
        let (share, width) = match kind {
            "급경사지" => (rng.range(0.8, 1.0), rng.range(9.0, 22.0)),
            "노후시설" => (rng.range(1.02, 1.15), rng.range(6.0, 12.0)),
            _ => (rng.range(1.0, 1.08), rng.range(1.6, 4.0)),
        };
        let ring = foot_strip(hill, from, share, width);
        let on_land = |p: &PlanePoint| {
            world.district.division.dong_at(*p).is_some() && !world.district.nature.is_wet(*p, 6.0)
        };
        if !ring.iter().all(on_land) {
            continue;
        }
        made += 1;
        let height = match kind {
            "급경사지" => rng.range(8.0, 34.0),
            "노후시설" => rng.range(2.5, 7.0),
            _ => rng.range(2.0, 13.0),
        };
        let worse = (height / 34.0).min(1.0);
        let grades = [
            (14.0, "A"),
            (44.0, "B"),
            (28.0 + 14.0 * worse, "C"),
            (6.0 + 14.0 * worse, "D"),
            (0.5 + 1.5 * worse, "E"),
        ];
        let day = random_day(&mut rng, Day::constant(2026, 2, 16), Day::constant(2026, 9, 25));
        let name = signs.numbered(&format!("{} {} {kind}", world.quarter_at(ring[0]), hill.name));
        let cells = [
            name.into(),
            kind.into(),
            rng.pick(&grades, "B").into(),
            rounded(height, 1).into(),
            day.to_string().into(),
        ];
        table.write_row(Some(&polygon(&ring)), &cells)?;
    }
    Ok(())
}
