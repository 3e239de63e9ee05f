//! Tiles past an archive's last zoom: the ancestor's features, clipped again.
//!
//! The ancestor tile's geometry is converted to the world's grid and passed to the
//! encoder of feature tables, with its clipping and buffer. Nothing is simplified: every
//! vertex of the ancestor is kept. Ids, attributes with their types, and the drawing
//! order stay the same: integers beyond 2⁵³ stay numbers, as in the tiles that are sent
//! as stored. An attribute must not change its type with the zoom, and the archive's own
//! styles compare it by that type.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use data_model::feature::{Column, ColumnType, Geometry, ShapeKind};
use data_model::tile::{TileGrid, WorldPoint, WorldRect};
use data_model::{Extent, TileCoord, Zoom};
use vector_tile::features::{TableBuilder, TableError};
use vector_tile::mvt::read::{RawLayer, ReadError, TileLayer, TilePath};
use vector_tile::mvt::{EncodeError, EncoderScratch, LayerView, encode_layer};

/// Maximum number of attributes of a layer, as for any layer that is encoded.
const MAX_COLUMNS: usize = 1 << 14;
/// Maximum number of cells of one tile's table: 4 bytes each.
const MAX_CELLS: usize = 1 << 24;
/// Features between two checks of the deadline.
const FEATURES_PER_CHECK: usize = 1024;

/// Parameters of cutting a tile from an ancestor.
#[derive(Debug, Clone, Copy)]
pub(super) struct OverzoomCut {
    /// The stored tile.
    pub(super) ancestor: TileCoord,
    /// The requested tile.
    pub(super) tile: TileCoord,
    /// Units along the edge of the requested tile.
    pub(super) extent: Extent,
    /// Width of the buffer around the requested tile in its units.
    pub(super) buffer: u16,
    /// Deadline of the request.
    pub(super) deadline: Instant,
}

/// Error of cutting a tile.
#[derive(Debug, thiserror::Error)]
pub(super) enum CutError {
    #[error("{0}")]
    Read(#[from] ReadError),
    #[error("{0}")]
    Table(#[from] TableError),
    #[error("its layer {0:?} has more attributes or features than are cut")]
    TooLarge(String),
    #[error("the deadline passed")]
    Deadline,
}

/// The ancestor at `zoom` of a tile at that zoom or deeper; `None` for a tile above.
pub(super) fn ancestor(tile: TileCoord, zoom: Zoom) -> Option<TileCoord> {
    let up = tile.zoom().get().checked_sub(zoom.get())?;
    TileCoord::new(zoom.get(), tile.x() >> up, tile.y() >> up).ok()
}

impl OverzoomCut {
    /// Appends the part of the ancestor's `layer` in the tile, as a layer `name` with the
    /// attributes of `columns` (`None` for all); appends nothing if that part is empty.
    pub(super) fn layer(
        &self,
        layer: RawLayer<'_>,
        name: &str,
        columns: Option<&[String]>,
        scratch: &mut EncoderScratch,
        out: &mut Vec<u8>,
    ) -> Result<(), CutError> {
        let layer = layer.decode()?;
        // Column numbers by key number; a key that stands twice is one column.
        let mut names: Vec<&str> = Vec::new();
        let mut numbers = HashMap::new();
        let listed: Option<HashSet<&str>> =
            columns.map(|columns| columns.iter().map(String::as_str).collect());
        let published = |key: &str| listed.as_ref().is_none_or(|listed| listed.contains(key));
        let column_of: Vec<Option<usize>> = layer
            .keys
            .iter()
            .map(|&key| {
                published(key).then(|| {
                    *numbers.entry(key).or_insert_with(|| {
                        names.push(key);
                        names.len() - 1
                    })
                })
            })
            .collect();
        if names.len() > MAX_COLUMNS {
            return Err(CutError::TooLarge(layer.name.to_owned()));
        }
        let mut builder = TableBuilder::of_tile(names.iter().map(|name| column(name)).collect());
        self.features(&layer, &column_of, names.len(), &mut builder)?;
        let table = builder.finish()?;
        let view = LayerView::named(name, &table, None, self.extent, self.buffer);
        let encoded = encode_layer(&table, &view, self.tile, self.deadline, scratch)
            .map_err(|EncodeError::Deadline| CutError::Deadline)?;
        out.extend_from_slice(encoded);
        Ok(())
    }

    /// Adds the features that may meet the tile to a table.
    fn features(
        &self,
        layer: &TileLayer<'_>,
        column_of: &[Option<usize>],
        columns: usize,
        builder: &mut TableBuilder,
    ) -> Result<(), CutError> {
        let wanted =
            TileGrid::new(self.tile, self.extent).world_rect(self.extent, self.buffer.into());
        let world = World::of(self.ancestor, layer.extent);
        let messages: Vec<Option<Vec<u8>>> = layer
            .values
            .iter()
            .map(|value| {
                value.map(|value| {
                    let mut message = Vec::new();
                    value.write(&mut message);
                    message
                })
            })
            .collect();
        let (mut path, mut geometry) = (TilePath::default(), Geometry::default());
        let mut values: Vec<(usize, &[u8])> = Vec::new();
        let mut cells = 0;
        for (index, feature) in layer.features().enumerate() {
            if index % FEATURES_PER_CHECK == 0 && Instant::now() >= self.deadline {
                return Err(CutError::Deadline);
            }
            let feature = feature?;
            feature.geometry(&mut path)?;
            let Some(kind) = feature.kind else { continue };
            place(&path, kind, world, &mut geometry);
            if !meets_world(&geometry) || !rect(&geometry).intersects(&wanted) {
                continue;
            }
            values.clear();
            for tag in feature.tags() {
                let (key, value) = tag?;
                let key = usize::try_from(key).ok().and_then(|key| column_of.get(key));
                let value = usize::try_from(value).ok().and_then(|value| messages.get(value));
                let (Some(key), Some(value)) = (key, value) else {
                    let what = "a tag past the layer's keys or values (section 4.4)";
                    return Err(feature.error(what).into());
                };
                if let (Some(column), Some(message)) = (key, value) {
                    values.push((*column, message));
                }
            }
            cells += columns;
            if cells > MAX_CELLS {
                return Err(CutError::TooLarge(layer.name.to_owned()));
            }
            builder.tile_feature(feature.id, kind, &geometry, values.iter().copied())?;
        }
        Ok(())
    }
}

fn column(name: &str) -> Column {
    // What the values are, they say themselves.
    Column { name: name.to_owned(), kind: ColumnType::Text, title: None, description: None }
}

/// Conversion from the units of a tile to those of the world.
#[derive(Debug, Clone, Copy)]
struct World {
    x: f64,
    y: f64,
    unit: f64,
}

impl World {
    fn of(tile: TileCoord, extent: u32) -> Self {
        // Powers of two and products of at most 2^56: exact as doubles.
        let edge = f64::from(32 - tile.zoom().get()).exp2();
        let origin = |index: u32| f64::from(index) * edge;
        Self { x: origin(tile.x()), y: origin(tile.y()), unit: edge / f64::from(extent) }
    }

    fn point(self, [x, y]: [i64; 2]) -> [f64; 2] {
        [self.x + x as f64 * self.unit, self.y + y as f64 * self.unit]
    }
}

/// Converts a path to world units, with rings grouped to polygons. Points past the
/// world's edge, which exist in buffers only, are left out.
fn place(path: &TilePath, kind: ShapeKind, world: World, geometry: &mut Geometry) {
    geometry.clear();
    geometry.kind = Some(kind);
    match kind {
        ShapeKind::Point => {
            let points = path.coordinates.iter().map(|&point| world.point(point));
            let inside = |v: f64| (-0.5..f64::from(u32::MAX) + 0.5).contains(&v);
            geometry.coordinates.extend(points.filter(|&[x, y]| inside(x) && inside(y)));
        }
        ShapeKind::Line => {
            for part in path.parts() {
                geometry.coordinates.extend(part.iter().map(|&point| world.point(point)));
                geometry.end_part();
            }
        }
        ShapeKind::Polygon => place_polygons(path, world, geometry),
    }
}

/// Groups rings to polygons: an exterior ring and the interior rings after it,
/// distinguished by the sign of their areas (MVT 2.1, section 4.3.4.4). Version 1 does
/// not define the signs: the first ring is an exterior ring in both.
fn place_polygons(path: &TilePath, world: World, geometry: &mut Geometry) {
    let push = |ring: &[[i64; 2]], geometry: &mut Geometry| {
        geometry.coordinates.extend(ring.iter().map(|&point| world.point(point)));
        geometry.end_part();
    };
    let mut exterior = 0;
    for ring in path.parts() {
        let sign = doubled_area(ring).signum();
        if sign == 0 {
            continue;
        }
        if exterior == 0 {
            exterior = sign;
        } else if sign == exterior {
            geometry.end_polygon();
        }
        push(ring, geometry);
    }
    if let (0, Some(ring)) = (exterior, path.parts().next()) {
        // Nothing has an area: drawn as the smallest shape there is, not lost.
        push(ring, geometry);
    }
    geometry.end_polygon();
}

fn doubled_area(ring: &[[i64; 2]]) -> i128 {
    let Some(&[ox, oy]) = ring.first() else { return 0 };
    let relative =
        |[x, y]: [i64; 2]| (i128::from(x) - i128::from(ox), i128::from(y) - i128::from(oy));
    ring.windows(2)
        .map(|edge| {
            let ((ax, ay), (bx, by)) = (relative(edge[0]), relative(edge[1]));
            ax * by - bx * ay
        })
        .sum()
}

/// Whether the bounding rectangle of the coordinates has a point of the world. In a tile
/// at its edge a feature may lie in the buffer only; the world's grid would draw it along
/// the edge.
fn meets_world(geometry: &Geometry) -> bool {
    let edge = 2f64.powi(32);
    (0..2).all(|axis| {
        let along = || geometry.coordinates.iter().map(|at| at[axis]);
        along().any(|at| at >= 0.0) && along().any(|at| at <= edge)
    })
}

/// The bounding rectangle of the coordinates; empty without any.
fn rect(geometry: &Geometry) -> WorldRect {
    let mut rect = WorldRect::EMPTY;
    for &[x, y] in &geometry.coordinates {
        rect.extend(WorldPoint { x: x.round() as u32, y: y.round() as u32 });
    }
    rect
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(z: u8, x: u32, y: u32) -> TileCoord {
        TileCoord::new(z, x, y).unwrap()
    }

    #[test]
    fn ancestors_cover_their_tile() {
        let zoom = Zoom::new(14).unwrap();
        assert_eq!(ancestor(tile(16, 55895, 25377), zoom), Some(tile(14, 13973, 6344)));
        assert_eq!(ancestor(tile(14, 3, 4), zoom), Some(tile(14, 3, 4)));
        assert_eq!(ancestor(tile(13, 3, 4), zoom), None);
    }

    #[test]
    fn corners_of_a_tile_are_corners_of_the_world_grid() {
        for extent in [256, 1000, 4096, 65_536] {
            let world = World::of(tile(2, 1, 3), extent);
            assert_eq!(world.point([0, 0]), [1_073_741_824.0, 3_221_225_472.0]);
            let end = i64::from(extent);
            assert_eq!(world.point([end, end]), [2_147_483_648.0, 4_294_967_296.0]);
        }
    }

    #[rstest::rstest]
    #[case::inside([[10.0, 10.0], [20.0, 30.0]], true)]
    #[case::across_the_edge([[-50.0, 10.0], [20.0, 30.0]], true)]
    #[case::left_of_it([[-50.0, 10.0], [-20.0, 30.0]], false)]
    #[case::above_it([[10.0, -9.0], [20.0, -1.0]], false)]
    #[case::right_of_it([[4_294_967_300.0, 5.0], [4_294_967_400.0, 9.0]], false)]
    #[case::below_it([[5.0, 4_294_967_300.0], [9.0, 4_294_967_400.0]], false)]
    fn a_line_in_the_buffer_beyond_the_world_is_not_drawn_along_its_edge(
        #[case] line: [[f64; 2]; 2],
        #[case] meets: bool,
    ) {
        let geometry = Geometry { coordinates: line.to_vec(), ..Geometry::default() };
        assert_eq!(meets_world(&geometry), meets);
    }

    #[test]
    fn rings_are_gathered_to_polygons_by_the_sign_of_the_first() {
        let square = |at: i64, side: i64, turned: bool| {
            let mut ring = vec![[at, at], [at + side, at], [at + side, at + side], [at, at + side]];
            if turned {
                ring.reverse();
            }
            ring
        };
        for turned in [false, true] {
            let mut path = TilePath::default();
            for ring in [
                square(0, 100, turned),
                square(10, 20, !turned),
                vec![[5, 5], [6, 6], [5, 5]],
                square(50, 20, !turned),
                square(200, 10, turned),
            ] {
                path.coordinates.extend(ring);
                path.ends.push(path.coordinates.len());
            }
            let mut geometry = Geometry::default();
            place(&path, ShapeKind::Polygon, World::of(tile(0, 0, 0), 4096), &mut geometry);
            assert_eq!(geometry.ends, [4, 8, 12, 16]);
            assert_eq!(geometry.polygon_ends, [3, 4]);
        }
    }
}
