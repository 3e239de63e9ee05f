//! Visitor attractions: heritage, sights, festivals.

use std::io;

use super::venues::{closeness_to_seongsu, random_beside_trail};
use crate::activity::density::hub_closeness;
use crate::calendar::{Day, TODAY, YearMonth, data_months};
use crate::fields::facility_names::FacilityNames;
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::{LonLat, PlanePoint, from_degrees};
use crate::numbers::draws::one_of;
use crate::numbers::rng::Rng;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Well-known heritage: name, grade, year of designation, era, rough longitude and latitude.
type KnownHeritage = (&'static str, &'static str, i64, &'static str, LonLat);

#[rustfmt::skip]
const KNOWN_HERITAGE: [KnownHeritage; 8] = [
    ("살곶이 다리", "국가지정유산", 2011, "조선", [127.0450, 37.5547]),
    ("응봉산 봉수대 터", "서울시 지정유산", 1996, "조선", [127.0302, 37.5487]),
    ("뚝섬 수원지 제1정수장", "서울시 지정유산", 1989, "대한제국", [127.0432, 37.5418]),
    ("독서당 터", "서울시 지정유산", 2001, "조선", [127.0145, 37.5425]),
    ("입석포 터", "서울시 지정유산", 2003, "조선", [127.0335, 37.5465]),
    ("마조단 터", "서울시 지정유산", 1998, "조선", [127.0440, 37.5585]),
    ("성수동 수제화거리", "서울미래유산", 2013, "현대", [127.0560, 37.5440]),
    ("마장축산물시장", "서울미래유산", 2014, "현대", [127.0405, 37.5690]),
];

/// Writes the heritage features.
pub(super) fn heritage(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("heritage");
    let mut signs = FacilityNames::default();
    for i in 0..world.count(46) {
        let (name, grade, year, era, at) = match KNOWN_HERITAGE.get(i) {
            Some((name, grade, year, era, at)) => {
                ((*name).to_owned(), *grade, *year, *era, from_degrees(*at))
            }
            None => {
                let at = world.places().random_workplace(&world.district, &mut rng).at;
                let kinds = [
                    (12.0, ("우수건축자산", " 붉은벽돌 공장", "근대")),
                    (6.0, ("우수건축자산", " 연와조 주택", "근대")),
                    (7.0, ("서울미래유산", " 노포", "현대")),
                    (4.0, ("국가등록유산", " 창고", "근대")),
                    (5.0, ("서울시 지정유산", " 비석", "조선")),
                ];
                let (grade, ending, era) = rng.pick(&kinds, kinds[0].1);
                (signs.new_name(world, &mut rng, at, ending), grade, rng.whole(1994, 2025), era, at)
            }
        };
        let day = YearMonth::new(year, rng.whole(1, 12)).day(rng.whole(1, 28));
        let cells = [name.into(), grade.into(), day.to_string().into(), era.into()];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// Type of sight: weight, name, name endings, monthly visitors at the best place.
type SightKind = (f64, &'static str, &'static [&'static str], f64);

#[rustfmt::skip]
const SIGHTS: [SightKind; 6] = [
    (42.0, "카페·디저트", &[" 로스터스", " 베이커리", " 커피바"], 21_000.0),
    (28.0, "맛집", &[" 갈비", " 국밥", " 분식", " 양식당"], 14_000.0),
    (34.0, "편집숍·팝업", &[" 팝업스토어", " 편집숍", " 쇼룸"], 46_000.0),
    (15.0, "공방·수제화", &[" 수제화공방", " 가죽공방", " 향수공방"], 5_200.0),
    (14.0, "전시·문화", &[" 전시관", " 사진관"], 17_000.0),
    (9.0, "역사·전통", &[" 옛길", " 전통시장"], 8_000.0),
];

/// Writes the sights: parks first, the others where people stroll.
pub(super) fn tourism_spot(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("sights");
    let mut signs = FacilityNames::default();
    let choices: Vec<(f64, usize)> = (0..SIGHTS.len()).map(|k| (SIGHTS[k].0, k)).collect();
    let greens = &world.district.nature.greens;
    for i in 0..world.count(155) {
        let (name, kind, visitors, at) = if let Some(green) = greens.get(i) {
            let dry = !world.district.nature.is_wet(green.centre, 1.0);
            let beside = [green.centre[0], green.centre[1] + 0.5 * green.reach[1]];
            let at = if dry { green.centre } else { beside };
            // Visitors grow with the park's area.
            let visitors = green.reach[0] * green.reach[1] * rng.range(2.2, 3.4);
            (green.name.to_owned(), "공원·자연", visitors, at)
        } else {
            let (_, kind, endings, best) = SIGHTS[rng.pick(&choices, 0)];
            let mut at = world.places().random_shop(&world.district, &mut rng).at;
            for _ in 0..3 {
                let other = world.places().random_bar(&world.district, &mut rng).at;
                if closeness_to_seongsu(other) + hub_closeness(other).0
                    > closeness_to_seongsu(at) + hub_closeness(at).0
                {
                    at = other;
                }
            }
            let ending = *one_of(&mut rng, endings);
            let luck = rng.unit();
            let visitors = best * (0.06 + luck * luck * luck) * (0.35 + closeness_to_seongsu(at));
            (signs.new_name(world, &mut rng, at, ending), kind, visitors, at)
        };
        let rating = 3.3 + 1.6 * (rng.unit() + rng.unit()) / 2.0;
        let cells = [
            name.into(),
            kind.into(),
            ((visitors / 10.0).round() as i64 * 10).into(),
            rounded(rating, 1).into(),
        ];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// Yearly festival: name, month, day, number of days, visitors, longitude and latitude.
type YearlyFestival = (&'static str, i64, i64, i64, f64, LonLat);

#[rustfmt::skip]
const YEARLY_FESTIVALS: [YearlyFestival; 8] = [
    ("응봉산 개나리축제", 3, 27, 2, 42_000.0, [127.0302, 37.5487]),
    ("서울숲 봄꽃 나들이", 4, 10, 9, 88_000.0, [127.0386, 37.5448]),
    ("성수 수제화 페스티벌", 5, 16, 2, 31_000.0, [127.0560, 37.5446]),
    ("청계천 여름밤 음악회", 7, 24, 3, 9_500.0, [127.0400, 37.5722]),
    ("살곶이 물놀이축제", 8, 1, 16, 56_000.0, [127.0437, 37.5552]),
    ("태조 이성계 사냥행차 축제", 10, 10, 2, 27_000.0, [127.0437, 37.5552]),
    ("왕십리 광장 가을음악회", 10, 23, 1, 6_400.0, [127.0372, 37.5615]),
    ("마장동 축산물 한마당", 11, 7, 2, 14_000.0, [127.0405, 37.5685]),
];

/// Writes the yearly festivals, and smaller events between them.
pub(super) fn festival_event(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("festivals");
    let mut signs = FacilityNames::default();
    let first = data_months()[0].day(1);
    let mut events: Vec<(Day, Day, String, i64, PlanePoint)> = Vec::new();
    for (name, month, day, days, visitors, at) in YEARLY_FESTIVALS {
        for year in 2024..=2026 {
            let start = YearMonth::new(year, month).day(day);
            if start >= first && start <= TODAY {
                let visitors = visitors * rng.range(0.82, 1.2);
                let end = start.plus(days - 1);
                let name = format!("{year} {name}");
                events.push((start, end, name, visitors.round() as i64, from_degrees(at)));
            }
        }
    }
    while events.len() < world.count(90) {
        // Most in May and October, few in winter.
        let weight =
            |m: YearMonth| m.season(6, 0.5) + if matches!(m.month(), 5 | 10) { 1.2 } else { 0.0 };
        let start = crate::calendar::random_day_by_month(&mut rng, weight);
        let (kind, days, visitors, at) = random_small_event(world, &mut rng);
        let end = start.plus(days - 1);
        let name = signs.numbered(&format!("{} {kind}", world.quarter_at(at)));
        events.push((start, end, name, visitors, at));
    }
    events.truncate(world.count(90));
    events.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.2.cmp(&b.2)));
    for (start, end, name, visitors, at) in events {
        let cells =
            [name.into(), start.to_string().into(), end.to_string().into(), visitors.into()];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// A random small event: kind, number of days, visitors, position.
fn random_small_event(world: &World, rng: &mut Rng) -> (&'static str, i64, i64, PlanePoint) {
    let kinds = [
        (22.0, ("팝업마켓", 3, 5_400.0)),
        (18.0, ("벼룩시장", 1, 1_300.0)),
        (16.0, ("거리공연", 1, 700.0)),
        (14.0, ("동네축제", 1, 2_100.0)),
        (10.0, ("책 축제", 2, 1_900.0)),
        (8.0, ("전시회", 12, 3_800.0)),
    ];
    let (kind, days, usual) = rng.pick(&kinds, kinds[0].1);
    let at = match kind {
        "거리공연" | "벼룩시장" => random_beside_trail(world, rng),
        "동네축제" => world.places().beside_street(&world.district, rng),
        _ => world.places().random_bar(&world.district, rng).at,
    };
    let visitors = usual * rng.range(0.4, 1.5) * (0.7 + 0.9 * closeness_to_seongsu(at));
    (kind, days, visitors.round() as i64, at)
}
