//! The step from the world to the units of one tile.

use super::{Extent, TileCoord, WorldPoint, WorldRect};

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
        let shift = 32 - tile.zoom().get() as i32 - extent.log2() as i32;
        Self {
            origin_x: (tile.x() as i64) << extent.log2(),
            origin_y: (tile.y() as i64) << extent.log2(),
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

    /// The world rectangle of the tile widened by `buffer` tile units: just the
    /// positions that [`to_tile`](Self::to_tile) puts inside lie in it.
    #[must_use]
    pub fn world_rect(self, extent: Extent, buffer: u32) -> WorldRect {
        let low = |origin: i64| self.first_of(origin - i64::from(buffer));
        let high = |origin: i64| {
            self.first_of(origin + i64::from(extent.units()) + i64::from(buffer) + 1) - 1
        };
        let world = |unit: i64| unit.clamp(0, i64::from(u32::MAX)) as u32;
        let (low, high) = (|origin| world(low(origin)), |origin| world(high(origin)));
        WorldRect {
            min: WorldPoint { x: low(self.origin_x), y: low(self.origin_y) },
            max: WorldPoint { x: high(self.origin_x), y: high(self.origin_y) },
        }
    }

    /// The first world coordinate that rounds to `unit` or more, perhaps past the world.
    fn first_of(self, unit: i64) -> i64 {
        if self.shift >= 0 {
            (unit << self.shift) - self.half as i64
        } else {
            let finer = 1 << -self.shift;
            (unit + finer - 1) >> -self.shift
        }
    }
}
