//! What the catalog declares of the files to write: their columns are stated
//! there and nowhere else.

use std::collections::BTreeMap;

use catalog::{DatasetColumn, Text};
use data_model::feature::GeometryKind;
use serde::Deserialize;

use crate::catalog::FILES;

/// Which file of a dataset a sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Geometry and columns, one row for each feature.
    Features,
    /// Figures without geometry: key, time and numbers.
    Values,
    /// The result of an analysis made elsewhere, called like its layer.
    Prepared,
}

impl Part {
    /// What it is called in a message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Features => "features",
            Self::Values => "values",
            Self::Prepared => "prepared result",
        }
    }
}

/// One file to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The dataset's id, of a prepared result the layer's.
    pub id: String,
    /// Which part of it this is.
    pub part: Part,
    /// The file's stem.
    pub stem: String,
    /// Its Korean title.
    pub title: String,
    /// What geometry its rows have; none where it has values.
    pub geometry: Option<GeometryKind>,
    /// How many rows it has at scale 1, where the catalog says so.
    pub count: Option<u64>,
    /// Its columns, in the order of its cells.
    pub columns: Vec<DatasetColumn>,
    /// The columns that are never null.
    pub key: Vec<String>,
}

/// A catalog whose declarations can't be read.
#[derive(Debug, thiserror::Error)]
#[error("sources/catalog/{file}: {error}; mend the file and build again")]
pub struct SchemaError {
    /// The file, under `catalog/`.
    pub file: &'static str,
    /// What is wrong with it.
    pub error: toml::de::Error,
}

/// Every file that the catalog declares.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    tables: BTreeMap<(String, Part), Table>,
}

impl Schema {
    /// The schema of the catalog that is built into the program.
    ///
    /// # Errors
    /// The first file that does not say what it should.
    pub fn built_in() -> Result<Self, SchemaError> {
        let mut schema = Self::default();
        for (file, text) in FILES {
            let at = |error| SchemaError { file, error };
            if file.starts_with("datasets/") {
                let field: FieldFile = toml::from_str(text).map_err(at)?;
                field.dataset.into_iter().for_each(|entry| schema.declare(entry));
            } else if file.starts_with("layers/") {
                let theme: ThemeFile = toml::from_str(text).map_err(at)?;
                theme.layer.into_iter().for_each(|entry| schema.declare_prepared(entry));
            }
        }
        Ok(schema)
    }

    /// The table of a part of a dataset.
    #[must_use]
    pub fn table(&self, id: &str, part: Part) -> Option<&Table> {
        self.tables.get(&(id.to_owned(), part))
    }

    /// Every table, by id.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    fn declare(&mut self, entry: DatasetEntry) {
        let own = entry.place.is_none();
        if let Some(values) = entry.values {
            let stem = if own { format!("{}_values", entry.id) } else { entry.id.clone() };
            let key = [Some(values.key), values.time].into_iter().flatten().collect();
            self.add(Table {
                id: entry.id.clone(),
                part: Part::Values,
                stem,
                title: entry.title.ko.clone(),
                geometry: None,
                count: None,
                columns: values.column,
                key,
            });
        }
        if own {
            self.add(Table {
                stem: entry.id.clone(),
                id: entry.id,
                part: Part::Features,
                title: entry.title.ko,
                geometry: Some(entry.geometry),
                count: entry.count,
                columns: entry.column,
                key: entry.key,
            });
        }
    }

    fn declare_prepared(&mut self, entry: LayerEntry) {
        if entry.prepared {
            self.add(Table {
                stem: entry.id.clone(),
                id: entry.id,
                part: Part::Prepared,
                title: entry.title.ko,
                geometry: Some(entry.geometry.unwrap_or(GeometryKind::Polygon)),
                count: None,
                columns: entry.column,
                key: Vec::new(),
            });
        }
    }

    fn add(&mut self, table: Table) {
        self.tables.insert((table.id.clone(), table.part), table);
    }
}

#[derive(Deserialize)]
struct FieldFile {
    #[serde(default)]
    dataset: Vec<DatasetEntry>,
}

/// Of a dataset's declaration, what says how it is stored.
#[derive(Deserialize)]
struct DatasetEntry {
    id: String,
    title: Text,
    geometry: GeometryKind,
    count: Option<u64>,
    #[serde(default)]
    key: Vec<String>,
    place: Option<String>,
    #[serde(default)]
    column: Vec<DatasetColumn>,
    values: Option<ValuesEntry>,
}

#[derive(Deserialize)]
struct ValuesEntry {
    key: String,
    time: Option<String>,
    column: Vec<DatasetColumn>,
}

#[derive(Deserialize)]
struct ThemeFile {
    #[serde(default)]
    layer: Vec<LayerEntry>,
}

#[derive(Deserialize)]
struct LayerEntry {
    id: String,
    title: Text,
    #[serde(default)]
    prepared: bool,
    geometry: Option<GeometryKind>,
    #[serde(default)]
    column: Vec<DatasetColumn>,
}
