//! Datasets of jobs and employment.

mod openings;
pub(super) mod sites;

use std::io;

use crate::calendar::YearMonth;
use crate::fields::table_maker::{TableMaker, features, values};
use crate::geometry::feature_shapes::point;
use crate::numbers::draws::random_count;
use crate::numbers::rounding::rounded;
use crate::society::firms::{self, Firm};
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Makers of the tables of this field.
#[must_use]
pub(crate) fn table_makers() -> &'static [TableMaker] {
    const MAKERS: &[TableMaker] = &[
        features("job_opening", openings::job_opening),
        values("job_opening", openings::job_opening_values),
        values("job_seeker_dong", job_seeker_dong),
        features("public_job_site", sites::public_job_site),
        features("senior_job_site", sites::senior_job_site),
        sites::YOUTH_STARTUP_SPACE,
        features("pension_workplace", pension_workplace),
        values("pension_workplace", pension_workplace_values),
        values("unemployment_benefit_dong", unemployment_benefit_dong),
    ];
    MAKERS
}

/// Job seekers by dong.
///
/// Number relative to elsewhere, shares of the young and of the old, most wanted
/// occupation.
const SEEKERS_BY_DONG: [(f64, f64, f64, &str); 17] = [
    (1.05, 0.36, 0.22, "경영 관련 사무원"),
    (1.20, 0.26, 0.33, "청소원 및 환경미화원"),
    (1.18, 0.47, 0.19, "매장 판매 종사자"),
    (1.02, 0.44, 0.19, "경영 관련 사무원"),
    (0.95, 0.33, 0.22, "경영 관련 사무원"),
    (1.00, 0.29, 0.29, "돌봄 및 보건 서비스 종사자"),
    (1.08, 0.31, 0.27, "회계 및 경리 사무원"),
    (1.06, 0.30, 0.28, "돌봄 및 보건 서비스 종사자"),
    (0.72, 0.37, 0.17, "경영 관련 사무원"),
    (0.78, 0.46, 0.16, "디자이너"),
    (0.80, 0.38, 0.21, "컴퓨터 시스템 및 소프트웨어 전문가"),
    (0.85, 0.36, 0.23, "섬유 및 가죽 관련 기능 종사자"),
    (1.25, 0.28, 0.31, "자동차 운전원"),
    (1.28, 0.27, 0.32, "청소원 및 환경미화원"),
    (1.12, 0.35, 0.25, "매장 판매 종사자"),
    (1.10, 0.29, 0.29, "건물 관리원 및 검표원"),
    (0.74, 0.33, 0.20, "경영 관련 사무원"),
];

/// Writes job seekers registered in the month.
///
/// The young register after graduation in February, all groups when contracts end with the year.
fn job_seeker_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    let mut rng = world.rng("job_seeker_dong");
    for (month, dongs) in people.months.iter().zip(&people.dongs) {
        let label = month.to_string();
        let season = month.season(2, 0.15);
        for (d, (residents, lean)) in dongs.iter().zip(SEEKERS_BY_DONG).enumerate() {
            let (more, young, old, wanted) = lean;
            let expected = residents.working_age as f64 * 0.0140 * more * season;
            let seekers = random_count(&mut rng, expected);
            let young = young * month.season(2, 0.08);
            let young = (seekers as f64 * young * rng.range(0.93, 1.07)).round() as i64;
            let old = (seekers as f64 * old * rng.range(0.93, 1.07)).round() as i64;
            table.write_row(
                None,
                &[
                    world.ministry_code(d).into(),
                    (&label).into(),
                    seekers.into(),
                    young.into(),
                    old.into(),
                    wanted.into(),
                ],
            )?;
        }
    }
    Ok(())
}

fn unemployment_benefit_dong(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let people = world.population();
    let mut rng = world.rng("unemployment_benefit_dong");
    for (month, dongs) in people.months.iter().zip(&people.dongs) {
        let label = month.to_string();
        for (d, (residents, lean)) in dongs.iter().zip(SEEKERS_BY_DONG).enumerate() {
            let expected = residents.working_age as f64 * 0.0165 * (0.35 + 0.65 * lean.0);
            let recipients = random_count(&mut rng, expected * month.season(3, 0.09));
            let claims = random_count(&mut rng, expected * 0.19 * month.season(1, 0.22));
            let rate = 100.0 * recipients as f64 / residents.working_age.max(1) as f64;
            table.write_row(
                None,
                &[
                    world.ministry_code(d).into(),
                    (&label).into(),
                    recipients.into(),
                    claims.min(recipients).into(),
                    rounded(rate, 2).into(),
                ],
            )?;
        }
    }
    Ok(())
}

/// Workplaces with three or more workers: the first ones of the establishments.
fn workplaces(world: &World) -> Vec<(usize, Firm)> {
    let all = world.firms().open_firms(3).map(|(k, firm)| (k, *firm));
    all.take(world.count(5_800)).collect()
}

fn workplace_number(place: usize) -> String {
    format!("W{:06}", place + 1)
}

fn pension_workplace(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("pension_workplace");
    for (n, (_, firm)) in workplaces(world).into_iter().enumerate() {
        table.write_row(
            Some(&point(firm.spot.at)),
            &[
                workplace_number(n).into(),
                firms::random_name(&mut rng, firm.trade()).into(),
                firm.trade().code.into(),
            ],
        )?;
    }
    Ok(())
}

/// Writes 24 months: members follow from the month before, joiners and leavers.
fn pension_workplace_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let months = &world.population().months;
    let mut rng = world.rng("pension_workplace values");
    let mut list: Vec<(String, Firm, i64, YearMonth)> = workplaces(world)
        .into_iter()
        .enumerate()
        .map(|(n, (_, firm))| {
            let opened = YearMonth::new(firm.opened, rng.whole(1, 10));
            (workplace_number(n), firm, firm.workers, opened)
        })
        .collect();
    for month in months {
        let label = month.to_string();
        for (number, firm, members, opened) in &mut list {
            if month < opened {
                continue;
            }
            let (coming, going) = match firm.trade().section {
                "J" | "M" => (0.039, 0.040),
                "C" => (0.022, 0.031),
                "I" | "G" => (0.044, 0.051),
                _ => (0.029, 0.034),
            };
            let size = *members as f64;
            // The smallest can't shrink below, so slower growth keeps their mean.
            let coming = if *members < 6 { 0.72 * coming } else { coming };
            let joined = random_count(&mut rng, size * coming * month.season(3, 0.25));
            let left = random_count(&mut rng, size * going * month.season(1, 0.2));
            // Workplaces of fewer than three members are not published.
            let left = left.min((*members + joined - 3).max(0));
            *members += joined - left;
            table.write_row(
                None,
                &[
                    (&*number).into(),
                    (&label).into(),
                    (*members).into(),
                    joined.into(),
                    left.into(),
                ],
            )?;
        }
    }
    Ok(())
}
