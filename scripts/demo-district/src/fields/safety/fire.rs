//! Dispatches of fire engines and ambulances.

use std::io;

use crate::calendar::{random_day_by_month, random_hour, random_timestamp};
use crate::fields::administration::offices::PUBLIC_OFFICE;
use crate::fields::made_features::MadeFeatures;
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::{LonLat, PlanePoint, from_degrees};
use crate::numbers::rng::Rng;
use crate::tables::writer::TableWriter;
use crate::travel::travel_times::WayIndex;
use crate::travel::{TravelMode, TravelTimes};
use crate::world::World;

/// Fire stations used if no public office is one, in longitude and latitude.
const STATIONS: [LonLat; 4] =
    [[127.0386, 37.5620], [127.0505, 37.5440], [127.0215, 37.5500], [127.0580, 37.5600]];

/// Positions of the fire stations.
///
/// # Errors
/// Returns an error if the public offices can't be made.
pub(crate) fn fire_stations(world: &World) -> io::Result<Vec<PlanePoint>> {
    let offices = MadeFeatures::make(world, &PUBLIC_OFFICE)?;
    let fire = |row: &usize| {
        let words = [offices.text(*row, "off_type"), offices.text(*row, "off_nm")];
        words.iter().any(|text| text.contains("소방") || text.contains("119"))
    };
    let found: Vec<PlanePoint> = (0..offices.rows.len())
        .filter(fire)
        .filter_map(|row| offices.positions(row).first().copied())
        .collect();
    Ok(if found.is_empty() { STATIONS.map(from_degrees).to_vec() } else { found })
}

/// Weights of dispatches by hour: highest by day and in the evening.
const DISPATCH_HOURS: [f64; 24] = [
    3.1, 2.7, 2.4, 2.1, 2.0, 2.3, 2.9, 3.9, 4.9, 5.2, 5.2, 5.1, 5.0, 4.9, 4.8, 4.8, 4.8, 5.0, 5.2,
    5.1, 4.9, 4.7, 4.2, 3.6,
];

/// A random cause of a dispatch type.
fn random_cause(rng: &mut Rng, kind: &str) -> &'static str {
    match kind {
        "화재" => rng.pick(
            &[(50.0, "부주의"), (25.0, "전기적 요인"), (12.0, "기계적 요인"), (9.0, "방화·미상")],
            "부주의",
        ),
        "구조" => rng.pick(
            &[
                (16.0, "승강기"),
                (22.0, "문 개방"),
                (44.0, "생활안전"),
                (12.0, "교통사고"),
                (5.0, "수난"),
            ],
            "생활안전",
        ),
        _ => rng.pick(
            &[(61.0, "질병"), (24.0, "사고 부상"), (9.0, "교통사고"), (2.4, "심정지")],
            "질병",
        ),
    }
}

/// Writes dispatches of 24 months.
///
/// Positions are moved by up to 25 m, so that no house is identified.
pub(super) fn fire_rescue_dispatch(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("dispatches");
    let (district, places) = (&world.district, world.places());
    let network = world.network();
    let starts: Vec<(PlanePoint, usize)> =
        fire_stations(world)?.into_iter().enumerate().map(|(i, p)| (p, i)).collect();
    let reach = TravelTimes::from_places(network, &starts, TravelMode::Drive);
    let doors = WayIndex::new(network, TravelMode::Drive);
    let kinds = [(5.5, "화재"), (21.0, "구조"), (73.5, "구급")];
    let mut rows = Vec::new();
    for _ in 0..world.count(14_600) {
        let kind = rng.pick(&kinds, "구급");
        let cause = random_cause(&mut rng, kind);
        let hour = random_hour(&mut rng, &DISPATCH_HOURS);
        let late = !(6..21).contains(&hour);
        let at = match (kind, cause) {
            (_, "교통사고") => places.beside_main_road(district, &mut rng),
            ("구조", "수난") => {
                crate::fields::culture::venues::random_beside_trail(world, &mut rng)
            }
            ("화재", _) if rng.chance(0.25) => places.random_factory(district, &mut rng).at,
            ("화재", _) if rng.chance(0.4) => places.random_shop(district, &mut rng).at,
            ("구급", "사고 부상") if rng.chance(if late { 0.6 } else { 0.2 }) => {
                places.random_bar(district, &mut rng).at
            }
            ("구급", _) if rng.chance(0.15) => places.random_workplace(district, &mut rng).at,
            _ => places.random_home(district, &mut rng).at,
        };
        let day = random_day_by_month(&mut rng, |month| {
            if kind == "화재" { month.season(1, 0.22) } else { month.season(8, 0.1) }
        });
        // Traffic on the way: least at night, most in the evening.
        let slow = match hour {
            7..=9 => 1.5,
            17..=19 => 1.65,
            10..=16 | 20 => 1.25,
            _ => 1.0,
        };
        let node = doors.nearest(network, at).map(|(edge, _)| network.edges[edge].ends);
        let minutes = node.map_or(6.0, |[a, b]| reach.minutes[a].min(reach.minutes[b]).min(9.0));
        let seconds = (52.0 + 60.0 * minutes * slow) * rng.range(0.85, 1.35);
        let moved = [at[0] + rng.range(-25.0, 25.0), at[1] + rng.range(-25.0, 25.0)];
        let at = if district.division.dong_at(moved).is_some() { moved } else { at };
        rows.push((random_timestamp(&mut rng, day, hour), kind, seconds.round() as i64, cause, at));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    for (i, (when, kind, seconds, cause, at)) in rows.into_iter().enumerate() {
        let cells = [
            format!("FD{:06}", i + 1).into(),
            when.into(),
            kind.into(),
            seconds.into(),
            cause.into(),
        ];
        table.write_row(Some(&point(at)), &cells)?;
    }
    Ok(())
}
