//! Prepares the polygons of a scan for a table: repaired, open, and wound for tiles.

use super::contact::{DeadlinePassed, is_convex};
use super::tile_scope::TileScope;
use super::{TOO_MANY_VERTICES, TableBuilder, TableError, push_distinct};
use crate::features::row_geometries::PartShapes;
use crate::{
    repair,
    repair::{GeometryRepairs, RepairError, ring_area},
};
use data_model::feature::Geometry;
use data_model::tile::{WorldPoint, WorldRect};

impl TableBuilder {
    /// Appends the rings of polygons and returns their bounding box.
    ///
    /// A polygon that crosses itself or has spikes is repaired as an import repairs it,
    /// so that the same data is drawn the same way from either source. A polygon that
    /// can't be repaired is kept as stored, and so are the polygons of foreign tiles.
    /// Polygons of a coverage keep the borders shared with their neighbours, unless most
    /// of the enclosed area cancels out. For one tile, a large polygon is repaired as far
    /// as the tile shows it.
    ///
    /// # Errors
    /// Returns [`TableError`] if the table is full or the tile's deadline passes.
    pub(super) fn polygons(
        &mut self,
        geometry: &Geometry,
        world: impl Fn(&[f64; 2]) -> WorldPoint + Copy,
    ) -> Result<WorldRect, TableError> {
        let start = (self.shapes.coordinates.len(), self.shapes.part_ends.len());
        append(&mut self.shapes, geometry, world)?;
        if self.of_tile || !self.meets_itself(start)? {
            return Ok(around(&self.shapes.coordinates[start.0..]));
        }
        let (mut rebuilt, mut fixes) = (geometry.clone(), GeometryRepairs::default());
        if let Some(scope) = &self.scope {
            scope.reduce(&mut rebuilt, world);
        }
        let deadline = self.scope.as_ref().map(TileScope::deadline);
        let repaired = repair::polygons(&mut rebuilt, false, deadline, &mut fixes);
        if let Err(RepairError::OutOfTime { .. }) = repaired {
            return Err(TableError::OutOfTime);
        }
        let stored = around(&self.shapes.coordinates[start.0..]);
        if repaired.is_err() || !(fixes.rebuilt || fixes.spikes) {
            return Ok(stored);
        }
        if self.options.coverage && area_around(&rebuilt) <= 2.0 * area_around(geometry) {
            return Ok(stored);
        }
        self.shapes.coordinates.truncate(start.0);
        self.shapes.part_ends.truncate(start.1);
        append(&mut self.shapes, &rebuilt, world)?;
        // The order of features follows from their boxes: it is the same in every tile.
        let of_rebuilt = || around(&self.shapes.coordinates[start.0..]);
        Ok(if self.scope.is_some() { stored } else { of_rebuilt() })
    }

    /// Whether edges of a polygon appended from `start` on meet other than at shared
    /// corners, or its holes may be misplaced.
    fn meets_itself(&mut self, (mut from, first): (usize, usize)) -> Result<bool, TableError> {
        if self.shapes.part_ends.len() == first + 1 && is_convex(&self.shapes.coordinates[from..]) {
            return Ok(false);
        }
        let deadline = self.scope.as_ref().map(TileScope::deadline);
        self.contacts.clear();
        for number in first..self.shapes.part_ends.len() {
            let (end, exterior) = self.shapes.part_end(number);
            if exterior && number > first {
                if self.contacts.find(deadline)? {
                    return Ok(true);
                }
                self.contacts.clear();
            }
            self.contacts.add(&self.shapes.coordinates[from..end]);
            from = end;
        }
        Ok(self.contacts.find(deadline)?)
    }
}

impl From<DeadlinePassed> for TableError {
    fn from(DeadlinePassed: DeadlinePassed) -> Self {
        Self::OutOfTime
    }
}

fn around(points: &[WorldPoint]) -> WorldRect {
    points.iter().fold(WorldRect::EMPTY, |mut rect, &point| {
        rect.extend(point);
        rect
    })
}

/// The area of all exterior rings; lobes of opposite winding cancel out.
fn area_around(geometry: &Geometry) -> f64 {
    let rings: Vec<_> = geometry.parts().collect();
    let starts = [0].into_iter().chain(geometry.polygon_ends.iter().copied());
    let exteriors = starts.filter_map(|start| rings.get(start as usize));
    exteriors.map(|ring| ring_area(ring).abs()).sum()
}

fn append(
    shapes: &mut PartShapes,
    geometry: &Geometry,
    world: impl Fn(&[f64; 2]) -> WorldPoint + Copy,
) -> Result<(), TableError> {
    let mut rings = geometry.parts();
    let mut first = 0;
    for &end in &geometry.polygon_ends {
        let polygon = rings.by_ref().take((end - first) as usize).enumerate();
        first = end;
        for (i, ring) in polygon.filter(|(_, ring)| !ring.is_empty()) {
            let from = shapes.coordinates.len();
            push_distinct(&mut shapes.coordinates, from, ring.iter().map(world));
            wind(&mut shapes.coordinates, from, i == 0);
            if !shapes.end_part(i == 0) {
                return Err(TOO_MANY_VERTICES);
            }
        }
    }
    Ok(())
}

/// Opens the ring that starts at `from` and winds it for tiles: exterior rings with a
/// positive area in a y-down system, interior rings with a negative one.
fn wind(points: &mut Vec<WorldPoint>, from: usize, exterior: bool) {
    if points.len() > from + 1 && points[from] == points[points.len() - 1] {
        points.pop();
    }
    let ring = &mut points[from..];
    // Relative to the first vertex: products stay below 2^66, their sum in i128.
    let origin = ring[0];
    let relative = |point: WorldPoint| {
        let x = i64::from(point.x) - i64::from(origin.x);
        (x, i64::from(point.y) - i64::from(origin.y))
    };
    let mut doubled_area = 0i128;
    let mut before = relative(ring[0]);
    // The edges from and to the origin add nothing.
    for &point in &ring[1..] {
        let here = relative(point);
        doubled_area += i128::from(before.0) * i128::from(here.1);
        doubled_area -= i128::from(here.0) * i128::from(before.1);
        before = here;
    }
    if (doubled_area > 0) != exterior {
        ring.reverse();
    }
}
