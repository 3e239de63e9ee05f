//! Source and faults of a file's CRS, with the CRS that would fit.

use korean_text::bilingual::{Bilingual, Sentence};

/// The source of a file's CRS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrsSource {
    /// The user's option.
    User,
    /// The file's `.prj`.
    Prj,
    /// The member `crs` of GeoJSON 2008.
    Member,
    /// RFC 7946, for a GeoJSON without the member `crs`.
    Rfc7946,
}

impl Bilingual for CrsSource {
    fn ko(&self) -> String {
        match self {
            Self::User => "지정하신 대로",
            Self::Prj => ".prj에 적힌 대로",
            Self::Member => "\"crs\" 항목에 적힌 대로",
            Self::Rfc7946 => "RFC 7946에 따라",
        }
        .to_owned()
    }

    fn en(&self) -> String {
        match self {
            Self::User => "as you said",
            Self::Prj => "by its .prj",
            Self::Member => "by its member \"crs\"",
            Self::Rfc7946 => "by RFC 7946",
        }
        .to_owned()
    }
}

/// The reason for which a file's CRS is unknown or implausible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CrsFault {
    /// A Shapefile without `.prj`.
    NoPrj(CrsAdvice),
    /// A CRS with an unknown name.
    UnknownName {
        /// The name.
        name: String,
        /// The remedy.
        advice: CrsAdvice,
    },
    /// A code or definition that can't be used.
    Unusable {
        /// The reason, from the projection.
        reason: Sentence,
        /// The remedy.
        advice: CrsAdvice,
    },
    /// Positions in degrees, with a CRS in metres.
    Degrees {
        /// The CRS.
        crs: String,
        /// Its source.
        source: CrsSource,
        /// The remedy.
        advice: CrsAdvice,
    },
    /// Data that would lie far from the expected bounds.
    Far {
        /// The CRS.
        crs: String,
        /// Its source.
        source: CrsSource,
        /// The middle of the data in degrees; `None` if positions have no place on the map.
        middle: Option<String>,
        /// The expected bounds: west, south, east, north.
        bounds: Box<[String; 4]>,
        /// The remedy.
        advice: CrsAdvice,
    },
    /// Data that would lie off the region's land, and on it with another CRS.
    OffLand {
        /// The CRS.
        crs: String,
        /// Its source.
        source: CrsSource,
        /// The middle of the data in degrees.
        middle: String,
        /// Name of the region.
        country: Sentence,
        /// The remedy.
        advice: CrsAdvice,
    },
}

/// The known CRS that would place the data within the expected bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrsAdvice(pub Vec<String>);

impl CrsAdvice {
    fn ko(&self) -> String {
        match &self.0[..] {
            [] => "아는 좌표계 가운데 그곳에 놓이게 하는 것이 없습니다".to_owned(),
            [only] => format!("{only}이(가) 맞을 수 있습니다. --crs로 주십시오"),
            several => format!(
                "다음 가운데 하나가 맞을 수 있으니 확인하여 --crs로 주십시오: {}",
                several.join(", ")
            ),
        }
    }

    fn en(&self) -> String {
        match &self.0[..] {
            [] => "none of the known CRS would put it there".to_owned(),
            [only] => format!("{only} would fit: give it as --crs"),
            several => {
                format!("these would fit, find out which it is: {}", several.join(", "))
            }
        }
    }
}

impl Bilingual for CrsFault {
    fn ko(&self) -> String {
        const ELSEWHERE: &str = "자료가 정말 그곳에 있다면 --bounds W,S,E,N으로 범위를 주십시오";
        match self {
            Self::NoPrj(advice) => format!("좌표계를 알려 줄 .prj가 없습니다. {}", advice.ko()),
            Self::UnknownName { name, advice } => {
                format!("좌표계 {name:?}을(를) 알지 못합니다. {}", advice.ko())
            }
            Self::Unusable { reason, advice } => {
                format!("좌표계를 쓸 수 없습니다. {}. {}", reason.ko(), advice.ko())
            }
            Self::Degrees { crs, source, advice } => {
                format!(
                    "{crs}({})일 수 없습니다. 좌표가 도 단위입니다. {}",
                    source.ko(),
                    advice.ko()
                )
            }
            Self::Far { crs, source, middle, bounds, advice } => {
                let [west, south, east, north] = &**bounds;
                let lies = match middle {
                    Some(middle) => format!("{middle} 부근에 놓여"),
                    None => "좌표가 지도에 놓이지 않아".to_owned(),
                };
                format!(
                    "{crs}({})로 읽으면 {lies}, 있어야 할 {west}, {south} ~ {east}, {north}에서 \
                     벗어납니다. {}. {ELSEWHERE}",
                    source.ko(),
                    advice.ko()
                )
            }
            Self::OffLand { crs, source, middle, country, advice } => format!(
                "{crs}({})로 읽으면 {middle} 부근으로, {} 땅이 아닙니다. {}. {ELSEWHERE}",
                source.ko(),
                country.ko(),
                advice.ko()
            ),
        }
    }

    fn en(&self) -> String {
        const ELSEWHERE: &str =
            "If the data is meant to lie there, give its bounds as --bounds W,S,E,N";
        match self {
            Self::NoPrj(advice) => {
                format!("there is no .prj that names its CRS; {}", advice.en())
            }
            Self::UnknownName { name, advice } => {
                format!("its CRS {name:?} is not known; {}", advice.en())
            }
            Self::Unusable { reason, advice } => format!("{}; {}", reason.en(), advice.en()),
            Self::Degrees { crs, source, advice } => format!(
                "it can't be in {crs} ({}): its positions are degrees; {}",
                source.en(),
                advice.en()
            ),
            Self::Far { crs, source, middle, bounds, advice } => {
                let [west, south, east, north] = &**bounds;
                let lies = match middle {
                    Some(middle) => format!("it would lie around {middle}"),
                    None => "its positions have no place on the map".to_owned(),
                };
                format!(
                    "read as {crs} ({}) {lies}, far from {west}, {south} to {east}, {north} where \
                     it should be; {}. {ELSEWHERE}",
                    source.en(),
                    advice.en()
                )
            }
            Self::OffLand { crs, source, middle, country, advice } => format!(
                "read as {crs} ({}) it would lie around {middle}, which is not on {}'s land; {}. \
                 {ELSEWHERE}",
                source.en(),
                country.en(),
                advice.en()
            ),
        }
    }
}
