//! Datasets of environment and green space.

mod cases;
pub(super) mod green;

use std::io;

use crate::activity::density::{DensityKind, hub_closeness};
use crate::calendar::{data_months, last_days, last_years};
use crate::fields::table_maker::{TableMaker, features, values};
use crate::geometry::feature_shapes::{line, point};
use crate::geometry::lines::{LineFeature, fit_to_count};
use crate::geometry::plane::{self, PlanePoint, distance};
use crate::numbers::rng::{Rng, noise};
use crate::numbers::rounding::rounded;
use crate::tables::cell::CellValue;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        green::PARK_GREEN,
        features("street_tree", green::street_tree),
        features("air_quality_sensor", air_quality_sensor),
        values("air_quality_sensor", air_quality_sensor_values),
        features("illegal_dumping", cases::illegal_dumping),
        features("waste_collection_point", waste_collection_point),
        values("waste_volume_dong", waste_volume_dong),
        features("noise_odor_complaint", cases::noise_odor_complaint),
        features("sewer_pipe", sewer_pipe),
        features("ev_charger", ev_charger),
        values("heat_surface_grid", heat_surface_grid),
    ];
    MAKERS
}

/// Sensors spread over the district: id and position.
fn sensor_positions(world: &World) -> Vec<(String, PlanePoint)> {
    let mut rng = world.rng("air_quality_sensor");
    let places = world.places();
    let mut found: Vec<(String, PlanePoint)> = Vec::new();
    let wanted = world.count(52);
    for attempt in 0..20_000 {
        if found.len() == wanted {
            break;
        }
        let main = rng.chance(0.4);
        let at = if main {
            places.beside_main_road(&world.district, &mut rng)
        } else {
            places.random_corner(&mut rng)
        };
        let apart = 330.0 / (1.0 + f64::from(attempt / 1_000) * 0.2);
        if found.iter().all(|other| distance(other.1, at) > apart) {
            found.push((format!("V02Q{:07}", 1_940_001 + found.len()), at));
        }
    }
    found
}

fn air_quality_sensor(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("sensor grades");
    for (id, at) in sensor_positions(world) {
        let grade = rng.pick(&[(6.0, "1등급"), (3.0, "2등급"), (1.0, "3등급")], "1등급");
        let cells = [id.into(), grade.into(), rng.whole(2019, 2025).to_string().into()];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// Weather of a week: daily PM2.5 concentration, temperature at noon in °C.
const WEEK_WEATHER: [(f64, f64); 7] = [
    (14.0, 18.5),
    (19.0, 17.8),
    (31.0, 16.9),
    (44.0, 15.2),
    (38.0, 14.1),
    (17.0, 12.6),
    (11.0, 13.9),
];

/// Temperature by hour relative to noon, in degrees.
const HOURLY_WARMTH: [f64; 24] = [
    -6.5, -7.0, -7.4, -7.8, -8.1, -8.3, -8.0, -6.9, -4.8, -2.9, -1.4, -0.6, 0.0, 0.6, 1.0, 0.9,
    0.3, -0.9, -2.2, -3.3, -4.2, -4.9, -5.5, -6.0,
];

fn air_quality_sensor_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let index =
        crate::land::streets::RoadIndex::new(&world.district.roads[..world.district.main_roads]);
    for (id, at) in sensor_positions(world) {
        let mut rng = Rng::new(world.seed, &id);
        let kerb = index.distance_to_kerb(at).clamp(0.0, 200.0);
        let by_road = 9.0 / (1.0 + kerb / 25.0);
        let place = 1.0 + 0.14 * noise(world.seed, "dust", at, 1_200.0);
        for (day, (dust, noon)) in last_days(7).into_iter().zip(WEEK_WEATHER) {
            let label = day.to_string();
            for (hour, warm) in HOURLY_WARMTH.iter().enumerate() {
                // Rush hours add dust near roads; sensors fail now and then.
                let rush = if matches!(hour, 7..=9 | 18..=20) { 1.5 } else { 0.7 };
                let pm25 = (dust * place + by_road * rush) * rng.range(0.93, 1.07);
                let out = rng.chance(0.006);
                let figure = |value: f64| {
                    if out { CellValue::Null } else { CellValue::Double(rounded(value, 1)) }
                };
                let pm10 = pm25 * rng.range(1.6, 1.9);
                let temperature = noon + warm + rng.range(-0.4, 0.4);
                let humidity = 58.0 - 2.6 * warm + rng.range(-3.0, 3.0);
                let loud = if (6..23).contains(&hour) { 56.0 } else { 47.0 };
                let loud = loud + by_road * 1.3 + rng.range(-2.0, 2.0);
                table.write_row(
                    None,
                    &[
                        (&id).into(),
                        (&label).into(),
                        hour.into(),
                        figure(pm10),
                        figure(pm25),
                        figure(temperature),
                        figure(humidity.min(98.0)),
                        figure(loud),
                    ],
                )?;
            }
        }
    }
    Ok(())
}

fn waste_collection_point(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("waste_collection_point");
    let (district, places) = (&world.district, world.places());
    for i in 0..world.count(1_080) {
        let kind = rng
            .pick(&[(4.0, "재활용정거장"), (4.0, "의류수거함"), (2.6, "가로휴지통")], "의류수거함");
        let at = match kind {
            "가로휴지통" => places.beside_main_road(district, &mut rng),
            _ => {
                let spot = places.random_home(district, &mut rng);
                let door = world.addresses().of(spot.building).entrance;
                [door[0] + rng.range(-4.0, 4.0), door[1] + rng.range(-4.0, 4.0)]
            }
        };
        let (operator, days) = match kind {
            "의류수거함" => {
                (rng.pick(&[(3.0, "성동구보훈회"), (2.0, "장애인단체협의회")], "성동구"), "수")
            }
            "가로휴지통" => ("성동구 청소행정과", "매일"),
            _ => ("동주민센터", rng.pick(&[(1.0, "화·목"), (1.0, "월·수·금")], "화·목")),
        };
        let cells = [format!("W{:05}", i + 1).into(), kind.into(), operator.into(), days.into()];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

fn waste_volume_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("waste_volume_dong");
    let mut shops = vec![0.0; world.district.division.dongs.len()];
    for (cell, share) in world.grid().cells.iter().zip(world.density().shares(DensityKind::Shops)) {
        shops[cell.dong] += share;
    }
    for (k, month) in data_months().into_iter().enumerate() {
        let label = month.to_string();
        for (d, residents) in world.district.residents.iter().enumerate() {
            let people = residents.total as f64 + 52_000.0 * shops[d];
            let days = month.days() as f64;
            let slowly_less = 1.0 - 0.0012 * k as f64;
            // Food waste is most in summer and at the feasts.
            let feast = if matches!(month.month(), 2 | 9) { 1.07 } else { 1.0 };
            let mut tonnes = |kg: f64| kg * people * days / 1_000.0 * rng.range(0.97, 1.03);
            let general = tonnes(0.39 * month.season(12, 0.03) * slowly_less);
            let food = tonnes(0.235 * month.season(7, 0.06) * feast * slowly_less);
            let recycle = tonnes(0.20 * month.season(9, 0.03));
            let each = (general + food + recycle) * 1_000.0 / days / residents.total as f64;
            table.write_row(
                None,
                &[
                    world.ministry_code(d).into(),
                    (&label).into(),
                    rounded(general, 1).into(),
                    rounded(food, 1).into(),
                    rounded(recycle, 1).into(),
                    rounded(each, 3).into(),
                ],
            )?;
        }
    }
    Ok(())
}

/// A stretch of sewer.
#[derive(Clone)]
struct SewerPipe {
    line: Vec<PlanePoint>,
    lanes: i64,
}

impl LineFeature for SewerPipe {
    fn line(&self) -> &[PlanePoint] {
        &self.line
    }

    fn with_line(&self, line: Vec<PlanePoint>) -> Self {
        Self { line, lanes: self.lanes }
    }
}

fn sewer_pipe(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("sewer_pipe");
    let links = world.links().list.iter().filter(|link| link.walk);
    // Beside the middle of the road, where the manholes are.
    let pipes = links
        .map(|link| SewerPipe { line: plane::offset_line(&link.line, 0.9), lanes: link.lanes });
    for (i, pipe) in fit_to_count(pipes.collect(), 11_300).into_iter().enumerate() {
        let middle = pipe.line[pipe.line.len() / 2];
        let kind = rng.pick(&[(72.0, "합류관"), (16.0, "우수관"), (12.0, "오수관")], "합류관");
        let diameter = match pipe.lanes {
            6.. => rng.pick(&[(3.0, 1_200), (2.0, 1_500), (2.0, 900)], 1_200),
            3..=5 => rng.pick(&[(3.0, 800), (2.0, 1_000), (2.0, 600)], 800),
            _ => rng.pick(&[(4.0, 450), (3.0, 600), (2.0, 300)], 450),
        };
        // Neighbouring pipes are of similar age: quarters were piped at once.
        let age = 27.0 + 17.0 * noise(world.seed, "sewers", middle, 650.0) + rng.range(-9.0, 9.0);
        let age = age.clamp(1.0, 55.0);
        let grade = match age + rng.range(-8.0, 8.0) {
            a if a < 12.0 => "A",
            a if a < 22.0 => "B",
            a if a < 34.0 => "C",
            a if a < 44.0 => "D",
            _ => "E",
        };
        table.write_row(
            Some(&line(&pipe.line)),
            &[
                format!("SW{:06}", i + 1).into(),
                kind.into(),
                CellValue::Int(diameter),
                (2026 - age as i64).to_string().into(),
                rounded(plane::length(&pipe.line), 1).into(),
                grade.into(),
            ],
        )?;
    }
    Ok(())
}

fn ev_charger(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("ev_charger");
    let (district, places) = (&world.district, world.places());
    for i in 0..world.count(260) {
        let home = rng.chance(0.6);
        let spot = if home {
            places.random_home(district, &mut rng)
        } else {
            places.random_workplace(district, &mut rng)
        };
        let kind = if home {
            rng.pick(&[(8.0, "완속"), (2.0, "급속")], "완속")
        } else {
            rng.pick(&[(3.0, "완속"), (6.0, "급속"), (1.5, "초급속")], "급속")
        };
        let power: i64 = match kind {
            "완속" => rng.pick(&[(5.0, 7), (2.0, 11)], 7),
            "급속" => rng.pick(&[(3.0, 50), (4.0, 100)], 50),
            _ => rng.pick(&[(2.0, 200), (2.0, 350)], 200),
        };
        let status = rng.pick(&[(60.0, "사용가능"), (33.0, "충전중"), (7.0, "점검중")], "사용가능");
        table.write_row(
            Some(&point(spot.at)),
            &[
                format!("EV{:04}", i + 1).into(),
                kind.into(),
                power.into(),
                rng.whole(1, if home { 12 } else { 6 }).into(),
                status.into(),
            ],
        )?;
    }
    Ok(())
}

/// Satellite scene of each year: day in August, temperature at noon in °C.
const SCENES: [(i64, f64); 5] = [(9, 33.1), (4, 35.8), (13, 36.9), (8, 36.2), (11, 37.4)];

fn heat_surface_grid(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let grid = world.grid();
    let nature = &world.district.nature;
    let built: Vec<f64> = (0..grid.cells.len())
        .map(|i| {
            let level = |kind| world.density().level(kind, i);
            level(DensityKind::Homes).sqrt() * 0.6 + level(DensityKind::Work).sqrt() * 0.7
        })
        .collect();
    // Shares of green and of water in each cell, sampled at nine points.
    let cover: Vec<(f64, f64)> = grid
        .cells
        .iter()
        .map(|cell| {
            let mut sums = (0.0, 0.0);
            for k in 0..9 {
                let step = |n: i32| f64::from(n - 1) * 33.0;
                let p = [cell.centre[0] + step(k % 3), cell.centre[1] + step(k / 3)];
                if nature.is_wet(p, 0.0) {
                    sums.1 += 1.0 / 9.0;
                } else if nature.green_at(p, 0.0).is_some() {
                    sums.0 += 1.0 / 9.0;
                }
            }
            sums
        })
        .collect();
    let mut rng = world.rng("heat_surface_grid");
    for (year, (day, noon)) in last_years(5).into_iter().zip(SCENES) {
        let label = format!("{year}-08-{day:02}");
        let raw: Vec<f64> = (0..grid.cells.len())
            .map(|i| {
                let (green, wet) = cover[i];
                noon + 4.6 * built[i] - 4.8 * green - 7.5 * wet
                    + 0.9 * noise(world.seed, "heat", grid.cells[i].centre, 500.0)
                    + rng.range(-0.3, 0.3)
            })
            .collect();
        let smooth = world.density().smooth_over_neighbours(&raw);
        let mean = smooth.iter().sum::<f64>() / smooth.len() as f64;
        for (i, cell) in grid.cells.iter().enumerate() {
            let (green, wet) = cover[i];
            let ndvi = 0.16 + 0.52 * green - 0.34 * wet - 0.07 * built[i] + rng.range(-0.02, 0.02);
            let shade = (8.0 + 62.0 * green + 14.0 * built[i] * (1.0 - green)) * (1.0 - wet);
            table.write_row(
                None,
                &[
                    (&cell.id).into(),
                    (&label).into(),
                    rounded(smooth[i], 1).into(),
                    rounded(smooth[i] - mean, 1).into(),
                    rounded(ndvi, 2).into(),
                    rounded(shade + rng.range(0.0, 2.0) + hub_closeness(cell.centre).0, 1).into(),
                ],
            )?;
        }
    }
    Ok(())
}
