//! Registry of CRS: of Korean public data, of the web and of UTM.

use super::known_crs::{KnownCrs, korean, worldwide};
use super::utm;

pub(super) const GEOGRAPHIC: &str = "longitude and latitude";
pub(super) const WEB_MERCATOR: &str = "web mercator";

/// Shift from the Bessel datum of Korea to WGS 84, in PROJ's convention, as in the definitions
/// below.
pub(super) const KOREAN_BESSEL_SHIFT: [f64; 7] =
    [-115.80, 474.99, 674.11, 1.16, -2.31, -1.63, 6.43];

macro_rules! bessel {
    ($parameters:literal) => {
        concat!(
            $parameters,
            " +ellps=bessel +units=m +towgs84=-115.80,474.99,674.11,1.16,-2.31,-1.63,6.43"
        )
    };
}

macro_rules! grs80 {
    ($parameters:literal) => {
        concat!($parameters, " +ellps=GRS80 +units=m +towgs84=0,0,0,0,0,0,0")
    };
}

/// Known CRS but the UTM zones, the likeliest of a kind first.
pub const KNOWN: &[KnownCrs] = &[
    worldwide(4326, "WGS 84", GEOGRAPHIC),
    worldwide(3857, "WGS 84 / Pseudo-Mercator", WEB_MERCATOR),
    // With heights, which are left out: what GDAL writes for positions of three numbers.
    worldwide(4979, "WGS 84 with heights", GEOGRAPHIC),
    worldwide(4737, "Korea 2000", GEOGRAPHIC),
    worldwide(4927, "Korea 2000 with heights", GEOGRAPHIC),
    worldwide(4166, "Korean 1995", GEOGRAPHIC),
    worldwide(4019, "GRS 1980, datum not known", GEOGRAPHIC),
    KnownCrs {
        epsg: 4162,
        name: "Korean 1985",
        definition: "+proj=longlat +ellps=bessel \
                     +towgs84=-115.80,474.99,674.11,1.16,-2.31,-1.63,6.43",
        korean: false,
    },
    korean(
        5186,
        "Korea 2000 / Central Belt 2010",
        grs80!("+proj=tmerc +lat_0=38 +lon_0=127 +k=1 +x_0=200000 +y_0=600000"),
    ),
    korean(
        5179,
        "Korea 2000 / Unified CS",
        grs80!("+proj=tmerc +lat_0=38 +lon_0=127.5 +k=0.9996 +x_0=1000000 +y_0=2000000"),
    ),
    korean(
        5174,
        "Korean 1985 / Modified Central Belt",
        bessel!("+proj=tmerc +lat_0=38 +lon_0=127.0028902777778 +k=1 +x_0=200000 +y_0=500000"),
    ),
    korean(
        5181,
        "Korea 2000 / Central Belt",
        grs80!("+proj=tmerc +lat_0=38 +lon_0=127 +k=1 +x_0=200000 +y_0=500000"),
    ),
    korean(
        5185,
        "Korea 2000 / West Belt 2010",
        grs80!("+proj=tmerc +lat_0=38 +lon_0=125 +k=1 +x_0=200000 +y_0=600000"),
    ),
    korean(
        5187,
        "Korea 2000 / East Belt 2010",
        grs80!("+proj=tmerc +lat_0=38 +lon_0=129 +k=1 +x_0=200000 +y_0=600000"),
    ),
    korean(
        5188,
        "Korea 2000 / East Sea Belt 2010",
        grs80!("+proj=tmerc +lat_0=38 +lon_0=131 +k=1 +x_0=200000 +y_0=600000"),
    ),
    korean(
        5180,
        "Korea 2000 / West Belt",
        grs80!("+proj=tmerc +lat_0=38 +lon_0=125 +k=1 +x_0=200000 +y_0=500000"),
    ),
    korean(
        5182,
        "Korea 2000 / Central Belt Jeju",
        grs80!("+proj=tmerc +lat_0=38 +lon_0=127 +k=1 +x_0=200000 +y_0=550000"),
    ),
    korean(
        5183,
        "Korea 2000 / East Belt",
        grs80!("+proj=tmerc +lat_0=38 +lon_0=129 +k=1 +x_0=200000 +y_0=500000"),
    ),
    korean(
        5184,
        "Korea 2000 / East Sea Belt",
        grs80!("+proj=tmerc +lat_0=38 +lon_0=131 +k=1 +x_0=200000 +y_0=500000"),
    ),
    korean(
        5173,
        "Korean 1985 / Modified West Belt",
        bessel!("+proj=tmerc +lat_0=38 +lon_0=125.0028902777778 +k=1 +x_0=200000 +y_0=500000"),
    ),
    korean(
        5175,
        "Korean 1985 / Modified Central Belt Jeju",
        bessel!("+proj=tmerc +lat_0=38 +lon_0=127.0028902777778 +k=1 +x_0=200000 +y_0=550000"),
    ),
    korean(
        5176,
        "Korean 1985 / Modified East Belt",
        bessel!("+proj=tmerc +lat_0=38 +lon_0=129.0028902777778 +k=1 +x_0=200000 +y_0=500000"),
    ),
    korean(
        5177,
        "Korean 1985 / Modified East Sea Belt",
        bessel!("+proj=tmerc +lat_0=38 +lon_0=131.0028902777778 +k=1 +x_0=200000 +y_0=500000"),
    ),
    korean(
        5178,
        "Korean 1985 / Unified CS",
        bessel!("+proj=tmerc +lat_0=38 +lon_0=127.5 +k=0.9996 +x_0=1000000 +y_0=2000000"),
    ),
    // Data labelled 2097 is on the modified meridian in practice: the same as 5174.
    korean(
        2097,
        "Korean 1985 / Central Belt, read as 5174",
        bessel!("+proj=tmerc +lat_0=38 +lon_0=127.0028902777778 +k=1 +x_0=200000 +y_0=500000"),
    ),
];

/// The known CRS of an EPSG code: of [`KNOWN`], or a UTM zone on WGS 84.
#[must_use]
pub fn find(epsg: u32) -> Option<&'static KnownCrs> {
    KNOWN.iter().find(|known| known.epsg == epsg).or_else(|| utm::zone(epsg))
}

/// Known EPSG codes, for a message.
pub fn codes() -> String {
    let mut codes: Vec<u32> = KNOWN.iter().map(|known| known.epsg).collect();
    codes.sort_unstable();
    let codes: Vec<_> = codes.iter().map(u32::to_string).collect();
    format!("{}, 32601 to 32660, 32701 to 32760", codes.join(", "))
}
