//! Names that style documents, the page and QGIS agree on.

/// Name of the one vector source of every style.
pub const SOURCE: &str = "policy-map";

/// Key of a style's `metadata` for the URL of the fonts' CSS for OpenLayers.
///
/// Without the key, ol-mapbox-style requests a public CDN.
pub const WEBFONTS: &str = "ol:webfonts";
/// Key of a style layer's `metadata` with its `text-field` by language.
pub const TEXT_FIELD: &str = "policy-map:text-field";

/// Key of the legend within a document's `metadata`.
pub const LEGEND: &str = "policy-map:legend";
