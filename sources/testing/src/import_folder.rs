//! Folders for imports of a test, and the imported features.

use std::path::{Path, PathBuf};

use catalog::{District, EpsgCode};
use data_model::FeatureStore;
use flatgeobuf_store::FlatGeobuf;
use ingest::{ImportOptions, ImportRegion, ImportSummary, IngestError, import, inputs};
use korean_text::Sentence;
use vector_tile::features::{TableBuilder, TableOptions};

use super::{FeatureCollector, OwnedValue};

/// Options of an import into `data`, in the region of the shipped district.
pub fn import_options(data: &Path) -> ImportOptions {
    let District { country, crs_candidates, .. } = District::default();
    let region = ImportRegion {
        name: Sentence::new(country.name.ko, country.name.en),
        bounds: country.bounds,
        land: country.land,
        candidates: crs_candidates.into_iter().map(EpsgCode::number).collect(),
    };
    ImportOptions { data: data.to_owned(), region, ..ImportOptions::default() }
}

/// A folder for foreign files and a data directory.
pub struct ImportFolder {
    pub files: tempfile::TempDir,
    pub data: tempfile::TempDir,
}

impl Default for ImportFolder {
    fn default() -> Self {
        Self::new()
    }
}

impl ImportFolder {
    pub fn new() -> Self {
        Self { files: tempfile::tempdir().unwrap(), data: tempfile::tempdir().unwrap() }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    pub fn write_file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn options(&self) -> ImportOptions {
        import_options(self.data.path())
    }

    pub fn import(&self, path: &Path) -> Result<ImportSummary, IngestError> {
        self.import_with(path, &self.options())
    }

    pub fn import_with(
        &self,
        path: &Path,
        options: &ImportOptions,
    ) -> Result<ImportSummary, IngestError> {
        let input = inputs(path, self.data.path())?.remove(0);
        let imported = import(input, options, &mut |_| ())?;
        // Whatever was imported, the server reads it and makes a table of it.
        let mut table = TableBuilder::new(TableOptions::default());
        FlatGeobuf::new(imported.location.file().unwrap()).scan(&mut table).unwrap();
        let rows = table.finish().unwrap().feature_count() as u64;
        assert_eq!(rows, imported.features);
        Ok(imported)
    }

    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.data.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

pub fn read(imported: &ImportSummary) -> FeatureCollector {
    let mut found = FeatureCollector::default();
    FlatGeobuf::new(imported.location.file().unwrap()).scan(&mut found).unwrap();
    // The file is in Hilbert order; the tests' first column tells the row.
    found.features.sort_by_key(|feature| format!("{:?}", feature.values.first()));
    found
}

pub fn text(value: &str) -> OwnedValue {
    OwnedValue::Text(value.to_owned())
}

pub const HERE: [f64; 2] = [127.04, 37.55];

pub fn square(x: f64, y: f64, size: f64) -> Vec<[f64; 2]> {
    vec![[x, y], [x, y + size], [x + size, y + size], [x + size, y], [x, y]]
}
