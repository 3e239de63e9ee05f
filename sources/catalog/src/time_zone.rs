//! The time zone in which a district counts hours and days.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Time zone of a district, by its IANA name.
///
/// Times with an offset, such as PostGIS' `timestamptz`, are converted to this zone for
/// hours and days. Times without an offset are local already.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DistrictTimeZone {
    name: String,
    zone: TimeZone,
}

/// Error for a name that is not a time zone.
#[derive(Debug, thiserror::Error)]
#[error("{name:?} is no time zone")]
pub struct UnknownTimeZone {
    name: String,
    #[source]
    source: jiff::Error,
}

impl DistrictTimeZone {
    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The local time of a text with an offset, such as `2026-01-01T23:30:00Z`; `None` for
    /// a text without an offset or that is not a time.
    #[must_use]
    pub fn local(&self, text: &str) -> Option<DateTime> {
        let text = text.trim();
        if !has_offset(text) {
            return None;
        }
        let at: Timestamp = text.parse().ok()?;
        Some(self.zone.to_datetime(at))
    }

    /// The local time as ISO 8601 text; `None` as for [`Self::local`].
    #[must_use]
    pub fn local_text(&self, text: &str) -> Option<String> {
        self.local(text).map(|at| at.to_string())
    }
}

/// Whether a text is a date with a time and an offset.
fn has_offset(text: &str) -> bool {
    let Some(at) = text.find(['T', 't', ' ']).filter(|&at| at >= 8) else { return false };
    let time = text.get(at + 1..).unwrap_or_default();
    time.starts_with(|letter: char| letter.is_ascii_digit()) && time.contains(['Z', 'z', '+', '-'])
}

impl Default for DistrictTimeZone {
    /// Coordinated universal time.
    fn default() -> Self {
        Self { name: "UTC".to_owned(), zone: TimeZone::UTC }
    }
}

impl FromStr for DistrictTimeZone {
    type Err = UnknownTimeZone;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let zone = TimeZone::get(name)
            .map_err(|source| UnknownTimeZone { name: name.to_owned(), source })?;
        Ok(Self { name: name.to_owned(), zone })
    }
}

impl TryFrom<String> for DistrictTimeZone {
    type Error = UnknownTimeZone;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<DistrictTimeZone> for String {
    fn from(zone: DistrictTimeZone) -> Self {
        zone.name
    }
}

impl PartialEq for DistrictTimeZone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for DistrictTimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DistrictTimeZone").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::utc("2026-01-01T23:30:00Z", Some("2026-01-02T08:30:00"))]
    #[case::own("2026-01-01T23:30:00+09:00", Some("2026-01-01T23:30:00"))]
    #[case::short("2026-01-01 23:30:00+00", Some("2026-01-02T08:30:00"))]
    #[case::west("2026-12-31T10:15:00.250-05:00", Some("2027-01-01T00:15:00.25"))]
    #[case::summer_time("1988-07-01T00:00:00Z", Some("1988-07-01T10:00:00"))]
    #[case::local("2026-01-01T23:30:00", None)]
    #[case::day("2026-01-01", None)]
    #[case::month_hour("2026-10T08", None)]
    #[case::no_time("2026-01-01T25:30:00Z", None)]
    fn a_moment_with_an_offset_is_told_in_the_districts_time(
        #[case] text: &str,
        #[case] local: Option<&str>,
    ) {
        let zone: DistrictTimeZone = "Asia/Seoul".parse().unwrap();
        assert_eq!(zone.local_text(text).as_deref(), local);
    }

    #[test]
    fn a_name_that_no_zone_has_is_an_error_that_names_it() {
        let error = "Asia/Seongdong".parse::<DistrictTimeZone>().unwrap_err();
        assert!(error.to_string().contains("Asia/Seongdong"));
        assert_eq!("Asia/Tokyo".parse::<DistrictTimeZone>().unwrap().name(), "Asia/Tokyo");
    }
}
