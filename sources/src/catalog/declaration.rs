//! The nouns of a catalog, as they are declared in TOML.

use serde::{Deserialize, Serialize};

use crate::feature::GeometryKind;
use crate::{Audience, DatasetId, Extent, FieldId, LayerId, ThemeId, Zoom};

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
}

/// A stored table: a file of the data directory (`<id>.fgb` or `<id>.pmtiles`) or a
/// table of the database.
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
    /// What geometry it has.
    pub geometry: GeometryKind,
    /// Source and terms.
    pub attribution: Option<Attribution>,
    /// The integer column that is the feature id in tiles; the row number where
    /// none is declared.
    pub id_column: Option<String>,
    /// Its declared columns, by name.
    pub columns: Vec<DatasetColumn>,
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

/// A declared column of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetColumn {
    /// The stored name.
    pub name: String,
    /// Its name for people.
    pub title: Text,
    /// The unit of its values, such as `persons` or `m2`.
    #[serde(default)]
    pub unit: Option<String>,
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

/// A published map layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Layer {
    /// Its id and vector-tile layer name.
    pub id: LayerId,
    /// The theme it belongs to.
    pub theme: ThemeId,
    /// Its name.
    pub title: Text,
    /// What the map shows.
    pub description: Option<Text>,
    /// The dataset it publishes.
    pub dataset: DatasetId,
    /// Who may see it.
    pub visibility: Visibility,
    /// The columns that leave the house; all of the dataset's where `None`.
    pub columns: Option<Vec<String>>,
    /// Which layer of an archive it is, where the dataset is held in one; otherwise
    /// the one named like the layer or the dataset, or the only one.
    #[serde(skip)]
    pub archive_layer: Option<String>,
    /// Whether its polygons share borders and are simplified together.
    pub coverage: bool,
    /// Whether its tiles also hold one point for each polygon, to write names at.
    pub labels: bool,
    /// Whether a map page shows it under the others when it opens.
    pub background: bool,
    /// Shallowest zoom with tiles.
    pub min_zoom: Zoom,
    /// Deepest zoom with tiles.
    pub max_zoom: Zoom,
    /// Of these two zooms, those that were declared: where none is, an archive's own
    /// count.
    #[serde(skip)]
    pub declared_zooms: (Option<Zoom>, Option<Zoom>),
    /// Units along a tile's edge.
    pub extent: Extent,
    /// Tile units beyond the edge that a tile still holds.
    pub buffer: u16,
    /// How long a client may keep a tile, in seconds (`Cache-Control: max-age`).
    pub max_age: u32,
}

impl Layer {
    /// Deepest zoom where a layer declares none: 0.15 m a unit in Seoul.
    pub const DEFAULT_MAX_ZOOM: u8 = 16;
    /// Buffer where a layer declares none: an eighth of a 512-pixel tile's
    /// symbol size on each side.
    pub const DEFAULT_BUFFER: u16 = 64;
    /// Widest buffer, half a tile of the default extent.
    pub const MAX_BUFFER: u16 = 2048;
    /// Cache lifetime where a layer declares none.
    pub const DEFAULT_MAX_AGE: u32 = 300;
}
