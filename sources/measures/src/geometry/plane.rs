//! Projection of a district to a plane in metres.
//!
//! A transverse Mercator projection of the WGS 84 ellipsoid about a meridian near by. It
//! is conformal, and its scale factor depends on the distance from the meridian only;
//! distances and areas are divided by it. Ten kilometres off, the remaining error is
//! below a millimetre in a kilometre; a straight line on the plane strays from the
//! geodesic by 2 mm in 10 km.

use std::sync::LazyLock;

/// Semi-major axis of WGS 84 in metres, and its flattening.
const AXIS: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_223_563;

/// Coefficients of Krüger's series to n³; depend on the ellipsoid only.
struct Series {
    radius: f64,
    alpha: [f64; 3],
    conformal: f64,
}

static SERIES: LazyLock<Series> = LazyLock::new(|| {
    let n = FLATTENING / (2.0 - FLATTENING);
    let (n2, n3) = (n * n, n * n * n);
    Series {
        radius: AXIS / (1.0 + n) * (1.0 + n2 / 4.0 + n2 * n2 / 64.0),
        alpha: [
            n / 2.0 - 2.0 / 3.0 * n2 + 5.0 / 16.0 * n3,
            13.0 / 48.0 * n2 - 3.0 / 5.0 * n3,
            61.0 / 240.0 * n3,
        ],
        conformal: 2.0 * n.sqrt() / (1.0 + n),
    }
});

/// A transverse Mercator plane about a meridian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MercatorPlane {
    /// The central meridian in degrees.
    pub(crate) meridian: f64,
}

impl MercatorPlane {
    /// The plane of bounds in degrees, about the whole degree nearest to their middle:
    /// the same for all data of a district.
    pub(crate) fn around([west, _, east, _]: [f64; 4]) -> Self {
        let middle = f64::midpoint(west, east).round();
        Self { meridian: if middle.is_finite() { middle } else { 0.0 } }
    }

    /// Projects a position to metres east of the meridian and north of the equator.
    pub(crate) fn project(&self, [lon, lat]: [f64; 2]) -> [f64; 2] {
        let series = &*SERIES;
        let lambda = (lon - self.meridian).to_radians();
        // Short of the pole, where there is no plane to speak of.
        let sin = lat.to_radians().sin().clamp(-0.999_999_999, 0.999_999_999);
        let t = (sin.atanh() - series.conformal * (series.conformal * sin).atanh()).sinh();
        let xi = t.atan2(lambda.cos());
        let eta = (lambda.sin() / t.hypot(1.0)).clamp(-0.999_999_999, 0.999_999_999).atanh();
        let (mut x, mut y) = (eta, xi);
        for (j, alpha) in (1..).zip(series.alpha) {
            let j = f64::from(2 * j);
            x += alpha * (j * xi).cos() * (j * eta).sinh();
            y += alpha * (j * xi).sin() * (j * eta).cosh();
        }
        [series.radius * x, series.radius * y]
    }
}

/// Scale factor of short distances, plane to ground, at this many metres from the
/// meridian.
pub(crate) fn stretch(x: f64) -> f64 {
    // The mean radius of curvature of the middle latitudes; at the equator and the poles
    // a half per cent off, of a factor that is 1.000,001 ten kilometres from the meridian.
    const RADIUS: f64 = 6_372_000.0;
    let ratio = x / RADIUS;
    1.0 + ratio * ratio / 2.0 + ratio * ratio * ratio * ratio / 24.0
}

/// The area of a ring on the ground in square metres, whichever way it winds. A polygon's
/// area is that of its exterior less those of its interiors.
pub(crate) fn ground_area(ring: &[[f64; 2]]) -> f64 {
    let Some(&[ox, oy]) = ring.first() else { return 0.0 };
    let next = ring.iter().cycle().skip(1);
    let (mut doubled, mut moment) = (0.0, 0.0);
    for (&[ax, ay], &[bx, by]) in ring.iter().zip(next) {
        let cross = (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
        doubled += cross;
        moment += cross * (ax + bx - 2.0 * ox);
    }
    if doubled == 0.0 {
        return 0.0;
    }
    // The area's middle: a third of the corners of each triangle from the origin.
    let k = stretch(ox + moment / (3.0 * doubled));
    (doubled / 2.0).abs() / (k * k)
}

#[cfg(test)]
mod tests {
    use super::*;
    use projection::Projection;

    #[test]
    fn the_plane_is_that_of_proj() {
        // The same projection by another program, at the origin of Korea's grid.
        let other = Projection::from_proj_string(
            "tm",
            "+proj=tmerc +lat_0=0 +lon_0=127 +k=1 +x_0=0 +y_0=0 +ellps=WGS84 \
             +towgs84=0,0,0,0,0,0,0 +units=m",
        )
        .unwrap();
        let plane = MercatorPlane { meridian: 127.0 };
        for place in [[127.04, 37.55], [127.0, 38.0], [126.4, 33.2], [128.9, 36.0]] {
            let mut expected = [place];
            other.from_lon_lat(&mut expected).unwrap();
            let [x, y] = plane.project(place);
            assert!((x - expected[0][0]).abs() < 0.001, "{place:?} {x} {expected:?}");
            assert!((y - expected[0][1]).abs() < 0.001, "{place:?} {y} {expected:?}");
        }
    }

    #[test]
    fn the_stretch_is_that_of_the_projection() {
        let plane = MercatorPlane { meridian: 127.0 };
        // A parallel's arc of a thousandth of a degree at 37.5° N is 88.400,… m on
        // the ground wherever it is.
        let arc = |lon: f64| {
            let (a, b) = (plane.project([lon, 37.5]), plane.project([lon + 0.001, 37.5]));
            (b[0] - a[0]).hypot(b[1] - a[1]) / stretch(f64::midpoint(a[0], b[0]))
        };
        for lon in [127.5, 128.0, 129.5] {
            assert!((arc(lon) - arc(127.0)).abs() < 1e-5, "{} {}", arc(lon), arc(127.0));
        }
    }

    #[test]
    fn places_without_a_plane_are_no_panic() {
        let plane = MercatorPlane::around([f64::NAN; 4]);
        for place in [[0.0, 90.0], [180.0, -90.0], [90.0, 0.0], [-90.0, 0.0]] {
            assert!(plane.project(place).iter().all(|x| x.is_finite()));
        }
    }
}
