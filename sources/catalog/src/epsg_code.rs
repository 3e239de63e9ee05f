//! EPSG codes of known CRS.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// EPSG code of a CRS that [`projection`] knows, written `EPSG:32633`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EpsgCode(u32);

/// Error for a text that is no EPSG code of a known CRS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEpsgCode {
    /// A text that is not `EPSG:` and a number.
    #[error("{0:?} is no EPSG code")]
    Syntax(String),
    /// A code of a CRS that is not known.
    #[error("EPSG:{0} is no known CRS")]
    Unknown(u32),
}

impl EpsgCode {
    /// The code of a known CRS; `None` for other codes.
    #[must_use]
    pub fn new(code: u32) -> Option<Self> {
        projection::known_crs(code).map(|_| Self(code))
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl FromStr for EpsgCode {
    type Err = InvalidEpsgCode;

    fn from_str(text: &str) -> Result<Self, InvalidEpsgCode> {
        let digits = text.strip_prefix("EPSG:").or_else(|| text.strip_prefix("epsg:"));
        let code: u32 = digits
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| InvalidEpsgCode::Syntax(text.to_owned()))?;
        Self::new(code).ok_or(InvalidEpsgCode::Unknown(code))
    }
}

impl fmt::Display for EpsgCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EPSG:{}", self.0)
    }
}

impl TryFrom<String> for EpsgCode {
    type Error = InvalidEpsgCode;

    fn try_from(text: String) -> Result<Self, InvalidEpsgCode> {
        text.parse()
    }
}

impl From<EpsgCode> for String {
    fn from(code: EpsgCode) -> Self {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::projected("EPSG:32633", Ok(32_633))]
    #[case::lower_case("epsg:4326", Ok(4326))]
    #[case::bare("4326", Err("\"4326\" is no EPSG code"))]
    #[case::unknown("EPSG:1", Err("EPSG:1 is no known CRS"))]
    fn codes_of_known_systems_are_read(#[case] text: &str, #[case] expected: Result<u32, &str>) {
        let read = text.parse::<EpsgCode>().map(EpsgCode::number);
        assert_eq!(read.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }
}
