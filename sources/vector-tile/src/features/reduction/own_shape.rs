//! Shape of a group that is none of its rows'.

use data_model::feature::ShapeKind;
use data_model::tile::{WorldPoint, WorldRect};

/// Shape of a group that is none of its rows'.
#[derive(Debug)]
pub(super) struct OwnShape {
    pub(super) kind: ShapeKind,
    /// Lines, or exterior rings wound for tiles.
    pub(super) parts: Vec<Vec<WorldPoint>>,
    pub(super) size: OwnSize,
}

/// Size of all rows of a group, on the ellipsoid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum OwnSize {
    SquareMetres(f64),
    Metres(f64),
}

impl OwnShape {
    pub(super) fn rect(&self) -> WorldRect {
        let mut rect = WorldRect::EMPTY;
        self.parts.iter().flatten().for_each(|&point| rect.extend(point));
        rect
    }
}
