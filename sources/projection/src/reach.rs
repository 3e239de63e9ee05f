//! Bounding box, in a CRS, of a rectangle of the world.
//!
//! For search: a box may be too large, but never too small.

use super::projected_bounds::ProjectedBounds;
use super::projection::{Kind, Projection, ROUNDING, WEB_MERCATOR_RADIUS};
use data_model::tile::WorldRect;

/// Positions along each edge of the rectangle.
const SAMPLES: u32 = 64;
/// Margin of a box as a fraction of its longer side: an edge bends between two samples by far
/// less.
const MARGIN: f64 = 0.01;
/// Further margin in metres, or the unit of the CRS: the datum shift there and back is exact to
/// centimetres.
const MARGIN_UNITS: f64 = 1.0;
/// Further margin in degrees, for a geographic CRS.
const MARGIN_DEGREES: f64 = 0.000_01;
/// Largest ratio of the scales along the edges. A larger one means that the rectangle lies
/// across a cut of the projection, or outside its useful area.
const MOST_DISTORTION: f64 = 20.0;
/// Northing of the poles in Web Mercator, practically infinite.
const POLE: f64 = 1e30;

impl Projection {
    /// Box in this CRS that contains every position drawn in `rect`.
    /// `None` if the rectangle reaches out of the CRS, and no box can be trusted.
    #[must_use]
    pub fn box_around(&self, rect: &WorldRect) -> Option<ProjectedBounds> {
        let [mut west, mut south, mut east, mut north] = rect.to_lon_lat_bounds().to_array();
        // What lies past the edge of the Web Mercator square is drawn on the edge.
        let (top, bottom) = (rect.min.y == 0, rect.max.y == u32::MAX);
        if rect.min.x == 0 {
            west = -180.0 - ROUNDING;
        }
        if rect.max.x == u32::MAX {
            east = 180.0 + ROUNDING;
        }
        match &self.kind {
            Kind::Geographic => {
                if top {
                    north = 90.0;
                }
                if bottom {
                    south = -90.0;
                }
                Some(widened([west, south, east, north], MARGIN_DEGREES))
            }
            Kind::WebMercator => {
                let x = |lon: f64| lon.to_radians() * WEB_MERCATOR_RADIUS;
                let y = |lat: f64| lat.to_radians().tan().asinh() * WEB_MERCATOR_RADIUS;
                let north = if top { POLE } else { y(north) };
                let south = if bottom { -POLE } else { y(south) };
                Some(widened([x(west), south, x(east), north], MARGIN_UNITS))
            }
            Kind::Proj(_) if top || bottom => None,
            Kind::Proj(_) => self.sampled([west, south, east, north]),
        }
    }

    fn sampled(&self, [west, south, east, north]: [f64; 4]) -> Option<ProjectedBounds> {
        let corners = [[west, south], [east, south], [east, north], [west, north], [west, south]];
        let mut ring = Vec::with_capacity(4 * SAMPLES as usize + 1);
        for edge in corners.windows(2) {
            let ([ax, ay], [bx, by]) = (edge[0], edge[1]);
            ring.extend((0..SAMPLES).map(|step| {
                let part = f64::from(step) / f64::from(SAMPLES);
                [ax + (bx - ax) * part, ay + (by - ay) * part]
            }));
        }
        ring.push([west, south]);
        let mut there = ring.clone();
        self.from_lon_lat(&mut there).ok()?;
        let mut back = there.clone();
        self.to_lon_lat(&mut back).ok()?;
        let off = |(a, b): (&[f64; 2], &[f64; 2])| (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
        if ring.iter().zip(&back).map(off).any(|off| off.is_nan() || off > MARGIN_DEGREES / 2.0) {
            return None;
        }
        let scale = |at: usize| {
            let [dx, dy] = difference(there[at], there[at + 1]);
            let [dlon, dlat] = difference(ring[at], ring[at + 1]);
            let ground = (dlon * ring[at][1].to_radians().cos()).hypot(dlat);
            (ground > 0.0).then(|| dx.hypot(dy) / ground)
        };
        let (mut least, mut most) = (f64::INFINITY, 0.0f64);
        for scale in (0..ring.len() - 1).filter_map(scale) {
            least = least.min(scale);
            most = most.max(scale);
        }
        if most.is_nan() || most > least * MOST_DISTORTION {
            return None;
        }
        let mut found = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for [x, y] in there {
            found = [found[0].min(x), found[1].min(y), found[2].max(x), found[3].max(y)];
        }
        let margin = if self.is_geographic() { MARGIN_DEGREES } else { MARGIN_UNITS };
        Some(widened(found, margin))
    }
}

fn difference(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [b[0] - a[0], b[1] - a[1]]
}

fn widened([west, south, east, north]: [f64; 4], margin: f64) -> ProjectedBounds {
    let margin = margin + MARGIN * (east - west).max(north - south).min(POLE / 1e3);
    ProjectedBounds { west, south, east, north }.widened(margin)
}

#[cfg(test)]
mod tests {
    use super::super::KNOWN;
    use super::*;
    use data_model::Extent;
    use data_model::tile::{TileCoord, TileGrid, WorldPoint, Zoom};
    use proptest::prelude::*;
    use rstest::rstest;

    fn rect(zoom: u8, [lon, lat]: [f64; 2]) -> WorldRect {
        let at = WorldPoint::from_lon_lat(lon, lat);
        let tile = TileCoord::covering(Zoom::new(zoom).unwrap(), at);
        TileGrid::new(tile, Extent::DEFAULT).world_rect(Extent::DEFAULT, 64)
    }

    fn holds(found: ProjectedBounds, [x, y]: [f64; 2]) -> bool {
        let ProjectedBounds { west, south, east, north } = found;
        (west..=east).contains(&x) && (south..=north).contains(&y)
    }

    fn utm() -> Projection {
        let definition = "+proj=utm +zone=52 +datum=WGS84 +units=m";
        Projection::from_proj_string("UTM", definition).unwrap()
    }

    fn lambert() -> Projection {
        let definition = "+proj=lcc +lat_1=30 +lat_2=60 +lat_0=38 +lon_0=126 +datum=WGS84 +units=m";
        Projection::from_proj_string("Lambert", definition).unwrap()
    }

    proptest! {
        #[test]
        fn a_point_in_a_tile_is_in_its_box(
            lon in 124.0..132.0f64,
            lat in 33.0..39.0f64,
            zoom in 0u8..=24,
            known in 0..KNOWN.len() + 2,
        ) {
            let projection = match KNOWN.get(known) {
                Some(known) => Projection::from_epsg(known.epsg).unwrap(),
                None if known == KNOWN.len() => utm(),
                None => lambert(),
            };
            // A position as a database has it, and where it is drawn.
            let mut stored = [[lon, lat]];
            projection.from_lon_lat(&mut stored).unwrap();
            let mut drawn = stored;
            projection.to_lon_lat(&mut drawn).unwrap();
            if let Some(found) = projection.box_around(&rect(zoom, drawn[0])) {
                prop_assert!(holds(found, stored[0]), "{stored:?} {found:?}");
            }
            if zoom >= 6 {
                prop_assert!(projection.box_around(&rect(zoom, drawn[0])).is_some());
            }
        }

        #[test]
        fn a_point_anywhere_is_in_the_box_of_its_tile(
            lon in -180.0..180.0f64,
            lat in -90.0..90.0f64,
            zoom in 0u8..=24,
            code in prop::sample::select(vec![4326u32, 3857, 4162, 5179]),
        ) {
            let projection = Projection::from_epsg(code).unwrap();
            let mut stored = [[lon, lat]];
            prop_assume!(projection.from_lon_lat(&mut stored).is_ok());
            let mut drawn = stored;
            prop_assume!(projection.to_lon_lat(&mut drawn).is_ok());
            if let Some(found) = projection.box_around(&rect(zoom, drawn[0])) {
                prop_assert!(holds(found, stored[0]), "{stored:?} {found:?}");
            }
        }
    }

    #[rstest]
    #[case(5186, 0)]
    #[case(5186, 1)]
    #[case(5174, 0)]
    fn a_tile_that_reaches_out_of_the_crs_has_no_box(#[case] code: u32, #[case] zoom: u8) {
        let projection = Projection::from_epsg(code).unwrap();
        assert_eq!(projection.box_around(&rect(zoom, [127.0, 37.5])), None);
    }

    #[test]
    fn a_box_is_not_much_larger_than_its_tile() {
        let projection = Projection::from_epsg(5174).unwrap();
        // About 2.4 km of ground, and the buffer.
        let ProjectedBounds { west, south, east, north } =
            projection.box_around(&rect(14, [127.0369, 37.5634])).unwrap();
        assert!((1900.0..2200.0).contains(&(east - west)), "{}", east - west);
        assert!((1900.0..2200.0).contains(&(north - south)), "{}", north - south);
    }
}
