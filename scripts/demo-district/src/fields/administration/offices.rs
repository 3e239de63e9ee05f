//! Offices, kiosks, Wi-Fi and toilets.

use std::io;

use crate::fields::table_maker::{TableMaker, features};
use crate::geometry::feature_shapes::point;
use crate::geometry::plane::bounds_centre;
use crate::geometry::plane::{LonLat, PlanePoint, distance, from_degrees};
use crate::names;
use crate::numbers::draws::one_of;
use crate::numbers::rng::Rng;
use crate::numbers::rounding::rounded;
use crate::tables::writer::TableWriter;
use crate::world::World;

/// Centre of the nearest building other than a detached house.
fn building_near(world: &World, at: PlanePoint) -> PlanePoint {
    let works = world.district.town.buildings.iter().filter(|b| b.usage != "단독주택");
    let middles = works.map(|building| bounds_centre(&building.ring));
    let nearest = middles.min_by(|a, b| distance(*a, at).total_cmp(&distance(*b, at)));
    nearest.unwrap_or(at)
}

const WEEKDAYS: &str = "평일 09:00-18:00";
const ALWAYS: &str = "24시간";

/// Offices spread over the dongs: number, type, name, opening hours.
const OFFICES_IN_DONGS: [(usize, &str, &str, &str); 6] = [
    (8, "지구대·파출소", "파출소", ALWAYS),
    (5, "119안전센터", "119안전센터", ALWAYS),
    (9, "우체국", "우체국", WEEKDAYS),
    (3, "보건소", "보건지소", WEEKDAYS),
    (8, "기타", "자치회관", "평일 09:00-21:00"),
    (5, "기타", "공공복합청사", WEEKDAYS),
];

/// Maker of [`public_office`], which other datasets are drawn from.
pub(in crate::fields) const PUBLIC_OFFICE: TableMaker = features("public_office", public_office);

fn public_office(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("public_office");
    let dongs = &world.district.division.dongs;
    let seat = from_degrees([127.0369, 37.5634]);
    let mut list: Vec<(String, &str, &str, PlanePoint)> = vec![
        ("성동구청".into(), "구청", WEEKDAYS, seat),
        ("성동구의회".into(), "기타", WEEKDAYS, [seat[0] + 60.0, seat[1] + 20.0]),
        ("성동구보건소".into(), "보건소", WEEKDAYS, [seat[0] - 380.0, seat[1] - 150.0]),
        ("성동경찰서".into(), "경찰서", ALWAYS, [seat[0] + 20.0, seat[1] - 240.0]),
        ("성동소방서".into(), "소방서", ALWAYS, from_degrees([127.0405, 37.5640])),
        ("성동세무서".into(), "세무서", WEEKDAYS, from_degrees([127.0560, 37.5500])),
    ];
    for dong in dongs {
        let name = format!("{} 주민센터", dong.facts.name);
        list.push((name, "동주민센터", WEEKDAYS, dong.centre));
    }
    for (count, kind, name, hours) in OFFICES_IN_DONGS {
        let mut order: Vec<usize> = (0..dongs.len()).collect();
        rng.shuffle(&mut order);
        for d in order.into_iter().take(count) {
            let away = [rng.range(-260.0, 260.0), rng.range(-260.0, 260.0)];
            let at = [dongs[d].centre[0] + away[0], dongs[d].centre[1] + away[1]];
            list.push((format!("{} {name}", dongs[d].facts.name), kind, hours, at));
        }
    }
    list.truncate(world.count(61));
    for (k, (name, kind, hours, at)) in list.into_iter().enumerate() {
        table.write_row(
            Some(&point(building_near(world, at))),
            &[
                name.into(),
                kind.into(),
                // A telephone number that is never assigned.
                format!("02-0000-{:04}", 100 + k).into(),
                hours.into(),
            ],
        )?;
    }
    Ok(())
}

const STATIONS: [(&str, LonLat); 8] = [
    ("왕십리역", [127.0372, 37.5612]),
    ("성수역", [127.0560, 37.5446]),
    ("뚝섬역", [127.0474, 37.5472]),
    ("서울숲역", [127.0447, 37.5436]),
    ("한양대역", [127.0438, 37.5556]),
    ("옥수역", [127.0178, 37.5405]),
    ("금호역", [127.0160, 37.5483]),
    ("용답역", [127.0510, 37.5620]),
];

/// Maker of [`unmanned_kiosk`], which other datasets are drawn from.
pub(in crate::fields) const UNMANNED_KIOSK: TableMaker = features("unmanned_kiosk", unmanned_kiosk);

fn unmanned_kiosk(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("unmanned_kiosk");
    let dongs = &world.district.division.dongs;
    for k in 0..world.count(42) {
        let (place, at, hours, busy) = match k {
            0..=16 => {
                let dong = &dongs[k];
                let outside = rng.chance(0.35);
                let hours = if outside { ALWAYS } else { WEEKDAYS };
                (format!("{} 주민센터", dong.facts.name), dong.centre, hours, 620.0)
            }
            17 => ("성동구청".into(), from_degrees([127.0369, 37.5634]), ALWAYS, 1_500.0),
            18..=25 => {
                let (name, at) = STATIONS[k - 18];
                (name.to_owned(), from_degrees(at), "매일 05:30-24:00", 1_150.0)
            }
            _ => {
                let at = world.places().random_shop(&world.district, &mut rng).at;
                let kind =
                    *one_of(&mut rng, &["병원", "은행", "대형마트", "아파트 상가", "도서관"]);
                (format!("{} {kind}", names::random_word(&mut rng)), at, "매일 09:00-21:00", 380.0)
            }
        };
        let issued = (busy * rng.range(0.5, 1.5)).round() as i64;
        table.write_row(
            Some(&point(building_near(world, at))),
            &[
                format!("K{:03}", k + 1).into(),
                place.into(),
                hours.into(),
                // One kiosk is under repair.
                (k != 39).then_some(issued).into(),
            ],
        )?;
    }
    Ok(())
}

pub(super) fn public_wifi(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("public_wifi");
    let (places, district) = (world.places(), &world.district);
    let kinds = [
        (14.0, ("공원", 130.0)),
        (24.0, ("버스정류소", 210.0)),
        (22.0, ("주요거리", 320.0)),
        (8.0, ("전통시장", 180.0)),
        (14.0, ("공공시설", 260.0)),
        (8.0, ("복지시설", 150.0)),
        (5.0, ("문화체육시설", 190.0)),
        (5.0, ("하천변", 70.0)),
    ];
    for k in 0..world.count(1_180) {
        let (kind, busy) = rng.pick(&kinds, kinds[0].1);
        let at = match kind {
            "공원" => random_in_green(world, &mut rng),
            "하천변" => random_riverside(world, &mut rng),
            "버스정류소" | "주요거리" => places.beside_main_road(district, &mut rng),
            "전통시장" => places.random_shop(district, &mut rng).at,
            _ => places.random_workplace(district, &mut rng).at,
        };
        let provider = rng.pick(
            &[(40.0, "자가망"), (22.0, "A통신사"), (22.0, "B통신사"), (16.0, "C통신사")],
            "자가망",
        );
        let year =
            if provider == "자가망" { rng.whole(2019, 2026) } else { rng.whole(2013, 2022) };
        let (shops, _) = crate::activity::density::hub_closeness(at);
        let traffic = busy * (0.4 + shops) * rng.range(0.3, 1.7);
        table.write_row(
            Some(&point(at)),
            &[
                format!("SDW{:05}", k + 1).into(),
                kind.into(),
                provider.into(),
                year.to_string().into(),
                // Carriers report no traffic for some of their access points.
                (provider == "자가망" || !rng.chance(0.15)).then(|| rounded(traffic, 1)).into(),
            ],
        )?;
    }
    Ok(())
}

/// A random position in a park or on a hill.
fn random_in_green(world: &World, rng: &mut Rng) -> PlanePoint {
    let nature = &world.district.nature;
    for _ in 0..30 {
        let green = one_of(rng, &nature.greens);
        let away = [rng.range(-0.9, 0.9) * green.reach[0], rng.range(-0.9, 0.9) * green.reach[1]];
        let at = [green.centre[0] + away[0], green.centre[1] + away[1]];
        let dry = !nature.is_wet(at, 4.0);
        if green.contains(at, 0.0) && dry && world.district.division.dong_at(at).is_some() {
            return at;
        }
    }
    world.places().random_corner(rng)
}

/// A random position on the ways along the rivers.
fn random_riverside(world: &World, rng: &mut Rng) -> PlanePoint {
    let trails = &world.district.trails;
    for _ in 0..30 {
        let trail = one_of(rng, trails);
        let at = *one_of(rng, &trail.line);
        if world.district.nature.is_wet(at, 60.0) && world.district.division.dong_at(at).is_some() {
            return at;
        }
    }
    world.places().random_corner(rng)
}

pub(super) fn public_toilet(world: &World, table: &mut TableWriter<'_>) -> io::Result<()> {
    let mut rng = world.rng("public_toilet");
    let (places, district) = (world.places(), &world.district);
    for k in 0..world.count(175) {
        let kind = rng.pick(
            &[(62.0, "공중화장실"), (106.0, "개방화장실"), (7.0, "이동화장실")],
            "개방화장실",
        );
        let at = match kind {
            "공중화장실" if rng.chance(0.7) => random_in_green(world, &mut rng),
            "이동화장실" => random_riverside(world, &mut rng),
            "개방화장실" => places.random_shop(district, &mut rng).at,
            _ => places.beside_main_road(district, &mut rng),
        };
        let [all_day, accessible, bell] = match kind {
            "공중화장실" => [0.86, 0.74, 0.82],
            "개방화장실" => [0.22, 0.30, 0.18],
            _ => [1.0, 0.12, 0.30],
        };
        let host = if kind == "개방화장실" { "빌딩 " } else { "" };
        table.write_row(
            Some(&point(at)),
            &[
                format!("{} {host}{kind} {}", names::random_word(&mut rng), k + 1).into(),
                kind.into(),
                rng.chance(all_day).into(),
                rng.chance(accessible).into(),
                rng.chance(bell).into(),
            ],
        )?;
    }
    Ok(())
}
