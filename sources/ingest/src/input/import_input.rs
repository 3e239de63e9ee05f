//! One dataset to import. Files are opened one dataset at a time: a command may name more
//! files than a process may open.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use data_model::id::DatasetId;

use super::open_dataset::{OpenDataset, open_shapefile};
use crate::archive::dataset_archive::{ArchiveEntries, DatasetArchive};
use crate::error::IngestError;
use crate::text::names::dataset_id;

/// One dataset to import.
#[derive(Debug)]
pub struct ImportInput {
    /// Name of the file without folder and extension.
    pub name: String,
    /// Path for messages; inside an archive `file.zip/folder/part.shp`.
    pub path: PathBuf,
    pub(crate) storage: DatasetStorage,
}

/// Storage of a dataset.
#[derive(Debug)]
pub(crate) enum DatasetStorage {
    /// Parts of a Shapefile, by lower-case extension.
    Shapefile(BTreeMap<String, PathBuf>),
    GeoJson,
    Archived(DatasetArchive, ArchiveEntries),
}

impl ImportInput {
    /// The default id of the dataset.
    #[must_use]
    pub fn id(&self) -> DatasetId {
        dataset_id(&self.name)
    }

    /// Opens the files; an archive's entries are unpacked into unnamed temporary files,
    /// which are removed with the result.
    pub(crate) fn open(&self) -> Result<OpenDataset, IngestError> {
        let file = |path: &Path| File::open(path).map_err(|error| IngestError::io(path, error));
        match &self.storage {
            DatasetStorage::GeoJson => Ok(OpenDataset::GeoJson(file(&self.path)?)),
            DatasetStorage::Archived(archive, entries) => archive.unpack_dataset(entries),
            DatasetStorage::Shapefile(parts) => {
                let part = |ending: &str| {
                    let Some(path) = parts.get(ending) else { return Ok(None) };
                    file(path).map(|file| Some((file, path.clone())))
                };
                let shp = (file(&self.path)?, self.path.clone());
                open_shapefile(shp, [part("shx")?, part("dbf")?, part("prj")?, part("cpg")?])
            }
        }
    }
}
