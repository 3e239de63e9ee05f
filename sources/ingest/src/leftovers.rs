//! The state of the data directory before an import: a dataset that must not be lost, and
//! leftovers of killed imports.

use std::path::Path;
use std::time::Duration;

use data_model::FeatureStore;
use data_model::feature::{AttributeValue, FeatureSchema, FeatureVisitor, Geometry};
use flatgeobuf_store::{FlatGeobuf, LEFTOVER_PREFIX};

use super::IngestError;
use super::file_fault::FileFault;

/// Name suffix of the folders of temporary files for a database.
pub(super) const LEFTOVER_FOLDER: &str = ".folder.tmp";

/// Minimum age of a leftover; no import takes this long.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// Removes the temporary files of killed imports. Failures are ignored.
pub(super) fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let folder = name.starts_with(LEFTOVER_PREFIX) && name.ends_with(LEFTOVER_FOLDER);
        let file = name.ends_with(".fgb.tmp") || name.ends_with(".csv.tmp");
        // Not through links: what they point at is someone else's.
        let Some(found) = entry.metadata().ok().filter(|_| name.starts_with('.')) else {
            continue;
        };
        let stale = found.modified().is_ok_and(|time| time.elapsed().is_ok_and(|age| age > STALE));
        if stale && file && found.is_file() {
            let _ = std::fs::remove_file(entry.path());
        } else if stale && folder && found.is_dir() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Refuses to replace a dataset with features by one without, or one with geometry by one
/// without.
pub(super) fn refuse_loss(
    path: &Path,
    target: &Path,
    features: u64,
    with_geometry: u64,
) -> Result<(), IngestError> {
    if with_geometry > 0 {
        return Ok(());
    }
    let mut standing = Standing { need_geometry: features > 0, found: false };
    // It ends with an error where something was found. What can't be read is no loss.
    let _ = FlatGeobuf::new(target).scan(&mut standing);
    if !standing.found {
        return Ok(());
    }
    let target = target.to_owned();
    Err(IngestError::whole(
        path,
        match features {
            0 => FileFault::WouldLoseFeatures(target),
            _ => FileFault::WouldLoseGeometry(target),
        },
    ))
}

struct Standing {
    need_geometry: bool,
    found: bool,
}

impl FeatureVisitor for Standing {
    fn begin(&mut self, _: &FeatureSchema) {}

    fn feature(
        &mut self,
        _: u64,
        geometry: &Geometry,
        _: &[AttributeValue<'_>],
    ) -> Result<(), String> {
        if self.need_geometry && geometry.is_empty() {
            return Ok(());
        }
        self.found = true;
        Err("found".to_owned())
    }
}
