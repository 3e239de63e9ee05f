//! Stations in and around the district.

use crate::geometry::plane::LonLat;

/// A station on one line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SubwayStation {
    /// Number of the operator.
    pub(crate) number: &'static str,
    /// Korean name without 역.
    pub(crate) name: &'static str,
    /// Name in English.
    pub(crate) english: &'static str,
    /// Name of the line.
    pub(crate) line: &'static str,
    /// Longitude and latitude.
    pub(crate) at: LonLat,
    /// Ridership; 1 is the usual.
    pub(crate) riders: f64,
}

const fn station(
    number: &'static str,
    name: &'static str,
    english: &'static str,
    line: &'static str,
    at: LonLat,
    riders: f64,
) -> SubwayStation {
    SubwayStation { number, name, english, line, at, riders }
}

/// The stations of the district.
#[rustfmt::skip]
pub(crate) const STATIONS: [SubwayStation; 20] = [
    station("0207", "상왕십리", "Sangwangsimni", "2호선", [127.0293, 37.5644], 0.8),
    station("0208", "왕십리", "Wangsimni", "2호선", [127.0377, 37.5615], 2.0),
    station("0209", "한양대", "Hanyang Univ.", "2호선", [127.0437, 37.5553], 1.1),
    station("0210", "뚝섬", "Ttukseom", "2호선", [127.0474, 37.5472], 1.8),
    station("0211", "성수", "Seongsu", "2호선", [127.0560, 37.5446], 3.1),
    station("0244", "용답", "Yongdap", "2호선 성수지선", [127.0516, 37.5619], 0.3),
    station("0245", "신답", "Sindap", "2호선 성수지선", [127.0465, 37.5700], 0.2),
    station("0324", "금호", "Geumho", "3호선", [127.0159, 37.5480], 0.8),
    station("0325", "옥수", "Oksu", "3호선", [127.0178, 37.5407], 0.9),
    station("2537", "신금호", "Singeumho", "5호선", [127.0203, 37.5545], 0.6),
    station("2538", "행당", "Haengdang", "5호선", [127.0295, 37.5573], 0.7),
    station("2539", "왕십리", "Wangsimni", "5호선", [127.0375, 37.5613], 1.2),
    station("2540", "마장", "Majang", "5호선", [127.0429, 37.5659], 0.6),
    station("2541", "답십리", "Dapsimni", "5호선", [127.0525, 37.5667], 0.8),
    station("2542", "장한평", "Janghanpyeong", "5호선", [127.0646, 37.5614], 0.9),
    station("1013", "왕십리", "Wangsimni", "경의중앙선", [127.0384, 37.5618], 0.9),
    station("1012", "응봉", "Eungbong", "경의중앙선", [127.0345, 37.5500], 0.3),
    station("1011", "옥수", "Oksu", "경의중앙선", [127.0187, 37.5404], 0.7),
    station("1849", "왕십리", "Wangsimni", "수인분당선", [127.0383, 37.5618], 1.0),
    station("1848", "서울숲", "Seoul Forest", "수인분당선", [127.0447, 37.5436], 1.0),
];

/// A station beyond the border: name, name in English, lines, longitude and latitude.
pub(crate) type SurroundingStation = (&'static str, &'static str, &'static [&'static str], LonLat);

/// Stations beyond the border.
#[rustfmt::skip]
pub(crate) const SURROUNDING_STATIONS: [SurroundingStation; 22] = [
    ("신당", "Sindang", &["2호선", "6호선"], [127.0190, 37.5657]),
    ("동대문역사문화공원", "Dongdaemun History & Culture Park", &["2호선", "5호선"], [127.0079, 37.5653]),
    ("청구", "Cheonggu", &["5호선", "6호선"], [127.0137, 37.5603]),
    ("약수", "Yaksu", &["3호선", "6호선"], [127.0105, 37.5543]),
    ("버티고개", "Beotigogae", &["6호선"], [127.0071, 37.5480]),
    ("한강진", "Hangangjin", &["6호선"], [127.0027, 37.5398]),
    ("한남", "Hannam", &["경의중앙선"], [127.0092, 37.5298]),
    ("압구정", "Apgujeong", &["3호선"], [127.0284, 37.5271]),
    ("신사", "Sinsa", &["3호선"], [127.0202, 37.5164]),
    ("압구정로데오", "Apgujeong Rodeo", &["수인분당선"], [127.0405, 37.5274]),
    ("강남구청", "Gangnam-gu Office", &["7호선", "수인분당선"], [127.0413, 37.5172]),
    ("청담", "Cheongdam", &["7호선"], [127.0533, 37.5194]),
    ("자양", "Jayang", &["7호선"], [127.0667, 37.5316]),
    ("건대입구", "Konkuk Univ.", &["2호선", "7호선"], [127.0697, 37.5405]),
    ("구의", "Guui", &["2호선"], [127.0861, 37.5371]),
    ("어린이대공원", "Children's Grand Park", &["7호선"], [127.0747, 37.5480]),
    ("군자", "Gunja", &["5호선", "7호선"], [127.0795, 37.5571]),
    ("용두", "Yongdu", &["2호선 성수지선"], [127.0381, 37.5740]),
    ("신설동", "Sinseol-dong", &["1호선", "2호선 성수지선"], [127.0250, 37.5755]),
    ("제기동", "Jegi-dong", &["1호선"], [127.0349, 37.5781]),
    ("청량리", "Cheongnyangni", &["1호선", "경의중앙선", "수인분당선"], [127.0460, 37.5802]),
    ("동묘앞", "Dongmyo", &["1호선", "6호선"], [127.0160, 37.5724]),
];

/// A station with all its lines.
#[derive(Debug, Clone)]
pub(crate) struct StationPlace {
    /// Korean name without 역.
    pub(crate) name: &'static str,
    /// Name in English.
    pub(crate) english: &'static str,
    /// Names of the lines, each once.
    pub(crate) lines: Vec<&'static str>,
    /// Longitude and latitude.
    pub(crate) at: LonLat,
}

/// Every station in and around the district, once.
#[must_use]
pub(crate) fn station_places() -> Vec<StationPlace> {
    let mut places: Vec<StationPlace> = Vec::new();
    for station in STATIONS {
        match places.iter_mut().find(|place| place.name == station.name) {
            Some(place) => place.lines.push(station.line),
            None => places.push(StationPlace {
                name: station.name,
                english: station.english,
                lines: vec![station.line],
                at: station.at,
            }),
        }
    }
    places.extend(SURROUNDING_STATIONS.iter().map(|&(name, english, lines, at)| StationPlace {
        name,
        english,
        lines: lines.to_vec(),
        at,
    }));
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::plane::from_degrees;
    use crate::land::dongs::DongDivision;

    /// Stations lie in the dongs of their published addresses, or beyond the border.
    #[test]
    fn stations_lie_where_their_addresses_say() {
        let division = DongDivision::new();
        let dong_of = |at: LonLat| {
            let dong = division.dong_at(from_degrees(at))?;
            Some(division.dongs[dong].facts.name)
        };
        let of = |name: &str, line: &str| {
            let station = STATIONS.iter().find(|s| s.name == name && s.line == line).unwrap();
            dong_of(station.at)
        };
        for (name, line, dongs) in [
            ("옥수", "3호선", &["옥수동"][..]),
            ("옥수", "경의중앙선", &["옥수동"]),
            ("금호", "3호선", &["금호4가동"]),
            ("신금호", "5호선", &["금호2·3가동"]),
            ("응봉", "경의중앙선", &["응봉동"]),
            ("마장", "5호선", &["마장동"]),
            ("한양대", "2호선", &["사근동"]),
            ("용답", "2호선 성수지선", &["용답동"]),
            ("신답", "2호선 성수지선", &["용답동"]),
            ("답십리", "5호선", &["용답동"]),
            ("장한평", "5호선", &["용답동"]),
            ("서울숲", "수인분당선", &["성수1가1동"]),
            ("뚝섬", "2호선", &["성수1가2동", "성수1가1동"]),
            ("성수", "2호선", &["성수2가1동", "성수2가3동"]),
        ] {
            let found = of(name, line);
            assert!(found.is_some_and(|dong| dongs.contains(&dong)), "{name}: {found:?}");
        }
        for station in STATIONS {
            assert!(dong_of(station.at).is_some(), "{} lies outside", station.name);
        }
        for (name, .., at) in SURROUNDING_STATIONS {
            assert_eq!(dong_of(at), None, "{name}");
        }
    }

    #[test]
    fn a_station_of_several_lines_is_one_place() {
        let places = station_places();
        let wangsimni = places.iter().find(|place| place.name == "왕십리").unwrap();
        assert_eq!(wangsimni.lines, ["2호선", "5호선", "경의중앙선", "수인분당선"]);
        assert_eq!(places.len(), 16 + SURROUNDING_STATIONS.len());
    }
}
