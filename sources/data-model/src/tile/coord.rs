//! Zooms and tiles of the grid.

use std::fmt;

use super::WorldPoint;

/// Deepest zoom that a tile can be requested at.
pub const MAX_ZOOM: u8 = 24;

/// A zoom level, 0 to [`MAX_ZOOM`].
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "u8", into = "u8")]
pub struct Zoom(u8);

impl Zoom {
    /// The whole world in one tile.
    pub const MIN: Self = Self(0);
    /// The deepest zoom.
    pub const MAX: Self = Self(MAX_ZOOM);

    /// Checks that `level` is at most [`MAX_ZOOM`].
    ///
    /// # Errors
    /// [`OutsideGrid`] when it is deeper.
    pub const fn new(level: u8) -> Result<Self, OutsideGrid> {
        if level > MAX_ZOOM { Err(OutsideGrid) } else { Ok(Self(level)) }
    }

    /// The level as a number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Zoom {
    type Error = OutsideGrid;
    fn try_from(level: u8) -> Result<Self, OutsideGrid> {
        Self::new(level)
    }
}

impl From<Zoom> for u8 {
    fn from(zoom: Zoom) -> Self {
        zoom.0
    }
}

impl fmt::Display for Zoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A zoom, column or row that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("outside the tile grid: zoom is 0 to {MAX_ZOOM}, x and y are 0 to 2^zoom - 1")]
pub struct OutsideGrid;

/// One tile of the grid, in XYZ order (row 0 is the north).
///
/// ```
/// use data_model::TileCoord;
/// assert!(TileCoord::new(1, 1, 1).is_ok());
/// assert!(TileCoord::new(1, 2, 0).is_err());
/// assert!(TileCoord::new(25, 0, 0).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileCoord {
    zoom: Zoom,
    x: u32,
    y: u32,
}

impl TileCoord {
    /// Checks that the tile exists.
    ///
    /// # Errors
    /// [`OutsideGrid`] when the zoom is past [`MAX_ZOOM`], or the column or row
    /// is past 2^zoom − 1.
    pub const fn new(zoom: u8, x: u32, y: u32) -> Result<Self, OutsideGrid> {
        match Zoom::new(zoom) {
            Ok(level) if x >> zoom == 0 && y >> zoom == 0 => Ok(Self { zoom: level, x, y }),
            _ => Err(OutsideGrid),
        }
    }

    /// The tile at `zoom` that covers a position.
    #[must_use]
    pub const fn covering(zoom: Zoom, point: WorldPoint) -> Self {
        let shift = 32 - zoom.0 as u32;
        Self { zoom, x: (point.x as u64 >> shift) as u32, y: (point.y as u64 >> shift) as u32 }
    }

    /// The zoom level.
    #[must_use]
    pub const fn zoom(self) -> Zoom {
        self.zoom
    }

    /// The column, counted from 180° W.
    #[must_use]
    pub const fn x(self) -> u32 {
        self.x
    }

    /// The row, counted from the north.
    #[must_use]
    pub const fn y(self) -> u32 {
        self.y
    }
}

impl fmt::Display for TileCoord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.zoom, self.x, self.y)
    }
}
