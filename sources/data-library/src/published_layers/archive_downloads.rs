//! Whole archives that may be downloaded, and their audiences.
//!
//! The content of an archive is certain only after reading all of it, as its metadata may
//! omit layers and attributes. The published layers of an archive therefore do not decide
//! who may download the file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::directory::directory_listing::FilesByStem;
use crate::inventory::archive_states::ArchiveStates;
use catalog::{Catalog, Visibility};
use pmtiles_source::PmtilesArchive;

/// An archive that may be downloaded whole.
#[derive(Debug, Clone)]
pub struct ArchiveDownload {
    /// The archive, or the reason that there is none now.
    pub archive: Result<Arc<PmtilesArchive>, ArchiveUnavailable>,
    /// Audience of the download.
    pub visibility: Visibility,
}

/// An archive can't be read now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ArchiveUnavailable {
    /// The reason, for operators and logs; may name files of the data directory.
    pub reason: String,
}

/// All archives by name, with their audience.
///
/// Staff may download each. The public may download an archive without a catalog entry if
/// such files are public, and an archive whose dataset declares `offer_archive` and has no
/// layer for staff.
pub(crate) fn archive_downloads(
    catalog: &Catalog,
    files: &FilesByStem,
    archives: &ArchiveStates,
    publish_undeclared: bool,
) -> BTreeMap<String, ArchiveDownload> {
    let download = |(stem, (path, _)): (&String, &(PathBuf, _))| {
        let archive = archives.get(path).cloned();
        let archive = archive.map_err(|reason| ArchiveUnavailable { reason: reason.to_owned() });
        let is_public = match catalog.dataset(stem) {
            Some(dataset) => {
                let mut layers = catalog.all_layers().filter(|layer| layer.dataset == dataset.id);
                dataset.offer_archive && layers.all(|layer| layer.visibility == Visibility::Public)
            }
            None => publish_undeclared,
        };
        let visibility = if is_public { Visibility::Public } else { Visibility::Staff };
        (stem.clone(), ArchiveDownload { archive, visibility })
    };
    files.iter().map(download).collect()
}
