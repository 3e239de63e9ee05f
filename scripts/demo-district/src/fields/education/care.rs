//! Childcare and playgrounds.

use std::io;

use crate::calendar::{Day, data_months, random_day};
use crate::fields::facility_names::FacilityNames;
use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::bounds_centre;
use crate::geometry::plane::{self, PlanePoint};
use crate::numbers::draws::one_of;
use crate::numbers::rng::Rng;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// A daycare centre.
struct Daycare {
    code: String,
    name: String,
    kind: &'static str,
    capacity: i64,
    open: bool,
    at: PlanePoint,
    /// Share of places taken at the end of a school year.
    full: f64,
    /// Decrease of that share over the last two years; negative for an increase.
    trend: f64,
}

/// Daycare types: weight, name, range of places, range of fill rates.
const DAYCARE_TYPES: [(f64, &str, [i64; 2], [f64; 2]); 7] = [
    (82.0, "국공립", [35, 99], [0.84, 1.0]),
    (2.0, "사회복지법인", [60, 120], [0.78, 0.95]),
    (2.0, "법인·단체", [40, 80], [0.7, 0.92]),
    (30.0, "민간", [22, 75], [0.58, 0.9]),
    (36.0, "가정", [12, 20], [0.55, 0.95]),
    (13.0, "직장", [30, 99], [0.7, 0.96]),
    (3.0, "협동", [18, 35], [0.8, 1.0]),
];

fn daycares(world: &World) -> Vec<Daycare> {
    let mut rng = world.rng("daycare");
    let mut signs = FacilityNames::default();
    let (district, places) = (&world.district, world.places());
    let choices: Vec<(f64, usize)> =
        (0..DAYCARE_TYPES.len()).map(|k| (DAYCARE_TYPES[k].0, k)).collect();
    (0..world.count(168))
        .map(|i| {
            let (_, kind, [fewest, most], [low, high]) = DAYCARE_TYPES[rng.pick(&choices, 0)];
            let at = match kind {
                "직장" => places.random_workplace(district, &mut rng).at,
                _ => places.random_home(district, &mut rng).at,
            };
            let prefix = if kind == "국공립" { "구립" } else { "" };
            let name = signs.new_name(world, &mut rng, at, "어린이집");
            Daycare {
                code: format!("D{:04}", i + 1),
                name: format!("{prefix}{name}"),
                kind,
                capacity: rng.whole(fewest, most),
                open: kind == "국공립" || !rng.chance(0.06),
                at,
                full: rng.range(low, high),
                trend: rng.range(-0.02, 0.12),
            }
        })
        .collect()
}

/// Maker of [`daycare`], which other datasets are drawn from.
pub(in crate::fields) const DAYCARE: TableMaker = features("daycare", daycare);

/// Writes the daycare centres as features.
fn daycare(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for centre in daycares(world) {
        let cells = [
            (&centre.code).into(),
            (&centre.name).into(),
            centre.kind.into(),
            centre.capacity.into(),
            if centre.open { "운영" } else { "휴지" }.into(),
        ];
        table.write_row(Some(&point(centre.at)), &cells)?;
    }
    Ok(())
}

/// Writes enrolment by month.
///
/// In March the eldest have left for kindergarten; over the school year the places fill
/// again. A suspended centre has no figures.
pub(super) fn daycare_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("daycare values");
    let months = data_months();
    for centre in daycares(world).iter().filter(|centre| centre.open) {
        for (k, month) in months.iter().enumerate() {
            let since_march = (month.month() - 3).rem_euclid(12) as f64;
            let back = (months.len() - 1 - k) as f64 / 24.0;
            let full = centre.full + centre.trend * back - 0.011 * (11.0 - since_march);
            let full = (full + rng.range(-0.012, 0.012)).clamp(0.2, 1.0);
            let enrolled = (centre.capacity as f64 * full).round();
            let wanted = (full - 0.86).max(0.0) * 6.0 * centre.capacity as f64;
            let public = if centre.kind == "국공립" { 1.0 } else { 0.3 };
            let cells = [
                (&centre.code).into(),
                month.to_string().into(),
                (enrolled as i64).into(),
                rounded(100.0 * enrolled / centre.capacity as f64, 1).into(),
                ((wanted * public * month.season(2, 0.25)).round() as i64).into(),
            ];
            table.write_row(None, &cells)?;
        }
    }
    Ok(())
}

/// Maker of [`kindergarten`], which other datasets are drawn from.
pub(in crate::fields) const KINDERGARTEN: TableMaker = features("kindergarten", kindergarten);

/// Writes kindergartens: some in elementary schools, the others among homes.
fn kindergarten(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("kindergarten");
    let mut signs = FacilityNames::default();
    let schools = world.schools().elementary();
    for i in 0..world.count(21) {
        let school = schools.get(i * 2).filter(|_| i < 8);
        let (name, founder, at) = if let Some(school) = school {
            let name = format!("{} 병설유치원", school.name);
            (name, "공립(병설)", [school.at[0] + 20.0, school.at[1] + 14.0])
        } else {
            let at = world.places().random_home(&world.district, &mut rng).at;
            let founder = if i == 8 { "공립(단설)" } else { "사립" };
            (signs.new_name(world, &mut rng, at, "유치원"), founder, at)
        };
        let capacity = if school.is_some() { rng.whole(2, 5) * 20 } else { rng.whole(80, 210) };
        let enrolled = (capacity as f64 * rng.range(0.55, 0.97)).round() as i64;
        let cells = [(&name).into(), founder.into(), capacity.into(), enrolled.into()];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// Writes after-school care: one site in each elementary school, the others around them.
pub(super) fn after_school_care(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("after-school care");
    let mut signs = FacilityNames::default();
    let schools = world.schools().elementary();
    for i in 0..world.count(58) {
        let (name, kind, at) = if let Some(school) = schools.get(i) {
            let at = [school.at[0] - 12.0, school.at[1] + 9.0];
            (format!("{} 늘봄학교", school.name), "늘봄학교", at)
        } else {
            let choices =
                [(22.0, "아이꿈누리터"), (14.0, "지역아동센터"), (2.0, "청소년방과후아카데미")];
            let kind = rng.pick(&choices, "지역아동센터");
            let at = random_near_school(world, &mut rng);
            (signs.new_name(world, &mut rng, at, &format!(" {kind}")), kind, at)
        };
        let capacity = match kind {
            "늘봄학교" => rng.whole(2, 6) * 20,
            "지역아동센터" => rng.whole(19, 35),
            _ => rng.whole(20, 40),
        };
        let enrolled = (capacity as f64 * rng.range(0.62, 1.0)).round() as i64;
        let closes = match kind {
            "늘봄학교" => "20:00",
            "아이꿈누리터" => rng.pick(&[(3.0, "20:00"), (1.0, "19:00")], "20:00"),
            _ => rng.pick(&[(2.0, "19:00"), (2.0, "20:00"), (1.0, "21:00")], "19:00"),
        };
        let cells = [(&name).into(), kind.into(), capacity.into(), enrolled.into(), closes.into()];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

/// A random home near an elementary school, if one is found within a few tries.
fn random_near_school(world: &World, rng: &mut Rng) -> PlanePoint {
    let mut at = world.places().random_home(&world.district, rng).at;
    for _ in 0..12 {
        let near =
            |school: &crate::society::schools::School| plane::distance(school.at, at) < 420.0;
        if world.schools().elementary().iter().any(near) {
            break;
        }
        at = world.places().random_home(&world.district, rng).at;
    }
    at
}

/// A random position in a park, off its ponds.
fn random_in_park(world: &World, rng: &mut Rng) -> PlanePoint {
    let nature = &world.district.nature;
    let green = one_of(rng, &nature.greens);
    let (x, y) = (rng.range(-0.6, 0.6), rng.range(-0.6, 0.6));
    let p = [green.centre[0] + x * green.reach[0], green.centre[1] + y * green.reach[1]];
    if nature.is_wet(p, 2.0) { green.centre } else { p }
}

/// Area of a play facility in square metres.
fn random_play_area(rng: &mut Rng, kind: &str) -> f64 {
    match kind {
        "도시공원" => rng.range(180.0, 900.0),
        "학교" => rng.range(150.0, 420.0),
        "주택단지" => rng.range(90.0, 480.0),
        _ => rng.range(35.0, 160.0),
    }
}

/// Writes play facilities in estates, parks, daycare centres and schools.
pub(super) fn playground(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("playground");
    let mut signs = FacilityNames::default();
    let buildings = &world.district.town.buildings;
    let estates: Vec<PlanePoint> = buildings
        .iter()
        .filter(|b| b.usage == "공동주택" && b.floors > 9)
        .map(|b| bounds_centre(&b.ring))
        .collect();
    let nurseries: Vec<PlanePoint> =
        daycares(world).iter().filter(|d| d.open).map(|d| d.at).collect();
    let schools = world.schools().elementary();
    for i in 0..world.count(310) {
        let choices = [
            (165.0, "주택단지"),
            (48.0, "도시공원"),
            (58.0, "어린이집"),
            (11.0, "유치원"),
            (8.0, "놀이제공영업소"),
        ];
        let kind = if i < schools.len() { "학교" } else { rng.pick(&choices, "주택단지") };
        let beside = |p: PlanePoint, rng: &mut Rng| [p[0] + rng.range(-16.0, 16.0), p[1] - 17.0];
        let at = match kind {
            "학교" => beside(schools[i].at, &mut rng),
            "도시공원" => random_in_park(world, &mut rng),
            "주택단지" if !estates.is_empty() => beside(*one_of(&mut rng, &estates), &mut rng),
            "어린이집" if !nurseries.is_empty() => *one_of(&mut rng, &nurseries),
            "놀이제공영업소" => world.places().random_shop(&world.district, &mut rng).at,
            _ => world.places().random_home(&world.district, &mut rng).at,
        };
        let what =
            if kind == "놀이제공영업소" { "키즈카페" } else { "어린이놀이터" };
        let name = match kind {
            "학교" => format!("{} 놀이터", schools[i].name),
            "도시공원" => signs.numbered(&format!("{} 공원놀이터", world.quarter_at(at))),
            _ => signs.new_name(world, &mut rng, at, what),
        };
        let area = random_play_area(&mut rng, kind);
        let inspected =
            random_day(&mut rng, Day::constant(2025, 11, 3), Day::constant(2026, 10, 23));
        let results = [(93.0, "합격"), (5.5, "개선명령"), (1.5, "이용금지")];
        let cells = [
            (&name).into(),
            kind.into(),
            rounded(area, 1).into(),
            inspected.to_string().into(),
            rng.pick(&results, "합격").into(),
        ];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}
