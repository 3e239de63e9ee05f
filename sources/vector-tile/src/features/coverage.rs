//! Vertex importance of polygons that share borders, so that no gaps open between them.
//!
//! Dongs, grid cells and output areas tile the ground. Simplified separately, two
//! neighbours would keep different vertices of their common border. So all rings are cut
//! into *arcs* at their junctions, and an arc has the same importances in each ring that
//! contains it:
//!
//! ```text
//!     a───J───b      J: a junction, its neighbours differ from ring to ring
//!     │ 1 │ 2 │      the arc between the two Js is walked the same way
//!     c───J───d      for ring 1 and for ring 2
//! ```

use std::collections::{HashMap, HashSet};

use super::importance;
use super::row_geometries::PartShapes;
use data_model::feature::ShapeKind;
use data_model::tile::WorldPoint;

/// Computes the importance of every vertex of `shapes`.
pub(super) fn simplify_together(shapes: &PartShapes, out: &mut [u8]) {
    let junctions = junctions(shapes);
    let mut at = 0;
    for row in 0..shapes.kinds.len() {
        for part in shapes.parts(row) {
            let here = &mut out[at..at + part.points.len()];
            match shapes.kind(row) {
                ShapeKind::Polygon => ring(part.points, &junctions, here),
                ShapeKind::Line => importance::line(part.points, here),
                ShapeKind::Point => here.fill(0),
            }
            at += part.points.len();
        }
    }
}

/// The junctions: vertices whose two neighbours differ between rings.
fn junctions(shapes: &PartShapes) -> HashSet<WorldPoint> {
    let mut neighbours: HashMap<WorldPoint, (WorldPoint, WorldPoint)> = HashMap::new();
    let mut junctions = HashSet::new();
    for row in 0..shapes.kinds.len() {
        if shapes.kind(row) != ShapeKind::Polygon {
            continue;
        }
        for part in shapes.parts(row) {
            let count = part.points.len();
            for (i, &point) in part.points.iter().enumerate() {
                let before = part.points[(i + count - 1) % count];
                let after = part.points[(i + 1) % count];
                let pair = (before.min(after), before.max(after));
                if *neighbours.entry(point).or_insert(pair) != pair {
                    junctions.insert(point);
                }
            }
        }
    }
    junctions
}

fn ring(points: &[WorldPoint], junctions: &HashSet<WorldPoint>, out: &mut [u8]) {
    let count = points.len();
    let cuts: Vec<usize> = (0..count).filter(|&i| junctions.contains(&points[i])).collect();
    let (Some(&first), Some(&last)) = (cuts.first(), cuts.last()) else {
        return importance::ring(points, out);
    };
    let mut arc = Vec::new();
    let mut found = Vec::new();
    let ends = cuts.windows(2).map(|pair| (pair[0], pair[1])).chain([(last, first + count)]);
    for (start, end) in ends {
        arc.clear();
        arc.extend((start..=end).map(|i| points[i % count]));
        let length = arc.len();
        // One direction for both neighbours: from the smaller end, or for an
        // arc that returns to its junction by its smaller second vertex.
        let backwards = (arc[length - 1], arc[length - 2]) < (arc[0], arc[1]);
        if backwards {
            arc.reverse();
        }
        found.clear();
        found.resize(length, 0);
        importance::line(&arc, &mut found);
        if backwards {
            found.reverse();
        }
        for (step, &zoom) in found.iter().enumerate() {
            out[(start + step) % count] = zoom;
        }
    }
}
