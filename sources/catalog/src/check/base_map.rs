//! Checks of the base map, and of the id that is reserved for it.

use super::Checker;
use crate::read::{DeclaredDataset, DeclaredLayer, KeyLocation};
use crate::{BaseMap, LayerContent, Visibility};

impl Checker<'_> {
    /// Checks that nothing but the base map is called `base`: `/tiles/base` is its set.
    pub(super) fn reserved_ids(&self) {
        let problem = || format!("{:?} is the id of the base map", BaseMap::ID);
        for (place, theme) in &self.declared.themes {
            if BaseMap::is_set(&theme.id) {
                self.add(place, problem(), "rename the theme's file");
            }
        }
        for declared in &self.declared.layers {
            if declared.layer.id.as_str() == BaseMap::ID {
                self.add(&declared.place.at("id"), problem(), "give the layer another id");
            }
        }
    }

    /// Checks that a layer of the base map shows public features as they are.
    pub(super) fn base_layer(&self, declared: &DeclaredLayer) {
        let (place, layer) = (&declared.place, &declared.layer);
        if !place.is_of_base_map() {
            return;
        }
        if layer.visibility != Visibility::Public {
            let problem = "everybody gets the base map";
            self.add(&place.at("visibility"), problem, "remove it, or make it a map for staff");
        }
        let key = match layer.content {
            LayerContent::Features { .. } | LayerContent::Union(_) => None,
            LayerContent::Measures(_) => Some("carrier"),
            LayerContent::Flow(..) => Some("flow"),
            LayerContent::Prepared { .. } => Some("prepared"),
        };
        if let Some(key) = key {
            let problem = "the base map shows features as they are";
            self.add(&place.at(key), problem, "write dataset or union, or make it a map");
        }
        if !layer.other_themes.is_empty() {
            let problem = "a layer of the base map is in no theme";
            self.add(&place.at("other_themes"), problem, "remove it");
        }
    }

    /// Checks that no map is made from a dataset of the base map.
    pub(super) fn not_of_base_map(&self, place: &KeyLocation, found: &DeclaredDataset) {
        if found.place.is_of_base_map() && !place.is_of_base_map() {
            let problem = format!("{} is a dataset of the base map", found.dataset.id);
            self.add(
                place,
                problem,
                "declare it under datasets/ instead, and the base map uses it",
            );
        }
    }
}
