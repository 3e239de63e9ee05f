//! Whole archives that may be downloaded, and their audiences.
//!
//! The content of an archive is certain only after reading all of it, as its metadata may
//! omit layers and attributes. The published layers of an archive therefore do not decide
//! who may download the file.

use std::collections::BTreeMap;

use super::archive_states::ArchiveStates;
use super::directory_listing::FilesByStem;
use super::snapshot::RawArchive;
use catalog::{Catalog, Visibility};

/// All archives by name, with their audience.
///
/// Staff may download each. The public may download an archive without a catalog entry if
/// such files are public, and an archive whose dataset declares `offer_archive` and has no
/// layer for staff.
pub(super) fn raw_archives(
    catalog: &Catalog,
    files: &FilesByStem,
    archives: &ArchiveStates,
    publish_uncatalogued: bool,
) -> BTreeMap<String, RawArchive> {
    let raw = |(stem, (path, _)): (&String, &(std::path::PathBuf, _))| {
        let archive = archives.get(path).cloned().map_err(str::to_owned);
        let public = match catalog.dataset(stem) {
            Some(dataset) => {
                let mut layers = catalog.layers.iter().filter(|layer| layer.dataset == dataset.id);
                dataset.offer_archive && layers.all(|layer| layer.visibility == Visibility::Public)
            }
            None => publish_uncatalogued,
        };
        let visibility = if public { Visibility::Public } else { Visibility::Staff };
        (stem.clone(), RawArchive { archive, visibility })
    };
    files.iter().map(raw).collect()
}
