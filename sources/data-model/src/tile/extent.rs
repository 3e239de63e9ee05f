//! Resolution of a tile's edge.

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
