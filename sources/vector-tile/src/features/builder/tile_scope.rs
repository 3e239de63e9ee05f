//! The tile of a one-tile table, and the polygon vertices that affect the tile.

use std::time::Instant;

use data_model::feature::Geometry;
use data_model::tile::{Extent, TileCoord, TileGrid, WorldPoint, WorldRect};

/// Tile units beyond the buffer in which all vertices are kept, as positions are rounded.
const MARGIN: u32 = 8;

/// Vertices up to which a polygon is repaired as stored.
const FEW_VERTICES: usize = 1024;

/// One tile and its deadline.
#[derive(Debug, Clone, Copy)]
pub struct TileScope {
    grid: TileGrid,
    /// The buffered tile with a margin, in world units.
    reach: WorldRect,
    deadline: Instant,
    /// Whether polygons are kept whole, as label points depend on all of their vertices.
    whole: bool,
}

impl TileScope {
    /// The tile with its buffer; polygons are reduced to it unless `whole`.
    pub fn new(
        tile: TileCoord,
        extent: Extent,
        buffer: u16,
        whole: bool,
        deadline: Instant,
    ) -> Self {
        let grid = TileGrid::new(tile, extent);
        let reach = grid.world_rect(extent, u32::from(buffer) + MARGIN);
        Self { grid, reach, deadline, whole }
    }

    /// The deadline of all work on the tile.
    pub const fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Removes vertices of large polygons that do not affect the repaired polygon in the
    /// tile, so that the cost of the repair is limited by what the tile shows.
    pub(super) fn reduce(
        &self,
        geometry: &mut Geometry,
        world: impl Fn(&[f64; 2]) -> WorldPoint + Copy,
    ) {
        if self.whole || geometry.coordinates.len() <= FEW_VERTICES {
            return;
        }
        retain_vertices(geometry, world, |before, here, after| {
            self.beyond(before) & self.beyond(here) & self.beyond(after) == 0
        });
        if geometry.coordinates.len() > FEW_VERTICES {
            retain_vertices(geometry, world, |before, here, _| {
                self.grid.to_tile(before) != self.grid.to_tile(here)
            });
        }
    }

    /// The sides of the tile that a position lies beyond, one bit each.
    ///
    /// Of three vertices beyond the same side, the middle one can be removed: the winding
    /// number of every position in the tile stays the same, and no edge that enters the
    /// tile moves.
    fn beyond(&self, point: WorldPoint) -> u8 {
        let WorldRect { min, max } = self.reach;
        u8::from(point.x < min.x)
            | u8::from(point.x > max.x) << 1
            | u8::from(point.y < min.y) << 2
            | u8::from(point.y > max.y) << 3
    }
}

/// Keeps the ends of each ring, and each other vertex that `keep` accepts between the
/// last kept one and the next one. Two vertices remain of a ring without accepted ones;
/// these enclose nothing.
fn retain_vertices(
    geometry: &mut Geometry,
    world: impl Fn(&[f64; 2]) -> WorldPoint,
    keep: impl Fn(WorldPoint, WorldPoint, WorldPoint) -> bool,
) {
    let mut reduced = Geometry {
        kind: geometry.kind,
        polygon_ends: geometry.polygon_ends.clone(),
        ..Geometry::default()
    };
    for ring in geometry.parts() {
        let Some((first, rest)) = ring.split_first() else {
            reduced.end_part();
            continue;
        };
        reduced.coordinates.push(*first);
        let (mut before, mut here) = (world(first), rest.first().map(&world));
        for (index, position) in rest.iter().enumerate() {
            let after = rest.get(index + 1).map(&world);
            let kept = match (here, after) {
                (Some(here), Some(after)) => keep(before, here, after),
                _ => true,
            };
            if let (true, Some(here)) = (kept, here) {
                reduced.coordinates.push(*position);
                before = here;
            }
            here = after;
        }
        reduced.end_part();
    }
    *geometry = reduced;
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_model::feature::ShapeKind;
    use data_model::tile::Zoom;
    use proptest::prelude::*;

    const TILE: u32 = 1 << 20;

    fn scope() -> TileScope {
        // Of zoom 12, whose tiles are 2²⁰ steps wide.
        let tile = TileCoord::new(12, 1000, 1000).unwrap();
        assert_eq!(tile.zoom(), Zoom::new(12).unwrap());
        TileScope::new(tile, Extent::DEFAULT, 64, false, Instant::now())
    }

    /// World coordinates without projection.
    fn world(&[x, y]: &[f64; 2]) -> WorldPoint {
        WorldPoint { x: x as u32, y: y as u32 }
    }

    fn geometry(rings: &[Vec<[f64; 2]>]) -> Geometry {
        let mut geometry = Geometry { kind: Some(ShapeKind::Polygon), ..Geometry::default() };
        for ring in rings {
            geometry.coordinates.extend(ring);
            geometry.end_part();
        }
        geometry.end_polygon();
        geometry
    }

    /// Winding number of a ring about a position, counter-clockwise in a y-up system.
    fn windings(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> i32 {
        let edges = ring.iter().zip(ring.iter().cycle().skip(1));
        edges
            .map(|(&[ax, ay], &[bx, by])| {
                let left = (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0.0;
                match (ay <= y, by <= y) {
                    (true, false) if left => 1,
                    (false, true) if !left => -1,
                    _ => 0,
                }
            })
            .sum()
    }

    /// Positions about the tile, up to three tiles off.
    fn corner() -> impl Strategy<Value = [f64; 2]> {
        (997 * TILE..1004 * TILE, 997 * TILE..1004 * TILE)
            .prop_map(|(x, y)| [f64::from(x), f64::from(y)])
    }

    proptest! {
        #[test]
        fn a_ring_without_its_far_vertices_runs_around_the_tile_as_often(
            ring in prop::collection::vec(corner(), 3..60),
            places in prop::collection::vec((0u32..TILE, 0u32..TILE), 20),
        ) {
            let scope = scope();
            let mut reduced = geometry(std::slice::from_ref(&ring));
            retain_vertices(&mut reduced, world, |before, here, after| {
                scope.beyond(before) & scope.beyond(here) & scope.beyond(after) == 0
            });
            for (x, y) in places {
                let place = [f64::from(1000 * TILE + x) + 0.5, f64::from(1000 * TILE + y) + 0.5];
                prop_assert_eq!(windings(&reduced.coordinates, place), windings(&ring, place));
            }
        }
    }

    #[test]
    fn of_a_large_polygon_what_the_tile_does_not_show_is_left_out() {
        // A ring of a hundred tiles' width, with one edge through the tile.
        let far = |n: u32| [f64::from(900 * TILE + n), f64::from(900 * TILE + n % 7)];
        let mut ring = vec![[f64::from(1000 * TILE) + 9.0, f64::from(900 * TILE)]];
        ring.push([f64::from(1000 * TILE) + 9.0, f64::from(1100 * TILE)]);
        ring.extend((0..5000).map(far));
        let hole: Vec<_> = (0..5000).map(far).collect();
        let mut reduced = geometry(&[ring.clone(), hole.clone()]);
        scope().reduce(&mut reduced, world);
        assert!(reduced.coordinates.len() < 10, "{} vertices", reduced.coordinates.len());
        assert_eq!((reduced.ends.len(), &reduced.polygon_ends[..]), (2, &[2][..]));
        assert_eq!(reduced.coordinates[..2], ring[..2]);

        // A small one stays as it is, and so does one that a name is placed by.
        let small = geometry(&[ring[..500].to_vec()]);
        let mut reduced = small.clone();
        scope().reduce(&mut reduced, world);
        assert_eq!(reduced, small);
        let large = geometry(&[ring, hole]);
        let mut reduced = large.clone();
        TileScope { whole: true, ..scope() }.reduce(&mut reduced, world);
        assert_eq!(reduced, large);
    }

    #[test]
    fn of_a_large_polygon_vertices_of_one_place_on_the_grid_are_one() {
        // 256 steps a unit.
        let at = |n: u32| [f64::from(1000 * TILE + n), f64::from(1000 * TILE + n * n % 512)];
        let mut reduced = geometry(&[(0..50_000).map(at).collect()]);
        scope().reduce(&mut reduced, world);
        let count = reduced.coordinates.len();
        assert!((200..45_000).contains(&count), "{count} vertices");
        let grid = TileGrid::new(TileCoord::new(12, 1000, 1000).unwrap(), Extent::DEFAULT);
        let units: Vec<_> = reduced.coordinates.iter().map(|p| grid.to_tile(world(p))).collect();
        let inner = &units[..units.len() - 1];
        assert!(inner.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
