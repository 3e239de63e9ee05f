//! CCTV cameras, street lights and emergency bells.

use std::io;

use crate::calendar::{Day, random_day};
use crate::fields::culture::venues::random_beside_trail;
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::{PlanePoint, add_scaled, cut_line, left_normal, sub, unit};
use crate::numbers::draws::one_of;
use crate::numbers::rng::noise;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Writes the cameras as features; newer ones have a higher resolution.
pub(super) fn cctv(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("camera models");
    for (i, camera) in world.district.cameras.iter().enumerate() {
        let pixels = match camera.installed {
            ..2015 => rng.pick(&[(4.0, 130), (3.0, 200)], 200_i64),
            2015..2020 => rng.pick(&[(6.0, 200), (1.0, 400)], 200),
            _ => rng.pick(&[(2.0, 400), (1.0, 500), (1.0, 800)], 400),
        };
        let range = if camera.purpose == "교통" { 90.0 } else { 32.0 };
        let range = range * (0.8 + pixels as f64 / 1_000.0) * rng.range(0.85, 1.15);
        let cells = [
            format!("SDC-{:04}", i + 1).into(),
            camera.purpose.into(),
            pixels.into(),
            camera.installed.to_string().into(),
            rounded(range, 1).into(),
            camera.bell.into(),
        ];
        table.write_row(Some(&point(camera.at)), &cells)?;
    }
    Ok(())
}

/// A light on its pole.
pub(super) struct StreetLight {
    pub(super) at: PlanePoint,
    pub(super) lux: f64,
    kind: &'static str,
    watt: i64,
    installed: i64,
}

/// The lights.
///
/// On both sides of main roads, on one side of alleys, along the trails of parks.
///
/// Some quarters got new lights later, and are darker.
pub(super) fn street_lights(world: &World) -> Vec<StreetLight> {
    let mut rng = world.rng("lights");
    let district = &world.district;
    let wanted = world.count(12_900);
    // Closer than needed, so that dark quarters can be thinned.
    let gap = 19.0 / world.scale.max(0.01);
    let mut places: Vec<(f64, PlanePoint, &'static str)> = Vec::new();
    let dark = |p: PlanePoint| 0.5 - 0.5 * noise(world.seed, "dark quarters", p, 420.0);
    for (i, road) in district.roads.iter().enumerate() {
        let main = i < district.main_roads;
        let step = if main { gap * 1.5 } else { gap };
        for (k, piece) in cut_line(&road.line, step).iter().enumerate() {
            let way = unit(sub(piece[piece.len() - 1], piece[0]));
            let side = if main && k % 2 == 1 { -1.0 } else { 1.0 };
            let at = add_scaled(piece[0], left_normal(way), side * (road.width / 2.0 - 0.4));
            let weight = if main { 4.0 } else { 1.25 - dark(at) };
            let kind = if main { "가로등" } else { "보안등" };
            places.push((rng.unit() / weight.max(0.05), at, kind));
        }
    }
    for trail in &district.trails {
        for piece in cut_line(&trail.line, gap * 2.6) {
            places.push((rng.unit() / 1.1, piece[0], "공원등"));
        }
    }
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    places.truncate(wanted);
    // Numbered from the north-west, row by row.
    let row = |p: PlanePoint| (-p[1] / 250.0).floor();
    places.sort_by(|a, b| row(a.1).total_cmp(&row(b.1)).then(a.1[0].total_cmp(&b.1[0])));
    let lights = places.into_iter().map(|(_, at, place)| {
        let dark = dark(at);
        let led = rng.chance(0.95 - 0.5 * dark);
        let (kind, watt, lux) = match (place, led) {
            ("가로등", true) => ("가로등(LED)", rng.whole(10, 15) * 10, rng.range(20.0, 34.0)),
            ("가로등", false) => ("가로등(메탈할라이드)", 250, rng.range(14.0, 26.0)),
            ("보안등", true) => ("보안등(LED)", rng.whole(7, 10) * 5, rng.range(9.0, 19.0)),
            ("보안등", false) => ("보안등(나트륨)", 100, rng.range(3.5, 9.5)),
            _ => ("공원등", rng.whole(8, 14) * 5, rng.range(4.0, 12.0)),
        };
        let installed = if led { rng.whole(2016, 2026) } else { rng.whole(2001, 2014) };
        StreetLight { at, kind, watt, lux: rounded(lux * (1.1 - 0.35 * dark), 1), installed }
    });
    lights.collect()
}

/// Writes the lights as features.
pub(super) fn security_light(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    for (i, light) in street_lights(world).into_iter().enumerate() {
        let cells = [
            format!("SL{:05}", i + 1).into(),
            light.kind.into(),
            light.watt.into(),
            light.lux.into(),
            light.installed.to_string().into(),
        ];
        table.write_row(Some(&point(light.at)), &cells)?;
    }
    Ok(())
}

/// Emergency bell: position, kind of place, and receiver of the call.
pub(super) struct EmergencyBell {
    pub(super) at: PlanePoint,
    place: &'static str,
    link: &'static str,
}

/// The bells: on camera poles, in parks, by schools and stops.
pub(super) fn emergency_bells(world: &World) -> Vec<EmergencyBell> {
    let mut rng = world.rng("bells");
    let with_bell: Vec<PlanePoint> =
        world.district.cameras.iter().filter(|c| c.bell).map(|c| c.at).collect();
    let schools = &world.schools().list;
    let choices = [
        (560.0, "골목길"),
        (110.0, "공원"),
        (70.0, "공중화장실"),
        (60.0, "학교 주변"),
        (50.0, "버스정류장"),
        (50.0, "하천변"),
    ];
    (0..world.count(900))
        .map(|i| {
            let place = rng.pick(&choices, "골목길");
            let at = match place {
                "골목길" => {
                    let corner = world.places().random_corner(&mut rng);
                    with_bell.get(i).copied().unwrap_or(corner)
                }
                "학교 주변" => {
                    let school = one_of(&mut rng, schools).at;
                    [school[0] + rng.range(-70.0, 70.0), school[1] + rng.range(-70.0, 70.0)]
                }
                "버스정류장" => world.places().beside_main_road(&world.district, &mut rng),
                _ => random_beside_trail(world, &mut rng),
            };
            let links = match place {
                "공중화장실" => {
                    [(3.0, "경찰(112)"), (1.0, "시설 관리자"), (1.0, "통합관제센터")]
                }
                _ => [(8.0, "통합관제센터"), (1.0, "경찰(112)"), (0.3, "시설 관리자")],
            };
            EmergencyBell { at, place, link: rng.pick(&links, "통합관제센터") }
        })
        .collect()
}

/// Writes the bells as features.
pub(super) fn emergency_bell(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("bell dates");
    for (i, bell) in emergency_bells(world).into_iter().enumerate() {
        let day = random_day(&mut rng, Day::constant(2013, 3, 1), Day::constant(2026, 9, 30));
        let cells = [
            format!("EB{:04}", i + 1).into(),
            bell.place.into(),
            bell.link.into(),
            day.to_string().into(),
        ];
        table.write_row(Some(&point(bell.at)), &cells)?;
    }
    Ok(())
}
