//! Names that style documents, the page and QGIS agree on.

/// Vector source of a style that draws several maps from one composite.
pub const SOURCE: &str = "policy-map";

/// Vector source of the base map, and its name in `/tiles/`.
pub const BASE_SOURCE: &str = "base";

/// Raster source of the ground, where it is configured.
pub const GROUND_SOURCE: &str = "base-ground";

/// Prefix of the ids of the base's style layers.
pub const BASE_PREFIX: &str = "base.";

/// Key of a style's `metadata` for the URL of the fonts' CSS for OpenLayers.
///
/// Without the key, ol-mapbox-style requests a public CDN.
pub const WEBFONTS: &str = "ol:webfonts";

/// Key of a style layer's `metadata` with its `text-field` by language.
pub const TEXT_FIELD: &str = "policy-map:text-field";

/// Key of a style layer's `metadata` with the id of the map that it belongs to.
pub const MAP: &str = "policy-map:map";

/// Key of a style layer's `metadata` with the form of the map that it draws: `public` or
/// `staff`; both where left out.
pub const FORM: &str = "policy-map:form";

/// Key of a base style layer's `metadata` with its position among the maps.
pub const SLOT: &str = "policy-map:slot";

/// Key of a style layer's `metadata` with paint properties by variant of the colour scheme, such as
/// `{"dark": {"fill-color": "#222222"}}`.
pub const SCHEME_PAINT: &str = "policy-map:scheme-paint";

/// Key of a document's `metadata` with the map that the document opens on.
pub const OPENING_MAP: &str = "policy-map:opening-map";

/// Key of the legend within a document's `metadata`.
pub const LEGEND: &str = "policy-map:legend";

/// Key of a served style's `metadata` with the maps that can't be shown now.
pub const UNAVAILABLE: &str = "policy-map:unavailable";

/// Key of a served style's `metadata` with the variant of its colour scheme, unless light.
pub const SCHEME: &str = "policy-map:scheme";

/// Key of a served style's `metadata` with the client that it was made for, unless a browser.
pub const PROFILE: &str = "policy-map:profile";
