//! Licensed trades: food premises, openings and closures.

use std::io;

use crate::activity::place_sampler::BuildingPosition;
use crate::calendar::{Day, TODAY, random_day};
use crate::geometry::feature_shapes::point;
use crate::names;
use crate::numbers::rng::Rng;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Food premises: weight, type, trade of the name, typical floor area in square metres.
#[rustfmt::skip]
const FOOD: [(f64, &str, &str, f64); 12] = [
    (30.0, "한식", "한식", 78.0), (5.0, "중식", "중식", 82.0), (6.0, "일식", "술집", 60.0),
    (7.0, "양식", "카페", 70.0), (9.0, "분식", "분식", 38.0), (9.0, "치킨·호프", "술집", 64.0),
    (17.0, "카페", "카페", 62.0), (3.0, "제과점", "카페", 55.0), (5.0, "주점", "술집", 66.0),
    (2.0, "패스트푸드", "기타", 90.0), (3.0, "집단급식소", "기타", 150.0), (4.0, "기타", "기타", 45.0),
];

/// A random opening day, at most 25 years back; recent days are more likely.
fn random_opening(rng: &mut Rng) -> Day {
    let age = rng.unit();
    TODAY.plus(-((age * age * age * 0.55 + age * 0.45) * 8_600.0) as i64)
}

pub(super) fn license_food(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("license_food");
    let places = world.places();
    for k in 0..world.count(7_900) {
        let choices = FOOD.map(|food| (food.0, food));
        let (_, kind, trade, area) = rng.pick(&choices, FOOD[0]);
        let late = matches!(kind, "주점" | "치킨·호프" | "일식");
        let BuildingPosition { at, .. } = if kind == "집단급식소" {
            places.random_workplace(&world.district, &mut rng)
        } else if late {
            places.random_bar(&world.district, &mut rng)
        } else {
            places.random_shop(&world.district, &mut rng)
        };
        let opened = random_opening(&mut rng);
        let status = rng.pick(&[(76.0, "영업"), (2.0, "휴업"), (22.0, "폐업")], "영업");
        let size = area * rng.range(0.35, 1.0) * rng.range(0.7, 2.1);
        // Good-price restaurants are rare.
        let fair =
            status == "영업" && matches!(kind, "한식" | "분식" | "중식") && rng.chance(0.022);
        table.write_row(
            Some(&point(at)),
            &[
                format!("3030000-101-{:06}", k + 1).into(),
                names::random_shop(&mut rng, trade).into(),
                kind.into(),
                status.into(),
                opened.to_string().into(),
                // Old licences often lack the floor area.
                (!rng.chance(0.04)).then(|| rounded(size, 2)).into(),
                fair.into(),
            ],
        )?;
    }
    Ok(())
}

/// Licensed trades: weight, name, half-life in months.
#[rustfmt::skip]
const TRADES: [(f64, &str, f64); 12] = [
    (30.0, "일반음식점", 44.0), (14.0, "휴게음식점", 34.0), (7.0, "즉석판매제조가공업", 36.0),
    (11.0, "미용업", 56.0), (14.0, "통신판매업", 26.0), (5.0, "담배소매업", 60.0),
    (2.0, "노래연습장", 70.0), (3.0, "체육시설업", 50.0), (1.0, "숙박업", 110.0),
    (5.0, "의원·약국", 130.0), (3.0, "세탁업", 96.0), (5.0, "기타", 54.0),
];

/// Closures of a year relative to an ordinary year.
///
/// The epidemic closed many; relief kept many open, which closed after it.
const fn hardship(year: i64) -> f64 {
    match year {
        2020 => 1.35,
        2021 => 1.2,
        2023 => 1.3,
        2024 => 1.2,
        _ => 1.0,
    }
}

pub(super) fn license_open_close(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("license_open_close");
    let places = world.places();
    let choices = TRADES.map(|trade| (trade.0, trade));
    for k in 0..world.count(26_400) {
        let (_, trade, half_life) = rng.pick(&choices, TRADES[0]);
        let BuildingPosition { at, .. } = match trade {
            "통신판매업" => places.random_home(&world.district, &mut rng),
            "노래연습장" => places.random_bar(&world.district, &mut rng),
            _ => places.random_shop(&world.district, &mut rng),
        };
        let opened = random_opening(&mut rng);
        let closed = random_closing(opened, half_life, rent_pressure(world, at), &mut rng);
        let months = closed.map(|day| day.days_since(opened) / 30);
        table.write_row(
            Some(&point(at)),
            &[
                format!("3030000-{:07}", k + 1).into(),
                trade.into(),
                opened.to_string().into(),
                closed.map(|day| day.to_string()).into(),
                months.into(),
            ],
        )?;
    }
    Ok(())
}

/// Pressure of rents on a place, as a factor of the closing rate.
///
/// Highest in Seongsu.
fn rent_pressure(world: &World, at: crate::geometry::plane::PlanePoint) -> f64 {
    let (shops, _) = crate::activity::density::hub_closeness(at);
    let seongsu = matches!(world.dong_at(at), 8..=11);
    0.85 + 0.25 * shops + if seongsu { 0.35 * shops } else { 0.0 }
}

/// Closing day, drawn month by month from the half-life; `None` if still open.
fn random_closing(opened: Day, half_life: f64, rent: f64, rng: &mut Rng) -> Option<Day> {
    let mut month = opened.year_month();
    loop {
        month = month.plus(1);
        if month.day(1) > TODAY {
            return None;
        }
        // 0.69 is the logarithm of 2; few close in the first months or in autumn.
        let chance = 0.69 / half_life * rent * hardship(month.year()) * month.season(1, 0.25);
        if rng.chance(chance) {
            let day = random_day(rng, month.day(1), month.day(month.days()));
            return Some(day.min(TODAY));
        }
    }
}
