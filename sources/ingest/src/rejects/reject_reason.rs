//! Reasons for rejecting a row.

use korean_text::bilingual::Bilingual;
use vector_tile::repair::RepairError;

/// Reason for rejecting a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RejectReason {
    /// An unknown `type` of a GeoJSON geometry.
    UnknownGeometryType(String),
    /// A `type` of a GeoJSON feature that is not `Feature`.
    NoFeatureType(String),
    /// Positions in another number of arrays than their type requires.
    WrongDepth {
        /// The geometry's type.
        kind: String,
        /// Arrays around a position of that type.
        expected: usize,
        /// Arrays around a position of this geometry.
        found: usize,
    },
    /// Coordinates in more arrays than any type has.
    TooDeep,
    /// Positions in different numbers of arrays.
    UnevenDepth,
    /// A value other than a number among the coordinates.
    NotNumbers,
    /// NaN or an infinite number among the coordinates.
    NotFinite,
    /// Numbers and arrays side by side.
    MixedArrays,
    /// A position of one number.
    OneNumber,
    /// More positions than a feature can have.
    TooManyPositions,
    /// A geometry without coordinates.
    NoCoordinates,
    /// A member of the feature with a value of a wrong type.
    WrongMember {
        /// The member's name.
        member: &'static str,
        /// The required type.
        expected: ExpectedMember,
    },
    /// An invalid property value.
    NoValue {
        /// The property's name.
        property: String,
        /// Beginning of the value as written.
        found: String,
    },
    /// A record larger than a feature may be.
    RecordTooLarge {
        /// The record's bytes.
        bytes: u64,
    },
    /// A line or polygon whose points belong to no part.
    PointsWithoutParts {
        /// Number of its points.
        points: u64,
    },
    /// A coordinate that is NaN or infinite.
    NotANumber {
        /// Number of the position, from 1.
        position: usize,
    },
    /// A position beyond the range of any CRS.
    BeyondAnyMap {
        /// Number of the position, from 1.
        position: usize,
        /// Its coordinates.
        at: String,
    },
    /// A line without length.
    NoLength,
    /// A polygon without area.
    NoArea,
    /// A polygon with too many crossings.
    TooManyCrossings {
        /// Number of its edges.
        edges: usize,
    },
    /// A polygon with too many edges side by side.
    TooManyEdges {
        /// Number of its edges.
        edges: usize,
    },
    /// A polygon with too many rings.
    TooManyRings {
        /// Number of its rings.
        rings: usize,
    },
    /// A position without longitude and latitude.
    OffTheEarth {
        /// Its coordinates as given.
        at: String,
        /// The CRS of the coordinates.
        crs: String,
    },
    /// A feature of more than 256 MiB.
    TooLarge,
    /// Text with the character U+0000, which PostgreSQL can't store.
    ZeroCharacter,
}

impl From<RepairError> for RejectReason {
    fn from(error: RepairError) -> Self {
        match error {
            RepairError::NoArea => Self::NoArea,
            RepairError::TooManyCrossings { edges } => Self::TooManyCrossings { edges },
            RepairError::TooManyEdges { edges } | RepairError::OutOfTime { edges } => {
                Self::TooManyEdges { edges }
            }
            RepairError::TooManyRings { rings } => Self::TooManyRings { rings },
        }
    }
}

/// Required type of a feature's member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedMember {
    /// A feature.
    Feature,
    /// A text.
    Text,
    /// A geometry or null.
    Geometry,
    /// An array of geometries.
    Geometries,
    /// An object of properties or null.
    Properties,
}

impl ExpectedMember {
    fn ko(self) -> &'static str {
        match self {
            Self::Feature => "피처 객체",
            Self::Text => "문자열",
            Self::Geometry => "도형이나 null",
            Self::Geometries => "도형의 배열",
            Self::Properties => "속성 객체나 null",
        }
    }

    fn en(self) -> &'static str {
        match self {
            Self::Feature => "a feature",
            Self::Text => "a text",
            Self::Geometry => "a geometry or null",
            Self::Geometries => "an array of geometries",
            Self::Properties => "an object of properties or null",
        }
    }
}

impl Bilingual for RejectReason {
    fn ko(&self) -> String {
        match self {
            Self::UnknownGeometryType(name) => format!("{name:?}은(는) 도형 종류가 아닙니다"),
            Self::NoFeatureType(name) => {
                format!("\"type\"이 {name:?}입니다. 피처의 \"type\"은 \"Feature\"여야 합니다")
            }
            Self::WrongDepth { kind, expected, found } => format!(
                "{kind}의 좌표는 배열 {expected}겹 안에 있어야 하는데 {found}겹 안에 있습니다"
            ),
            Self::TooDeep => "좌표 배열이 MultiPolygon보다 깊습니다".to_owned(),
            Self::UnevenDepth => "좌표 배열의 깊이가 고르지 않습니다".to_owned(),
            Self::NotNumbers => "좌표에 숫자가 아닌 값이 있습니다".to_owned(),
            Self::NotFinite => "좌표에 NaN이나 무한대가 있습니다".to_owned(),
            Self::MixedArrays => "좌표에 숫자와 배열이 섞여 있습니다".to_owned(),
            Self::OneNumber => "숫자가 하나뿐인 좌표가 있습니다".to_owned(),
            Self::TooManyPositions => "피처 하나에 담을 수 없을 만큼 좌표가 많습니다".to_owned(),
            Self::NoCoordinates => "도형에 좌표가 없습니다".to_owned(),
            Self::WrongMember { member, expected } => {
                format!("{member:?} 자리에 {}이(가) 아닌 값이 있습니다", expected.ko())
            }
            Self::NoValue { property, found } => {
                format!("속성 {property:?}의 {found}은(는) 값이 아닙니다")
            }
            Self::RecordTooLarge { bytes } => {
                format!("레코드가 {bytes}바이트로, 피처 하나의 한도를 넘습니다")
            }
            Self::PointsWithoutParts { points } => {
                format!("점은 {points}개인데 부분(NumParts)이 0개입니다")
            }
            Self::NotANumber { position } => format!("{position}번째 좌표가 숫자가 아닙니다"),
            Self::BeyondAnyMap { position, at } => {
                format!("{position}번째 좌표({at})가 어느 지도에도 없는 곳입니다")
            }
            Self::NoLength => "선에 길이가 없습니다".to_owned(),
            Self::NoArea => "면에 넓이가 없습니다".to_owned(),
            Self::TooManyCrossings { edges } => {
                format!("변 {edges}개가 너무 자주 교차하여 고칠 수 없습니다")
            }
            Self::TooManyEdges { edges } => format!(
                "변 {edges}개 가운데 나란한 것이 많아 교차를 찾는 데 너무 오래 걸립니다. 나누거나 \
                 단순화하십시오"
            ),
            Self::TooManyRings { rings } => {
                format!("고리가 {rings}개로, 안팎을 가리는 데 너무 오래 걸립니다. 나누십시오")
            }
            Self::OffTheEarth { at, crs } => {
                format!("좌표 {at}은(는) {crs}에서 경위도가 되지 않습니다")
            }
            Self::TooLarge => "피처 하나의 한도인 256 MiB를 넘습니다".to_owned(),
            Self::ZeroCharacter => {
                "글자 U+0000이 들어 있어 PostgreSQL에 담을 수 없습니다".to_owned()
            }
        }
    }

    fn en(&self) -> String {
        match self {
            Self::UnknownGeometryType(name) => format!("{name:?} is no geometry type"),
            Self::NoFeatureType(name) => {
                format!("its \"type\" is {name:?}, and a feature's is \"Feature\"")
            }
            Self::WrongDepth { kind, expected, found } => format!(
                "a {kind} has its positions in {expected} arrays, and here they are in {found}"
            ),
            Self::TooDeep => "its coordinates nest deeper than those of a MultiPolygon".to_owned(),
            Self::UnevenDepth => "its coordinates nest unevenly".to_owned(),
            Self::NotNumbers => "its coordinates are not all numbers".to_owned(),
            Self::NotFinite => "its coordinates have NaN or an infinite number".to_owned(),
            Self::MixedArrays => "its coordinates mix numbers and arrays".to_owned(),
            Self::OneNumber => "a position has one number only".to_owned(),
            Self::TooManyPositions => "it has more positions than a feature can have".to_owned(),
            Self::NoCoordinates => "its geometry has no coordinates".to_owned(),
            Self::WrongMember { member, expected } => {
                format!("its {member:?} is not {}", expected.en())
            }
            Self::NoValue { property, found } => {
                format!("its property {property:?} is {found}, which is no value")
            }
            Self::RecordTooLarge { bytes } => {
                format!("its record has {bytes} bytes, more than a feature may have")
            }
            Self::PointsWithoutParts { points } => {
                format!("it has {points} points and no parts (NumParts is 0)")
            }
            Self::NotANumber { position } => format!("its position {position} is not a number"),
            Self::BeyondAnyMap { position, at } => {
                format!("its position {position} ({at}) lies beyond any map")
            }
            Self::NoLength => "its line has no length".to_owned(),
            Self::NoArea => "its polygon has no area".to_owned(),
            Self::TooManyCrossings { edges } => {
                format!("its {edges} edges cross too often to be repaired")
            }
            Self::TooManyEdges { edges } => format!(
                "so many of its {edges} edges lie side by side that looking for crossings takes \
                 too long; split or simplify it"
            ),
            Self::TooManyRings { rings } => {
                format!("its {rings} rings are so many that sorting them takes too long; split it")
            }
            Self::OffTheEarth { at, crs } => {
                format!("its position {at} has no longitude and latitude in {crs}")
            }
            Self::TooLarge => "it has more than the 256 MiB of a feature".to_owned(),
            Self::ZeroCharacter => {
                "its text has the character U+0000, which PostgreSQL can't hold".to_owned()
            }
        }
    }
}
