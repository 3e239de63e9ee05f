//! Destination file in the data directory.

use std::path::{Path, PathBuf};

use data_model::feature::{AttributeValue, FeatureSchema, FeatureVisitor, Geometry};
use data_model::id::DatasetId;
use data_model::{FeatureStore, VisitError};
use flatgeobuf_store::FlatGeobuf;

use super::import_destination::{
    DatasetLocation, FinishedDataset, ImportDestination, WrittenDataset,
};
use crate::error::IngestError;
use crate::input::file_fault::FileFault;
use crate::rejects::reject_reason::RejectReason;

/// Destination `<id>.fgb` in the data directory.
#[derive(Debug, Clone, Default)]
pub struct DataFile {
    path: PathBuf,
}

impl ImportDestination for DataFile {
    fn check(&mut self, _: &DatasetId) -> Result<(), IngestError> {
        Ok(())
    }

    fn file(&mut self, data: &Path, id: &DatasetId) -> Result<PathBuf, IngestError> {
        self.path = data.join(format!("{id}.fgb"));
        Ok(self.path.clone())
    }

    fn refuses(&self, _: &[AttributeValue<'_>]) -> Option<RejectReason> {
        None
    }

    fn write(
        &mut self,
        finished: FinishedDataset<'_>,
        _: &mut dyn FnMut(u64, u64),
    ) -> Result<WrittenDataset, IngestError> {
        refuse_loss(finished.input, &self.path, finished.features, finished.with_geometry)?;
        let replaced = self.path.exists();
        let features = finished.writer.finish()?;
        let location = DatasetLocation::File(self.path.clone());
        Ok(WrittenDataset { location, features, replaced, notes: Vec::new() })
    }
}

/// Refuses to replace a dataset with features by one without, or one with geometry by one
/// without.
fn refuse_loss(
    path: &Path,
    target: &Path,
    features: u64,
    with_geometry: u64,
) -> Result<(), IngestError> {
    if with_geometry > 0 {
        return Ok(());
    }
    let mut existing = ExistingFeatures { need_geometry: features > 0, found: false };
    // It ends with an error where something was found. What can't be read is no loss.
    let _ = FlatGeobuf::new(target).scan(&mut existing);
    if !existing.found {
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

/// Ends a scan at the feature that was searched for.
#[derive(Debug, thiserror::Error)]
#[error("a feature was found")]
struct FeatureFound;

/// Whether a dataset has features, or features with geometry.
struct ExistingFeatures {
    need_geometry: bool,
    found: bool,
}

impl FeatureVisitor for ExistingFeatures {
    fn begin(&mut self, _: &FeatureSchema) {}

    fn feature(
        &mut self,
        _: u64,
        geometry: &Geometry,
        _: &[AttributeValue<'_>],
    ) -> Result<(), VisitError> {
        if self.need_geometry && geometry.is_empty() {
            return Ok(());
        }
        self.found = true;
        Err(VisitError::new(FeatureFound))
    }
}
