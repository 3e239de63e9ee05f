//! Ground of the base map: the rivers, main roads and parks with what lies beyond the border.

use crate::geometry::plane::{LonLat, PlanePoint, from_degrees, smooth_line};
use crate::land::river_courses::{
    CHEONGGYE, CHEONGGYE_UPSTREAM, HAN_NORTH_BANK_DOWNSTREAM, HAN_NORTH_BANK_UPSTREAM,
    HAN_SOUTH_BANK, JUNGNANG, JUNGNANG_UPSTREAM,
};
use crate::land::road_sketches::SURROUNDING_SKETCHES;
use crate::land::roads::{Road, sketched_road, whole_main_roads};
use crate::land::water::{
    GreenPlace, NaturalAreas, RiverCourse, WaterArea, river_line, river_ring,
};
use crate::numbers::rng::Rng;

/// Neighbouring districts: name, name in Latin letters, place of the name.
#[rustfmt::skip]
pub(crate) const NEIGHBOURS: [(&str, &str, LonLat); 9] = [
    ("중구", "Jung-gu", [127.0085, 37.5600]),
    ("종로구", "Jongno-gu", [127.0080, 37.5770]),
    ("성북구", "Seongbuk-gu", [127.0190, 37.5880]),
    ("동대문구", "Dongdaemun-gu", [127.0560, 37.5755]),
    ("중랑구", "Jungnang-gu", [127.0860, 37.5830]),
    ("광진구", "Gwangjin-gu", [127.0830, 37.5440]),
    ("용산구", "Yongsan-gu", [126.9950, 37.5370]),
    ("강남구", "Gangnam-gu", [127.0420, 37.5205]),
    ("서초구", "Seocho-gu", [127.0080, 37.5100]),
];

/// Parks and hills beyond the border: name, centre, half of width and height, whether a hill.
#[rustfmt::skip]
const SURROUNDING_GREENS: [(&str, LonLat, PlanePoint, bool); 6] = [
    ("남산", [126.9905, 37.5510], [900.0, 620.0], true),
    ("어린이대공원", [127.0815, 37.5490], [430.0, 360.0], false),
    ("배봉산", [127.0655, 37.5805], [230.0, 480.0], true),
    ("용마산", [127.0960, 37.5720], [520.0, 900.0], true),
    ("응봉공원", [127.0060, 37.5462], [150.0, 330.0], true),
    ("선정릉", [127.0475, 37.5088], [220.0, 260.0], false),
];

/// Names in English of waters, parks and hills.
#[rustfmt::skip]
const ENGLISH_NAMES: [(&str, &str); 25] = [
    ("한강", "Hangang River"),
    ("중랑천", "Jungnangcheon Stream"),
    ("청계천", "Cheonggyecheon Stream"),
    ("서울숲 거울연못", "Seoul Forest Mirror Pond"),
    ("서울숲 호수", "Seoul Forest Lake"),
    ("서울숲 습지원", "Seoul Forest Wetland"),
    ("용답 유수지", "Yongdap Retention Basin"),
    ("마장 유수지", "Majang Retention Basin"),
    ("옥수 유수지", "Oksu Retention Basin"),
    ("서울숲", "Seoul Forest"),
    ("응봉산", "Eungbongsan"),
    ("대현산", "Daehyeonsan"),
    ("매봉산", "Maebongsan"),
    ("금호산", "Geumhosan"),
    ("달맞이봉", "Dalmajibong"),
    ("무학봉", "Muhakbong"),
    ("용답휴식공원", "Yongdap Park"),
    ("살곶이공원", "Salgoji Park"),
    ("송정제방공원", "Songjeong Embankment Park"),
    ("남산", "Namsan"),
    ("어린이대공원", "Children's Grand Park"),
    ("배봉산", "Baebongsan"),
    ("용마산", "Yongmasan"),
    ("응봉공원", "Eungbong Park"),
    ("선정릉", "Seonjeongneung"),
];

/// Name in English of a water, park or hill; empty if it has none.
#[must_use]
pub(crate) fn english_name(name: &str) -> &'static str {
    ENGLISH_NAMES.iter().find(|(korean, _)| *korean == name).map_or("", |(_, english)| english)
}

/// Rivers whole, each as one shape, and the district's ponds.
#[must_use]
pub(crate) fn base_waters(nature: &NaturalAreas) -> Vec<WaterArea> {
    let degrees = |points: &[LonLat]| points.iter().map(|p| from_degrees(*p)).collect::<Vec<_>>();
    let mut han = smooth_line(&degrees(&HAN_NORTH_BANK_UPSTREAM), 80.0);
    han.extend(&nature.bank);
    han.extend(smooth_line(&degrees(&HAN_NORTH_BANK_DOWNSTREAM), 80.0));
    han.extend(smooth_line(&degrees(&HAN_SOUTH_BANK), 80.0));
    let mut waters = vec![WaterArea::new("한강", "국가하천", han)];
    let streams: [(&[LonLat], &[LonLat], &str); 2] = [
        (&JUNGNANG_UPSTREAM, &JUNGNANG, "국가하천"),
        (&CHEONGGYE_UPSTREAM, &CHEONGGYE, "지방하천"),
    ];
    for (stream, (upstream, course, class)) in nature.streams.iter().zip(streams) {
        let course = river_line(&[upstream, course].concat());
        let whole = RiverCourse { course, ..stream.clone() };
        waters.push(WaterArea::new(stream.name, class, river_ring(&whole)));
    }
    waters.extend(nature.waters[3..].iter().cloned());
    waters
}

/// Main roads whole, in the district and beyond its border; streets (길) are left out.
#[must_use]
pub(crate) fn base_roads(nature: &NaturalAreas) -> Vec<Road> {
    let around = SURROUNDING_SKETCHES.iter().map(sketched_road);
    let all = whole_main_roads(nature).into_iter().chain(around);
    all.filter(|road| road.class != "길").collect()
}

/// Parks and hills in the district and beyond its border.
#[must_use]
pub(crate) fn base_greens(nature: &NaturalAreas) -> Vec<GreenPlace> {
    let around = SURROUNDING_GREENS.iter().map(|&(name, centre, reach, hill)| GreenPlace {
        name,
        centre: from_degrees(centre),
        reach,
        hill,
    });
    nature.greens.iter().copied().chain(around).collect()
}

/// Outline of a park or hill: an open ring.
#[must_use]
pub(crate) fn green_outline(green: &GreenPlace, seed: u64) -> Vec<PlanePoint> {
    let mut rng = Rng::new(seed, &format!("base green {}", green.name));
    let mut ring = green.wavy_loop(1.0, &mut rng);
    ring.pop();
    ring
}
