//! Railways and stations: real names on sketched courses.

use crate::geometry::lines::{LineFeature, fit_to_count};
use crate::geometry::plane::{self, LonLat, PlanePoint, from_degrees};

/// Number of railway sections in the district.
pub(crate) const SECTION_COUNT: usize = 62;

/// Name of the line, and sketched course in longitude and latitude.
type RailCourse = (&'static str, &'static [LonLat]);

#[rustfmt::skip]
const COURSES: [RailCourse; 6] = [
    ("2호선", &[
        [127.0230, 37.5656], [127.0290, 37.5643], [127.0372, 37.5612], [127.0439, 37.5556],
        [127.0474, 37.5472], [127.0560, 37.5446], [127.0632, 37.5412],
    ]),
    ("2호선 성수지선", &[
        [127.0560, 37.5446], [127.0552, 37.5500], [127.0516, 37.5560], [127.0508, 37.5619],
        [127.0480, 37.5690],
    ]),
    ("3호선", &[[127.0148, 37.5500], [127.0158, 37.5481], [127.0177, 37.5406], [127.0190, 37.5356]]),
    ("5호선", &[
        [127.0180, 37.5550], [127.0205, 37.5545], [127.0297, 37.5573], [127.0370, 37.5616],
        [127.0430, 37.5660], [127.0520, 37.5655],
    ]),
    ("수인분당선", &[[127.0376, 37.5609], [127.0420, 37.5520], [127.0446, 37.5435], [127.0424, 37.5358]]),
    ("경의중앙선", &[
        [127.0100, 37.5402], [127.0187, 37.5403], [127.0285, 37.5440], [127.0349, 37.5500],
        [127.0378, 37.5614], [127.0420, 37.5690], [127.0432, 37.5720],
    ]),
];

/// Station: number, name, line, longitude and latitude, ridership (1 is the usual).
pub(crate) type SubwayStation = (&'static str, &'static str, &'static str, LonLat, f64);

#[rustfmt::skip]
/// The stations of the district.
pub(crate) const STATIONS: [SubwayStation; 17] = [
    ("0207", "상왕십리", "2호선", [127.0290, 37.5643], 0.8),
    ("0208", "왕십리", "2호선", [127.0372, 37.5612], 2.0),
    ("0209", "한양대", "2호선", [127.0439, 37.5556], 1.1),
    ("0210", "뚝섬", "2호선", [127.0474, 37.5472], 1.8),
    ("0211", "성수", "2호선", [127.0560, 37.5446], 3.1),
    ("0244", "용답", "2호선 성수지선", [127.0508, 37.5619], 0.3),
    ("0324", "금호", "3호선", [127.0158, 37.5481], 0.8),
    ("0325", "옥수", "3호선", [127.0177, 37.5406], 0.9),
    ("2537", "신금호", "5호선", [127.0205, 37.5545], 0.6),
    ("2538", "행당", "5호선", [127.0297, 37.5573], 0.7),
    ("2539", "왕십리", "5호선", [127.0370, 37.5616], 1.2),
    ("2540", "마장", "5호선", [127.0430, 37.5660], 0.6),
    ("1013", "왕십리", "경의중앙선", [127.0378, 37.5614], 0.9),
    ("1012", "응봉", "경의중앙선", [127.0349, 37.5500], 0.3),
    ("1011", "옥수", "경의중앙선", [127.0187, 37.5403], 0.7),
    ("1849", "왕십리", "수인분당선", [127.0376, 37.5609], 1.0),
    ("1848", "서울숲", "수인분당선", [127.0446, 37.5435], 1.0),
];

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
        let [east, north] = plane::to_degrees(self.course[self.course.len() / 2]);
        match self.line {
            "2호선" if east > 127.0415 => "고가",
            "2호선 성수지선" if north > 37.556 => "지상",
            "2호선 성수지선" => "고가",
            "3호선" if north < 37.5408 => "고가",
            "경의중앙선" => "지상",
            _ => "지하",
        }
    }
}

/// All sections of railway, line by line.
#[must_use]
pub(crate) fn rail_sections() -> Vec<RailSection> {
    let lines = COURSES.iter().map(|(line, points)| {
        let points: Vec<PlanePoint> = points.iter().map(|p| from_degrees(*p)).collect();
        RailSection { line, course: plane::smooth_line(&points, 30.0) }
    });
    fit_to_count(lines.collect(), SECTION_COUNT)
}
