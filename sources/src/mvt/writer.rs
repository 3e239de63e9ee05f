//! The draw stage: shapes of a table to geometry commands.

use super::buffer::{Buffer, Cursor};
use super::clip::{ClipBox, clip_line, clip_ring};
use super::generalize::{Unit, drop_repeats, open_ring, snap};
use super::geometry::{Lane, Pen, doubled_area, room};
use crate::feature::ShapeKind;
use crate::features::Part;
use crate::tile::TileGrid;

/// Writes the geometry of rows one after the other.
pub(super) struct Writer<'a> {
    pub(super) grid: TileGrid,
    pub(super) clip: ClipBox,
    pub(super) threshold: u8,
    pub(super) out: &'a mut Buffer,
    pub(super) part: &'a mut Vec<Unit>,
    pub(super) spare: &'a mut Vec<Unit>,
    pub(super) lane: &'a mut Lane,
}

impl Writer<'_> {
    /// Writes a row of any number of parts; `false` where nothing of it is in the tile.
    pub(super) fn shape<'p>(
        &mut self,
        kind: ShapeKind,
        inside: bool,
        parts: impl Iterator<Item = Part<'p>>,
    ) -> bool {
        let before = self.out.len();
        let met = match kind {
            ShapeKind::Point => self.multipoint(parts, inside),
            ShapeKind::Line => self.lines(parts, inside),
            ShapeKind::Polygon => self.polygons(parts, inside),
        };
        if self.out.len() == before {
            match met {
                // It is in the tile but too small for the grid: the smallest
                // valid shape stands for it, so that no feature is lost.
                Some(at) => self.stand_in(kind, at),
                None => return false,
            }
        }
        true
    }

    /// Lets `write` append at most `points` vertices.
    #[inline]
    fn commands<T>(out: &mut Buffer, points: usize, write: impl FnOnce(&mut Cursor<'_>) -> T) -> T {
        let mut cursor = out.cursor(room(points));
        let result = write(&mut cursor);
        let at = cursor.at;
        out.keep(at);
        result
    }

    fn multipoint<'p>(
        &mut self,
        parts: impl Iterator<Item = Part<'p>>,
        inside: bool,
    ) -> Option<Unit> {
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
            Self::commands(self.out, self.part.len(), |out| Pen::default().points(self.part, out));
        }
        None
    }

    /// Writes the lines; a position inside where all of them collapsed.
    fn lines<'p>(&mut self, parts: impl Iterator<Item = Part<'p>>, inside: bool) -> Option<Unit> {
        let mut pen = Pen::default();
        let mut met = None;
        for part in parts {
            if inside {
                let written = Self::commands(self.out, part.points.len(), |out| {
                    pen.line_inside(&part, self.threshold, self.grid, self.lane, out)
                });
                met = met.or(written.err().map(|[x, y]| [x.into(), y.into()]));
                continue;
            }
            snap(&part, self.threshold, self.grid, self.part);
            clip_line(self.part, self.spare, self.clip, |line| {
                if line.len() > 1 {
                    Self::commands(self.out, line.len(), |out| pen.line(line, out));
                } else {
                    met = met.or(line.first().copied());
                }
            });
        }
        met
    }

    /// Writes the polygons; a position inside where all of them collapsed.
    fn polygons<'p>(
        &mut self,
        parts: impl Iterator<Item = Part<'p>>,
        inside: bool,
    ) -> Option<Unit> {
        let mut pen = Pen::default();
        let mut met = None;
        // Interior rings of an exterior that is not drawn are not drawn either.
        let mut drawn = false;
        for part in parts {
            if !part.exterior && !drawn {
                continue;
            }
            let written = if inside {
                Self::commands(self.out, part.points.len(), |out| {
                    pen.ring_inside(&part, self.threshold, self.grid, self.lane, out)
                })
                .map_err(|[x, y]| Some([x.into(), y.into()]))
            } else {
                self.clipped_ring(&part, &mut pen)
            };
            if part.exterior {
                drawn = written.is_ok();
                met = met.or(written.err().flatten());
            }
        }
        met
    }

    /// Writes a ring that may leave the buffered tile. `Err` where nothing was
    /// written: with a position where some of it is inside but collapses.
    fn clipped_ring(&mut self, part: &Part<'_>, pen: &mut Pen) -> Result<(), Option<Unit>> {
        snap(part, self.threshold, self.grid, self.part);
        if !self.clip.holds_all(self.part) {
            clip_ring(self.part, self.spare, self.clip);
            drop_repeats(self.part);
        }
        open_ring(self.part);
        let area = if self.part.len() > 2 { doubled_area(self.part) } else { 0 };
        // A ring that snapping turned over has collapsed too.
        if (part.exterior && area > 0) || (!part.exterior && area < 0) {
            Self::commands(self.out, self.part.len(), |out| pen.ring(self.part, out));
            return Ok(());
        }
        Err(self.part.first().copied())
    }

    /// The smallest valid shape at a position.
    fn stand_in(&mut self, kind: ShapeKind, [x, y]: Unit) {
        let (x, y) = (x.min(self.clip.max - 1), y.min(self.clip.max - 1));
        Self::commands(self.out, 4, |out| {
            let mut pen = Pen::default();
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
