//! Declared datasets: features, values over time, terms and privacy.

use serde::{Deserialize, Serialize};

use super::address_columns::AddressColumns;
use super::dataset_column::DatasetColumn;
use super::declaration::{Attribution, LocalizedText, TableName};
use super::privacy_rule::PrivacyRule;
use data_model::Period;
use data_model::feature::GeometryKind;
use data_model::{DatasetId, FieldId};

/// Suffix of the file or table of a dataset's values, if the dataset has features of its
/// own.
pub const VALUES_SUFFIX: &str = "_values";

/// A stored dataset: files of the data directory or tables of the database.
///
/// A dataset has up to two parts. *Features* carry geometry, one row each. *Values* carry
/// measures without geometry: each row refers to a feature by its key, and has a time.
/// Geometry is thus stored once, however many months there are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dataset {
    /// The id, also the file stem and table name.
    pub id: DatasetId,
    /// The field that the dataset belongs to.
    pub field: FieldId,
    /// The name.
    pub title: LocalizedText,
    /// Human-readable description of the content.
    pub description: Option<LocalizedText>,
    /// The only database table that the dataset is read from; `None` looks in tables and
    /// files under the id.
    #[serde(skip)]
    pub table: Option<TableName>,
    /// Whether anyone may download the dataset's archive with everything in it, if no layer
    /// of it is for staff.
    #[serde(skip)]
    pub offer_archive: bool,
    /// Geometry kind of the features, its own or those of `place`.
    pub geometry: GeometryKind,
    /// Source and terms.
    pub attribution: Option<Attribution>,
    /// Human-readable hint at the source of a district's own data.
    pub source: Option<LocalizedText>,
    /// Update frequency.
    pub update: Option<UpdateFrequency>,
    /// Audience of the rows as stored.
    pub sensitivity: Sensitivity,
    /// Privacy rules that apply to the published form.
    pub privacy: Vec<PrivacyRule>,
    /// Expected number of features.
    pub expected_count: Option<u64>,
    /// Diameter in metres of the largest circle that fits into each area; `None` if
    /// unknown.
    pub min_width_m: Option<u32>,
    /// The integer column published as the feature id in tiles; `None` uses the row number.
    pub id_column: Option<String>,
    /// Unique key columns of the features.
    ///
    /// Two code systems of the same areas are two keys, and a join may use either.
    pub key: Vec<String>,
    /// Columns with searchable text.
    pub search: Vec<String>,
    /// Columns with the English names of the features that `search` names.
    pub search_en: Vec<String>,
    /// Declared columns of the features' addresses.
    pub address: Option<AddressColumns>,
    /// The features' time column.
    pub time: Option<String>,
    /// The dataset whose features the values belong to; the dataset then has no features of
    /// its own.
    pub feature_dataset: Option<DatasetId>,
    /// Privacy rules of `place` on columns that this dataset lacks, or on positions.
    ///
    /// Filled when a whole catalog has been read.
    #[serde(skip)]
    pub place_rules: Vec<PrivacyRule>,
    /// The dataset of larger areas, in one of which each feature lies.
    pub parent_areas: Option<DatasetId>,
    /// Columns of the features; empty if the dataset has a `place`.
    pub columns: Vec<DatasetColumn>,
    /// The values; `None` if the dataset has features only.
    pub values: Option<TimeValues>,
}

impl Dataset {
    /// A dataset of features with nothing else declared.
    #[must_use]
    pub fn new(
        id: DatasetId,
        field: FieldId,
        title: LocalizedText,
        geometry: GeometryKind,
    ) -> Self {
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
            expected_count: None,
            min_width_m: None,
            id_column: None,
            key: Vec::new(),
            search: Vec::new(),
            search_en: Vec::new(),
            address: None,
            time: None,
            feature_dataset: None,
            place_rules: Vec::new(),
            parent_areas: None,
            columns: Vec::new(),
            values: None,
        }
    }

    /// Whether the dataset has features of its own.
    #[must_use]
    pub fn has_features(&self) -> bool {
        self.feature_dataset.is_none()
    }

    /// File stem and table name of the values: the id, or the id with [`VALUES_SUFFIX`]
    /// beside features of its own; `None` without values.
    #[must_use]
    pub fn values_name(&self) -> Option<String> {
        self.values.as_ref()?;
        let id = self.id.as_str();
        Some(if self.has_features() { format!("{id}{VALUES_SUFFIX}") } else { id.to_owned() })
    }

    /// The declared database table of the values; `None` if there is no declaration.
    ///
    /// For a dataset without features of its own, `table` is the table of the values.
    #[must_use]
    pub fn values_table(&self) -> Option<&TableName> {
        let named = self.values.as_ref()?.table.as_ref();
        named.or_else(|| self.table.as_ref().filter(|_| !self.has_features()))
    }

    /// The features' column `name`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&DatasetColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The values' column `name`.
    #[must_use]
    pub fn values_column(&self, name: &str) -> Option<&DatasetColumn> {
        self.values.as_ref()?.columns.iter().find(|column| column.name == name)
    }

    /// The suppression threshold: the smallest count that may be published; `None` if there
    /// is no rule `suppress`.
    #[must_use]
    pub fn suppress_below(&self) -> Option<u32> {
        let rules = self.privacy.iter().filter_map(|rule| match rule {
            PrivacyRule::Suppress { threshold, .. } => Some(*threshold),
            _ => None,
        });
        rules.max()
    }

    /// Whether a rule `suppress` lists a column, not necessarily an integer, as a count of
    /// things, such as an estimate.
    #[must_use]
    pub fn counts_things(&self, name: &str) -> bool {
        self.privacy.iter().any(|rule| match rule {
            PrivacyRule::Suppress { columns, .. } => columns.iter().any(|column| column == name),
            _ => false,
        })
    }

    /// Whether the public sees the column, the dataset's own or its place's, in bands only.
    #[must_use]
    pub fn bands(&self, name: &str) -> bool {
        let bands =
            |rule: &PrivacyRule| matches!(rule, PrivacyRule::Band { column, .. } if column == name);
        self.all_rules().any(bands)
    }

    /// Whether the column, the dataset's own or its place's, is hidden from the public.
    #[must_use]
    pub fn hides(&self, name: &str) -> bool {
        let hides =
            |rule: &PrivacyRule| matches!(rule, PrivacyRule::Hide { column, .. } if column == name);
        self.all_rules().any(hides)
    }
}

/// Rows without geometry: a feature's key, a time and measures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TimeValues {
    /// The column with one of the feature's keys.
    pub key: String,
    /// The time column.
    pub time: Option<String>,
    /// The column with the hour, 0 to 23, beside `time`.
    pub hour: Option<String>,
    /// Period of one row; if `hour` is set, the period of the `time` column alone.
    pub period: Option<Period>,
    /// Number of retained periods.
    pub retained_periods: Option<u32>,
    /// The only database table that the values are read from; `None` looks in tables and
    /// files under [`Dataset::values_name`].
    #[serde(skip)]
    pub table: Option<TableName>,
    /// All columns, including key and time.
    pub columns: Vec<DatasetColumn>,
}

impl TimeValues {
    /// Period of one row, with `hour` taken into account.
    #[must_use]
    pub fn row_period(&self) -> Option<Period> {
        match (self.period, &self.hour) {
            (Some(Period::Month), Some(_)) => Some(Period::MonthHour),
            (Some(Period::Day), Some(_)) => Some(Period::Hour),
            (period, _) => period,
        }
    }
}

/// Update frequency of a dataset.
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
    /// After each event.
    Event,
}

/// Audience of a dataset as stored.
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
    /// Staff, under a licence or a law with further restrictions.
    Restricted,
}
