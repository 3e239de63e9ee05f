//! Job postings by workplace and week.

use std::io;

use crate::calendar::{Day, TODAY};
use crate::geometry::feature_shapes::point;
use crate::numbers::draws::{jitter, one_of, random_count};
use crate::numbers::rng::Rng;
use crate::numbers::weighted_sampler::WeightedSampler;
use crate::society::firms::{self, Firm};
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Occupation: code in the Korean standard classification, name, lowest monthly wage in
/// thousands of won.
type Occupation = (&'static str, &'static str, f64);

const OFFICE: Occupation = ("312", "경영 관련 사무원", 2_300.0);
const BOOKS: Occupation = ("313", "회계 및 경리 사무원", 2_350.0);
const SOFTWARE: Occupation = ("222", "컴퓨터 시스템 및 소프트웨어 전문가", 3_250.0);
const DESIGN: Occupation = ("285", "디자이너", 2_600.0);
const CARE: Occupation = ("421", "돌봄 및 보건 서비스 종사자", 2_160.0);
const COOK: Occupation = ("441", "조리사", 2_450.0);
const WAITER: Occupation = ("442", "식음료 서비스 종사자", 2_150.0);
const SALES: Occupation = ("521", "매장 판매 종사자", 2_150.0);
const LEATHER: Occupation = ("721", "섬유 및 가죽 관련 기능 종사자", 2_500.0);
const METAL: Occupation = ("741", "금형·주조 및 단조원", 2_650.0);
const PRINT: Occupation = ("892", "인쇄 및 사진 현상 관련 기계 조작원", 2_550.0);
const BUILDER: Occupation = ("780", "건설 및 채굴 관련 기능 종사자", 3_000.0);
const DRIVER: Occupation = ("873", "자동차 운전원", 2_450.0);
const COURIER: Occupation = ("922", "배달원", 2_700.0);
const CLEANER: Occupation = ("941", "청소원 및 환경미화원", 2_120.0);
const GUARD: Occupation = ("942", "건물 관리원 및 검표원", 2_200.0);
const TEACHER: Occupation = ("254", "문리·기술 및 예능 강사", 2_300.0);
const NURSE: Occupation = ("243", "간호사", 3_000.0);

/// Occupations that a firm recruits, with weights.
fn recruited_occupations(firm: &Firm) -> &'static [(f64, Occupation)] {
    match (firm.trade().section, firm.trade().code) {
        ("C", "15211" | "15219" | "15121" | "14112") => {
            &[(6.0, LEATHER), (1.0, OFFICE), (1.0, DESIGN)]
        }
        ("C", "18113" | "18122") => &[(5.0, PRINT), (1.0, DESIGN), (1.0, OFFICE)],
        ("C", _) => &[(4.0, METAL), (1.0, OFFICE), (1.0, BOOKS)],
        ("F", _) => &[(4.0, BUILDER), (1.0, OFFICE), (1.0, BOOKS)],
        ("G", _) => &[(4.0, SALES), (1.5, OFFICE), (1.0, BOOKS)],
        ("H", _) => &[(3.0, DRIVER), (3.0, COURIER)],
        ("I", _) => &[(3.0, COOK), (4.0, WAITER)],
        ("J", _) => &[(5.0, SOFTWARE), (1.5, DESIGN), (1.0, OFFICE)],
        ("M", _) => &[(2.0, DESIGN), (2.0, OFFICE), (1.0, SOFTWARE)],
        ("N", _) => &[(4.0, CLEANER), (3.0, GUARD)],
        ("P", _) => &[(5.0, TEACHER), (1.0, OFFICE)],
        ("Q", "86201") => &[(4.0, NURSE), (1.0, OFFICE)],
        ("Q", _) => &[(1.0, CARE)],
        _ => &[(2.0, OFFICE), (1.0, SALES), (1.0, CLEANER)],
    }
}

/// A posting.
struct JobPosting {
    number: String,
    firm: Firm,
    occupation: Occupation,
}

/// The postings; large and growing firms have more.
fn postings(world: &World) -> Vec<JobPosting> {
    let mut rng = world.rng("job_opening");
    let firms: Vec<Firm> = world.firms().open_firms(2).map(|(_, firm)| *firm).collect();
    let weight = |firm: &Firm| {
        let growing = match firm.trade().section {
            "J" | "M" => 1.15,
            "N" | "P" | "Q" => 1.5,
            "C" => 0.9,
            "H" => 0.8,
            _ => 1.2,
        };
        (firm.workers as f64).sqrt() * growing
    };
    let sampler = WeightedSampler::new(firms.iter().map(weight));
    let number = |k: usize| format!("K1112026{:06}", k + 1);
    (0..world.count(1_450))
        .map(|k| {
            let firm = firms[sampler.draw(&mut rng)];
            let choices = recruited_occupations(&firm);
            JobPosting { number: number(k), firm, occupation: rng.pick(choices, choices[0].1) }
        })
        .collect()
}

pub(super) fn job_opening(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("job_opening terms");
    for posting in postings(world) {
        let (code, name, low) = posting.occupation;
        let kind = random_contract(code, &mut rng);
        let part = if kind == "시간제" { 0.55 } else { 1.0 };
        let wage = (low * part * rng.range(0.97, 1.45) / 10.0).round() as i64 * 10_000;
        // One posting in eight states no wage, one in five no closing date.
        let wage = (!rng.chance(0.12)).then_some(wage);
        let closes = (!rng.chance(0.2)).then(|| TODAY.plus(rng.whole(1, 45)).to_string());
        table.write_row(
            Some(&point(posting.firm.spot.at)),
            &[
                posting.number.into(),
                firms::random_name(&mut rng, posting.firm.trade()).into(),
                code.into(),
                name.into(),
                wage.into(),
                kind.into(),
                closes.into(),
            ],
        )?;
    }
    Ok(())
}

fn random_contract(occupation: &str, rng: &mut Rng) -> &'static str {
    let [regular, fixed, part] = match occupation {
        "222" | "285" | "312" | "313" => [0.82, 0.14, 0.03],
        "441" | "442" | "521" | "254" => [0.42, 0.18, 0.36],
        "421" | "941" | "942" => [0.30, 0.42, 0.26],
        _ => [0.60, 0.22, 0.08],
    };
    rng.pick(
        &[
            (regular, "정규직"),
            (fixed, "계약직"),
            (part, "시간제"),
            (1.0 - regular - fixed - part, "일용직"),
        ],
        "정규직",
    )
}

/// Writes 104 weeks of openings of the posting firms.
///
/// More in spring and autumn, fewer around the New Year; the demand of Seongsu's ventures grows.
pub(super) fn job_opening_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("job_opening values");
    let postings = postings(world);
    let last = TODAY.plus(-TODAY.weekday());
    for week in 0..104 {
        let monday: Day = last.plus(7 * (week - 103));
        let labels: Vec<String> = (0..5).map(|day| monday.plus(day).to_string()).collect();
        let season = monday.year_month().season(4, 0.10) * monday.year_month().season(9, 0.06);
        for (k, posting) in postings.iter().enumerate() {
            let trend = match posting.firm.trade().section {
                "J" | "M" => 0.85 + 0.0035 * week as f64,
                "C" => 1.1 - 0.0018 * week as f64,
                _ => 1.0,
            };
            let size = (posting.firm.workers as f64).min(90.0);
            let rate = (0.13 + 0.011 * size) * season * trend;
            let rate = rate * (1.0 + 0.5 * jitter(world.seed, "postings", k, 0));
            if rng.chance((rate / 1.4).min(0.85)) {
                let openings = 1 + random_count(&mut rng, 0.25 + 0.012 * size);
                let label = one_of(&mut rng, &labels);
                table
                    .write_row(None, &[(&posting.number).into(), label.into(), openings.into()])?;
            }
        }
    }
    Ok(())
}
