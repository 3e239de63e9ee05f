//! Shared by the targets that import files: a data directory and the files.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ingest::{ImportOptions, import, inputs};

fn folder() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| tempfile::tempdir().expect("a temporary folder")).path()
}

/// A file of the fuzzed bytes.
pub fn put(name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder().join(name);
    std::fs::write(&path, bytes).expect("a temporary file");
    path
}

/// Imports what is in a file, or says why not; both are fine.
pub fn try_import(path: &Path) {
    let data = folder().join("data");
    let _ = std::fs::create_dir(&data);
    let options = ImportOptions { data: data.clone(), ..ImportOptions::default() };
    for input in inputs(path, &data).into_iter().flatten() {
        let _ = import(input, &options, &mut |_| ());
    }
}
