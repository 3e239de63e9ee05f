//! Public health centres, screening sites, defibrillators and health registrations.

use std::io;

use crate::calendar::{TODAY, last_days, last_years};
use crate::fields::administration::offices::PUBLIC_OFFICE;
use crate::fields::facility_names::FacilityNames;
use crate::fields::made_features::MadeFeatures;
use crate::fields::table_maker::{TableMaker, features};
use crate::fields::transport::riders::SUBWAY_STATION;
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::{PlanePoint, distance};
use crate::numbers::rng::{Rng, noise};
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Health centre: type, name, dong, services, range of monthly visits.
type HealthCentre = (&'static str, &'static str, usize, &'static str, [i64; 2]);

#[rustfmt::skip]
const CENTRES: [HealthCentre; 17] = [
    ("보건소", "성동구보건소", 3, "진료·예방접종·건강검진·결핵관리", [9_000, 12_500]),
    ("보건지소", "성수보건지소", 9, "진료·예방접종·물리치료", [3_800, 5_200]),
    ("보건지소", "금호보건지소", 6, "진료·예방접종·만성질환관리", [3_000, 4_400]),
    ("치매안심센터", "성동구치매안심센터", 1, "치매검진·인지재활·가족교실", [1_500, 2_300]),
    ("정신건강복지센터", "성동구정신건강복지센터", 0, "상담·재활·자살예방", [700, 1_200]),
    ("건강이음터", "마장건강이음터", 1, "혈압·혈당 측정, 운동교실", [420, 900]),
    ("건강이음터", "사근건강이음터", 2, "혈압·혈당 측정, 영양상담", [300, 700]),
    ("건강이음터", "행당건강이음터", 4, "혈압·혈당 측정, 운동교실", [420, 900]),
    ("건강이음터", "응봉건강이음터", 5, "혈압·혈당 측정, 운동교실", [300, 700]),
    ("건강이음터", "금호1가건강이음터", 6, "혈압·혈당 측정, 금연상담", [300, 700]),
    ("건강이음터", "금호4가건강이음터", 7, "혈압·혈당 측정, 운동교실", [300, 700]),
    ("건강이음터", "성수1가건강이음터", 8, "혈압·혈당 측정, 영양상담", [420, 900]),
    ("건강이음터", "성수2가건강이음터", 11, "혈압·혈당 측정, 금연상담", [420, 900]),
    ("건강이음터", "송정건강이음터", 12, "혈압·혈당 측정, 운동교실", [300, 700]),
    ("건강이음터", "용답건강이음터", 13, "혈압·혈당 측정, 운동교실", [300, 700]),
    ("건강이음터", "왕십리도선건강이음터", 14, "혈압·혈당 측정, 영양상담", [300, 700]),
    ("건강이음터", "옥수건강이음터", 16, "혈압·혈당 측정, 운동교실", [420, 900]),
];

/// A random place of work in this dong near its centre.
fn random_workplace_in_dong(world: &World, rng: &mut Rng, dong: usize) -> PlanePoint {
    let dong = &world.district.division.dongs[dong];
    let mut best = dong.centre;
    let mut least = f64::INFINITY;
    for _ in 0..250 {
        let at = world.places().random_workplace(&world.district, rng).at;
        let away = distance(at, dong.centre);
        if dong.contains(at) && away < least {
            (best, least) = (at, away);
        }
    }
    best
}

/// Writes the health centres as features.
pub(super) fn health_center(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("health centres");
    for (kind, name, dong, services, [fewest, most]) in CENTRES {
        let at = random_workplace_in_dong(world, &mut rng, dong);
        let cells = [name.into(), kind.into(), services.into(), rng.whole(fewest, most).into()];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// Screening site: type, name, dong, hours, tests on a weekday.
type ScreeningSite = (&'static str, &'static str, usize, &'static str, f64);

#[rustfmt::skip]
const SCREENING_SITES: [ScreeningSite; 14] = [
    ("선별진료소", "성동구보건소 선별진료소", 3, "09:00~18:00", 140.0),
    ("선별진료소", "성수보건지소 선별진료소", 9, "09:00~17:00", 70.0),
    ("임시선별검사소", "왕십리광장 임시선별검사소", 3, "10:00~20:00", 110.0),
    ("임시선별검사소", "서울숲 임시선별검사소", 8, "10:00~17:00", 55.0),
    ("예방접종센터", "성동구 예방접종센터", 0, "09:00~17:00", 320.0),
    ("예방접종센터", "성수 예방접종센터", 11, "09:00~17:00", 210.0),
    ("예방접종센터", "금호 예방접종센터", 6, "09:00~16:00", 150.0),
    ("호흡기환자진료센터", "마장 호흡기진료센터", 1, "09:00~19:00", 42.0),
    ("호흡기환자진료센터", "사근 호흡기진료센터", 2, "09:00~18:00", 30.0),
    ("호흡기환자진료센터", "행당 호흡기진료센터", 4, "09:00~19:00", 48.0),
    ("호흡기환자진료센터", "용답 호흡기진료센터", 13, "09:00~18:00", 26.0),
    ("호흡기환자진료센터", "송정 호흡기진료센터", 12, "09:00~18:00", 22.0),
    ("호흡기환자진료센터", "옥수 호흡기진료센터", 16, "09:00~19:00", 38.0),
    ("호흡기환자진료센터", "성수 호흡기진료센터", 10, "09:00~20:00", 52.0),
];

/// Writes the screening sites as features.
pub(super) fn covid_screening(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("screening sites");
    for (i, (kind, name, dong, hours, _)) in SCREENING_SITES.into_iter().enumerate() {
        let at = random_workplace_in_dong(world, &mut rng, dong);
        let cells = [format!("V{:02}", i + 1).into(), name.into(), kind.into(), hours.into()];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// Writes numbers by day: the autumn's vaccination grows, Sundays are closed.
pub(super) fn covid_screening_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("screening values");
    for (i, (kind, _, _, _, usual)) in SCREENING_SITES.into_iter().enumerate() {
        for (k, day) in last_days(28).into_iter().enumerate() {
            let week = match day.weekday() {
                0 => 1.35,
                5 => 0.5,
                6 => 0.0,
                _ => 1.0,
            };
            let trend = if kind == "예방접종센터" {
                0.7 + 0.022 * k as f64
            } else {
                1.08 - 0.004 * k as f64
            };
            let load = week * trend * rng.range(0.82, 1.2);
            let wait = match load {
                0.0 => "운영 안 함",
                l if l < 0.8 => "여유",
                l if l < 1.3 => "보통",
                _ => "혼잡",
            };
            let cells = [
                format!("V{:02}", i + 1).into(),
                day.to_string().into(),
                ((usual * load).round() as i64).into(),
                wait.into(),
            ];
            table.write_row(None, &cells)?;
        }
    }
    Ok(())
}

/// Maker of [`aed`], which other datasets are drawn from.
pub(in crate::fields) const AED: TableMaker = features("aed", aed);

/// Writes defibrillators: by law in stations, public offices and large estates, others by donation.
fn aed(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("defibrillators");
    let mut signs = FacilityNames::default();
    let (district, places) = (&world.district, world.places());
    let stations = MadeFeatures::make(world, &SUBWAY_STATION)?;
    let offices = MadeFeatures::make(world, &PUBLIC_OFFICE)?;
    let mut fixed: Vec<(String, PlanePoint, &'static str, bool)> = Vec::new();
    for (row, at) in stations.first_positions().into_iter().enumerate() {
        fixed.push((format!("{} 대합실", stations.text(row, "stn_nm")), at, "B1", false));
    }
    for (row, at) in offices.first_positions().into_iter().enumerate() {
        let always = ["소방", "경찰", "119", "지구대", "파출소"];
        let name = offices.text(row, "off_nm");
        let open = always.iter().any(|kind| name.contains(kind));
        fixed.push((name.to_owned(), at, "1층", open));
    }
    for school in &world.schools().list {
        fixed.push((format!("{} 보건실", school.name), school.at, "1층", false));
    }
    for i in 0..world.count(430) {
        let (place, at, floor, always) = match fixed.get(i) {
            Some((name, at, floor, always)) => (name.clone(), *at, *floor, *always),
            None if rng.chance(0.68) => {
                let at = random_tower_home(world, &mut rng);
                let name = signs.new_name(world, &mut rng, at, " 아파트 관리사무소");
                (name, at, "1층", rng.chance(0.45))
            }
            None => {
                let at = places.random_workplace(district, &mut rng).at;
                let name = signs.new_name(world, &mut rng, at, " 빌딩 안내실");
                (
                    name,
                    at,
                    rng.pick(&[(3.0, "1층"), (1.0, "B1"), (1.0, "2층")], "1층"),
                    rng.chance(0.2),
                )
            }
        };
        let cells = [
            format!("AED{:04}", i + 1).into(),
            place.into(),
            floor.into(),
            always.into(),
            TODAY.plus(rng.whole(-20, 1_300)).to_string().into(),
        ];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// A random home in a tall building, if one is found within a few tries.
fn random_tower_home(world: &World, rng: &mut Rng) -> PlanePoint {
    let mut spot = world.places().random_home(&world.district, rng);
    for _ in 0..20 {
        if world.district.town.buildings[spot.building].floors > 9 {
            break;
        }
        spot = world.places().random_home(&world.district, rng);
    }
    spot.at
}

/// Writes registrations by dong and year.
///
/// More every year, and more where more old people live.
pub(super) fn elder_health_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("elder health");
    let dongs = &world.district.division.dongs;
    for (d, (dong, residents)) in dongs.iter().zip(&world.district.residents).enumerate() {
        let own = 1.0 + 0.16 * noise(world.seed, "elder health", dong.centre, 800.0);
        for year in last_years(5) {
            let back = (2026 - year) as f64;
            let old = residents.from_65 as f64 * (1.0 - 0.026 * back);
            let adults = residents.working_age as f64 * 0.55 + old;
            let dementia =
                (old * 0.064 * own * (1.0 - 0.022 * back) * rng.range(0.985, 1.015)).round();
            let pressure = (adults * 0.152 * own * (1.0 - 0.012 * back)).round();
            let sugar = (adults * 0.071 * own * (1.0 - 0.016 * back)).round();
            let cells = [
                world.ministry_code(d).into(),
                year.to_string().into(),
                (dementia as i64).into(),
                rounded(100.0 * dementia / old.max(1.0), 2).into(),
                (pressure as i64).into(),
                (sugar as i64).into(),
            ];
            table.write_row(None, &cells)?;
        }
    }
    Ok(())
}
