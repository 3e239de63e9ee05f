//! The nouns of a catalog, as they are declared in TOML.

use serde::{Deserialize, Serialize};

use super::DistrictTimeZone;
use data_model::{Audience, DatasetId, FieldId, ThemeId};

/// A text for people in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The same words in both languages, for names that have only one.
    #[must_use]
    pub fn same(text: &str) -> Self {
        Self { ko: text.to_owned(), en: text.to_owned() }
    }
}

/// The district that the catalog describes (`district.toml`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct District {
    /// Its name.
    pub title: Text,
    /// West, south, east, north in degrees; where a map opens.
    #[serde(default)]
    pub bounds: Option<[f64; 4]>,
    /// Who made the map; part of every attribution line.
    #[serde(default)]
    pub attribution: Option<Text>,
    /// A notice to show with every map, such as that the data is synthetic.
    #[serde(default)]
    pub notice: Option<Text>,
    /// The dataset of the areas by which every layer's figures are told in numbers.
    #[serde(default)]
    pub stats_over: Option<DatasetId>,
    /// The dataset whose features are addresses, to be found as such.
    #[serde(default)]
    pub addresses: Option<DatasetId>,
    /// Datasets of named areas that places and lots are searched in, such as dongs;
    /// those of `stats_over` are always among them.
    #[serde(default)]
    pub search_areas: Vec<DatasetId>,
    /// The time zone in which hours and days are counted.
    #[serde(default)]
    pub time_zone: DistrictTimeZone,
}

/// A subject area of datasets, one file under `datasets/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The file's name without `.toml`.
    pub id: FieldId,
    /// Its name.
    pub title: Text,
}

/// Where a dataset comes from and under which terms it may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    /// The publishing agency.
    pub agency: Text,
    /// The licence, for example `KOGL-1` (공공누리 제1유형).
    pub licence: String,
    /// The year of publication.
    #[serde(default)]
    pub year: Option<u16>,
    /// Where it was published.
    #[serde(default)]
    pub url: Option<String>,
    /// The day whose state it shows, ISO 8601.
    #[serde(default)]
    pub as_of: Option<String>,
}

/// A table of the database as a catalog names it: `table`, `schema.table` or
/// `schema.table.column`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// Its schema; any of those looked at where `None`.
    pub schema: Option<String>,
    /// Its name.
    pub table: String,
    /// Its geometry column; the first one where `None`.
    pub column: Option<String>,
}

/// A table name with too many or empty parts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no table name")]
pub struct InvalidTableName(String);

impl std::str::FromStr for TableName {
    type Err = InvalidTableName;

    fn from_str(text: &str) -> Result<Self, InvalidTableName> {
        let parts: Vec<&str> = text.split('.').collect();
        let (schema, table, column) = match parts[..] {
            [table] => (None, table, None),
            [schema, table] => (Some(schema), table, None),
            [schema, table, column] => (Some(schema), table, Some(column)),
            _ => return Err(InvalidTableName(text.to_owned())),
        };
        if parts.iter().any(|part| part.is_empty()) {
            return Err(InvalidTableName(text.to_owned()));
        }
        let owned = |part: &str| part.to_owned();
        Ok(Self { schema: schema.map(owned), table: table.to_owned(), column: column.map(owned) })
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        f.write_str(&self.table)?;
        match &self.column {
            Some(column) => write!(f, ".{column}"),
            None => Ok(()),
        }
    }
}

/// A policy theme, one file under `layers/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Theme {
    /// The file's name without `.toml`, and the name of its style document.
    pub id: ThemeId,
    /// Its name.
    pub title: Text,
    /// Position among the themes, smallest first.
    pub order: u16,
}

/// Who may see a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Anyone.
    Public,
    /// Staff only: for others the layer does not exist.
    Staff,
}

impl Visibility {
    /// Whether `audience` is among those who may see.
    #[must_use]
    pub const fn includes(self, audience: Audience) -> bool {
        matches!((self, audience), (Self::Public, _) | (_, Audience::Staff))
    }
}
