//! Names of routes in logs and metrics.

/// The name of a route in logs and metrics: a bounded set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RouteName {
    /// A tile.
    Tile,
    /// A TileJSON document.
    TileJson,
    /// A style document.
    Style,
    /// A map's legend.
    Legend,
    /// A map's preview.
    Preview,
    /// A sprite sheet's index or picture.
    Sprite,
    /// A range of glyphs.
    Glyphs,
    /// A raw archive, or a range of it.
    Archive,
    /// A layer's measures by area.
    Stats,
    /// A search by name.
    Search,
    /// The catalog.
    Catalog,
    /// Liveness.
    Health,
    /// Readiness.
    Ready,
    /// Metrics, as OpenMetrics text.
    Metrics,
    /// The map page.
    Page,
    /// A file of the map page.
    File,
    /// A path that is no route.
    None,
}

impl RouteName {
    /// Every name, in order.
    pub const ALL: [Self; 17] = [
        Self::Tile,
        Self::TileJson,
        Self::Style,
        Self::Legend,
        Self::Preview,
        Self::Sprite,
        Self::Glyphs,
        Self::Archive,
        Self::Stats,
        Self::Search,
        Self::Catalog,
        Self::Health,
        Self::Ready,
        Self::Metrics,
        Self::Page,
        Self::File,
        Self::None,
    ];

    /// The name as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tile => "tile",
            Self::TileJson => "tilejson",
            Self::Style => "style",
            Self::Legend => "legend",
            Self::Preview => "preview",
            Self::Sprite => "sprite",
            Self::Glyphs => "glyphs",
            Self::Archive => "archive",
            Self::Stats => "stats",
            Self::Search => "search",
            Self::Catalog => "catalog",
            Self::Health => "health",
            Self::Ready => "ready",
            Self::Metrics => "metrics",
            Self::Page => "page",
            Self::File => "file",
            Self::None => "none",
        }
    }
}
