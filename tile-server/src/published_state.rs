//! The published snapshot with its documents.

use std::sync::{Arc, OnceLock};

use data_library::Snapshot;
use data_model::Audience;
use name_search::SearchIndex;

use crate::handlers::catalog::document::document;
use crate::layer_library::LayerLibrary;
use crate::snapshot_document::SnapshotDocument;

/// Published state of one moment. A request holds one from start to end.
pub struct PublishedState {
    /// Layers and catalog.
    pub snapshot: Arc<Snapshot>,
    /// Style documents.
    pub themes: Arc<styles::ThemeStyles>,
    /// Faults of files that could not be read, for the operator.
    pub faults: Vec<String>,
    public_catalog: SnapshotDocument,
    staff_catalog: SnapshotDocument,
    /// Search indexes by audience; built by the first search.
    searches: [OnceLock<SearchIndex>; 2],
}

impl PublishedState {
    /// The present state of a library.
    pub(crate) fn from_library(library: &dyn LayerLibrary) -> Self {
        let (snapshot, themes, faults) = (library.snapshot(), library.themes(), library.faults());
        let catalog = |audience| SnapshotDocument::new(document(&snapshot, audience));
        Self {
            public_catalog: catalog(Audience::Public),
            staff_catalog: catalog(Audience::Staff),
            searches: [OnceLock::new(), OnceLock::new()],
            snapshot,
            themes,
            faults,
        }
    }

    /// Search index of the names that `audience` may see. The first call builds it, which
    /// blocks for tens of milliseconds.
    #[must_use]
    pub fn search_index(&self, audience: Audience) -> &SearchIndex {
        let [public, staff] = &self.searches;
        let index = match audience {
            Audience::Public => public,
            Audience::Staff => staff,
        };
        index.get_or_init(|| SearchIndex::new(&self.snapshot, audience))
    }

    /// Catalog document of an audience.
    #[must_use]
    pub const fn catalog(&self, audience: Audience) -> &SnapshotDocument {
        match audience {
            Audience::Public => &self.public_catalog,
            Audience::Staff => &self.staff_catalog,
        }
    }
}
