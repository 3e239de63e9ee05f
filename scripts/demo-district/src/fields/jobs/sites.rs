//! Sites of public jobs, of jobs for seniors, and of support for founders.

use std::io;

use crate::calendar::Day;
use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::PlanePoint;
use crate::names;
use crate::numbers::draws::one_of;
use crate::numbers::rng::Rng;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Public-works programmes: name, most people at a site, hours per week, kind of place.
#[rustfmt::skip]
const PROGRAMMES: [(&str, i64, f64, SitePlace); 10] = [
    ("지역공동체 일자리사업", 6, 30.0, SitePlace::Street),
    ("공공근로 환경정비", 8, 30.0, SitePlace::Street),
    ("공원녹지 관리", 9, 40.0, SitePlace::Corner),
    ("하천 환경 지킴이", 7, 30.0, SitePlace::Corner),
    ("스쿨존 안전지킴이", 4, 15.0, SitePlace::Street),
    ("무단투기 단속 보조", 3, 25.0, SitePlace::Street),
    ("동주민센터 행정보조", 3, 40.0, SitePlace::Main),
    ("도서관 운영 보조", 4, 25.0, SitePlace::Main),
    ("경로당 급식 도우미", 3, 15.0, SitePlace::Home),
    ("전통시장 활성화 지원", 5, 30.0, SitePlace::Shop),
];

#[derive(Clone, Copy)]
enum SitePlace {
    Street,
    Corner,
    Main,
    Home,
    Shop,
}

fn random_place(world: &World, place: SitePlace, rng: &mut Rng) -> PlanePoint {
    let (places, district) = (world.places(), &world.district);
    match place {
        SitePlace::Street => places.beside_street(district, rng),
        SitePlace::Corner => places.random_corner(rng),
        SitePlace::Main => places.beside_main_road(district, rng),
        SitePlace::Home => places.random_home(district, rng).at,
        SitePlace::Shop => places.random_shop(district, rng).at,
    }
}

pub(super) fn public_job_site(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("public_job_site");
    for _ in 0..world.count(410) {
        let (name, most, hours, kind) = *one_of(&mut rng, &PROGRAMMES);
        let at = random_place(world, kind, &mut rng);
        let second = rng.chance(0.6);
        let starts = if second { Day::constant(2026, 7, 1) } else { Day::constant(2026, 1, 5) };
        let ends = if second { Day::constant(2026, 12, 18) } else { Day::constant(2026, 6, 30) };
        let half = if second { "하반기" } else { "상반기" };
        let starts = starts.plus(rng.whole(0, 20));
        table.write_row(
            Some(&point(at)),
            &[
                format!("2026년 {half} {name}").into(),
                rng.whole(1, most).into(),
                hours.into(),
                starts.to_string().into(),
                ends.to_string().into(),
            ],
        )?;
    }
    Ok(())
}

/// Programmes for seniors: weight, name, type, kind of place.
#[rustfmt::skip]
const SENIOR_PROGRAMMES: [(f64, &str, &str, SitePlace); 9] = [
    (20.0, "노노케어", "공익활동형", SitePlace::Home),
    (18.0, "우리동네 환경지킴이", "공익활동형", SitePlace::Street),
    (14.0, "학교 앞 교통안전지도", "공익활동형", SitePlace::Street),
    (8.0, "공원 가꾸미", "공익활동형", SitePlace::Corner),
    (12.0, "어린이집 보육도우미", "사회서비스형", SitePlace::Home),
    (8.0, "시니어 금융안내", "사회서비스형", SitePlace::Main),
    (9.0, "실버카페", "시장형", SitePlace::Shop),
    (7.0, "아파트 택배", "시장형", SitePlace::Home),
    (4.0, "경비·미화 취업알선", "취업알선형", SitePlace::Main),
];

const OPERATORS: [&str; 5] = [
    "성동미래일자리(주)",
    "성동시니어클럽",
    "대한노인회 성동구지회",
    "성동노인종합복지관",
    "성동종합사회복지관",
];

pub(super) fn senior_job_site(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("senior_job_site");
    let choices = SENIOR_PROGRAMMES.map(|programme| (programme.0, programme));
    for _ in 0..world.count(260) {
        let (_, name, kind, site) = rng.pick(&choices, SENIOR_PROGRAMMES[0]);
        let at = random_place(world, site, &mut rng);
        let placed = match kind {
            "공익활동형" => rng.whole(4, 26),
            "사회서비스형" => rng.whole(2, 12),
            _ => rng.whole(2, 9),
        };
        let dong = world.district.division.dongs[world.dong_at(at)].facts.name;
        table.write_row(
            Some(&point(at)),
            &[
                format!("{dong} {name}").into(),
                kind.into(),
                placed.into(),
                (*one_of(&mut rng, &OPERATORS)).into(),
            ],
        )?;
    }
    Ok(())
}

/// Maker of [`youth_startup_space`], which other datasets are drawn from.
pub(in crate::fields) const YOUTH_STARTUP_SPACE: TableMaker =
    features("youth_startup_space", youth_startup_space);

fn youth_startup_space(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("youth_startup_space");
    for k in 0..world.count(64) {
        let kind = rng.pick(
            &[
                (10.0, "청년공간"),
                (12.0, "창업보육"),
                (30.0, "공유오피스"),
                (6.0, "메이커스페이스"),
                (6.0, "소셜벤처 허브"),
            ],
            "공유오피스",
        );
        let mut at = world.places().random_workplace(&world.district, &mut rng).at;
        // Youth spaces are all over; the others gather in Seongsu and by the university.
        for _ in 0..2 {
            if kind == "청년공간" || matches!(world.dong_at(at), 0 | 2 | 3 | 8..=11) {
                break;
            }
            at = world.places().random_workplace(&world.district, &mut rng).at;
        }
        let hours = match kind {
            "공유오피스" => "24시간",
            "청년공간" => "평일 10:00-21:00, 토 10:00-18:00",
            _ => "평일 09:00-18:00",
        };
        let seats = match kind {
            "공유오피스" => rng.whole(40, 320),
            "창업보육" => rng.whole(12, 80),
            _ => rng.whole(10, 60),
        };
        let name = names::random_word(&mut rng);
        table.write_row(
            Some(&point(at)),
            &[
                format!("{name} {kind} {}호", k + 1).into(),
                kind.into(),
                // A maker space counts machines, not seats.
                (kind != "메이커스페이스").then_some(seats).into(),
                hours.into(),
            ],
        )?;
    }
    Ok(())
}
