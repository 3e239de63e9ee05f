//! Outline of one letter, and the division of code points into ranges.

/// Pixels of an em: the size that glyph ranges are drawn at.
pub const EM_PIXELS: u16 = 24;

/// Outline units of a pixel. A distance field tells positions no finer.
pub const UNITS_PER_PIXEL: u16 = 8;

/// Code points of a range.
pub const RANGE_LENGTH: u32 = 256;

/// Ranges of the basic multilingual plane.
pub const RANGE_COUNT: usize = 256;

/// A point in outline units, right of the origin and above the baseline.
pub type Point = [i16; 2];

/// Part of an outline. Each contour begins with a move and is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Begins a contour.
    Move(Point),
    /// Straight line.
    Line(Point),
    /// Quadratic Bézier curve: control point, end.
    Quadratic(Point, Point),
    /// Cubic Bézier curve: two control points, end.
    Cubic(Point, Point, Point),
}

/// Outline and width of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Code point in the basic multilingual plane.
    pub code: u16,
    /// Advance width in outline units.
    pub advance: u16,
    /// Contours; empty for a space.
    pub segments: Vec<Segment>,
}
