//! Which archives may be fetched as they lie in the directory, and by whom.
//!
//! What is in an archive is known for sure only by reading all of it: its metadata may
//! leave out layers and attributes. So what its published layers show says nothing of
//! who may have the file.

use std::collections::BTreeMap;

use super::archives::Archives;
use super::look::Files;
use super::snapshot::RawArchive;
use catalog::{Catalog, Visibility};

/// Every archive by name. Staff may have each. Anyone may have one without an
/// entry where such files are public, and one whose dataset says so in the catalog
/// (`offer_archive`) and has no layer for staff.
pub(super) fn raw_archives(
    catalog: &Catalog,
    files: &Files,
    archives: &Archives,
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
