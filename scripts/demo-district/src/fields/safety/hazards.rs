//! Reports of children and parents about dangers on the way to school.

use std::io;

use crate::calendar::{Day, random_day};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::{PlanePoint, distance, lerp};
use crate::numbers::draws::one_of;
use crate::numbers::rng::Rng;
use crate::numbers::weighted_sampler::WeightedSampler;
use crate::society::school_routes::SchoolRoute;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Spring surveys: weight, first and last day; participation grows every year.
const SURVEYS: [(f64, Day, Day); 3] = [
    (0.27, Day::constant(2024, 4, 15), Day::constant(2024, 5, 10)),
    (0.33, Day::constant(2025, 4, 14), Day::constant(2025, 5, 9)),
    (0.40, Day::constant(2026, 4, 13), Day::constant(2026, 5, 15)),
];

/// A random hazard on a route.
fn random_hazard(
    world: &World,
    rng: &mut Rng,
    route: &SchoolRoute,
    at: PlanePoint,
) -> &'static str {
    let kerb = world.main_roads().distance_to_kerb(at);
    let main = (1.0 - kerb.max(0.0) / 40.0).clamp(0.0, 1.0);
    let (shops, night) = crate::activity::density::hub_closeness(at);
    let pavement = if route.pavement { 0.15 } else { 1.0 };
    let choices = [
        (1.5 + 1.6 * shops, "불법 주정차"),
        (0.7 + 2.0 * main, "과속 차량"),
        (0.3 + 2.6 * main, "횡단보도·신호 없음"),
        (1.9 * pavement, "보도 없음"),
        (0.6, "공사장·적치물"),
        (0.5, "어두운 골목"),
        (0.2 + 1.1 * night, "흡연·낯선 사람"),
    ];
    rng.pick(&choices, "불법 주정차")
}

/// A random position within 5 m of a line, east and north.
fn random_beside(line: &[PlanePoint], rng: &mut Rng) -> PlanePoint {
    let long: f64 = line.windows(2).map(|w| distance(w[0], w[1])).sum();
    let mut rest = rng.unit() * long;
    let mut at = line[0];
    for w in line.windows(2) {
        let piece = distance(w[0], w[1]);
        if piece > 0.0 {
            at = lerp(w[0], w[1], (rest / piece).clamp(0.0, 1.0));
        }
        if rest <= piece {
            break;
        }
        rest -= piece;
    }
    [at[0] + rng.range(-5.0, 5.0), at[1] + rng.range(-5.0, 5.0)]
}

/// Writes the reports as features.
///
/// Reports lie where many children walk and danger is high, several around the same
/// spots, because children mark what all of them know.
pub(super) fn child_hazard_report(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("hazard reports");
    let routes = world.school_routes();
    let sampler = WeightedSampler::new(routes.iter().map(|route| {
        let at = route.line[route.line.len() / 2];
        let danger = world.street_danger().at(at) + if route.pavement { 0.0 } else { 0.25 };
        route.flow.sqrt() * danger * danger
    }));
    // Known spots, which draw most of the reports on their stretch.
    let mut spots: Vec<(usize, PlanePoint)> = Vec::new();
    for _ in 0..world.count(260) {
        let route = sampler.draw(&mut rng);
        spots.push((route, random_beside(&routes[route].line, &mut rng)));
    }
    let surveys = SURVEYS.map(|survey| (survey.0, (survey.1, survey.2)));
    let mut rows = Vec::new();
    for _ in 0..world.count(3_342) {
        let (route, at) = if rng.chance(0.72) {
            let (route, spot) = *one_of(&mut rng, &spots);
            (route, [spot[0] + rng.range(-7.0, 7.0), spot[1] + rng.range(-7.0, 7.0)])
        } else {
            let route = sampler.draw(&mut rng);
            (route, random_beside(&routes[route].line, &mut rng))
        };
        let kind = random_hazard(world, &mut rng, &routes[route], at);
        let (from, to) = rng.pick(&surveys, surveys[2].1);
        let reporters = [(61.0, "어린이"), (31.0, "보호자"), (8.0, "교사·안전지킴이")];
        let reporter = rng.pick(&reporters, "어린이");
        rows.push((random_day(&mut rng, from, to), routes[route].school, reporter, kind, at));
    }
    rows.sort_by_key(|row| row.0);
    for (i, (day, school, reporter, kind, at)) in rows.into_iter().enumerate() {
        let school = &world.schools().list[school];
        let cells = [
            format!("HR{:05}", i + 1).into(),
            (&school.code).into(),
            (&school.name).into(),
            reporter.into(),
            kind.into(),
            day.to_string().into(),
        ];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}
