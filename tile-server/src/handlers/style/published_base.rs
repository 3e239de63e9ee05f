//! Tiles of the base map that an audience gets.

use std::collections::BTreeSet;

use data_library::{PublishedLayer, Snapshot};
use data_model::Audience;
use styles::{BASE_SOURCE, BaseTiles};

/// Layers of the base map that can be served.
pub(super) struct PublishedBase {
    tiles: String,
    vector_layers: Vec<String>,
}

impl PublishedBase {
    /// The base map of an audience; `None` for a district without one, and while not one of
    /// its layers can be read.
    pub(super) fn of_snapshot(snapshot: &Snapshot, audience: Audience) -> Option<Self> {
        let layers: Vec<&PublishedLayer> = snapshot.theme(BASE_SOURCE, audience)?.collect();
        let ready: Vec<_> = layers
            .iter()
            .filter_map(|layer| Some((layer, layer.source()?.description())))
            .collect();
        if ready.is_empty() {
            return None;
        }
        // One layer that can't be read would be an error in every tile of the set.
        let is_whole = layers.iter().all(|layer| layer.source().is_some() || layer.is_absent());
        let tiles = if is_whole {
            BASE_SOURCE.to_owned()
        } else {
            ready.iter().map(|(layer, _)| layer.id.as_str()).collect::<Vec<_>>().join(",")
        };
        let vector_layers = ready
            .iter()
            .flat_map(|(_, description)| description.vector_layers())
            .map(|layer| layer.name)
            .collect();
        Some(Self { tiles, vector_layers })
    }

    /// The tiles, as a style needs them.
    pub(super) fn tiles(&self) -> BaseTiles<'_> {
        let layers: BTreeSet<&str> = self.vector_layers.iter().map(String::as_str).collect();
        BaseTiles { tiles: &self.tiles, layers }
    }
}
