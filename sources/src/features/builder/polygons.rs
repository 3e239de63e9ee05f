//! Polygons of a scan as a table keeps them: sound, open and wound for tiles.

use super::{TableBuilder, push_distinct};
use crate::feature::Geometry;
use crate::features::shapes::PartShapes;
use crate::repair::{self, Fixes, ring_area};
use crate::tile::WorldPoint;

impl TableBuilder {
    /// Appends the rings of polygons; `false` when the table is full.
    ///
    /// A polygon that crosses itself is rebuilt as an import does it, so that it is drawn
    /// alike whichever way it came in. What can't be rebuilt is kept as it is stored, and
    /// so are the polygons of foreign tiles. Polygons of a coverage keep the borders that
    /// they share with their neighbours, unless most of what they run around evens out.
    pub(super) fn polygons(
        &mut self,
        geometry: &Geometry,
        world: impl Fn(&[f64; 2]) -> WorldPoint + Copy,
    ) -> bool {
        let start = (self.shapes.coordinates.len(), self.shapes.part_ends.len());
        if !append(&mut self.shapes, geometry, world) {
            return false;
        }
        if self.of_tile || !self.meets_itself(start) {
            return true;
        }
        let (mut rebuilt, mut fixes) = (geometry.clone(), Fixes::default());
        if repair::polygons(&mut rebuilt, false, &mut fixes).is_err()
            || !(fixes.rebuilt || fixes.spikes)
        {
            return true;
        }
        if self.options.coverage && around(&rebuilt) <= 2.0 * around(geometry) {
            return true;
        }
        self.shapes.coordinates.truncate(start.0);
        self.shapes.part_ends.truncate(start.1);
        append(&mut self.shapes, &rebuilt, world)
    }

    /// Whether edges of a polygon meet where they need not, of those appended from
    /// `start` on.
    fn meets_itself(&mut self, (mut from, first): (usize, usize)) -> bool {
        self.contacts.clear();
        for number in first..self.shapes.part_ends.len() {
            let (end, exterior) = self.shapes.part_end(number);
            if exterior && number > first {
                if self.contacts.find() {
                    return true;
                }
                self.contacts.clear();
            }
            self.contacts.add(&self.shapes.coordinates[from..end]);
            from = end;
        }
        self.contacts.find()
    }
}

/// The area of all exterior rings; lobes that run against each other even out.
fn around(geometry: &Geometry) -> f64 {
    let rings: Vec<_> = geometry.parts().collect();
    let starts = [0].into_iter().chain(geometry.polygon_ends.iter().copied());
    let exteriors = starts.filter_map(|start| rings.get(start as usize));
    exteriors.map(|ring| ring_area(ring).abs()).sum()
}

fn append(
    shapes: &mut PartShapes,
    geometry: &Geometry,
    world: impl Fn(&[f64; 2]) -> WorldPoint + Copy,
) -> bool {
    let rings: Vec<_> = geometry.parts().collect();
    let mut first = 0;
    for &end in &geometry.polygon_ends {
        let polygon = &rings[first..end as usize];
        first = end as usize;
        for (i, ring) in polygon.iter().enumerate().filter(|(_, ring)| !ring.is_empty()) {
            let from = shapes.coordinates.len();
            push_distinct(&mut shapes.coordinates, from, ring.iter().map(world));
            wind(&mut shapes.coordinates, from, i == 0);
            if !shapes.end_part(i == 0) {
                return false;
            }
        }
    }
    true
}

/// Opens the ring that starts at `from` and winds it for tiles: exterior rings
/// with a positive area in a y-down system, interior rings with a negative one.
fn wind(points: &mut Vec<WorldPoint>, from: usize, exterior: bool) {
    if points.len() > from + 1 && points[from] == points[points.len() - 1] {
        points.pop();
    }
    let ring = &mut points[from..];
    // Relative to the first vertex: products stay below 2^66, in i128.
    let origin = ring[0];
    let relative = |point: WorldPoint| {
        let x = i128::from(point.x) - i128::from(origin.x);
        (x, i128::from(point.y) - i128::from(origin.y))
    };
    let mut doubled_area = 0i128;
    for i in 0..ring.len() {
        let (ax, ay) = relative(ring[i]);
        let (bx, by) = relative(ring[(i + 1) % ring.len()]);
        doubled_area += ax * by - bx * ay;
    }
    if (doubled_area > 0) != exterior {
        ring.reverse();
    }
}
