//! Geometry of a table: flat world coordinates with part boundaries.

use data_model::feature::ShapeKind;
use data_model::tile::{WorldPoint, WorldRect};

/// A line, a ring, or the points of one row.
#[derive(Debug, Clone, Copy)]
pub struct GeometryPart<'a> {
    /// The vertices. A ring does not repeat its first vertex.
    pub points: &'a [WorldPoint],
    /// For each vertex the lowest zoom at which it is drawn at extent 4096; empty for
    /// points, which are always drawn.
    pub importance: &'a [u8],
    /// Whether the part is an exterior ring, which begins a polygon.
    pub exterior: bool,
}

/// The high bit of a part's end marks an exterior ring.
const EXTERIOR: u32 = 1 << 31;

/// The geometry of every row that has one, in one of two forms: the common table of
/// single points needs coordinates only, all other geometry has parts.
#[derive(Debug)]
pub enum RowGeometries {
    /// Row `i` is the point `i`.
    Points(Vec<WorldPoint>),
    /// Rows of one or more parts.
    Parts(PartShapes),
}

/// Rows of points, lines or polygons with any number of parts.
///
/// Rings are wound for tiles: exterior rings have a positive area in tile
/// coordinates (y down), interior rings a negative one (MVT 2.1, section
/// 4.3.4.4). Consecutive vertices differ.
#[derive(Debug, Default)]
pub struct PartShapes {
    pub(super) coordinates: Vec<WorldPoint>,
    pub(super) importance: Vec<u8>,
    /// End of each part in `coordinates`, with [`EXTERIOR`].
    pub(super) part_ends: Vec<u32>,
    /// End of each row in `part_ends`.
    pub(super) row_ends: Vec<u32>,
    pub(super) kinds: Vec<ShapeKind>,
    pub(super) boxes: Vec<WorldRect>,
}

impl RowGeometries {
    /// Number of rows with a geometry.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self {
            Self::Points(points) => points.len(),
            Self::Parts(shapes) => shapes.kinds.len(),
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        match self {
            Self::Points(points) => points.capacity() * 8,
            Self::Parts(shapes) => shapes.memory_bytes(),
        }
    }
}

impl PartShapes {
    pub(super) fn memory_bytes(&self) -> usize {
        self.coordinates.capacity() * 8
            + self.importance.capacity()
            + self.part_ends.capacity() * 4
            + self.row_ends.capacity() * 4
            + self.kinds.capacity()
            + self.boxes.capacity() * 16
    }

    /// The kind of a row's geometry.
    #[inline]
    #[must_use]
    pub fn kind(&self, row: usize) -> ShapeKind {
        self.kinds[row]
    }

    /// The bounding rectangle of a row.
    #[inline]
    #[must_use]
    pub fn rect(&self, row: usize) -> &WorldRect {
        &self.boxes[row]
    }

    /// The parts of a row, each exterior ring before its interior rings.
    #[inline]
    pub fn parts(&self, row: usize) -> impl Iterator<Item = GeometryPart<'_>> + Clone {
        let first = if row == 0 { 0 } else { self.row_ends[row - 1] as usize };
        let last = self.row_ends[row] as usize;
        let mut start =
            if first == 0 { 0 } else { (self.part_ends[first - 1] & !EXTERIOR) as usize };
        self.part_ends[first..last].iter().map(move |&marked| {
            let end = (marked & !EXTERIOR) as usize;
            let importance =
                if self.importance.is_empty() { &[][..] } else { &self.importance[start..end] };
            let part = GeometryPart {
                points: &self.coordinates[start..end],
                importance,
                exterior: marked & EXTERIOR != 0,
            };
            start = end;
            part
        })
    }

    /// The end of a part in the coordinates, and whether it is an exterior ring.
    pub(super) fn part_end(&self, number: usize) -> (usize, bool) {
        let marked = self.part_ends[number];
        ((marked & !EXTERIOR) as usize, marked & EXTERIOR != 0)
    }

    /// Ends the part of the last coordinates; `false` if the table is full.
    #[must_use]
    pub(super) fn end_part(&mut self, exterior: bool) -> bool {
        let Ok(end) = u32::try_from(self.coordinates.len()) else {
            return false;
        };
        if end & EXTERIOR != 0 {
            return false;
        }
        self.part_ends.push(end | if exterior { EXTERIOR } else { 0 });
        true
    }

    /// Ends a row, of the parts added since the previous row.
    pub(super) fn end_row(&mut self, kind: ShapeKind, rect: WorldRect) {
        self.row_ends.push(self.part_ends.len() as u32);
        self.kinds.push(kind);
        self.boxes.push(rect);
    }
}
