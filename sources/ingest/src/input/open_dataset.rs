//! Open files of one dataset.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use super::file_fault::FileFault;
use crate::error::IngestError;
use crate::shapefile::ShapefileParts;

/// Maximum length of a `.prj` or `.cpg` in bytes.
const MAX_SMALL: u64 = 64 << 10;

/// An open dataset.
pub(crate) enum OpenDataset {
    Shapefile(Box<ShapefileParts<File>>),
    GeoJson(File),
}

/// A part of a Shapefile, and its path for errors.
pub(crate) type NamedPart = (File, PathBuf);

/// A Shapefile from its `.shp`, and its `.shx`, `.dbf`, `.prj` and `.cpg`.
pub(crate) fn open_shapefile(
    shp: NamedPart,
    [shx, dbf, prj, cpg]: [Option<NamedPart>; 4],
) -> Result<OpenDataset, IngestError> {
    let small = |part: Option<NamedPart>| -> Result<Option<(String, PathBuf)>, IngestError> {
        let Some((file, path)) = part else { return Ok(None) };
        let mut bytes = Vec::new();
        match file.take(MAX_SMALL + 1).read_to_end(&mut bytes) {
            Ok(read) if read as u64 > MAX_SMALL => {
                Err(IngestError::whole(&path, FileFault::TooLargeForText))
            }
            Ok(_) => Ok(Some((String::from_utf8_lossy(&bytes).into_owned(), path))),
            Err(error) => Err(IngestError::io(&path, error)),
        }
    };
    let prj = small(prj)?.map(|(text, _)| text);
    // An empty .cpg names no encoding.
    let has_words = |text: &str| text.contains(|c: char| c.is_alphanumeric());
    let cpg = small(cpg)?.map(|(text, _)| text).filter(|text| has_words(text));
    Ok(OpenDataset::Shapefile(Box::new(ShapefileParts { shp, shx, dbf, prj, cpg })))
}

#[cfg(test)]
impl OpenDataset {
    pub(crate) fn into_shapefile(self) -> ShapefileParts<File> {
        match self {
            Self::Shapefile(parts) => *parts,
            Self::GeoJson(_) => unreachable!("the dataset is a Shapefile"),
        }
    }
}
