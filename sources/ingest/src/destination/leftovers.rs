//! Temporary files of imports, and their removal after a process was killed.

use std::path::Path;
use std::time::Duration;

use flatgeobuf_store::LEFTOVER_PREFIX;
use resilience::{LeftoverKind, LeftoverPattern, sweep_leftovers};

/// Name suffix of the folders of temporary files for a database.
pub(super) const LEFTOVER_FOLDER: &str = ".folder.tmp";

/// Minimum age of a leftover; no import takes this long.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// Files of datasets and rejects, and folders, under a temporary name.
const PATTERNS: [LeftoverPattern; 3] = [
    LeftoverPattern { prefix: ".", suffix: ".fgb.tmp", kind: LeftoverKind::File },
    LeftoverPattern { prefix: ".", suffix: ".csv.tmp", kind: LeftoverKind::File },
    LeftoverPattern {
        prefix: LEFTOVER_PREFIX,
        suffix: LEFTOVER_FOLDER,
        kind: LeftoverKind::Folder,
    },
];

/// Removes the temporary files of killed imports. Failures are ignored.
pub(crate) fn sweep(folder: &Path) {
    sweep_leftovers(folder, &PATTERNS, STALE);
}
