//! Part of the world in a picture.

use data_model::TileCoord;
use data_model::tile::WorldPoint;
use styles::preview::PreviewSize;

/// Part of the picture that the district fills.
const FILLED: f64 = 0.92;
/// Side of a tile in pixels at its own zoom.
const TILE_PIXELS: f64 = 512.0;
/// Size of the world in units of [`WorldPoint`].
const WORLD: f64 = 4_294_967_296.0;
/// Most tiles of one picture along each side.
const MOST_TILES: u32 = 4;

/// Part of the world in a picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct PictureFrame {
    /// Corner at the top left, in units of the world.
    corner: [f64; 2],
    /// Pixels in a unit of the world.
    scale: f64,
    size: (u32, u32),
}

impl PictureFrame {
    /// A frame about west, south, east and north.
    pub(super) fn new([west, south, east, north]: [f64; 4], size: PreviewSize) -> Self {
        let point = |lon, lat| {
            let point = WorldPoint::from_lon_lat(lon, lat);
            [f64::from(point.x), f64::from(point.y)]
        };
        let ([left, top], [right, bottom]) = (point(west, north), point(east, south));
        let (width, height) = size.pixels();
        let [width, height] = [f64::from(width), f64::from(height)];
        let spans = [(right - left).max(1.0), (bottom - top).max(1.0)];
        let scale = (width / spans[0]).min(height / spans[1]) * FILLED;
        let corner = [
            f64::midpoint(left, right) - width / scale / 2.0,
            f64::midpoint(top, bottom) - height / scale / 2.0,
        ];
        Self { corner, scale, size: size.pixels() }
    }

    /// Zoom of a map of this scale.
    pub(super) fn zoom(&self) -> f64 {
        (WORLD * self.scale / TILE_PIXELS).log2().clamp(0.0, 24.0)
    }

    /// Zoom of the tiles that the picture is drawn from.
    pub(super) fn tile_zoom(&self) -> u8 {
        // `as` saturates; the zoom is between 0 and 24.
        self.zoom().floor() as u8
    }

    /// The tiles in the picture, row by row; `covering` gives the tile at a place.
    pub(super) fn tiles(&self, covering: impl Fn(f64, f64) -> TileCoord) -> Vec<TileCoord> {
        let (width, height) = self.size;
        let corner = |x: f64, y: f64| {
            let unit = |part: usize, pixels: f64| {
                (self.corner[part] + pixels / self.scale).clamp(0.0, WORLD - 1.0) as u32
            };
            let (lon, lat) = WorldPoint { x: unit(0, x), y: unit(1, y) }.to_lon_lat();
            covering(lon, lat)
        };
        let first = corner(0.0, 0.0);
        let last = corner(f64::from(width), f64::from(height));
        let end = |first: u32, last: u32| last.min(first + MOST_TILES - 1);
        let (columns, rows) =
            (first.x()..=end(first.x(), last.x()), first.y()..=end(first.y(), last.y()));
        let tiles = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
        tiles.filter_map(|(x, y)| TileCoord::new(first.zoom().get(), x, y).ok()).collect()
    }

    /// Pixels of a place in a tile.
    pub(super) fn pixels(&self, tile: TileCoord, extent: u32, [x, y]: [i64; 2]) -> [f32; 2] {
        let side = WORLD / f64::from(1u32 << tile.zoom().get());
        let place = |at: u32, units: i64| (f64::from(at) + units as f64 / f64::from(extent)) * side;
        let world = [place(tile.x(), x), place(tile.y(), y)];
        [0, 1].map(|part| ((world[part] - self.corner[part]) * self.scale) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_model::Zoom;

    const SEONGDONG: [f64; 4] = [127.0, 37.53, 127.08, 37.57];

    #[test]
    fn the_district_fills_the_picture_and_no_more() {
        let frame = PictureFrame::new(SEONGDONG, PreviewSize::Small);
        let pixel = |lon, lat| {
            let point = WorldPoint::from_lon_lat(lon, lat);
            let tile = TileCoord::new(0, 0, 0).unwrap();
            // A tile of the whole world with an extent of one unit of the world.
            frame.pixels(tile, u32::MAX, [i64::from(point.x), i64::from(point.y)])
        };
        let (top_left, bottom_right) = (pixel(127.0, 37.57), pixel(127.08, 37.53));
        assert!((top_left[0] - 9.6).abs() < 0.5, "{top_left:?}");
        assert!((bottom_right[0] - 230.4).abs() < 0.5, "{bottom_right:?}");
        assert!(top_left[1] > 6.0 && bottom_right[1] < 154.0);
        assert!((10.0..12.0).contains(&frame.zoom()), "{}", frame.zoom());
    }

    #[test]
    fn tiles_cover_the_picture() {
        for size in [PreviewSize::Small, PreviewSize::Large] {
            let frame = PictureFrame::new(SEONGDONG, size);
            let zoom = Zoom::new(frame.tile_zoom()).unwrap();
            let covering = |lon, lat| TileCoord::covering(zoom, WorldPoint::from_lon_lat(lon, lat));
            let tiles = frame.tiles(covering);
            assert!(!tiles.is_empty() && tiles.len() <= 16, "{}", tiles.len());
            assert!(tiles.contains(&covering(127.04, 37.55)));
        }
    }
}
