//! Datasets of administration and complaints.

mod complaints;
pub(super) mod offices;
mod property;

use std::io;

use crate::activity::density::DensityKind;
use crate::calendar::{YearMonth, last_years};
use crate::fields::table_maker::{TableMaker, features, values};
use crate::geometry::feature_shapes::point;
use crate::numbers::draws::{jitter, one_of};
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        features("civil_complaint", complaints::civil_complaint),
        offices::PUBLIC_OFFICE,
        offices::UNMANNED_KIOSK,
        features("public_wifi", offices::public_wifi),
        features("public_property", property::public_property),
        features("budget_project", budget_project),
        features("public_toilet", offices::public_toilet),
        values("local_tax_dong", local_tax_dong),
    ];
    MAKERS
}

/// Projects: name, department, maximum budget in millions of won.
#[rustfmt::skip]
const PROJECTS: [(&str, &str, i64); 14] = [
    ("골목길 보행환경 정비", "도로과", 420),
    ("스마트 횡단보도 설치", "교통행정과", 300),
    ("노후 놀이터 새단장", "공원녹지과", 260),
    ("마을쉼터 조성", "공원녹지과", 180),
    ("경로당 환경 개선", "어르신복지과", 120),
    ("작은도서관 도서 확충", "문화체육과", 60),
    ("안심귀갓길 조명 설치", "안전관리과", 150),
    ("빗물받이 정비", "치수과", 220),
    ("청년 창업공간 지원", "일자리정책과", 480),
    ("수제화 거리 활성화", "지역경제과", 650),
    ("공영주차장 확충", "주차관리과", 2_900),
    ("돌봄센터 신설", "여성가족과", 900),
    ("제설함·열선 설치", "도로과", 340),
    ("재활용정거장 확대", "청소행정과", 90),
];

/// Writes five years of projects; projects of the current year are under way.
fn budget_project(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("budget_project");
    let years = last_years(5);
    let choices: Vec<(f64, i64)> =
        years.iter().map(|y| (1.0 + 0.15 * (y - 2022) as f64, *y)).collect();
    for _ in 0..world.count(380) {
        let (what, dept, most) = *one_of(&mut rng, &PROJECTS);
        let year = rng.pick(&choices, 2026);
        let at = world.places().beside_street(&world.district, &mut rng);
        let dong = world.dong_at(at);
        let name = world.district.division.dongs[dong].facts.name;
        let pledge = most > 400 || rng.chance(0.25);
        let budget = (most as f64 * rng.range(0.2, 1.0)).ceil() as i64 * 1_000_000;
        let progress = match year {
            2026 => rng.range(5.0, 92.0),
            2025 if pledge => rng.range(60.0, 100.0),
            _ => 100.0,
        };
        table.write_row(
            Some(&point(at)),
            &[
                format!("{name} {what}").into(),
                if pledge { "공약사업" } else { "주민참여예산" }.into(),
                year.to_string().into(),
                budget.into(),
                // Projects that have not begun report no progress.
                (year < 2026 || !rng.chance(0.06)).then(|| rounded(progress, 0)).into(),
                dept.into(),
                world.ministry_code(dong).into(),
            ],
        )?;
    }
    Ok(())
}

/// Writes taxes of homes and firms.
///
/// Arrears grow with need and in the dongs of small works.
fn local_tax_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    let mut work = [0.0; 17];
    for (cell, share) in world.grid().cells.iter().zip(world.density().shares(DensityKind::Work)) {
        work[cell.dong] += share;
    }
    for year in last_years(5) {
        let label = year.to_string();
        let month = people.month_index(YearMonth::new(year, 10));
        for (d, work) in work.iter().enumerate() {
            let need = people.mean_of_homes(d, |cell| cell.need);
            let wealth =
                people.mean_of_homes(d, |cell| 1.0 + 0.5 * cell.towers - 0.3 * cell.houses);
            let residents = people.dongs[month][d].total as f64;
            let growth = 1.0
                + 0.041 * (year - 2022) as f64
                + 0.02 * jitter(world.seed, "tax", d, year as usize);
            let levied = (residents * 620_000.0 * wealth + work * 168e9) * growth;
            let rate = 0.012
                + 0.42 * need
                + 0.02 * work
                + 0.003 * jitter(world.seed, "arrears", d, year as usize);
            let thousands = |won: f64| (won / 1000.0).round() as i64 * 1000;
            let (levied, arrears) = (thousands(levied), thousands(levied * rate));
            table.write_row(
                None,
                &[
                    world.ministry_code(d).into(),
                    (&label).into(),
                    levied.into(),
                    (levied - arrears).into(),
                    arrears.into(),
                    rounded(100.0 * arrears as f64 / levied.max(1) as f64, 2).into(),
                ],
            )?;
        }
    }
    Ok(())
}
