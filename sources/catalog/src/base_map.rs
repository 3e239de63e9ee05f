//! Base map of a district: the ground that every map is drawn over.

use super::declaration::LocalizedText;
use super::{Dataset, Layer};
use data_model::ThemeId;

/// Datasets and layers of `base.toml`.
///
/// They are loaded, checked and served like others, but are no maps: the catalog's lists of
/// datasets and layers do not contain them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BaseMap {
    /// The name.
    pub title: LocalizedText,
    /// Stored tables that no map is made from.
    pub datasets: Vec<Dataset>,
    /// Layers in the order of declaration; empty without a base map.
    pub layers: Vec<Layer>,
}

impl BaseMap {
    /// Id of the set of its layers, in the name space of themes and layers.
    pub const ID: &str = "base";
    /// Path of the file in the catalog's folder.
    pub const FILE: &str = "base.toml";

    /// Whether the catalog declares no base map.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Whether `theme` is the set of a base map's layers.
    #[must_use]
    pub fn is_set(theme: &ThemeId) -> bool {
        theme.as_str() == Self::ID
    }
}
