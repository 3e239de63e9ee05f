//! Welfare facilities.
//!
//! They stand around the centres of well-served dongs: the old workers' dongs beyond the
//! Jungnangcheon have few.

use std::io;

use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::{PlanePoint, distance, from_degrees};
use crate::names;
use crate::numbers::draws::one_of;
use crate::numbers::rng::Rng;
use crate::numbers::weighted_sampler::WeightedSampler;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Weight of each dong in the number of facilities.
#[rustfmt::skip]
const FACILITY_WEIGHTS: [f64; 17] = [
    6.0, 2.0, 3.0, 9.0, 8.0, 6.5, 7.0, 6.0, 7.5, 7.0, 4.0, 5.0, 1.0, 1.0, 8.0, 6.0, 8.0,
];

/// Facilities: weight, type, name, maximum number of places, users per place and month.
#[rustfmt::skip]
const FACILITIES: [(f64, &str, &str, i64, f64); 9] = [
    (6.0, "종합사회복지관", "종합사회복지관", 240, 21.0),
    (14.0, "노인복지시설", "노인복지센터", 60, 14.0),
    (22.0, "노인복지시설", "데이케어센터", 34, 18.0),
    (10.0, "장애인복지시설", "장애인주간보호센터", 24, 17.0),
    (6.0, "장애인복지시설", "장애인자립생활센터", 40, 12.0),
    (10.0, "아동복지시설", "지역아동복지센터", 35, 18.0),
    (8.0, "여성·가족시설", "가족상담센터", 30, 9.0),
    (4.0, "노숙인·자활시설", "자활센터", 50, 16.0),
    (5.0, "정신재활시설", "정신재활센터", 30, 15.0),
];

/// A random place of work near the centre of a dong, drawn by the weights of [`FACILITY_WEIGHTS`].
fn random_served_place(
    world: &World,
    sampler: &WeightedSampler,
    rng: &mut Rng,
) -> (PlanePoint, usize) {
    let dong = sampler.draw(rng);
    let centre = world.district.division.dongs[dong].centre;
    let mut best: Option<PlanePoint> = None;
    for _ in 0..260 {
        let at = world.places().random_shop(&world.district, rng).at;
        if world.dong_at(at) != dong {
            continue;
        }
        if best.is_none_or(|best| distance(at, centre) < distance(best, centre)) {
            best = Some(at);
        }
        if distance(at, centre) < 420.0 {
            return (at, dong);
        }
    }
    // A dong with few shops gets the nearest shop or its centre.
    (best.unwrap_or(centre), dong)
}

/// Maker of [`welfare_facility`], which other datasets are drawn from.
pub(in crate::fields) const WELFARE_FACILITY: TableMaker =
    features("welfare_facility", welfare_facility);

fn welfare_facility(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("welfare_facility");
    let sampler = WeightedSampler::new(FACILITY_WEIGHTS);
    let choices = FACILITIES.map(|facility| (facility.0, facility));
    for k in 0..world.count(96) {
        let (_, kind, name, most, users) = rng.pick(&choices, FACILITIES[0]);
        let (at, dong) = random_served_place(world, &sampler, &mut rng);
        let dong = world.district.division.dongs[dong].facts.name;
        let places = rng.whole(most / 3, most).max(5);
        let users = (places as f64 * users * rng.range(0.5, 1.1)).round() as i64;
        table.write_row(
            Some(&point(at)),
            &[
                format!("{dong} {} {name} {}", names::random_word(&mut rng), k + 1).into(),
                kind.into(),
                // Advice centres have no places.
                (name != "가족상담센터").then_some(places).into(),
                users.into(),
            ],
        )?;
    }
    Ok(())
}

/// Maker of [`senior_center`], which other datasets are drawn from.
pub(in crate::fields) const SENIOR_CENTER: TableMaker = features("senior_center", senior_center);

fn senior_center(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("senior_center");
    let buildings = &world.district.town.buildings;
    let mut numbers = [0; 17];
    for _ in 0..world.count(164) {
        let spot = world.places().random_home(&world.district, &mut rng);
        let building = &buildings[spot.building];
        let dong = world.dong_at(spot.at);
        numbers[dong] += 1;
        let name = world.district.division.dongs[dong].facts.name;
        let number = numbers[dong];
        let estate = building.usage == "공동주택" && building.floors > 9;
        let kind = if estate { "아파트경로당" } else { "경로당" };
        let area = if estate { rng.range(60.0, 190.0) } else { rng.range(35.0, 140.0) };
        // Centres outside estates are old buildings of the district.
        let built = if estate { building.built } else { rng.whole(1978, 2016) };
        table.write_row(
            Some(&point(spot.at)),
            &[
                format!("{name} 제{number}{kind}").into(),
                ((14.0 + area * rng.range(0.15, 0.4)).round() as i64).into(),
                area.round().into(),
                (!rng.chance(0.03)).then(|| built.to_string()).into(),
            ],
        )?;
    }
    Ok(())
}

/// Barrier-free facilities: weight, type, probabilities of ramp, lift and toilet.
#[rustfmt::skip]
const ACCESSIBILITY: [(f64, &str, [f64; 3]); 9] = [
    (9.0, "공공건물", [0.97, 0.90, 0.96]),
    (26.0, "공동주택", [0.82, 0.86, 0.12]),
    (30.0, "근린생활시설", [0.58, 0.44, 0.35]),
    (9.0, "의료시설", [0.80, 0.84, 0.62]),
    (7.0, "교육시설", [0.90, 0.72, 0.80]),
    (6.0, "종교·문화시설", [0.74, 0.60, 0.58]),
    (9.0, "업무시설", [0.86, 0.94, 0.66]),
    (2.0, "공원", [0.95, 0.0, 0.70]),
    (2.0, "전동보장구 충전기", [0.90, 0.0, 0.0]),
];

pub(super) fn disability_facility(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("disability_facility");
    let (places, district) = (world.places(), &world.district);
    let choices = ACCESSIBILITY.map(|access| (access.0, access));
    for k in 0..world.count(1_150) {
        let (_, kind, [ramp, lift, toilet]) = rng.pick(&choices, ACCESSIBILITY[2]);
        let at = match kind {
            "공동주택" => places.random_home(district, &mut rng).at,
            "업무시설" | "공공건물" | "교육시설" => {
                places.random_workplace(district, &mut rng).at
            }
            "공원" => places.random_corner(&mut rng),
            "전동보장구 충전기" => places.beside_main_road(district, &mut rng),
            _ => places.random_shop(district, &mut rng).at,
        };
        // Fewer ramps in hillside dongs.
        let steep = if matches!(world.dong_at(at), 5..=7 | 15 | 16) { 0.8 } else { 1.0 };
        let chargers = match kind {
            "전동보장구 충전기" => rng.whole(1, 3),
            "공공건물" if rng.chance(0.3) => 1,
            _ => 0,
        };
        table.write_row(
            Some(&point(at)),
            &[
                names::random_facility(&mut rng, kind, k + 1).into(),
                kind.into(),
                rng.chance(ramp * steep).into(),
                rng.chance(lift).into(),
                rng.chance(toilet).into(),
                chargers.into(),
            ],
        )?;
    }
    Ok(())
}

/// Stores that accept meal cards of children: weight, food, trade of the name, hours.
#[rustfmt::skip]
const MEAL_STORES: [(f64, &str, &str, &str); 8] = [
    (22.0, "한식", "한식", "10:00-21:00"), (8.0, "중식", "중식", "11:00-21:00"),
    (14.0, "분식", "분식", "09:00-20:00"), (6.0, "일식·양식", "카페", "11:00-21:30"),
    (6.0, "패스트푸드", "기타", "10:00-22:00"), (8.0, "제과점", "카페", "08:00-22:00"),
    (30.0, "편의점", "소매", "24시간"), (6.0, "마트·반찬", "소매", "09:00-21:00"),
];

/// Maker of [`meal_card_store`], which other datasets are drawn from.
pub(in crate::fields) const MEAL_CARD_STORE: TableMaker =
    features("meal_card_store", meal_card_store);

fn meal_card_store(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("meal_card_store");
    let (places, district) = (world.places(), &world.district);
    let choices = MEAL_STORES.map(|meal| (meal.0, meal));
    for _ in 0..world.count(640) {
        let (_, food, trade, hours) = rng.pick(&choices, MEAL_STORES[0]);
        // Convenience stores are near homes too.
        let at = match food {
            "편의점" | "마트·반찬" if rng.chance(0.4) => {
                places.beside_street(district, &mut rng)
            }
            _ => places.random_shop(district, &mut rng).at,
        };
        let good = food != "편의점" && rng.chance(0.11);
        table.write_row(
            Some(&point(at)),
            &[
                names::random_shop(&mut rng, trade).into(),
                food.into(),
                good.into(),
                (!rng.chance(0.05)).then_some(hours).into(),
            ],
        )?;
    }
    Ok(())
}

/// Organisations: type, languages, users per year.
#[rustfmt::skip]
const SUPPORT_CENTRES: [(&str, &str, i64); 5] = [
    ("가족센터", "한국어, 중국어, 베트남어, 영어", 9_200),
    ("외국인노동자센터", "한국어, 중국어, 베트남어, 네팔어, 몽골어", 4_300),
    ("다문화 어린이도서관", "한국어, 중국어, 베트남어, 러시아어", 5_100),
    ("상담소", "한국어, 중국어, 베트남어", 900),
    ("한국어 교실", "한국어", 640),
];

pub(super) fn multicultural_support(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("multicultural_support");
    for k in 0..world.count(18) {
        // The first three kinds occur once; the smaller ones repeat.
        let first = SUPPORT_CENTRES.get(k).filter(|_| k < 3);
        let (kind, languages, users) =
            first.copied().unwrap_or_else(|| *one_of(&mut rng, &SUPPORT_CENTRES[3..]));
        // Near the foreigners: Yongdap, Seongsu, the university.
        let hearts = [[127.0576, 37.5588], [127.0553, 37.5400], [127.0440, 37.5578]];
        let heart = from_degrees(*one_of(&mut rng, &hearts));
        let mut at = world.places().random_shop(&world.district, &mut rng).at;
        for _ in 0..12 {
            if distance(at, heart) < 700.0 {
                break;
            }
            at = world.places().random_shop(&world.district, &mut rng).at;
        }
        let users = (users as f64 * rng.range(0.7, 1.2)).round() as i64;
        table.write_row(
            Some(&point(at)),
            &[
                format!("{} {kind} {}", names::random_word(&mut rng), k + 1).into(),
                kind.into(),
                languages.into(),
                users.into(),
            ],
        )?;
    }
    Ok(())
}
