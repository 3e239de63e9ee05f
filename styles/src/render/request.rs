//! Description of the style to be rendered.

use std::collections::BTreeSet;

use crate::ThemeStyles;
use crate::client_profile::ClientProfile;
use crate::keys::SOURCE;
use crate::language::{Language, LocalizedTitle};
use crate::map_style_input::MapStyleInput;
use crate::palettes::ColourSchemeVariant;

/// Description of the style to be rendered.
#[derive(Debug, Clone)]
pub struct RenderRequest<'a> {
    /// Absolute URL of the server without a trailing slash.
    pub base_url: &'a str,
    /// Title of the style.
    pub title: LocalizedTitle<'a>,
    /// Maps of the style; none for the base alone.
    pub maps: &'a [MapStyleInput<'a>],
    /// Maps that can't be shown now.
    pub unavailable: &'a [&'a str],
    /// Sources of the maps, and which of them are visible.
    pub arrangement: MapArrangement<'a>,
    /// The documents.
    pub styles: &'a ThemeStyles,
    /// Tiles of the base; `None` where there are none.
    pub base_tiles: Option<&'a BaseTiles<'a>>,
    /// Raster tiles in place of the base's ground.
    pub ground: Option<&'a GroundRaster>,
    /// Language of the names.
    pub language: Language,
    /// Variant of the colour scheme.
    pub variant: ColourSchemeVariant,
    /// Client of the style.
    pub profile: ClientProfile,
    /// Initial longitude and latitude of the map.
    pub center: Option<[f64; 2]>,
    /// Initial zoom of the map.
    pub zoom: Option<f64>,
}

/// Tiles of the base.
#[derive(Debug, Clone)]
pub struct BaseTiles<'a> {
    /// Layers of the tiles, as the text between `/tiles/` and `.json`.
    pub tiles: &'a str,
    /// Vector-tile layers in the tiles.
    pub layers: BTreeSet<&'a str>,
}

/// Raster tiles in place of the base's ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroundRaster {
    /// URL of a tile with `{z}`, `{x}` and `{y}`; tiles are 256 pixels wide.
    pub tiles: String,
    /// Attribution, in HTML.
    pub attribution: String,
    /// Last zoom with tiles.
    pub max_zoom: u8,
}

/// Sources of the maps, and which of them are visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapArrangement<'a> {
    /// A source for each map, and one map visible: clients fetch nothing for the others.
    OneVisible {
        /// Map to open on, if the style draws it; else the documents' choice, else the first.
        opening: Option<&'a str>,
    },
    /// One composite source, all maps visible.
    AllVisible {
        /// Layers of the tiles, as the text between `/tiles/` and `.json`.
        tiles: &'a str,
    },
}

impl MapArrangement<'_> {
    /// Name of a map's source.
    pub(super) const fn source_of<'m>(&self, map: &'m str) -> &'m str {
        match self {
            Self::OneVisible { .. } => map,
            Self::AllVisible { .. } => SOURCE,
        }
    }
}

impl<'a> RenderRequest<'a> {
    /// Raster tiles in place of the ground; QGIS draws none in a vector tile layer.
    pub(super) fn ground_raster(&self) -> Option<&'a GroundRaster> {
        self.ground.filter(|_| self.profile == ClientProfile::Web)
    }

    /// The one visible map; `None` where all are visible.
    pub(super) fn opening_map(&self) -> Option<&'a str> {
        let MapArrangement::OneVisible { opening } = self.arrangement else { return None };
        let drawn = |id: &str| self.maps.iter().map(|map| map.id).find(|map| *map == id);
        let themes = self.maps.iter().filter_map(|map| map.theme);
        let documents = themes.flat_map(|theme| self.styles.documents(theme));
        let chosen = opening.into_iter().chain(documents.filter_map(|d| d.opening_map()));
        chosen.filter_map(drawn).next().or_else(|| self.maps.first().map(|map| map.id))
    }
}
