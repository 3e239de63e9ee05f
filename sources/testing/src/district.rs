//! Features over Seongdong-gu, the same in every run: drawn from a fixed seed.

use data_model::feature::GeometryKind;

use super::OwnedValue;

/// Bounds of the features: west, south, east, north.
pub const AREA: [f64; 4] = [127.005, 37.530, 127.075, 37.575];
/// Degrees of longitude and latitude in a metre.
const METRE: [f64; 2] = [1.0 / 88_300.0, 1.0 / 111_000.0];
/// Cells of the coverage along each axis.
const CELLS: usize = 17;

/// Kinds of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureKind {
    /// Places, some of them twice at one position.
    Points,
    /// Walks of many short steps, and some of a single one.
    Lines,
    /// Stars that overlap, every other one with a hole, some of them tiny.
    Polygons,
    /// Cells that share winding borders and leave no gap.
    Coverage,
}

impl FeatureKind {
    pub const ALL: [Self; 4] = [Self::Points, Self::Lines, Self::Polygons, Self::Coverage];

    pub fn name(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Lines => "lines",
            Self::Polygons => "polygons",
            Self::Coverage => "coverage",
        }
    }

    pub fn geometry(self) -> GeometryKind {
        match self {
            Self::Points => GeometryKind::Point,
            Self::Lines => GeometryKind::Line,
            Self::Polygons | Self::Coverage => GeometryKind::Polygon,
        }
    }

    /// Name of the geometry type in SQL and WKT.
    pub fn wkt_type(self) -> &'static str {
        match self {
            Self::Points => "Point",
            Self::Lines => "LineString",
            Self::Polygons | Self::Coverage => "Polygon",
        }
    }

    /// The features of the kind, in longitude and latitude.
    pub fn features(self) -> Vec<DrawnFeature> {
        let mut random = RandomNumbers(2026);
        let parts: Vec<Vec<Vec<[f64; 2]>>> = match self {
            Self::Points => places(&mut random),
            Self::Lines => {
                (0..220usize).map(|n| vec![walk(&mut random, n.is_multiple_of(10))]).collect()
            }
            Self::Polygons => (0..260usize)
                .map(|n| star(&mut random, n.is_multiple_of(2), n.is_multiple_of(9)))
                .collect(),
            Self::Coverage => cells(),
        };
        let drawn = parts.into_iter().enumerate();
        drawn
            .map(|(n, parts)| DrawnFeature { id: 1000 + 7 * n as i64, parts, values: values(n) })
            .collect()
    }
}

/// One feature: lines, or rings with their closing vertex, the exterior one first.
#[derive(Debug, Clone)]
pub struct DrawnFeature {
    pub id: i64,
    pub parts: Vec<Vec<[f64; 2]>>,
    /// Values in the order of [`COLUMNS`].
    pub values: Vec<OwnedValue>,
}

impl DrawnFeature {
    /// The geometry as WKT, with every digit.
    pub fn wkt(&self, kind: FeatureKind) -> String {
        let list = |part: &Vec<[f64; 2]>| {
            let positions: Vec<String> = part.iter().map(|[x, y]| format!("{x} {y}")).collect();
            format!("({})", positions.join(","))
        };
        let parts: Vec<String> = self.parts.iter().map(list).collect();
        match kind {
            FeatureKind::Points | FeatureKind::Lines => format!("{}{}", kind.wkt_type(), parts[0]),
            FeatureKind::Polygons | FeatureKind::Coverage => {
                format!("{}({})", kind.wkt_type(), parts.join(","))
            }
        }
    }
}

/// The attributes with their types in PostgreSQL.
pub const COLUMNS: [(&str, &str); 8] = [
    ("이름", "text"),
    ("note", "varchar(40)"),
    ("count", "int8"),
    ("small", "int4"),
    ("height", "float8"),
    ("share", "float4"),
    ("open", "bool"),
    ("seen", "timestamp"),
];

fn values(n: usize) -> Vec<OwnedValue> {
    let some = |present: bool, value: OwnedValue| if present { value } else { OwnedValue::Null };
    let counts = [0, -1, 9_007_199_254_740_993, i64::MIN, i64::MAX, 300 + n as i64];
    vec![
        OwnedValue::Text(format!("왕십리 {}동 '{}'", n % 40, n)),
        some(!n.is_multiple_of(3), OwnedValue::Text(["", "성수", "a \\ b"][n % 5 % 3].to_owned())),
        OwnedValue::Int(counts[n % counts.len()]),
        some(!n.is_multiple_of(7), OwnedValue::Int(n as i64 % 11 - 5)),
        some(!n.is_multiple_of(4), OwnedValue::Double(n as f64 * 0.1 - 3.0)),
        OwnedValue::Float(n as f32 / 7.0),
        some(!n.is_multiple_of(5), OwnedValue::Bool(n.is_multiple_of(2))),
        some(
            !n.is_multiple_of(6),
            OwnedValue::Text(format!("2026-06-{:02}T09:{:02}:00", 1 + n % 30, n % 60)),
        ),
    ]
}

/// Splitmix64: the same numbers on every machine.
pub struct RandomNumbers(pub u64);

impl RandomNumbers {
    /// A number from 0 up to 1.
    pub fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    pub fn place(&mut self) -> [f64; 2] {
        let [west, south, east, north] = AREA;
        [self.between(west, east), self.between(south, north)]
    }
}

fn moved([lon, lat]: [f64; 2], east: f64, north: f64) -> [f64; 2] {
    [lon + east * METRE[0], lat + north * METRE[1]]
}

fn places(random: &mut RandomNumbers) -> Vec<Vec<Vec<[f64; 2]>>> {
    let mut places = Vec::new();
    for n in 0..300usize {
        let place = random.place();
        places.push(vec![vec![place]]);
        if n.is_multiple_of(25) {
            places.push(vec![vec![place]]);
        }
    }
    places
}

fn walk(random: &mut RandomNumbers, single: bool) -> Vec<[f64; 2]> {
    let mut at = random.place();
    let mut heading = random.between(0.0, std::f64::consts::TAU);
    let steps = if single { 1 } else { random.between(20.0, 160.0) as usize };
    let longest = if single { 4.0 } else { 25.0 };
    let mut line = vec![at];
    for _ in 0..steps {
        heading += random.between(-0.6, 0.6);
        let step = random.between(3.0, longest);
        at = moved(at, step * heading.cos(), step * heading.sin());
        line.push(at);
    }
    line
}

fn star(random: &mut RandomNumbers, hole: bool, tiny: bool) -> Vec<Vec<[f64; 2]>> {
    let centre = random.place();
    let radius = if tiny { random.between(1.0, 2.5) } else { random.between(6.0, 180.0) };
    let corners = random.between(8.0, 50.0) as usize;
    let mut ring = |least: f64, most: f64| {
        let corner = |n: usize| {
            let angle = n as f64 / corners as f64 * std::f64::consts::TAU;
            let far = radius * random.between(least, most);
            moved(centre, far * angle.cos(), far * angle.sin())
        };
        let mut ring: Vec<[f64; 2]> = (0..corners).map(corner).collect();
        ring.push(ring[0]);
        ring
    };
    let exterior = ring(0.7, 1.0);
    if !hole {
        return vec![exterior];
    }
    let mut interior = ring(0.3, 0.5);
    interior.reverse();
    vec![exterior, interior]
}

/// Cells of a grid with displaced nodes and borders; every border has the same vertices
/// in both its cells.
fn cells() -> Vec<Vec<Vec<[f64; 2]>>> {
    let [west, south, east, north] = AREA;
    let size = [(east - west) / CELLS as f64, (north - south) / CELLS as f64];
    let shaken = |seed: usize, [x, y]: [f64; 2], by: f64| {
        let mut random = RandomNumbers(seed as u64 * 7919);
        [x + random.between(-by, by) * size[0], y + random.between(-by, by) * size[1]]
    };
    let node = |column: usize, row: usize| {
        let at = [west + column as f64 * size[0], south + row as f64 * size[1]];
        shaken(column * 1000 + row, at, 0.25)
    };
    // From one node to its neighbour in the east or north.
    let border = |column: usize, row: usize, upwards: bool| {
        let from = node(column, row);
        let to = if upwards { node(column, row + 1) } else { node(column + 1, row) };
        let mut border = vec![from];
        for n in 1..12usize {
            let part = n as f64 / 12.0;
            let at = [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
            let seed = ((column * 1000 + row) * 2 + usize::from(upwards)) * 100 + n + 5_000_000;
            border.push(shaken(seed, at, 0.03));
        }
        border.push(to);
        border
    };
    let backwards = |mut border: Vec<[f64; 2]>| {
        border.reverse();
        border
    };
    let mut cells = Vec::new();
    for row in 0..CELLS {
        for column in 0..CELLS {
            let sides = [
                border(column, row, false),
                border(column + 1, row, true),
                backwards(border(column, row + 1, false)),
                backwards(border(column, row, true)),
            ];
            let mut ring: Vec<[f64; 2]> =
                sides.iter().flat_map(|side| &side[..side.len() - 1]).copied().collect();
            ring.push(ring[0]);
            cells.push(vec![ring]);
        }
    }
    cells
}
