//! Schemas of the files to write, as the catalog declares them.
//!
//! Columns are declared in the catalog and nowhere else.

use std::collections::BTreeMap;

use catalog::{DatasetColumn, LocalizedText};
use data_model::feature::GeometryKind;
use serde::Deserialize;

use crate::tables::catalog_files::FILES;

/// Part of a dataset that a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum DatasetPart {
    /// Geometry and columns, one row for each feature.
    Features,
    /// Values without geometry: key, time and measures.
    Values,
    /// Result of an analysis made elsewhere, named after its layer.
    Prepared,
}

impl DatasetPart {
    /// Name of the part in messages.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Features => "features",
            Self::Values => "values",
            Self::Prepared => "prepared result",
        }
    }
}

/// Schema of one file to write.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TableSchema {
    /// Id of the dataset, or of the layer for a prepared result.
    pub(crate) id: String,
    /// Part of the dataset.
    pub(crate) part: DatasetPart,
    /// Stem of the file name.
    pub(crate) stem: String,
    /// Korean title.
    pub(crate) title: String,
    /// Kind of geometry; `None` for values.
    pub(crate) geometry: Option<GeometryKind>,
    /// Number of rows at scale 1; `None` if the catalog does not declare it.
    pub(crate) count: Option<u64>,
    /// Columns, in the order of a row's cells.
    pub(crate) columns: Vec<DatasetColumn>,
    /// Columns that are never null.
    pub(crate) key: Vec<String>,
}

/// Declaration of the catalog that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("sources/catalog/{file}: {error}; mend the file and build again")]
pub struct SchemaError {
    /// Path of the file under `catalog/`.
    pub file: &'static str,
    /// Parse error.
    #[source]
    pub error: toml::de::Error,
}

/// Every file that the catalog declares.
#[derive(Debug, Clone, Default)]
pub(crate) struct CatalogSchema {
    tables: BTreeMap<(String, DatasetPart), TableSchema>,
}

impl CatalogSchema {
    /// Reads the catalog built into the program.
    ///
    /// # Errors
    /// Returns [`SchemaError`] for the first file that can't be parsed.
    pub(crate) fn built_in() -> Result<Self, SchemaError> {
        let mut schema = Self::default();
        for (file, text) in FILES {
            let at = |error| SchemaError { file, error };
            if file.starts_with("datasets/") || *file == "base.toml" {
                let field: FieldFile = toml::from_str(text).map_err(at)?;
                field.dataset.into_iter().for_each(|entry| schema.declare(entry));
            } else if file.starts_with("layers/") {
                let theme: ThemeFile = toml::from_str(text).map_err(at)?;
                theme.layer.into_iter().for_each(|entry| schema.declare_prepared(entry));
            }
        }
        Ok(schema)
    }

    /// Table of a part of a dataset.
    #[must_use]
    pub(crate) fn table(&self, id: &str, part: DatasetPart) -> Option<&TableSchema> {
        self.tables.get(&(id.to_owned(), part))
    }

    /// Every table, by id.
    #[cfg(test)]
    pub(crate) fn tables(&self) -> impl Iterator<Item = &TableSchema> {
        self.tables.values()
    }

    fn declare(&mut self, entry: DatasetEntry) {
        let own = entry.feature_dataset.is_none();
        if let Some(values) = entry.values {
            let stem = if own { format!("{}_values", entry.id) } else { entry.id.clone() };
            let key = [Some(values.key), values.time].into_iter().flatten().collect();
            self.insert_table(TableSchema {
                id: entry.id.clone(),
                part: DatasetPart::Values,
                stem,
                title: entry.title.ko.clone(),
                geometry: None,
                count: None,
                columns: values.column,
                key,
            });
        }
        if own {
            self.insert_table(TableSchema {
                stem: entry.id.clone(),
                id: entry.id,
                part: DatasetPart::Features,
                title: entry.title.ko,
                geometry: Some(entry.geometry),
                count: entry.expected_count,
                columns: entry.column,
                key: entry.key,
            });
        }
    }

    fn declare_prepared(&mut self, entry: LayerEntry) {
        if entry.prepared {
            self.insert_table(TableSchema {
                stem: entry.id.clone(),
                id: entry.id,
                part: DatasetPart::Prepared,
                title: entry.title.ko,
                geometry: Some(entry.geometry.unwrap_or(GeometryKind::Polygon)),
                count: None,
                columns: entry.column,
                key: Vec::new(),
            });
        }
    }

    fn insert_table(&mut self, table: TableSchema) {
        self.tables.insert((table.id.clone(), table.part), table);
    }
}

#[derive(Deserialize)]
struct FieldFile {
    #[serde(default)]
    dataset: Vec<DatasetEntry>,
}

/// Storage-related part of a dataset's declaration.
#[derive(Deserialize)]
struct DatasetEntry {
    id: String,
    title: LocalizedText,
    geometry: GeometryKind,
    expected_count: Option<u64>,
    #[serde(default)]
    key: Vec<String>,
    feature_dataset: Option<String>,
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
    title: LocalizedText,
    #[serde(default)]
    prepared: bool,
    geometry: Option<GeometryKind>,
    #[serde(default)]
    column: Vec<DatasetColumn>,
}
