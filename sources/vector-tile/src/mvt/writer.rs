//! The draw stage: shapes of a table to geometry commands.

use super::buffer::{ByteBuffer, Cursor};
use super::clip::{ClipBox, clip_line, clip_ring};
use super::cut::CutPolygon;
use super::generalize::{TileUnit, drop_repeats, open_ring, snap};
use super::geometry::{GeometryCursor, VertexLane, room};
use crate::features::GeometryPart;
use data_model::feature::ShapeKind;
use data_model::tile::TileGrid;

/// Writes the geometry of rows one after the other.
pub(super) struct GeometryWriter<'a> {
    pub(super) grid: TileGrid,
    pub(super) clip: ClipBox,
    pub(super) threshold: u8,
    pub(super) out: &'a mut ByteBuffer,
    pub(super) part: &'a mut Vec<TileUnit>,
    pub(super) spare: &'a mut Vec<TileUnit>,
    pub(super) lane: &'a mut VertexLane,
    pub(super) cut: &'a mut CutPolygon,
    /// Whether no edge inside the tile may be moved to make a polygon sound.
    pub(super) keeps_edges: bool,
}

impl GeometryWriter<'_> {
    /// Writes a row of any number of parts; `false` if none of it is in the tile.
    pub(super) fn shape<'p>(
        &mut self,
        kind: ShapeKind,
        inside: bool,
        parts: impl Iterator<Item = GeometryPart<'p>> + Clone,
    ) -> bool {
        let before = self.out.len();
        match kind {
            ShapeKind::Point => self.multipoint(parts.clone(), inside),
            ShapeKind::Line => self.lines(parts.clone(), inside),
            ShapeKind::Polygon if inside => self.polygons_inside(parts.clone()),
            ShapeKind::Polygon => self.polygons_cut(parts.clone()),
        }
        if self.out.len() == before {
            // It is in the tile but too small for the grid, and the smallest valid
            // shape stands for it; or it lies around the tile.
            let Some(at) = self.first_inside(kind, parts) else { return false };
            self.stand_in(kind, at);
        }
        true
    }

    /// Calls `write` with room for `points` vertices.
    #[inline]
    fn commands<T>(
        out: &mut ByteBuffer,
        points: usize,
        write: impl FnOnce(&mut Cursor<'_>) -> T,
    ) -> T {
        let mut cursor = out.cursor(room(points));
        let result = write(&mut cursor);
        let at = cursor.at;
        out.keep(at);
        result
    }

    fn multipoint<'p>(&mut self, parts: impl Iterator<Item = GeometryPart<'p>>, inside: bool) {
        self.part.clear();
        for part in parts {
            for &point in part.points {
                let (x, y) = self.grid.to_tile(point);
                if inside || self.clip.holds([x, y]) {
                    self.part.push([x, y]);
                }
            }
        }
        if !self.part.is_empty() {
            Self::commands(self.out, self.part.len(), |out| {
                GeometryCursor::default().points(self.part, out);
            });
        }
    }

    fn lines<'p>(&mut self, parts: impl Iterator<Item = GeometryPart<'p>>, inside: bool) {
        let mut pen = GeometryCursor::default();
        for part in parts {
            if inside {
                Self::commands(self.out, part.points.len(), |out| {
                    pen.line_inside(&part, self.threshold, self.grid, self.lane, out);
                });
                continue;
            }
            snap(&part, self.threshold, self.grid, self.part);
            clip_line(self.part, self.spare, self.clip, |line| {
                if line.len() > 1 {
                    Self::commands(self.out, line.len(), |out| pen.line(line, out));
                }
            });
        }
    }

    /// Writes polygons that lie inside the buffered tile, except those that collapse and
    /// those whose holes leave nothing.
    fn polygons_inside<'p>(&mut self, parts: impl Iterator<Item = GeometryPart<'p>>) {
        let mut pen = GeometryCursor::default();
        // Where the polygon begins, and twice the area that is left of it.
        let mut start = (pen, self.out.len());
        let mut left = 0;
        for part in parts {
            if part.exterior {
                start = (pen, self.out.len());
                left = 0;
            } else if left <= 0 {
                continue;
            }
            let written = Self::commands(self.out, part.points.len(), |out| {
                pen.ring_inside(&part, self.threshold, self.grid, self.lane, out)
            });
            left += i64::from(written.unwrap_or(0));
            if left <= 0 {
                pen = start.0;
                self.out.keep(start.1);
            }
        }
    }

    /// Writes polygons that may leave the buffered tile.
    fn polygons_cut<'p>(&mut self, parts: impl Iterator<Item = GeometryPart<'p>>) {
        let mut pen = GeometryCursor::default();
        self.cut.clear();
        for part in parts {
            if part.exterior {
                self.finish_cut(&mut pen);
            } else if self.cut.is_empty() {
                // Interior rings of an exterior that is not drawn are not drawn either.
                continue;
            }
            snap(&part, self.threshold, self.grid, self.part);
            let by_border = !self.clip.holds_all_off_border(self.part);
            if by_border && !self.clip.holds_all(self.part) {
                clip_ring(self.part, self.spare, self.clip);
                drop_repeats(self.part);
            }
            open_ring(self.part);
            self.cut.add(self.part, by_border, self.clip);
        }
        self.finish_cut(&mut pen);
    }

    fn finish_cut(&mut self, pen: &mut GeometryCursor) {
        self.cut.make_sound(self.clip, self.keeps_edges);
        for ring in self.cut.rings() {
            Self::commands(self.out, ring.len(), |out| pen.ring(ring, out));
        }
        self.cut.clear();
    }

    /// The first position of a line or polygon's border in the buffered tile.
    fn first_inside<'p>(
        &mut self,
        kind: ShapeKind,
        mut parts: impl Iterator<Item = GeometryPart<'p>>,
    ) -> Option<TileUnit> {
        if kind == ShapeKind::Point {
            return None;
        }
        parts.find_map(|part| {
            snap(&part, self.threshold, self.grid, self.part);
            if kind == ShapeKind::Polygon && self.part.len() > 1 {
                self.part.push(self.part[0]);
            }
            self.clip.first_inside(self.part)
        })
    }

    /// Writes the smallest valid shape at a position.
    fn stand_in(&mut self, kind: ShapeKind, [x, y]: TileUnit) {
        let (x, y) = (x.min(self.clip.max - 1), y.min(self.clip.max - 1));
        Self::commands(self.out, 4, |out| {
            let mut pen = GeometryCursor::default();
            match kind {
                ShapeKind::Point => pen.points(&[[x, y]], out),
                ShapeKind::Line => pen.line(&[[x, y], [x + 1, y]], out),
                ShapeKind::Polygon => {
                    pen.ring(&[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]], out);
                }
            }
        });
    }
}
