//! Faults of paths.

/// Longest path that is parsed, in bytes.
pub const MAX_PATH_BYTES: usize = 8 << 10;

/// Fault of a path that is no route. Each has a row in the table of
/// [`problem`](crate::http::problem).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteError {
    /// Longer than [`MAX_PATH_BYTES`].
    TooLong,
    /// Percent-encoding that is cut short, not hexadecimal or not UTF-8.
    Encoding,
    /// A name in a layer list that can't be an id.
    Name,
    /// More than [`MAX_NAMES`](crate::http::name_list::MAX_NAMES) names.
    TooManyNames,
    /// A zoom, column or row that is no decimal number.
    Number,
    /// Numbers that name no tile of the grid.
    OutsideGrid,
    /// A tile format that is not offered.
    Format,
    /// A glyph range that does not exist.
    GlyphRange,
    /// A path under `/tiles/`, `/styles/`, `/sprites/`, `/stats/` or `/archives/` that has
    /// another shape.
    Shape,
}
