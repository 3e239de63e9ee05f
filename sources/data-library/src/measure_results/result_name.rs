//! Names and versions of results.

use std::path::{Path, PathBuf};

use data_model::{ContentDigest, LayerId};
use measures::ResultAudience;

/// File name suffix of results.
const ENDING: &str = ".figures";

/// Kind of result that is computed for a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ResultKind {
    /// Measures over the layer's features.
    Measures,
    /// Measures over the areas of the district's `stats_areas`.
    Stats,
}

/// Identifies a result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ResultName {
    pub(crate) layer: LayerId,
    pub(crate) audience: ResultAudience,
    pub(crate) kind: ResultKind,
}

/// Digests that identify the state of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ResultVersion {
    /// Digest of the declarations.
    pub(crate) declaration: ContentDigest,
    /// Digest of the declarations and all inputs.
    pub(crate) inputs: ContentDigest,
}

impl ResultName {
    /// File of the result in a folder.
    pub(crate) fn path(&self, folder: &Path) -> PathBuf {
        let audience = match self.audience {
            ResultAudience::Full => "full",
            ResultAudience::Public => "public",
        };
        let kind = match self.kind {
            ResultKind::Measures => "map",
            ResultKind::Stats => "stats",
        };
        folder.join(format!("{}.{audience}.{kind}{ENDING}", self.layer))
    }
}
