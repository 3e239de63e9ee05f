//! Railways: real names on approximate courses.

use crate::geometry::lines::{LineFeature, fit_to_count};
use crate::geometry::plane::{self, LonLat, PlanePoint, from_degrees};
use crate::land::dongs::DongDivision;

/// Number of railway sections in the district.
pub(crate) const SECTION_COUNT: usize = 62;

/// A line: name, name in English, official colour.
pub(crate) type RailLine = (&'static str, &'static str, &'static str);

/// The lines in and around the district.
#[rustfmt::skip]
pub(crate) const LINES: [RailLine; 9] = [
    ("1호선", "Line 1", "#0052a4"),
    ("2호선", "Line 2", "#00a84d"),
    ("2호선 성수지선", "Line 2, Seongsu branch", "#00a84d"),
    ("3호선", "Line 3", "#ef7c1c"),
    ("5호선", "Line 5", "#996cac"),
    ("6호선", "Line 6", "#cd7c2f"),
    ("7호선", "Line 7", "#747f00"),
    ("수인분당선", "Suin-Bundang Line", "#fabe00"),
    ("경의중앙선", "Gyeongui-Jungang Line", "#77c4a3"),
];

/// Name of the line, and its course through its stations in longitude and latitude.
type RailCourse = (&'static str, &'static [LonLat]);

#[rustfmt::skip]
const COURSES: [RailCourse; 9] = [
    ("1호선", &[
        [126.9920, 37.5704], [127.0095, 37.5714], [127.0164, 37.5726], [127.0250, 37.5757],
        [127.0349, 37.5781], [127.0449, 37.5802], [127.0520, 37.5850], [127.0580, 37.5898],
    ]),
    ("2호선", &[
        [126.9975, 37.5665], [127.0079, 37.5653], [127.0195, 37.5657], [127.0245, 37.5652],
        [127.0293, 37.5644], [127.0334, 37.5631], [127.0377, 37.5615], [127.0408, 37.5588],
        [127.0437, 37.5553], [127.0459, 37.5534], [127.0466, 37.5504], [127.0474, 37.5472],
        [127.0520, 37.5458], [127.0560, 37.5446], [127.0640, 37.5421], [127.0692, 37.5404],
        [127.0780, 37.5384], [127.0861, 37.5371], [127.0947, 37.5351], [127.1000, 37.5300],
    ]),
    ("2호선 성수지선", &[
        [127.0560, 37.5446], [127.0537, 37.5454], [127.0520, 37.5472], [127.0512, 37.5498],
        [127.0514, 37.5530], [127.0524, 37.5570], [127.0523, 37.5597], [127.0516, 37.5619],
        [127.0502, 37.5650], [127.0486, 37.5679], [127.0465, 37.5700], [127.0430, 37.5727],
        [127.0381, 37.5740], [127.0320, 37.5748], [127.0251, 37.5753],
    ]),
    ("3호선", &[
        [126.9978, 37.5660], [127.0023, 37.5620], [127.0056, 37.5590], [127.0105, 37.5543],
        [127.0140, 37.5506], [127.0159, 37.5480], [127.0170, 37.5440], [127.0178, 37.5407],
        [127.0210, 37.5360], [127.0262, 37.5296], [127.0284, 37.5271], [127.0262, 37.5220],
        [127.0202, 37.5164], [127.0120, 37.5130],
    ]),
    ("5호선", &[
        [127.0045, 37.5672], [127.0079, 37.5653], [127.0110, 37.5630], [127.0136, 37.5603],
        [127.0170, 37.5572], [127.0203, 37.5545], [127.0250, 37.5556], [127.0295, 37.5573],
        [127.0338, 37.5594], [127.0375, 37.5613], [127.0402, 37.5637], [127.0429, 37.5659],
        [127.0475, 37.5675], [127.0525, 37.5667], [127.0580, 37.5636], [127.0646, 37.5614],
        [127.0720, 37.5597], [127.0795, 37.5571], [127.0898, 37.5519], [127.1030, 37.5452],
    ]),
    ("6호선", &[
        [126.9980, 37.5345], [127.0027, 37.5398], [127.0071, 37.5480], [127.0105, 37.5543],
        [127.0138, 37.5602], [127.0163, 37.5660], [127.0157, 37.5721], [127.0152, 37.5796],
        [127.0192, 37.5853],
    ]),
    ("7호선", &[
        [127.0413, 37.5172], [127.0470, 37.5190], [127.0533, 37.5194], [127.0610, 37.5235],
        [127.0640, 37.5270], [127.0667, 37.5316], [127.0690, 37.5370], [127.0711, 37.5409],
        [127.0747, 37.5480], [127.0775, 37.5530], [127.0795, 37.5571], [127.0843, 37.5657],
        [127.0880, 37.5742], [127.0865, 37.5808], [127.0858, 37.5887],
    ]),
    ("수인분당선", &[
        [127.0468, 37.5802], [127.0440, 37.5755], [127.0405, 37.5690], [127.0383, 37.5618],
        [127.0392, 37.5570], [127.0415, 37.5510], [127.0440, 37.5466], [127.0447, 37.5436],
        [127.0430, 37.5360], [127.0405, 37.5274], [127.0407, 37.5220], [127.0413, 37.5172],
        [127.0444, 37.5105],
    ]),
    ("경의중앙선", &[
        [126.9800, 37.5160], [126.9885, 37.5196], [126.9990, 37.5232], [127.0060, 37.5276],
        [127.0092, 37.5298], [127.0130, 37.5350], [127.0155, 37.5388], [127.0187, 37.5404],
        [127.0230, 37.5420], [127.0285, 37.5442], [127.0318, 37.5473], [127.0345, 37.5500],
        [127.0368, 37.5540], [127.0380, 37.5580], [127.0384, 37.5618], [127.0398, 37.5670],
        [127.0428, 37.5726], [127.0456, 37.5775], [127.0470, 37.5805], [127.0560, 37.5870],
        [127.0658, 37.5894], [127.0761, 37.5948],
    ]),
];

/// Distance in metres between the positions of a course.
const STEP: f64 = 30.0;

/// A section of railway.
#[derive(Debug, Clone)]
pub(crate) struct RailSection {
    /// Name of the line.
    pub(crate) line: &'static str,
    /// Course in metres.
    pub(crate) course: Vec<PlanePoint>,
}

impl LineFeature for RailSection {
    fn line(&self) -> &[PlanePoint] {
        &self.course
    }

    fn with_line(&self, course: Vec<PlanePoint>) -> Self {
        Self { line: self.line, course }
    }
}

impl RailSection {
    /// Level of the track: 지상, 고가 or 지하.
    #[must_use]
    pub(crate) fn level(&self) -> &'static str {
        level_at(self.line, self.course[self.course.len() / 2])
    }
}

/// Level of a line's track at `p`: 지상, 고가 or 지하.
fn level_at(line: &str, p: PlanePoint) -> &'static str {
    let [east, north] = plane::to_degrees(p);
    match line {
        "2호선" if east > 127.0415 => "고가",
        "2호선 성수지선" if east < 127.0455 => "지하",
        "2호선 성수지선" if north > 37.556 => "지상",
        "2호선 성수지선" => "고가",
        "3호선" if (37.5290..37.5425).contains(&north) => "고가",
        "7호선" if (37.5215..37.5345).contains(&north) => "고가",
        "경의중앙선" => "지상",
        _ => "지하",
    }
}

/// The lines with their whole courses.
fn whole_lines() -> impl Iterator<Item = RailSection> {
    COURSES.iter().map(|(line, points)| {
        let points: Vec<PlanePoint> = points.iter().map(|p| from_degrees(*p)).collect();
        RailSection { line, course: plane::smooth_line(&points, STEP) }
    })
}

/// Sections of the district's railways, line by line.
#[must_use]
pub(crate) fn rail_sections(division: &DongDivision) -> Vec<RailSection> {
    let inside = |p: PlanePoint| division.dong_at(p).is_some();
    let within = whole_lines().flat_map(|rail| {
        let pieces = pieces_by(&rail, &inside).into_iter();
        pieces.filter_map(|(inside, piece)| inside.then_some(piece)).collect::<Vec<_>>()
    });
    let long = |rail: &RailSection| plane::length(&rail.course) > 2.0 * STEP;
    fit_to_count(within.filter(long).collect(), SECTION_COUNT)
}

/// The lines in and around the district, divided where their level changes.
#[must_use]
pub(crate) fn lines_by_level() -> Vec<RailSection> {
    let by_level = |rail: RailSection| {
        let pieces = pieces_by(&rail, &|p| level_at(rail.line, p)).into_iter();
        pieces.map(|(_, piece)| piece).collect::<Vec<_>>()
    };
    whole_lines().flat_map(by_level).collect()
}

/// Divides a line where a property of its positions changes; pieces share their ends.
fn pieces_by<T: PartialEq>(
    rail: &RailSection,
    property: &impl Fn(PlanePoint) -> T,
) -> Vec<(T, RailSection)> {
    let mut pieces: Vec<(T, RailSection)> = Vec::new();
    for w in rail.course.windows(2) {
        let here = property(plane::lerp(w[0], w[1], 0.5));
        match pieces.last_mut() {
            Some((last, piece)) if *last == here => piece.course.push(w[1]),
            _ => pieces.push((here, rail.with_line(w.to_vec()))),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::land::stations::STATIONS;

    #[test]
    fn lines_pass_their_stations() {
        let lines: Vec<RailSection> = whole_lines().collect();
        for station in STATIONS {
            let at = from_degrees(station.at);
            let rail = lines.iter().find(|rail| rail.line == station.line).unwrap();
            let away = rail.course.iter().map(|p| plane::distance(*p, at));
            let away = away.fold(f64::INFINITY, f64::min);
            assert!(away < 60.0, "{} {}: {away} m", station.name, station.line);
        }
    }

    #[test]
    fn pieces_by_level_are_the_whole_line() {
        let whole: f64 = whole_lines().map(|rail| plane::length(&rail.course)).sum();
        let pieces: f64 = lines_by_level().iter().map(|rail| plane::length(&rail.course)).sum();
        assert!((whole - pieces).abs() < 1e-6, "{whole} {pieces}");
    }
}
