//! The district as datasets: columns with Korean titles, rows with geometry.

use std::collections::BTreeMap;

use sources::feature::{Column, ColumnType, Geometry, GeometryKind, ShapeKind};

use crate::district::District;
use crate::plane::{self, P, to_degrees};

/// What every file's description says.
pub const NOTICE: &str = "Synthetic demonstration data, made up by a program; \
    not the real district. 시연용 합성 자료이며 실제 성동구의 자료가 아닙니다.";

/// A value that a row owns.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text; codes too.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
    /// Yes or no.
    Bool(bool),
}

/// One dataset, ready to be written.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// Its id and file stem.
    pub id: &'static str,
    /// Its Korean title.
    pub title: &'static str,
    /// What geometry it has.
    pub kind: GeometryKind,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with one cell per column.
    pub rows: Vec<(Geometry, Vec<Cell>)>,
}

/// Every dataset of the district, in the order in which they are written.
#[must_use]
pub fn datasets(district: &District) -> Vec<Dataset> {
    vec![
        admin_dong(district),
        resident_pop_dong(district),
        river_water(district),
        road_centerline(district),
        building(district),
        cctv(district),
        walking_trail(district),
    ]
}

fn columns(list: &[(&str, ColumnType, &str)]) -> Vec<Column> {
    list.iter()
        .map(|(name, kind, title)| Column {
            name: (*name).to_owned(),
            kind: *kind,
            title: Some((*title).to_owned()),
            description: None,
        })
        .collect()
}

fn point(p: P) -> Geometry {
    Geometry {
        kind: Some(ShapeKind::Point),
        coordinates: vec![to_degrees(p)],
        ..Geometry::default()
    }
}

fn line(points: &[P]) -> Geometry {
    let mut geometry = Geometry { kind: Some(ShapeKind::Line), ..Geometry::default() };
    geometry.coordinates.extend(points.iter().map(|p| to_degrees(*p)));
    geometry.coordinates.dedup();
    geometry.end_part();
    geometry
}

/// A polygon of one ring, closed as simple features want it.
fn polygon(ring: &[P]) -> Geometry {
    let mut geometry = Geometry { kind: Some(ShapeKind::Polygon), ..Geometry::default() };
    let closed = ring.iter().chain(ring.first());
    geometry.coordinates.extend(closed.map(|p| to_degrees(*p)));
    geometry.end_part();
    geometry.end_polygon();
    geometry
}

fn text(words: &str) -> Cell {
    Cell::Text(words.to_owned())
}

/// A number rounded to `digits` decimals.
fn rounded(number: f64, digits: u8) -> Cell {
    let scale = (0..digits).fold(1.0, |scale, _| scale * 10.0);
    Cell::Double((number * scale).round() / scale)
}

fn admin_dong(district: &District) -> Dataset {
    let rows = district.division.dongs.iter().map(|dong| {
        let cells = vec![
            text(dong.facts.code),
            text(dong.facts.ministry_code),
            text(dong.facts.name),
            rounded(dong.area() / 1e6, 3),
        ];
        (polygon(&dong.ring), cells)
    });
    Dataset {
        id: "admin_dong",
        title: "행정동 경계",
        kind: GeometryKind::Polygon,
        columns: columns(&[
            ("adm_cd", ColumnType::Text, "행정동코드(통계청)"),
            ("adm_cd2", ColumnType::Text, "행정동코드(행정안전부)"),
            ("adm_nm", ColumnType::Text, "행정동명"),
            ("area_km2", ColumnType::Double, "면적"),
        ]),
        rows: rows.collect(),
    }
}

fn resident_pop_dong(district: &District) -> Dataset {
    let pairs = district.division.dongs.iter().zip(&district.residents);
    let rows = pairs.map(|(dong, residents)| {
        let mut cells = vec![text(dong.facts.code), text(dong.facts.name), text("202606")];
        let counts = [
            residents.total,
            residents.men,
            residents.women,
            residents.to_5,
            residents.to_17,
            residents.working_age,
            residents.from_65,
        ];
        cells.extend(counts.map(Cell::Int));
        cells.push(rounded(dong.area() / 1e6, 3));
        (polygon(&dong.ring), cells)
    });
    Dataset {
        id: "resident_pop_dong",
        title: "주민등록인구(동·연령·성별)",
        kind: GeometryKind::Polygon,
        columns: columns(&[
            ("dong_cd", ColumnType::Text, "행정동코드"),
            ("dong_nm", ColumnType::Text, "행정동명"),
            ("base_ym", ColumnType::Text, "기준연월"),
            ("pop_total", ColumnType::Int, "총인구"),
            ("pop_m", ColumnType::Int, "남자"),
            ("pop_f", ColumnType::Int, "여자"),
            ("pop_0_5", ColumnType::Int, "0~5세"),
            ("pop_6_17", ColumnType::Int, "6~17세"),
            ("pop_15_64", ColumnType::Int, "15~64세"),
            ("pop_65p", ColumnType::Int, "65세 이상"),
            ("area_km2", ColumnType::Double, "면적"),
        ]),
        rows: rows.collect(),
    }
}

fn river_water(district: &District) -> Dataset {
    let rows = district.nature.waters.iter().map(|water| {
        let area = rounded(plane::area(&water.ring), 0);
        (polygon(&water.ring), vec![text(water.name), text(water.class), area])
    });
    Dataset {
        id: "river_water",
        title: "하천·수계",
        kind: GeometryKind::Polygon,
        columns: columns(&[
            ("wtr_nm", ColumnType::Text, "하천명"),
            ("wtr_class", ColumnType::Text, "구분"),
            ("area", ColumnType::Double, "면적"),
        ]),
        rows: rows.collect(),
    }
}

/// The code of each road name: the district's five digits, a digit for the class
/// and a running number. All segments of a road share it.
fn road_codes(district: &District) -> BTreeMap<&str, String> {
    let mut codes = BTreeMap::new();
    for road in &district.roads {
        let class = match road.class {
            "대로" => 2_000_000,
            "로" => 3_100_000,
            _ => 4_100_000,
        };
        let number = class + codes.len() + 1;
        codes.entry(road.name.as_str()).or_insert_with(|| format!("11200{number}"));
    }
    codes
}

fn road_centerline(district: &District) -> Dataset {
    let codes = road_codes(district);
    let rows = district.roads.iter().map(|road| {
        let cells = vec![
            text(&codes[road.name.as_str()]),
            text(&road.name),
            text(&road.english),
            text(road.class),
            rounded(road.width, 1),
            rounded(plane::length(&road.line), 1),
        ];
        (line(&road.line), cells)
    });
    Dataset {
        id: "road_centerline",
        title: "도로명 도로구간",
        kind: GeometryKind::Line,
        columns: columns(&[
            ("rn_cd", ColumnType::Text, "도로명코드"),
            ("rn", ColumnType::Text, "도로명"),
            ("rn_eng", ColumnType::Text, "도로명(로마자)"),
            ("road_class", ColumnType::Text, "도로 구분"),
            ("width", ColumnType::Double, "도로폭"),
            ("length", ColumnType::Double, "길이"),
        ]),
        rows: rows.collect(),
    }
}

fn building(district: &District) -> Dataset {
    let rows = district.town.buildings.iter().enumerate().map(|(i, building)| {
        let cells = vec![
            Cell::Text(format!("SD{:06}", i + 1)),
            text(building.usage),
            Cell::Int(building.floors),
            Cell::Int(building.basement),
            Cell::Int(building.built),
            Cell::Double(building.floor_area),
            text(building.structure),
        ];
        (polygon(&building.ring), cells)
    });
    Dataset {
        id: "building",
        title: "건축물(건축물대장)",
        kind: GeometryKind::Polygon,
        columns: columns(&[
            ("bld_id", ColumnType::Text, "건물 번호"),
            ("use", ColumnType::Text, "주용도"),
            ("floors", ColumnType::Int, "지상 층수"),
            ("basement", ColumnType::Int, "지하 층수"),
            ("built_yr", ColumnType::Int, "준공연도"),
            ("floor_area", ColumnType::Double, "연면적"),
            ("structure", ColumnType::Text, "구조"),
        ]),
        rows: rows.collect(),
    }
}

fn cctv(district: &District) -> Dataset {
    let rows = district.cameras.iter().enumerate().map(|(i, camera)| {
        let cells = vec![
            Cell::Text(format!("SDC-{:04}", i + 1)),
            text(camera.purpose),
            Cell::Int(camera.installed),
            Cell::Bool(camera.bell),
        ];
        (point(camera.at), cells)
    });
    Dataset {
        id: "cctv",
        title: "CCTV(다목적)",
        kind: GeometryKind::Point,
        columns: columns(&[
            ("cam_id", ColumnType::Text, "카메라 번호"),
            ("purpose", ColumnType::Text, "설치 목적"),
            ("inst_yr", ColumnType::Int, "설치연도"),
            ("bell_yn", ColumnType::Bool, "비상벨 유무"),
        ]),
        rows: rows.collect(),
    }
}

fn walking_trail(district: &District) -> Dataset {
    let rows = district.trails.iter().map(|trail| {
        let cells = vec![
            text(&trail.name),
            rounded(plane::length(&trail.line) / 1000.0, 2),
            text(trail.surface),
            Cell::Double(trail.slope),
            Cell::Bool(trail.barrier_free),
        ];
        (line(&trail.line), cells)
    });
    Dataset {
        id: "walking_trail",
        title: "둘레길·산책로",
        kind: GeometryKind::Line,
        columns: columns(&[
            ("trail_nm", ColumnType::Text, "길 이름"),
            ("length", ColumnType::Double, "길이"),
            ("surface", ColumnType::Text, "노면"),
            ("slope_avg", ColumnType::Double, "평균 경사"),
            ("barrier_free", ColumnType::Bool, "무장애길"),
        ]),
        rows: rows.collect(),
    }
}
