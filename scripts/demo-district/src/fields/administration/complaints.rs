//! Complaints: each subject has typical places, a season and hours of the day.

use std::io;

use crate::activity::density::hub_closeness;
use crate::calendar::{TODAY, random_day_by_month, random_hour, random_timestamp};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::PlanePoint;
use crate::numbers::rng::Rng;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Weights of the hours of a day, for complaints by day and by night.
#[rustfmt::skip]
const BY_DAY: [f64; 24] = [
    1.0, 0.6, 0.4, 0.3, 0.3, 0.5, 1.2, 3.0, 6.0, 8.5, 9.0, 8.5,
    6.5, 7.5, 8.5, 8.5, 8.0, 7.5, 6.0, 4.5, 3.8, 3.0, 2.4, 1.6,
];
#[rustfmt::skip]
const BY_NIGHT: [f64; 24] = [
    4.0, 2.6, 1.6, 1.0, 0.6, 0.6, 0.8, 1.2, 2.0, 2.4, 2.6, 3.2,
    4.0, 3.6, 3.2, 3.2, 3.4, 4.0, 5.6, 7.5, 8.5, 9.0, 8.5, 6.5,
];

/// Kind of place that a subject of complaints occurs at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ComplaintPlace {
    Street,
    Main,
    Shop,
    Bar,
    Home,
    Work,
    Corner,
    Seongsu,
    Hill,
    Low,
}

/// A subject of complaints.
struct ComplaintSubject {
    weight: f64,
    name: &'static str,
    dept: &'static str,
    spots: [ComplaintPlace; 2],
    /// YearMonth with the most complaints, and the swing of the season.
    season: (i64, f64),
    night: bool,
    /// Mean number of days to resolve a complaint.
    days: f64,
}

const fn subject(
    weight: f64,
    name: &'static str,
    dept: &'static str,
    spots: [ComplaintPlace; 2],
    season: (i64, f64),
    night: bool,
    days: f64,
) -> ComplaintSubject {
    ComplaintSubject { weight, name, dept, spots, season, night, days }
}

#[rustfmt::skip]
const SUBJECTS: [ComplaintSubject; 15] = [
    subject(34.0, "불법주정차", "주차관리과", [ComplaintPlace::Shop, ComplaintPlace::Street], (5, 0.05), false, 1.2),
    subject(14.0, "청소·무단투기", "청소행정과", [ComplaintPlace::Street, ComplaintPlace::Home], (7, 0.18), false, 2.5),
    subject(8.0, "도로·보도", "도로과", [ComplaintPlace::Street, ComplaintPlace::Main], (3, 0.15), false, 6.0),
    subject(10.0, "소음·공사장", "맑은환경과", [ComplaintPlace::Work, ComplaintPlace::Home], (6, 0.22), false, 5.0),
    subject(7.0, "흡연", "건강관리과", [ComplaintPlace::Bar, ComplaintPlace::Work], (7, 0.2), true, 2.0),
    subject(4.5, "교통·버스", "교통행정과", [ComplaintPlace::Main, ComplaintPlace::Main], (3, 0.05), false, 7.0),
    subject(3.5, "공원·녹지", "공원녹지과", [ComplaintPlace::Corner, ComplaintPlace::Hill], (7, 0.35), false, 5.0),
    subject(6.0, "주택·건축", "건축과", [ComplaintPlace::Home, ComplaintPlace::Home], (5, 0.08), false, 11.0),
    subject(3.0, "가로등·보안등", "도로과", [ComplaintPlace::Street, ComplaintPlace::Hill], (12, 0.2), true, 3.0),
    subject(2.5, "하수·빗물받이", "치수과", [ComplaintPlace::Low, ComplaintPlace::Street], (7, 0.85), false, 4.0),
    subject(1.2, "제설·결빙", "도로과", [ComplaintPlace::Hill, ComplaintPlace::Street], (1, 1.0), false, 1.0),
    subject(0.5, "지반침하", "도로과", [ComplaintPlace::Low, ComplaintPlace::Main], (7, 0.7), false, 5.0),
    subject(0.9, "인파밀집", "안전관리과", [ComplaintPlace::Seongsu, ComplaintPlace::Seongsu], (10, 0.4), true, 1.5),
    subject(2.2, "복지·보건", "복지정책과", [ComplaintPlace::Home, ComplaintPlace::Home], (1, 0.1), false, 6.0),
    subject(2.7, "기타", "민원여권과", [ComplaintPlace::Street, ComplaintPlace::Shop], (4, 0.05), false, 5.0),
];

/// A random position of the kind.
///
/// Hillside and low ground are searched in a few tries.
fn random_place(world: &World, spot: ComplaintPlace, rng: &mut Rng) -> PlanePoint {
    let (places, district) = (world.places(), &world.district);
    let tries = |rng: &mut Rng, wanted: &dyn Fn(PlanePoint) -> bool| {
        let mut at = places.beside_street(district, rng);
        for _ in 0..5 {
            if wanted(at) {
                break;
            }
            at = places.beside_street(district, rng);
        }
        at
    };
    match spot {
        ComplaintPlace::Street => places.beside_street(district, rng),
        ComplaintPlace::Main => places.beside_main_road(district, rng),
        ComplaintPlace::Shop => places.random_shop(district, rng).at,
        ComplaintPlace::Bar => places.random_bar(district, rng).at,
        ComplaintPlace::Home => places.random_home(district, rng).at,
        ComplaintPlace::Work => places.random_workplace(district, rng).at,
        ComplaintPlace::Corner => places.random_corner(rng),
        ComplaintPlace::Seongsu => {
            let mut at = places.random_bar(district, rng).at;
            for _ in 0..8 {
                if matches!(world.dong_at(at), 9..=11) && hub_closeness(at).0 > 0.6 {
                    break;
                }
                at = places.random_bar(district, rng).at;
            }
            at
        }
        ComplaintPlace::Hill => tries(rng, &|at| matches!(world.dong_at(at), 5..=7 | 15 | 16)),
        ComplaintPlace::Low => tries(rng, &|at| district.nature.is_wet(at, 60.0)),
    }
}

pub(super) fn civil_complaint(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("civil_complaint");
    let choices: Vec<(f64, usize)> =
        SUBJECTS.iter().enumerate().map(|(k, subject)| (subject.weight, k)).collect();
    for n in 0..world.count(52_000) {
        let subject = &SUBJECTS[rng.pick(&choices, 0)];
        let spot = subject.spots[usize::from(rng.chance(0.4))];
        let at = random_place(world, spot, &mut rng);
        let (peak, swing) = subject.season;
        // Complaints grow over the years, because telephone apps make them easy.
        let growing = |year: i64| if year == 2024 { 0.94 } else { 1.0 };
        let weight = |month: crate::calendar::YearMonth| {
            let wave = month.season(peak, swing);
            // Subjects of one season only have a sharp peak.
            let sharp = if swing > 0.6 { wave * wave * wave } else { wave };
            sharp * growing(month.year())
        };
        let mut day = random_day_by_month(&mut rng, weight);
        if subject.name == "인파밀집" && !day.is_weekend() && rng.chance(0.7) {
            day = day.plus((5 - day.weekday()).min(TODAY.days_since(day)));
        }
        let hours = if subject.night { &BY_NIGHT } else { &BY_DAY };
        let hour = random_hour(&mut rng, hours);
        let received = random_timestamp(&mut rng, day, hour);
        let channel = rng.pick(
            &[
                (30.0, "응답소"),
                (24.0, "120다산콜"),
                (32.0, "생활불편신고앱"),
                (4.0, "방문"),
                (10.0, "전화"),
            ],
            "응답소",
        );
        let days = (subject.days * rng.range(0.2, 1.0) * rng.range(0.3, 2.4)).floor() as i64;
        let resolved = day.plus(days) <= TODAY;
        let smoking = subject.name == "흡연"
            // Complaints of cigarette ends are filed under cleaning.
            || (subject.name == "청소·무단투기" && rng.chance(0.09));
        table.write_row(
            Some(&point(at)),
            &[
                format!("C{}{:06}", day.year(), n + 1).into(),
                received.into(),
                subject.name.into(),
                subject.dept.into(),
                channel.into(),
                // Not yet resolved.
                resolved.then_some(days).into(),
                smoking.into(),
            ],
        )?;
    }
    Ok(())
}
