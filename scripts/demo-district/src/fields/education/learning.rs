//! Academies, libraries and adult education.

use std::io;

use crate::calendar::data_months;
use crate::fields::facility_names::FacilityNames;
use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::PlanePoint;
use crate::numbers::draws::one_of;
use crate::numbers::rng::Rng;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Field of academies.
///
/// Weight, name, name endings, range of places, range of fees in thousands of won.
type AcademyField = (f64, &'static str, &'static [&'static str], [i64; 2], [i64; 2]);

#[rustfmt::skip]
const FIELDS: [AcademyField; 6] = [
    (46.0, "입시·보습", &["수학학원", "학원", "국어논술학원", "과학학원", "입시학원"], [20, 180], [18, 46]),
    (17.0, "국제화(외국어)", &["영어학원", "어학원", "중국어교습소"], [15, 120], [20, 42]),
    (25.0, "예능", &["음악학원", "피아노교습소", "미술학원", "미술교습소"], [8, 45], [12, 24]),
    (4.0, "직업기술", &["요리학원", "컴퓨터학원", "미용학원"], [20, 120], [25, 60]),
    (5.0, "독서실", &["독서실", "스터디센터"], [40, 160], [10, 22]),
    (3.0, "기타", &["바둑교습소", "속독교습소"], [8, 30], [10, 18]),
];

/// Writes academies: upstairs from shops, and among homes of families.
pub(super) fn academy(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("academy");
    let mut signs = FacilityNames::default();
    let (district, places) = (&world.district, world.places());
    let choices: Vec<(f64, usize)> = (0..FIELDS.len()).map(|k| (FIELDS[k].0, k)).collect();
    // Academies form rows: new ones open beside existing ones.
    let mut rows: Vec<PlanePoint> = Vec::new();
    for _ in 0..world.count(760) {
        let (_, field, endings, size, fee) = FIELDS[rng.pick(&choices, 0)];
        let at = if !rows.is_empty() && rng.chance(0.45) {
            let near = *one_of(&mut rng, &rows);
            let mut best = places.random_shop(district, &mut rng).at;
            for _ in 0..24 {
                let other = places.random_shop(district, &mut rng).at;
                if gap(other, near) < gap(best, near) {
                    best = other;
                }
            }
            best
        } else if rng.chance(0.5) {
            places.random_shop(district, &mut rng).at
        } else {
            places.random_home(district, &mut rng).at
        };
        if rng.chance(0.05) {
            rows.push(at);
        }
        let ending = *one_of(&mut rng, endings);
        let statuses = [(94.0, "개원"), (3.0, "휴원"), (3.0, "폐원")];
        let cells = [
            signs.new_name(world, &mut rng, at, ending).into(),
            field.into(),
            rng.whole(size[0], size[1]).into(),
            (rng.whole(fee[0], fee[1]) * 10_000).into(),
            rng.pick(&statuses, "개원").into(),
        ];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}

fn gap(a: PlanePoint, b: PlanePoint) -> f64 {
    crate::geometry::plane::distance(a, b)
}

/// A library.
struct Library {
    code: String,
    name: String,
    kind: &'static str,
    books: i64,
    seats: i64,
    visitors: f64,
    at: PlanePoint,
}

fn libraries(world: &World) -> Vec<Library> {
    let mut rng = world.rng("library");
    let mut signs = FacilityNames::default();
    let (district, places) = (&world.district, world.places());
    let mut list: Vec<Library> = Vec::new();
    for i in 0..world.count(62) {
        let kind = match i {
            0..8 => "공공도서관",
            8..44 => "작은도서관",
            _ => "스마트도서관",
        };
        let draw = |rng: &mut Rng| match kind {
            "스마트도서관" => places.beside_main_road(district, rng),
            _ => places.random_home(district, rng).at,
        };
        // The best of a few places is the furthest from the other libraries.
        let mut at = draw(&mut rng);
        for _ in 0..if kind == "공공도서관" { 12 } else { 3 } {
            let other = draw(&mut rng);
            let alone = |p: PlanePoint| {
                let alike = list.iter().filter(|library| library.kind == kind);
                alike.map(|library| gap(library.at, p)).fold(f64::INFINITY, f64::min)
            };
            if alone(other) > alone(at) {
                at = other;
            }
        }
        let (books, seats, visitors) = match kind {
            "공공도서관" => {
                (rng.whole(42, 150) * 1_000, rng.whole(120, 620), rng.range(9_000.0, 31_000.0))
            }
            "작은도서관" => {
                (rng.whole(20, 110) * 100, rng.whole(8, 36), rng.range(260.0, 1_900.0))
            }
            _ => (rng.whole(300, 620), 0, rng.range(180.0, 900.0)),
        };
        let ending = match kind {
            "공공도서관" => "도서관",
            "작은도서관" => "작은도서관",
            _ => " 스마트도서관",
        };
        let name = signs.new_name(world, &mut rng, at, ending);
        let prefix = if kind == "공공도서관" { "성동구립 " } else { "" };
        list.push(Library {
            code: format!("L{:03}", i + 1),
            name: format!("{prefix}{name}"),
            kind,
            books,
            seats,
            visitors,
            at,
        });
    }
    list
}

/// Maker of [`library`], which other datasets are drawn from.
pub(in crate::fields) const LIBRARY: TableMaker = features("library", library);

/// Writes the libraries as features.
fn library(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for library in libraries(world) {
        let cells = [
            (&library.code).into(),
            (&library.name).into(),
            library.kind.into(),
            library.books.into(),
            library.seats.into(),
        ];
        table.write_row(Some(&point(library.at)), &cells)?;
    }
    Ok(())
}

/// Writes visitors by month: most in the holidays of January and August.
pub(super) fn library_values(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("library values");
    for library in libraries(world) {
        let growth = rng.range(-0.1, 0.16);
        for (k, month) in data_months().into_iter().enumerate() {
            let holidays = if matches!(month.month(), 1 | 7 | 8) { 1.14 } else { 0.97 };
            let trend = 1.0 + growth * (k as f64 / 23.0 - 1.0);
            let short = month.days() as f64 / 30.4;
            let visitors = library.visitors * holidays * trend * short * rng.range(0.93, 1.07);
            let cells = [
                (&library.code).into(),
                month.to_string().into(),
                (visitors.round() as i64).into(),
            ];
            table.write_row(None, &cells)?;
        }
    }
    Ok(())
}

/// Writes adult education: a centre and a residents' centre in every dong, and others.
pub(super) fn lifelong_learning(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("lifelong learning");
    let mut signs = FacilityNames::default();
    let (district, places) = (&world.district, world.places());
    let dongs = &district.division.dongs;
    for i in 0..world.count(74) {
        let (kind, dong) = match i {
            0..17 => ("동 평생학습센터", Some(i)),
            17..34 => ("자치회관", Some(i - 17)),
            34..38 => ("평생학습관", None),
            38..44 => ("독서당 인문아카데미", None),
            _ => ("동네배움터", None),
        };
        let at = match dong {
            // The nearest of some homes, because the dong's centre may be a park.
            Some(dong) => {
                let mut best = places.random_home(district, &mut rng).at;
                for _ in 0..150 {
                    let other = places.random_home(district, &mut rng).at;
                    let centre = dongs[dong].centre;
                    if dongs[dong].contains(other) && gap(other, centre) < gap(best, centre) {
                        best = other;
                    }
                }
                best
            }
            None if kind == "동네배움터" => places.random_shop(district, &mut rng).at,
            None => places.random_home(district, &mut rng).at,
        };
        let name = match dong {
            Some(dong) => format!("{} {}", dongs[dong].facts.name, kind.trim_start_matches("동 ")),
            None => signs.new_name(world, &mut rng, at, &format!(" {kind}")),
        };
        let courses = match kind {
            "평생학습관" => rng.whole(60, 140),
            "독서당 인문아카데미" => rng.whole(25, 70),
            "자치회관" => rng.whole(14, 42),
            _ => rng.whole(2, 16),
        };
        let learners = (courses as f64 * rng.range(14.0, 46.0)).round() as i64;
        let cells = [(&name).into(), kind.into(), courses.into(), learners.into()];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}
