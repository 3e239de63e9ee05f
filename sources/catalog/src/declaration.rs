//! Basic declarations of a catalog, as written in TOML.

use serde::{Deserialize, Serialize};

use super::{DistrictTimeZone, EpsgCode};
use data_model::{Audience, DatasetId, FieldId, GeographicBounds, LayerId, ThemeId};

/// A human-readable text in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalizedText {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

impl LocalizedText {
    /// A text with the same words in both languages, for names that have only one.
    #[must_use]
    pub fn same(text: &str) -> Self {
        Self { ko: text.to_owned(), en: text.to_owned() }
    }
}

/// The district that the catalog describes (`district.toml`).
///
/// [`District::default`] has the facts that a catalog takes from the shipped district.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct District {
    /// The name.
    pub title: LocalizedText,
    /// Initial extent of a map: west, south, east, north in degrees.
    #[serde(default)]
    pub bounds: Option<GeographicBounds>,
    /// The map's publisher; part of every attribution line.
    #[serde(default)]
    pub attribution: Option<LocalizedText>,
    /// A notice to show with every map, such as that the data is synthetic.
    #[serde(default)]
    pub notice: Option<LocalizedText>,
    /// The dataset of the areas by which the statistics of every layer are aggregated.
    #[serde(default)]
    pub stats_areas: Option<DatasetId>,
    /// The dataset whose features are addresses for the address search.
    #[serde(default)]
    pub addresses: Option<DatasetId>,
    /// Datasets of named areas that limit a search for places and lots, such as dongs;
    /// `stats_areas` is always included.
    #[serde(default)]
    pub search_areas: Vec<DatasetId>,
    /// The time zone in which hours and days are counted.
    #[serde(default)]
    pub time_zone: DistrictTimeZone,
    /// CRS that a file without a usable one may be in, the likeliest first.
    pub crs_candidates: Vec<EpsgCode>,
    /// The country around the district.
    pub country: Country,
    /// Legend entry of values that are withheld because they are small.
    pub suppressed_label: LocalizedText,
    /// Title of the column that marks withheld values.
    pub suppressed_title: LocalizedText,
}

/// The country around a district: an import is checked against it where the catalog has no
/// bounds of a district.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Country {
    /// The name.
    pub name: LocalizedText,
    /// West, south, east, north in degrees.
    pub bounds: GeographicBounds,
    /// Boxes that cover the land: west, south, east, north in degrees; empty if unknown.
    #[serde(default)]
    pub land: Vec<GeographicBounds>,
}

impl Default for Country {
    /// The whole earth.
    fn default() -> Self {
        let name = LocalizedText { ko: "지구".to_owned(), en: "the earth".to_owned() };
        Self { name, bounds: GeographicBounds::EARTH, land: Vec::new() }
    }
}

/// A subject area of datasets, one file under `datasets/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubjectField {
    /// The file's name without `.toml`.
    pub id: FieldId,
    /// The name.
    pub title: LocalizedText,
}

/// Origin and terms of use of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    /// The publishing agency.
    pub agency: LocalizedText,
    /// The licence, for example `KOGL-1` (공공누리 제1유형).
    pub licence: String,
    /// The year of publication.
    #[serde(default)]
    pub year: Option<u16>,
    /// URL of the publication.
    #[serde(default)]
    pub url: Option<String>,
    /// Reference date of the data, ISO 8601.
    #[serde(default)]
    pub as_of: Option<String>,
}

/// A table of the database as a catalog names it: `table`, `schema.table` or
/// `schema.table.column`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// The schema; `None` for any schema that tables are discovered in.
    pub schema: Option<String>,
    /// The table's name.
    pub table: String,
    /// The geometry column; `None` for the first one.
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
    /// The name.
    pub title: LocalizedText,
    /// Position among the themes, in ascending order.
    pub order: u16,
    /// Palette of the theme's maps that declare none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub palette: Option<String>,
    /// The map that the theme opens with; `None` leaves it to the style document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening_map: Option<LayerId>,
}

/// Audience of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Anyone.
    Public,
    /// Staff only; hidden from everyone else.
    Staff,
}

impl Visibility {
    /// Whether `audience` may see the layer.
    #[must_use]
    pub const fn includes(self, audience: Audience) -> bool {
        matches!((self, audience), (Self::Public, _) | (_, Audience::Staff))
    }
}
