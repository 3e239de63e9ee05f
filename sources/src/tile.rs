//! The tile grid: zooms, tile coordinates, extents, and the world as `u32`.
//!
//! Positions are Web Mercator fractions of the world in units of 2⁻³²
//! ([`WorldPoint`], 9.3 mm at the equator): x grows eastwards from 180° W, y
//! southwards from 85.05° N, as tile rows do (OGC *Two Dimensional Tile Matrix
//! Set*, annex D.1, WebMercatorQuad).

use std::fmt;

/// The deepest zoom a tile can be asked for.
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
/// use sources::TileCoord;
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

/// The number of units along a tile's edge: a power of two, 256 to 8192.
///
/// A power of two makes the step from world to tile coordinates a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Extent(u8);

/// An extent that is not a power of two from 256 to 8192.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("extent {0}: use a power of two from 256 to 8192")]
pub struct InvalidExtent(pub u32);

impl Extent {
    /// 4096 units, the extent that every client expects.
    pub const DEFAULT: Self = Self(12);

    /// Checks and keeps an extent.
    ///
    /// # Errors
    /// [`InvalidExtent`] when `units` is not a power of two from 256 to 8192.
    pub const fn new(units: u32) -> Result<Self, InvalidExtent> {
        if units.is_power_of_two() && units >= 256 && units <= 8192 {
            Ok(Self(units.trailing_zeros() as u8))
        } else {
            Err(InvalidExtent(units))
        }
    }

    /// Units along an edge.
    #[must_use]
    pub const fn units(self) -> u32 {
        1 << self.0
    }

    /// The binary logarithm of [`units`](Self::units).
    #[must_use]
    pub const fn log2(self) -> u8 {
        self.0
    }
}

impl Default for Extent {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl TryFrom<u32> for Extent {
    type Error = InvalidExtent;
    fn try_from(units: u32) -> Result<Self, InvalidExtent> {
        Self::new(units)
    }
}

impl From<Extent> for u32 {
    fn from(extent: Extent) -> Self {
        extent.units()
    }
}

/// A position as Web Mercator fractions of the world, in units of 2⁻³².
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct WorldPoint {
    /// Eastwards from 180° W.
    pub x: u32,
    /// Southwards from 85.0511° N.
    pub y: u32,
}

const WORLD_UNITS: f64 = 4_294_967_296.0;

impl WorldPoint {
    /// Projects longitude and latitude in degrees (WGS 84).
    ///
    /// Positions past the edge of the Web Mercator square land on the edge:
    /// longitude 180 is `u32::MAX`, not 0 on the other side of the world.
    /// Callers reject what is not finite before they come here.
    #[must_use]
    pub fn from_lon_lat(lon: f64, lat: f64) -> Self {
        let x = lon / 360.0 + 0.5;
        let sin = lat.to_radians().sin();
        let y = 0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * std::f64::consts::PI);
        // `as` saturates: below 0 becomes 0, past the end becomes u32::MAX.
        Self { x: (x * WORLD_UNITS).round() as u32, y: (y * WORLD_UNITS).round() as u32 }
    }

    /// Longitude and latitude in degrees (WGS 84).
    #[must_use]
    pub fn to_lon_lat(self) -> (f64, f64) {
        let lon = f64::from(self.x) / WORLD_UNITS * 360.0 - 180.0;
        let mercator = std::f64::consts::PI * (1.0 - 2.0 * f64::from(self.y) / WORLD_UNITS);
        (lon, mercator.sinh().atan().to_degrees())
    }
}

/// A rectangle of the world, both corners inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorldRect {
    /// North-western corner (smallest x and y).
    pub min: WorldPoint,
    /// South-eastern corner (largest x and y).
    pub max: WorldPoint,
}

impl WorldRect {
    /// The rectangle that holds nothing and that any point extends.
    pub const EMPTY: Self =
        Self { min: WorldPoint { x: u32::MAX, y: u32::MAX }, max: WorldPoint { x: 0, y: 0 } };

    /// Whether no point lies inside.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.min.x > self.max.x || self.min.y > self.max.y
    }

    /// Grows to hold `point`.
    pub fn extend(&mut self, point: WorldPoint) {
        self.min.x = self.min.x.min(point.x);
        self.min.y = self.min.y.min(point.y);
        self.max.x = self.max.x.max(point.x);
        self.max.y = self.max.y.max(point.y);
    }

    /// Grows to hold `other`.
    pub fn union(&mut self, other: &Self) {
        self.min.x = self.min.x.min(other.min.x);
        self.min.y = self.min.y.min(other.min.y);
        self.max.x = self.max.x.max(other.max.x);
        self.max.y = self.max.y.max(other.max.y);
    }

    /// Whether the two share a point.
    #[must_use]
    pub const fn intersects(&self, other: &Self) -> bool {
        self.min.x <= other.max.x
            && other.min.x <= self.max.x
            && self.min.y <= other.max.y
            && other.min.y <= self.max.y
    }

    /// Whether `other` lies wholly inside.
    #[must_use]
    pub const fn contains(&self, other: &Self) -> bool {
        self.min.x <= other.min.x
            && other.max.x <= self.max.x
            && self.min.y <= other.min.y
            && other.max.y <= self.max.y
    }

    /// The rectangle as `[west, south, east, north]` in degrees.
    #[must_use]
    pub fn to_lon_lat_bounds(&self) -> [f64; 4] {
        let (west, north) = self.min.to_lon_lat();
        let (east, south) = self.max.to_lon_lat();
        [west, south, east, north]
    }
}

/// The step from world positions to the units of one tile.
///
/// World positions are rounded to the global grid of the zoom first and the
/// tile's origin is subtracted after, so a position falls on the same grid
/// point in every tile and neighbours meet without a seam.
#[derive(Debug, Clone, Copy)]
pub struct TileGrid {
    origin_x: i64,
    origin_y: i64,
    /// Bits dropped from a world coordinate; negative where a tile unit is
    /// finer than 2⁻³² of the world (past zoom 20 at extent 4096).
    shift: i32,
    half: u64,
    near: NearSteps,
}

/// `shift` taken apart so that one expression without a branch serves all zooms.
#[derive(Debug, Clone, Copy)]
struct NearSteps {
    /// Bits dropped before rounding.
    before: u32,
    /// 1 where one more bit is dropped by rounding, else 0.
    rounding: u32,
    /// Bits gained past zoom 20.
    up: u32,
}

impl TileGrid {
    /// The grid of `tile` at `extent`.
    #[must_use]
    pub const fn new(tile: TileCoord, extent: Extent) -> Self {
        let shift = 32 - tile.zoom.get() as i32 - extent.log2() as i32;
        Self {
            origin_x: (tile.x as i64) << extent.log2(),
            origin_y: (tile.y as i64) << extent.log2(),
            shift,
            half: if shift > 0 { 1 << (shift - 1) } else { 0 },
            near: NearSteps {
                before: if shift > 0 { shift as u32 - 1 } else { 0 },
                rounding: (shift > 0) as u32,
                up: if shift < 0 { -shift as u32 } else { 0 },
            },
        }
    }

    /// Tile units from the tile's north-western corner, rounded to nearest.
    ///
    /// Any value from −2³⁷ to 2³⁷ can come out; inside the tile it is 0 to the
    /// extent.
    #[inline]
    #[must_use]
    pub const fn to_tile(self, point: WorldPoint) -> (i64, i64) {
        (self.step(point.x) - self.origin_x, self.step(point.y) - self.origin_y)
    }

    /// The same as [`to_tile`](Self::to_tile) in 32 bits, for positions that
    /// are within 2³¹ units of the tile: any in the tile or its buffer.
    ///
    /// Arithmetic wraps, so what lies farther off comes out wrong.
    #[inline(always)]
    #[must_use]
    pub const fn to_tile_near(self, point: WorldPoint) -> [i32; 2] {
        [
            self.step_near(point.x).wrapping_sub(self.origin_x as u32) as i32,
            self.step_near(point.y).wrapping_sub(self.origin_y as u32) as i32,
        ]
    }

    /// Rounds by adding the highest dropped bit, which can't overflow 32 bits.
    #[inline(always)]
    const fn step_near(self, world: u32) -> u32 {
        let halves = world >> self.near.before;
        ((halves >> self.near.rounding).wrapping_add(halves & self.near.rounding)) << self.near.up
    }

    #[inline]
    const fn step(self, world: u32) -> i64 {
        if self.shift >= 0 {
            // In u64, so adding the half can't overflow at the eastern edge.
            ((world as u64 + self.half) >> self.shift) as i64
        } else {
            (world as i64) << -self.shift
        }
    }

    /// The world rectangle of the tile widened by `buffer` tile units: every
    /// position that [`to_tile`](Self::to_tile) puts inside lies in it.
    #[must_use]
    pub fn world_rect(self, extent: Extent, buffer: u32) -> WorldRect {
        let low = |origin: i64| self.to_world(origin - i64::from(buffer), -1);
        let high =
            |origin: i64| self.to_world(origin + i64::from(extent.units()) + i64::from(buffer), 1);
        WorldRect {
            min: WorldPoint { x: low(self.origin_x), y: low(self.origin_y) },
            max: WorldPoint { x: high(self.origin_x), y: high(self.origin_y) },
        }
    }

    /// The outermost world coordinate that rounds to `unit`, clamped to the world.
    fn to_world(self, unit: i64, side: i64) -> u32 {
        let world = if self.shift >= 0 {
            (unit << self.shift) + side * self.half as i64
        } else {
            (unit >> -self.shift) + side
        };
        world.clamp(0, i64::from(u32::MAX)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn corners_of_the_world_stay_on_its_edge() {
        assert_eq!(WorldPoint::from_lon_lat(-180.0, 85.06), WorldPoint { x: 0, y: 0 });
        assert_eq!(
            WorldPoint::from_lon_lat(180.0, -85.06),
            WorldPoint { x: u32::MAX, y: u32::MAX }
        );
        assert_eq!(WorldPoint::from_lon_lat(0.0, 0.0), WorldPoint { x: 1 << 31, y: 1 << 31 });
        assert_eq!(WorldPoint::from_lon_lat(0.0, 90.0).y, 0);
        assert_eq!(WorldPoint::from_lon_lat(0.0, -90.0).y, u32::MAX);
    }

    #[test]
    fn the_eastern_edge_rounds_to_the_extent_not_past_it() {
        let tile = TileCoord::new(0, 0, 0).unwrap();
        let grid = TileGrid::new(tile, Extent::DEFAULT);
        assert_eq!(grid.to_tile(WorldPoint { x: u32::MAX, y: 0 }), (4096, 0));
    }

    #[test]
    fn seongdong_lies_in_its_known_tile() {
        let point = WorldPoint::from_lon_lat(127.0369, 37.5634);
        let tile = TileCoord::covering(Zoom::new(14).unwrap(), point);
        assert_eq!((tile.x(), tile.y()), (13973, 6344));
    }

    proptest! {
        #[test]
        fn longitude_and_latitude_survive_the_world_grid(lon in -180.0..180.0f64, lat in -85.0..85.0f64) {
            let (lon2, lat2) = WorldPoint::from_lon_lat(lon, lat).to_lon_lat();
            // Half a world unit is 4.2e-8 degrees of longitude.
            prop_assert!((lon - lon2).abs() < 1e-7 && (lat - lat2).abs() < 1e-7);
        }

        #[test]
        fn neighbouring_tiles_put_a_point_on_the_same_grid_line(
            x in any::<u32>(), y in any::<u32>(), zoom in 1u8..=24, log2 in 8u32..=13,
        ) {
            let extent = Extent::new(1 << log2).unwrap();
            let point = WorldPoint { x, y };
            let tile = TileCoord::covering(Zoom::new(zoom).unwrap(), point);
            let here = TileGrid::new(tile, extent).to_tile(point);
            let near = TileGrid::new(tile, extent).to_tile_near(point);
            prop_assert_eq!((i64::from(near[0]), i64::from(near[1])), here);
            let units = i64::from(extent.units());
            prop_assert!((0..=units).contains(&here.0) && (0..=units).contains(&here.1));
            if tile.x() + 1 < 1 << zoom {
                let east = TileCoord::new(zoom, tile.x() + 1, tile.y()).unwrap();
                prop_assert_eq!(TileGrid::new(east, extent).to_tile(point).0, here.0 - units);
            }
        }

        #[test]
        fn every_point_that_rounds_into_the_buffered_tile_is_inside_its_world_rect(
            x in any::<u32>(), y in any::<u32>(), zoom in 0u8..=24, dx in -1i64..=1, buffer in 0u32..=256,
        ) {
            let point = WorldPoint { x, y };
            let base = TileCoord::covering(Zoom::new(zoom).unwrap(), point);
            let column = (i64::from(base.x()) + dx).clamp(0, (1 << zoom) - 1) as u32;
            let tile = TileCoord::new(zoom, column, base.y()).unwrap();
            let grid = TileGrid::new(tile, Extent::DEFAULT);
            let (tx, ty) = grid.to_tile(point);
            let reach = -i64::from(buffer)..=4096 + i64::from(buffer);
            if reach.contains(&tx) && reach.contains(&ty) {
                let rect = grid.world_rect(Extent::DEFAULT, buffer);
                let spot = WorldRect { min: point, max: point };
                prop_assert!(rect.contains(&spot));
            }
        }
    }
}
