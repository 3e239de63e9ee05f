//! The polygons of the clip stage: makes clipped rings valid polygons.
//!
//! A ring that is clipped by one border after the other is joined along the border
//! wherever it left the tile. If it left and entered once, that join is the polygon's own
//! side there. If several times, joins overlap on the border, and a tile within a hole
//! has the border twice, as an exterior and as an interior ring. Only polygons with such
//! a border are rebuilt, and those with a cut edge that met another one, as cutting moves
//! an edge by less than a unit.

use std::collections::HashSet;

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{ContourDirection, IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::solver::Solver;
use i_overlay::i_float::int::point::IntPoint;

use super::clip::ClipBox;
use super::generalize::TileUnit;
use super::geometry::doubled_area;
use crate::repair::{is_quickly_rebuilt, put_holes_right};

/// Rings of one polygon, cut to the buffered tile; reusable.
#[derive(Debug, Default)]
pub(super) struct CutPolygon {
    points: Vec<TileUnit>,
    /// End of each ring in `points`; the first is the exterior ring.
    ends: Vec<usize>,
    /// Whether each ring may have a vertex on the border; polygons off the border are not
    /// searched for joins.
    by_border: Vec<bool>,
    /// Twice the area of the exterior ring.
    doubled_exterior: i64,
    /// Twice the area of the exterior less its holes.
    doubled_area: i64,
    /// Positions of vertices and edges along the border.
    stops: Vec<i64>,
    walks: Vec<(i64, i64)>,
    /// Edges that end on the border and do not follow it.
    cuts: Vec<Edge>,
}

/// An edge of a ring.
type Edge = (TileUnit, TileUnit);

/// Polygons, each an exterior ring and its holes.
type Shapes = Vec<Vec<Vec<[f64; 2]>>>;

/// Units from the border within which a cut edge may be moved.
const BY_BORDER: i64 = 3;

/// Cut edges above which rebuilding is as quick as comparing all pairs.
const MANY_CUTS: usize = 64;

/// Edges up to which any number of crossings is rebuilt.
const FEW_EDGES: usize = 512;

impl CutPolygon {
    /// Removes all rings, keeping the memory.
    pub(super) fn clear(&mut self) {
        self.points.clear();
        self.ends.clear();
        self.by_border.clear();
        (self.doubled_exterior, self.doubled_area) = (0, 0);
    }

    /// Whether there is no exterior ring.
    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The rings, each exterior followed by its holes.
    pub(super) fn rings(&self) -> impl Iterator<Item = &[TileUnit]> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.points[start..end])
    }

    /// Adds the exterior ring, then its holes; first vertices are not repeated.
    ///
    /// A ring without an interior is left out, and so is a hole that snapping turned
    /// over. `by_border` is whether a vertex may lie on the border.
    pub(super) fn add(&mut self, ring: &[TileUnit], by_border: bool, clip: ClipBox) {
        if ring.len() < 3 {
            return;
        }
        let area = doubled_area(ring);
        let collapsed = match self.is_empty() {
            true => area == 0 && ring.iter().all(|&point| clip.along_border(point).is_some()),
            false => area >= 0,
        };
        if !collapsed {
            if self.is_empty() {
                self.doubled_exterior = area;
            }
            self.push(ring, area, by_border);
        }
    }

    fn push(&mut self, ring: &[TileUnit], area: i64, by_border: bool) {
        self.points.extend_from_slice(ring);
        self.ends.push(self.points.len());
        self.by_border.push(by_border);
        self.doubled_area += area;
    }

    /// Rebuilds a polygon that clipping made invalid; nothing remains without an
    /// interior.
    ///
    /// A polygon that crosses itself within the tile too, as snapping may cause, is kept
    /// as it is if `keeps_edges`: a neighbour may have the same edges.
    pub(super) fn make_sound(&mut self, clip: ClipBox, keeps_edges: bool) {
        if self.is_empty() {
            return;
        }
        if self.doubled_exterior <= 0 {
            // Turned over by snapping, or lobes that even out.
            match self.rebuilt() {
                Some(shapes) => self.replace(&shapes),
                None => self.turn_over(),
            }
        } else if (self.doubled_area <= 0 || self.is_unsound_by_border(clip))
            && let Some(shapes) = self.rebuilt()
            && (!keeps_edges || self.moves_nothing_inside(&shapes, clip))
        {
            self.replace(&shapes);
        }
        if self.doubled_area <= 0 {
            self.clear();
        }
    }

    /// Whether clipping may have made rings that meet; never for rings off the border.
    fn is_unsound_by_border(&mut self, clip: ClipBox) -> bool {
        self.by_border.contains(&true) && (self.meets_itself_on_border(clip) || self.meets_a_cut())
    }

    /// Whether a position on the border is passed more than once.
    fn meets_itself_on_border(&mut self, clip: ClipBox) -> bool {
        let Self { points, ends, by_border, stops, walks, cuts, .. } = self;
        stops.clear();
        walks.clear();
        cuts.clear();
        let around = clip.border_length();
        let mut start = 0;
        for (&end, &by_border) in ends.iter().zip(&*by_border) {
            let ring = &points[start..end];
            start = end;
            let Some(&last) = ring.last().filter(|_| by_border) else { continue };
            let mut previous = (last, clip.along_border(last));
            for &point in ring {
                let here = clip.along_border(point);
                stops.extend(here);
                // The corner where the border begins is its end too.
                stops.extend(here.filter(|&at| at == 0).map(|_| around));
                match (previous.1, here) {
                    (None, None) => {}
                    (Some(from), Some(to)) if clip.on_one_side(previous.0, point) => {
                        let (low, high) = (from.min(to), from.max(to));
                        // From that corner back along the last side.
                        let back = low == 0 && high >= around / 4 * 3;
                        walks.push(if back { (high, around) } else { (low, high) });
                    }
                    _ => cuts.push((previous.0, point)),
                }
                previous = (point, here);
            }
        }
        stops.sort_unstable();
        // No two vertices at one place, and none within an edge.
        stops.windows(2).any(|pair| pair[0] == pair[1])
            || walks.iter().any(|&(low, high)| {
                let next = stops.binary_search(&low).map_or(0, |at| at + 1);
                stops.get(next) != Some(&high)
            })
    }

    /// Whether a cut edge meets another one without a common end.
    fn meets_a_cut(&self) -> bool {
        if self.cuts.len() > MANY_CUTS {
            return true;
        }
        self.rings().filter_map(|ring| Some((ring, *ring.last()?))).any(|(ring, last)| {
            let mut from = last;
            ring.iter().any(|&to| {
                let edge = (from, to);
                from = to;
                self.cuts.iter().any(|&cut| meet(cut, edge))
            })
        })
    }

    /// Reverses an exterior ring of negative area that can't be rebuilt.
    fn turn_over(&mut self) {
        let Some(&exterior) = self.ends.first() else { return };
        self.points[..exterior].reverse();
        self.doubled_area -= 2 * self.doubled_exterior;
        self.doubled_exterior = -self.doubled_exterior;
    }

    /// The interior of the exterior ring less the holes, as polygons of rings; `None` if
    /// so many edges cross that making the tile would take minutes, or all memory.
    #[cold]
    fn rebuilt(&self) -> Option<Shapes> {
        let double =
            |ring: &[TileUnit]| ring.iter().map(|point| point.map(|at| at as f64)).collect();
        if self.points.len() > FEW_EDGES && !is_quickly_rebuilt(self.rings().map(double)) {
            return None;
        }
        // Vertices on a line are kept: those inside the tile are a neighbour's too.
        let options = IntOverlayOptions {
            preserve_input_collinear: true,
            output_direction: ContourDirection::CounterClockwise,
            preserve_output_collinear: true,
            min_output_area: 0,
            ogc: true,
        };
        let mut overlay = Overlay::<i32>::new_custom(self.points.len(), options, Solver::default());
        for (index, ring) in self.rings().enumerate() {
            let role = if index == 0 { ShapeType::Subject } else { ShapeType::Clip };
            let points = ring.iter().map(|&[x, y]| IntPoint::new(x as i32, y as i32));
            overlay.add_path_iter(points, role);
        }
        let double = |point: &IntPoint<i32>| [f64::from(point.x), f64::from(point.y)];
        let mut shapes: Shapes = overlay
            .overlay(OverlayRule::Difference, FillRule::NonZero)
            .iter()
            .map(|shape| shape.iter().map(|ring| ring.iter().map(double).collect()).collect())
            .collect();
        put_holes_right(&mut shapes);
        Some(shapes)
    }

    /// Whether all vertices existed before, except those near the border.
    fn moves_nothing_inside(&self, shapes: &Shapes, clip: ClipBox) -> bool {
        let known: HashSet<TileUnit> = self.points.iter().copied().collect();
        let by_border = |point: TileUnit| {
            let inner = ClipBox { min: clip.min + BY_BORDER, max: clip.max - BY_BORDER };
            !inner.holds(point)
        };
        let mut points = shapes.iter().flatten().flatten().map(|&point| unit(point));
        points.all(|point| by_border(point) || known.contains(&point))
    }

    fn replace(&mut self, shapes: &Shapes) {
        self.clear();
        let mut ring: Vec<TileUnit> = Vec::new();
        for shape in shapes {
            for (index, points) in shape.iter().enumerate() {
                ring.clear();
                ring.extend(points.iter().map(|&point| unit(point)));
                let area = doubled_area(&ring);
                if area == 0 {
                    continue;
                }
                if (area > 0) != (index == 0) {
                    ring.reverse();
                }
                self.push(&ring, area.abs() * if index == 0 { 1 } else { -1 }, true);
            }
        }
    }
}

fn unit([x, y]: [f64; 2]) -> TileUnit {
    [x as i64, y as i64]
}

/// Whether two edges without a common end have a point in common.
fn meet((a, b): Edge, (c, d): Edge) -> bool {
    let apart = |axis: usize| {
        a[axis].max(b[axis]) < c[axis].min(d[axis]) || c[axis].max(d[axis]) < a[axis].min(b[axis])
    };
    if apart(0) || apart(1) || [a, b].contains(&c) || [a, b].contains(&d) {
        return false;
    }
    let side = |[x, y]: TileUnit, (from, to): Edge| {
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        (dx * (y - from[1]) - dy * (x - from[0])).signum()
    };
    side(a, (c, d)) * side(b, (c, d)) <= 0 && side(c, (a, b)) * side(d, (a, b)) <= 0
}

#[cfg(test)]
mod tests;
