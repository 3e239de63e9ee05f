//! Replacement of a file, as programs do that other programs read it from.

use std::path::{Path, PathBuf};

/// Writes a file under a temporary name and renames it; creates its folder.
pub fn replace_file(path: &Path, bytes: &[u8]) -> PathBuf {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let temporary = path.with_extension("part");
    std::fs::write(&temporary, bytes).unwrap();
    std::fs::rename(&temporary, path).unwrap();
    path.to_owned()
}
