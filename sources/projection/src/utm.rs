//! The 120 zones of the Universal Transverse Mercator grid on WGS 84.

use super::known_crs::{KnownCrs, worldwide};

/// EPSG codes of the first zone in the north and in the south, less one.
const NORTH: u32 = 32_600;
const SOUTH: u32 = 32_700;

macro_rules! zones {
    ($($zone:literal)*) => {
        [
            $(worldwide(
                NORTH + $zone,
                concat!("WGS 84 / UTM zone ", $zone, "N"),
                concat!("+proj=utm +zone=", $zone, " +datum=WGS84 +units=m"),
            ),)*
            $(worldwide(
                SOUTH + $zone,
                concat!("WGS 84 / UTM zone ", $zone, "S"),
                concat!("+proj=utm +zone=", $zone, " +south +datum=WGS84 +units=m"),
            ),)*
        ]
    };
}

/// Zones 1 to 60 of the north, then of the south.
const ZONES: [KnownCrs; 120] = zones!(
    1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
    31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60
);
static ALL: [KnownCrs; 120] = ZONES;

/// The zone of an EPSG code; `None` for codes of other systems.
pub(super) fn zone(epsg: u32) -> Option<&'static KnownCrs> {
    ALL.iter().find(|known| known.epsg == epsg)
}

#[cfg(test)]
mod tests {
    use crate::Projection;
    use rstest::rstest;

    /// Positions as PROJ's `cs2cs` gives them.
    #[rstest]
    #[case::north(32_633, [377_299.0, 6_072_299.0], [13.092_024_824_3, 54.782_868_402_7])]
    #[case::south(32_756, [334_873.0, 6_252_267.0], [151.214_998_021_9, -33.856_991_782_0])]
    #[case::first(32_601, [500_000.0, 0.0], [-177.0, 0.0])]
    fn zones_are_known_by_their_codes(
        #[case] code: u32,
        #[case] at: [f64; 2],
        #[case] expected: [f64; 2],
    ) {
        let mut positions = [at];
        let projection = Projection::from_epsg(code).unwrap();
        projection.to_lon_lat(&mut positions).unwrap();
        let off = (positions[0][0] - expected[0]).hypot(positions[0][1] - expected[1]);
        assert!(off < 1e-7, "{positions:?} and not {expected:?}");
        let mut back = [expected];
        projection.from_lon_lat(&mut back).unwrap();
        assert!((back[0][0] - at[0]).hypot(back[0][1] - at[1]) < 0.01, "{back:?}");
    }

    #[rstest]
    #[case(32_600)]
    #[case(32_661)]
    #[case(32_761)]
    fn codes_beside_the_zones_are_none(#[case] code: u32) {
        assert!(Projection::from_epsg(code).is_err());
    }
}
