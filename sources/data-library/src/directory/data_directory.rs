//! The data directory, polled for settled changes.

use std::io;
use std::path::{Path, PathBuf};

use super::directory_listing::{CatalogListing, DirectoryListing};

/// Folder in the data directory with the catalog.
const CATALOG: &str = "catalog";

/// A folder with `<dataset>.fgb` files, archives and, if it is catalogued, `catalog/`.
pub(crate) struct DataDirectory {
    path: PathBuf,
    /// Whether the folder may be missing.
    is_optional: bool,
    /// The listing of the last poll.
    last: DirectoryListing,
    /// The listing that two consecutive polls agreed on.
    settled: DirectoryListing,
    /// Error of the last poll, to log it once.
    fault: Option<String>,
}

impl DataDirectory {
    /// Lists the folder for the first time; the first listing counts as settled. Blocks.
    ///
    /// # Errors
    /// Returns the system's error if the folder can't be listed.
    pub(crate) fn open(path: &Path, is_optional: bool) -> io::Result<Self> {
        let listing = list(path, is_optional)?;
        let (last, settled) = (listing.clone(), listing);
        Ok(Self { path: path.to_owned(), is_optional, last, settled, fault: None })
    }

    /// Lists the folder; returns whether the settled listing has changed. Blocks.
    ///
    /// `None` if the folder can't be listed, which is logged once.
    pub(crate) fn poll(&mut self) -> Option<bool> {
        let listing = match list(&self.path, self.is_optional) {
            Ok(listing) => listing,
            Err(error) => {
                let error = error.to_string();
                if self.fault.as_ref() != Some(&error) {
                    tracing::error!(path = %self.path.display(), error, "data directory can't be read");
                }
                self.fault = Some(error);
                return None;
            }
        };
        self.fault = None;
        let settled = listing.settled(&self.last, &self.settled);
        self.last = listing;
        let has_changed = settled != self.settled;
        self.settled = settled;
        Some(has_changed)
    }

    /// The settled listing.
    pub(crate) fn listing(&self) -> &DirectoryListing {
        &self.settled
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn catalog_folder(&self) -> PathBuf {
        self.path.join(CATALOG)
    }
}

/// Whether the data directory `path` has a catalog, valid or not. Blocks.
pub(crate) fn has_catalog(path: &Path) -> bool {
    let listing = DirectoryListing::read(path, &path.join(CATALOG));
    listing.is_ok_and(|listing| listing.catalog != CatalogListing::Absent)
}

fn list(path: &Path, is_optional: bool) -> io::Result<DirectoryListing> {
    match DirectoryListing::read(path, &path.join(CATALOG)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_optional => {
            Ok(DirectoryListing::default())
        }
        listing => listing,
    }
}
