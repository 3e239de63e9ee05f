//! Approximate area of South Korea's land. Boxes a quarter or half degree high
//! distinguish a map that is shifted by 50 km or swapped from one that is right; they are
//! no border.

/// West, south, east, north in degrees: the mainland from south to north with the islands
/// along its coasts, then the islands far out.
const LAND: &[[f64; 4]] = &[
    // Jeju, Chuja
    [126.10, 33.10, 127.00, 33.60],
    [126.20, 33.90, 126.45, 34.00],
    // The south coast
    [125.85, 34.00, 127.65, 34.40],
    [125.75, 34.40, 128.20, 34.70],
    [125.75, 34.70, 128.80, 35.00],
    [126.00, 35.00, 129.25, 35.25],
    [126.20, 35.25, 129.50, 35.50],
    // Between the two seas
    [126.20, 35.50, 129.60, 36.20],
    [126.25, 36.20, 129.50, 36.50],
    [126.00, 36.50, 129.50, 37.00],
    [126.00, 37.00, 129.45, 37.25],
    [126.00, 37.25, 129.30, 37.50],
    // Up to the line of demarcation
    [126.10, 37.50, 129.15, 37.75],
    [126.20, 37.75, 128.95, 37.85],
    [126.65, 37.85, 128.85, 38.00],
    [126.80, 38.00, 128.75, 38.15],
    [126.90, 38.15, 128.65, 38.33],
    [128.10, 38.33, 128.60, 38.62],
    // Heuksan and Gageo, Yeonpyeong, Baengnyeong, Ulleung, Dok
    [125.05, 34.00, 125.50, 34.80],
    [125.60, 37.60, 125.85, 37.72],
    [124.55, 37.70, 124.85, 38.00],
    [130.75, 37.43, 130.98, 37.60],
    [131.80, 37.20, 131.92, 37.28],
];

/// Whether a position in longitude and latitude is on or near South Korea's land.
pub(crate) fn is_land([lon, lat]: [f64; 2]) -> bool {
    LAND.iter().any(|&[west, south, east, north]| {
        (west..=east).contains(&lon) && (south..=north).contains(&lat)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::seoul(126.978, 37.567, true)]
    #[case::incheon_airport(126.44, 37.46, true)]
    #[case::ganghwa(126.49, 37.75, true)]
    #[case::cheorwon(127.31, 38.15, true)]
    #[case::goseong(128.47, 38.38, true)]
    #[case::gangneung(128.90, 37.75, true)]
    #[case::taean(126.30, 36.75, true)]
    #[case::pohang_homigot(129.567, 36.077, true)]
    #[case::busan(129.075, 35.18, true)]
    #[case::mokpo(126.39, 34.81, true)]
    #[case::yeosu(127.66, 34.76, true)]
    #[case::geoje(128.62, 34.88, true)]
    #[case::seogwipo(126.56, 33.25, true)]
    #[case::baengnyeong(124.71, 37.97, true)]
    #[case::ulleung(130.90, 37.50, true)]
    #[case::dokdo(131.865, 37.24, true)]
    #[case::kaesong(126.55, 37.97, false)]
    #[case::north_of_seoul(127.04, 38.46, false)]
    #[case::east_sea(130.82, 34.37, false)]
    #[case::yellow_sea(125.0, 36.0, false)]
    #[case::fukuoka(130.40, 33.59, false)]
    #[case::tsushima(129.29, 34.20, false)]
    fn positions_on_land(#[case] lon: f64, #[case] lat: f64, #[case] land: bool) {
        assert_eq!(is_land([lon, lat]), land);
    }
}
