//! Boxes in degrees of longitude and latitude.

use serde::{Deserialize, Serialize};

/// Box in degrees of longitude and latitude (WGS 84), edges included.
///
/// West is never past east: features on both sides of the antimeridian have bounds from −180 to
/// 180, and a box across it can't be expressed. A point or a line has bounds without an area.
/// Serialized as `[west, south, east, north]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "[f64; 4]", try_from = "[f64; 4]")]
pub struct GeographicBounds {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

/// Four numbers that are no box on the globe.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "{0:?} is no box in degrees: give west, south, east, north, within 180 degrees of longitude \
     and 90 of latitude"
)]
pub struct InvalidBounds([f64; 4]);

impl GeographicBounds {
    /// The whole earth.
    pub const EARTH: Self = Self { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

    /// Creates the box of four edges in degrees.
    ///
    /// # Errors
    /// [`InvalidBounds`] unless −180 ≤ west ≤ east ≤ 180 and −90 ≤ south ≤ north ≤ 90.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<Self, InvalidBounds> {
        let longitudes = -180.0 <= west && west <= east && east <= 180.0;
        let latitudes = -90.0 <= south && south <= north && north <= 90.0;
        if longitudes && latitudes {
            Ok(Self { west, south, east, north })
        } else {
            Err(InvalidBounds([west, south, east, north]))
        }
    }

    /// Creates the box of four edges in degrees, cut to the globe: projected edges may lie past
    /// it by a rounding error. `None` if the edges are no box.
    #[must_use]
    pub fn clamped([west, south, east, north]: [f64; 4]) -> Option<Self> {
        let longitude = |degrees: f64| degrees.clamp(-180.0, 180.0);
        let latitude = |degrees: f64| degrees.clamp(-90.0, 90.0);
        Self::new(longitude(west), latitude(south), longitude(east), latitude(north)).ok()
    }

    /// Creates the box of two positions on the globe, the south-western one first.
    pub(crate) const fn of_corners([west, south]: [f64; 2], [east, north]: [f64; 2]) -> Self {
        Self { west, south, east, north }
    }

    /// Western edge in degrees.
    #[must_use]
    pub const fn west(self) -> f64 {
        self.west
    }

    /// Southern edge in degrees.
    #[must_use]
    pub const fn south(self) -> f64 {
        self.south
    }

    /// Eastern edge in degrees.
    #[must_use]
    pub const fn east(self) -> f64 {
        self.east
    }

    /// Northern edge in degrees.
    #[must_use]
    pub const fn north(self) -> f64 {
        self.north
    }

    /// West, south, east and north in degrees.
    #[must_use]
    pub const fn to_array(self) -> [f64; 4] {
        [self.west, self.south, self.east, self.north]
    }

    /// Longitude and latitude of the middle.
    #[must_use]
    pub const fn center(self) -> [f64; 2] {
        [f64::midpoint(self.west, self.east), f64::midpoint(self.south, self.north)]
    }

    /// Whether the box is wider and higher than nothing.
    #[must_use]
    pub const fn has_area(self) -> bool {
        self.west < self.east && self.south < self.north
    }

    /// Whether a position in longitude and latitude lies in the box.
    #[must_use]
    pub fn contains(self, [longitude, latitude]: [f64; 2]) -> bool {
        (self.west..=self.east).contains(&longitude)
            && (self.south..=self.north).contains(&latitude)
    }

    /// Whether the boxes have a position in common.
    #[must_use]
    pub fn intersects(self, other: Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    /// The smallest box that contains both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }
}

impl TryFrom<[f64; 4]> for GeographicBounds {
    type Error = InvalidBounds;

    fn try_from([west, south, east, north]: [f64; 4]) -> Result<Self, InvalidBounds> {
        Self::new(west, south, east, north)
    }
}

impl From<GeographicBounds> for [f64; 4] {
    fn from(bounds: GeographicBounds) -> Self {
        bounds.to_array()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::district([127.0, 37.5, 127.1, 37.6], true)]
    #[case::world([-180.0, -90.0, 180.0, 90.0], true)]
    #[case::point([127.0, 37.5, 127.0, 37.5], true)]
    #[case::across_the_antimeridian([170.0, -10.0, -170.0, 10.0], false)]
    #[case::upside_down([127.0, 37.6, 127.1, 37.5], false)]
    #[case::past_the_pole([0.0, 0.0, 1.0, 90.1], false)]
    #[case::past_the_antimeridian([-180.1, 0.0, 1.0, 1.0], false)]
    #[case::metres([200_000.0, 550_000.0, 210_000.0, 560_000.0], false)]
    #[case::not_a_number([f64::NAN, 0.0, 1.0, 1.0], false)]
    fn a_box_lies_on_the_globe(#[case] edges: [f64; 4], #[case] valid: bool) {
        let bounds = GeographicBounds::try_from(edges);
        assert_eq!(bounds.is_ok(), valid, "{bounds:?}");
        if let Ok(bounds) = bounds {
            assert_eq!(bounds.to_array(), edges);
        }
    }

    #[test]
    fn edges_past_the_globe_are_cut() {
        let bounds = GeographicBounds::clamped([-180.000_001, -90.0, 180.0, 91.0]);
        assert_eq!(bounds.map(GeographicBounds::to_array), Some([-180.0, -90.0, 180.0, 90.0]));
        assert_eq!(GeographicBounds::clamped([2.0, 0.0, 1.0, 1.0]), None);
        assert_eq!(GeographicBounds::clamped([f64::NAN, 0.0, 1.0, 1.0]), None);
    }

    #[test]
    fn a_union_contains_both() {
        let one = GeographicBounds::new(0.0, 5.0, 2.0, 6.0).unwrap();
        let other = GeographicBounds::new(1.0, -1.0, 1.0, -1.0).unwrap();
        assert_eq!(one.union(other), other.union(one));
        assert_eq!(one.union(other).to_array(), [0.0, -1.0, 2.0, 6.0]);
        assert_eq!(one.center(), [1.0, 5.5]);
        assert!(one.has_area() && !other.has_area());
    }

    #[test]
    fn edges_belong_to_a_box() {
        let one = GeographicBounds::new(0.0, 5.0, 2.0, 6.0).unwrap();
        assert!(one.contains([0.0, 6.0]) && !one.contains([2.1, 5.5]) && !one.contains([1.0, 4.9]));
        let beside = GeographicBounds::new(2.0, 6.0, 3.0, 7.0).unwrap();
        let apart = GeographicBounds::new(2.1, 5.0, 3.0, 7.0).unwrap();
        assert!(one.intersects(beside) && beside.intersects(one));
        assert!(!one.intersects(apart) && !apart.intersects(one));
        assert!(GeographicBounds::EARTH.intersects(apart));
    }

    #[test]
    fn serialized_bounds_are_four_numbers_and_checked_when_read() {
        let text = "[127.0,37.5,127.1,37.6]";
        let bounds: GeographicBounds = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&bounds).unwrap(), text);
        let error = serde_json::from_str::<GeographicBounds>("[1.0,0.0,0.0,1.0]").unwrap_err();
        assert!(error.to_string().contains("is no box in degrees"), "{error}");
    }
}
