//! The tile grid: zooms, tile coordinates, extents, and the world as `u32`.
//!
//! Positions are Web Mercator fractions of the world in units of 2⁻³²
//! ([`WorldPoint`], 9.3 mm at the equator): x grows eastwards from 180° W, y
//! southwards from 85.05° N, as tile rows do (OGC *Two Dimensional Tile Matrix
//! Set*, annex D.1, WebMercatorQuad).

mod coord;
mod extent;
mod grid;
mod world;

pub use coord::{MAX_ZOOM, OutsideGrid, TileCoord, Zoom};
pub use extent::{Extent, InvalidExtent};
pub use grid::TileGrid;
pub use world::{WorldPoint, WorldRect};

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
