//! The catalog in force, reloaded when its files change.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::directory::directory_listing::CatalogListing;
use super::options::LibraryError;
use crate::refresh_schedule::RETRY_POLICY;
use catalog::Catalog;
use resilience::Backoff;

/// The last valid catalog, and the fault of the current files.
pub(crate) struct CatalogState {
    folder: PathBuf,
    catalog: Arc<Catalog>,
    /// Whether a catalog is in force; if so, its absence is a fault.
    in_force: bool,
    fault: Option<String>,
    retry: Option<Backoff>,
    /// The listing that the catalog was read from.
    listing: CatalogListing,
    /// Whether undeclared files are public while there is no catalog.
    publish_uncatalogued: bool,
}

impl CatalogState {
    /// Loads the catalog in `folder`, if there is one. Blocks.
    ///
    /// # Errors
    /// Returns [`LibraryError`] if the catalog can't be listed or has faults.
    pub(crate) fn open(
        folder: PathBuf,
        listing: &CatalogListing,
        publish_uncatalogued: bool,
    ) -> Result<Self, LibraryError> {
        let (catalog, in_force) = match listing {
            CatalogListing::Absent => (Catalog::default(), false),
            CatalogListing::Files(_) => {
                let catalog = Catalog::load(&folder)
                    .map_err(|faults| LibraryError::Catalog { path: folder.clone(), faults })?;
                (catalog, true)
            }
            CatalogListing::Unreadable(reason) => {
                return Err(LibraryError::CatalogUnreadable { reason: reason.clone() });
            }
        };
        Ok(Self {
            folder,
            catalog: Arc::new(catalog),
            in_force,
            fault: None,
            retry: None,
            listing: listing.clone(),
            publish_uncatalogued,
        })
    }

    /// Reloads the catalog if its files have changed or a retry is due; returns whether the
    /// catalog, its files or its fault have changed. Blocks.
    ///
    /// A catalog with faults changes nothing: its faults are logged and kept. A catalog that
    /// vanishes changes nothing either, as the absence of a folder must not publish layers
    /// that are for staff.
    pub(crate) fn poll(&mut self, listing: &CatalogListing, now: Instant) -> bool {
        let has_changed = *listing != self.listing;
        let retry_due = self.retry.is_some_and(|retry| retry.is_due(now));
        if !has_changed && !retry_due {
            return false;
        }
        self.listing = listing.clone();
        let fault = self.fault.clone();
        self.reload(listing, now);
        has_changed || self.fault != fault
    }

    fn reload(&mut self, listing: &CatalogListing, now: Instant) {
        match listing {
            CatalogListing::Files(_) => match Catalog::load(&self.folder) {
                Ok(catalog) => self.accept(catalog),
                Err(faults) => self.reject(faults.to_string(), now),
            },
            CatalogListing::Unreadable(reason) => self.reject(reason.clone(), now),
            CatalogListing::Absent if self.in_force => {
                let folder = self.folder.display();
                let remedy = "put it back, or restart without a catalog";
                self.reject(format!("{folder} has vanished; {remedy}"), now);
            }
            // A catalog that appeared with faults has been removed again.
            CatalogListing::Absent => {
                self.fault = None;
                self.retry = None;
            }
        }
    }

    fn accept(&mut self, catalog: Catalog) {
        if self.publish_uncatalogued && !self.in_force {
            tracing::warn!(
                "a catalog is in force now: files that it does not declare are for staff only, \
                 in spite of --publish-uncatalogued; remove the flag"
            );
        }
        self.catalog = Arc::new(catalog);
        self.in_force = true;
        self.fault = None;
        self.retry = None;
    }

    /// Keeps the catalog in force and records the fault of the changed one.
    fn reject(&mut self, reason: String, now: Instant) {
        if self.fault.as_ref() != Some(&reason) {
            tracing::error!(reason, "the changed catalog is not used");
        }
        self.fault = Some(reason);
        self.retry = Some(RETRY_POLICY.after_failure(self.retry, now));
    }

    /// The catalog in force; an empty one without a catalog.
    pub(crate) fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    pub(crate) fn is_in_force(&self) -> bool {
        self.in_force
    }

    /// Whether undeclared files are public; with a catalog in force, only declared layers are.
    pub(crate) fn publishes_undeclared(&self) -> bool {
        self.publish_uncatalogued && !self.in_force
    }

    /// Fault of the current files.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}
