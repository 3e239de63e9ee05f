//! Datasets as they are declared: features, values over time, terms and privacy.

use serde::{Deserialize, Serialize};

use super::address::AddressColumns;
use super::declaration::{Attribution, TableName, Text};
use data_model::Period;
use data_model::feature::GeometryKind;
use data_model::{DatasetId, FieldId};

/// What is added to a dataset's id in the name of the file or table of its values,
/// where it has features of its own.
pub const VALUES_SUFFIX: &str = "_values";

/// A stored dataset: files of the data directory or tables of the database.
///
/// It has up to two parts. *Features* carry geometry, one row each. *Values* carry
/// figures without geometry: each row names a feature by its key, and a time. So
/// geometry is kept once, however many months there are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dataset {
    /// Its id, file stem and table name.
    pub id: DatasetId,
    /// The field it belongs to.
    pub field: FieldId,
    /// Its name.
    pub title: Text,
    /// What is in it.
    pub description: Option<Text>,
    /// The table of the database that holds it and nothing else does; otherwise
    /// whatever is found under its id.
    #[serde(skip)]
    pub table: Option<TableName>,
    /// Whether anyone may fetch the archive that holds it, with all that is in it,
    /// where it has no layer for staff.
    #[serde(skip)]
    pub offer_archive: bool,
    /// What geometry its features have, its own or those of its place.
    pub geometry: GeometryKind,
    /// Source and terms.
    pub attribution: Option<Attribution>,
    /// Where a district gets the real one.
    pub source: Option<Text>,
    /// How often it changes.
    pub update: Option<UpdateFrequency>,
    /// Who may see it as it is stored.
    pub sensitivity: Sensitivity,
    /// What the published view of it must not show.
    pub privacy: Vec<PrivacyRule>,
    /// How many features it is expected to hold.
    pub count: Option<u64>,
    /// Metres across the largest circle that fits into each of its areas; `None` where it
    /// is not known.
    pub least_width: Option<u32>,
    /// The integer column that is the feature id in tiles; the row number where
    /// none is declared.
    pub id_column: Option<String>,
    /// Columns of its features each of which alone names one: two code systems of
    /// the same areas are two keys, and a join may use either.
    pub key: Vec<String>,
    /// Columns whose text can be searched for.
    pub search: Vec<String>,
    /// Columns with the English name of what those name.
    pub search_en: Vec<String>,
    /// Columns that form the address of each feature, where they are declared.
    pub address: Option<AddressColumns>,
    /// The column of its features that says when each happened.
    pub time: Option<String>,
    /// The dataset whose features its values belong to. It then has none of its own.
    pub place: Option<DatasetId>,
    /// Rules of that dataset, as far as they are about columns that this one has not or
    /// about where features lie. Filled when a catalog is read whole.
    #[serde(skip)]
    pub place_rules: Vec<PrivacyRule>,
    /// Larger areas, in one of which each of its own lies.
    pub within: Option<DatasetId>,
    /// The columns of its features; none where it has a place.
    pub columns: Vec<DatasetColumn>,
    /// Its values, where it has any.
    pub values: Option<Values>,
}

impl Dataset {
    /// A dataset of features of which nothing else is declared.
    #[must_use]
    pub fn new(id: DatasetId, field: FieldId, title: Text, geometry: GeometryKind) -> Self {
        Self {
            id,
            field,
            title,
            description: None,
            table: None,
            offer_archive: false,
            geometry,
            attribution: None,
            source: None,
            update: None,
            sensitivity: Sensitivity::default(),
            privacy: Vec::new(),
            count: None,
            least_width: None,
            id_column: None,
            key: Vec::new(),
            search: Vec::new(),
            search_en: Vec::new(),
            address: None,
            time: None,
            place: None,
            place_rules: Vec::new(),
            within: None,
            columns: Vec::new(),
            values: None,
        }
    }

    /// Whether it has features of its own.
    #[must_use]
    pub fn has_features(&self) -> bool {
        self.place.is_none()
    }

    /// The file stem and table name of its values, where it has any: its id, or its
    /// id with [`VALUES_SUFFIX`] beside features of its own.
    #[must_use]
    pub fn values_name(&self) -> Option<String> {
        self.values.as_ref()?;
        let id = self.id.as_str();
        Some(if self.has_features() { format!("{id}{VALUES_SUFFIX}") } else { id.to_owned() })
    }

    /// The table of the database that holds its values and nothing else does, where
    /// one is named: without features of its own, the dataset's table is theirs.
    #[must_use]
    pub fn values_table(&self) -> Option<&TableName> {
        let named = self.values.as_ref()?.table.as_ref();
        named.or_else(|| self.table.as_ref().filter(|_| !self.has_features()))
    }

    /// The features' column of this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&DatasetColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The values' column of this name.
    #[must_use]
    pub fn values_column(&self, name: &str) -> Option<&DatasetColumn> {
        self.values.as_ref()?.columns.iter().find(|column| column.name == name)
    }

    /// The smallest number that may be shown, where small ones must not be.
    #[must_use]
    pub fn suppress_below(&self) -> Option<u32> {
        let rules = self.privacy.iter().filter_map(|rule| match rule {
            PrivacyRule::Suppress { below, .. } => Some(*below),
            _ => None,
        });
        rules.max()
    }

    /// Whether a column that is not whole is a number of things nevertheless, as an
    /// estimate is, of which small ones must not be shown.
    #[must_use]
    pub fn counts_things(&self, name: &str) -> bool {
        self.privacy.iter().any(|rule| match rule {
            PrivacyRule::Suppress { columns, .. } => columns.iter().any(|column| column == name),
            _ => false,
        })
    }

    /// Whether the public sees this column, its own or its place's, in bands.
    #[must_use]
    pub fn bands(&self, name: &str) -> bool {
        let bands =
            |rule: &PrivacyRule| matches!(rule, PrivacyRule::Band { column, .. } if column == name);
        self.all_rules().any(bands)
    }

    /// Whether the public does not see this column, its own or its place's, at all.
    #[must_use]
    pub fn hides(&self, name: &str) -> bool {
        let hides =
            |rule: &PrivacyRule| matches!(rule, PrivacyRule::Hide { column, .. } if column == name);
        self.all_rules().any(hides)
    }
}

/// Rows without geometry: the key of a feature, a time, and figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Values {
    /// The column that names the feature, by one of its keys.
    pub key: String,
    /// The column that says when.
    pub time: Option<String>,
    /// The column with the hour, 0 to 23, beside `time`.
    pub hour: Option<String>,
    /// How long the time of one row is: with an hour, that of its `time` column.
    pub period: Option<Period>,
    /// How many periods are kept.
    pub kept: Option<u32>,
    /// The table of the database that holds them and nothing else does.
    #[serde(skip)]
    pub table: Option<TableName>,
    /// All columns, the key and the time too.
    pub columns: Vec<DatasetColumn>,
}

impl Values {
    /// How long the time of one row is, the hour considered.
    #[must_use]
    pub fn row_period(&self) -> Option<Period> {
        match (self.period, &self.hour) {
            (Some(Period::Month), Some(_)) => Some(Period::MonthHour),
            (Some(Period::Day), Some(_)) => Some(Period::Hour),
            (period, _) => period,
        }
    }
}

/// A declared column of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetColumn {
    /// The stored name.
    pub name: String,
    /// What its values are; whatever is stored where it is not declared.
    #[serde(default, rename = "type")]
    pub kind: Option<LogicalType>,
    /// Its name for people.
    pub title: Text,
    /// The unit of its values, such as `persons` or `m2`.
    #[serde(default)]
    pub unit: Option<String>,
    /// Of an enumeration, the values there are: the Korean text is what is stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Text>,
}

/// What the values of a column mean, however a store keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogicalType {
    /// Text that names something; leading zeros stay.
    Code,
    /// Any text.
    Text,
    /// One of a few texts.
    Enum,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// Yes or no.
    Bool,
    /// A day, ISO 8601.
    Date,
    /// A moment, ISO 8601.
    DateTime,
    /// A time of day, `hh:mm`.
    Time,
    /// `yyyy`.
    Year,
    /// `yyyyq`, the quarter from 1 to 4.
    Quarter,
    /// `yyyymm`.
    Month,
    /// A JSON document.
    Json,
}

impl LogicalType {
    /// Whether one can calculate with it.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Float)
    }

    /// Whether it says when something is.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::DateTime | Self::Year | Self::Quarter | Self::Month)
    }
}

/// How often a dataset changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum UpdateFrequency {
    Static,
    Yearly,
    HalfYearly,
    Quarterly,
    BiMonthly,
    Monthly,
    Weekly,
    Daily,
    Hourly,
    /// Whenever something happens.
    Event,
}

/// Who may see a dataset as it is stored.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Sensitivity {
    /// Anyone.
    #[default]
    Public,
    /// Staff.
    Internal,
    /// Staff, under a licence or a law that forbids more.
    Restricted,
}

/// What the published view of a dataset must not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum PrivacyRule {
    /// The public sees no number of things from 1 to below this.
    Suppress {
        /// The smallest number that may be shown.
        below: u32,
        /// Columns that are numbers of things though they are not whole, such as
        /// estimates; those that are whole are anyway.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        columns: Vec<String>,
    },
    /// The public does not see this column.
    Hide {
        /// Its name.
        column: String,
        /// The dataset of the smallest areas by which the public may be told how many
        /// rows have a value of it; not at all where `None`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<DatasetId>,
    },
    /// The public sees this column's number as a band, such as `20–29`.
    Band {
        /// Its name.
        column: String,
        /// How wide a band is.
        width: u32,
    },
    /// The public sees positions moved to the middle of a square of this size.
    Coarsen {
        /// The side of the square in metres.
        metres: u32,
    },
    /// Nobody sees single features: only figures by these areas, or larger ones.
    AggregateOnly {
        /// The dataset of the smallest areas.
        unit: DatasetId,
    },
    /// Nobody can download it.
    NoDownload,
    /// Nobody gets tiles of its features.
    NotTileable,
}

impl PrivacyRule {
    /// A number as the band of this width that holds it, such as `20–29`; bands begin at
    /// multiples of the width. `None` for what is not a number.
    #[must_use]
    pub fn band(number: f64, width: u32) -> Option<String> {
        if !number.is_finite() || width == 0 {
            return None;
        }
        let low = (number / f64::from(width)).floor() * f64::from(width);
        let high = low + f64::from(width - 1);
        Some(if width == 1 { format!("{low}") } else { format!("{low}–{high}") })
    }
}

#[cfg(test)]
mod tests {
    use super::PrivacyRule;
    use rstest::rstest;

    #[rstest]
    #[case(20.0, 10, Some("20–29"))]
    #[case(29.9, 10, Some("20–29"))]
    #[case(0.0, 10, Some("0–9"))]
    #[case(-1.0, 10, Some("-10–-1"))]
    #[case(7.5, 1, Some("7"))]
    #[case(f64::NAN, 10, None)]
    #[case(f64::INFINITY, 10, None)]
    #[case(1.0, 0, None)]
    fn numbers_become_bands(
        #[case] number: f64,
        #[case] width: u32,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(PrivacyRule::band(number, width).as_deref(), expected);
    }
}
