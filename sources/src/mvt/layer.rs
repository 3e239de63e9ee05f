//! The layer stage: rows of a table to one `Layer` message (MVT 2.1, section 4.1).

use std::time::Instant;

use super::buffer::{Buffer, Cursor, MAX_VARINT};
use super::clip::{ClipBox, clip_line, clip_ring};
use super::generalize::{Unit, drop_repeats, open_ring, snap, threshold};
use super::geometry::{Lane, Pen, doubled_area, room};
use super::tags::{MAX_TAG, NO_VALUE, Tags};
use crate::feature::ShapeKind;
use crate::features::{FeatureTable, Part, RowRange, Shapes, ValueId, write_varint};
use crate::tile::{TileGrid, WorldPoint};
use crate::{Extent, LayerId, TileCoord};

/// What of a table a layer publishes, and how its tiles are cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerView {
    extent: Extent,
    buffer: u32,
    /// Table columns in key order.
    columns: Vec<usize>,
    /// Field 15 `version` and field 1 `name`.
    head: Vec<u8>,
    /// Field 3 `keys`.
    keys: Vec<u8>,
}

/// A tile that can't be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The deadline passed.
    #[error("the deadline passed while the tile was encoded")]
    Deadline,
}

/// Most columns that a layer publishes: their key numbers fit two bytes.
const MAX_COLUMNS: usize = 1 << 14;
/// Rows between two looks at the clock.
const ROWS_PER_CHECK: u32 = 2048;

// Field numbers and wire types of `Tile`, `Layer` and `Feature`.
const TILE_LAYERS: u8 = 3 << 3 | 2;
const LAYER_NAME: u8 = 1 << 3 | 2;
const LAYER_FEATURES: u8 = 2 << 3 | 2;
const LAYER_KEYS: u8 = 3 << 3 | 2;
const LAYER_EXTENT: u8 = 5 << 3;
const LAYER_VERSION: u8 = 15 << 3;
const FEATURE_ID: u8 = 1 << 3;
const FEATURE_TAGS: u8 = 2 << 3 | 2;
const FEATURE_TYPE: u8 = 3 << 3;
const FEATURE_GEOMETRY: u8 = 4 << 3 | 2;

impl LayerView {
    /// A view of `table` as layer `id`: of the named columns, or of all.
    ///
    /// Names that the table lacks are passed over; [`columns`](Self::columns)
    /// says what is left. At most 16,384 columns are published.
    #[must_use]
    pub fn new(
        id: &LayerId,
        table: &FeatureTable,
        columns: Option<&[String]>,
        extent: Extent,
        buffer: u16,
    ) -> Self {
        let position = |name: &String| table.columns().iter().position(|c| &c.name == name);
        let mut chosen: Vec<usize> = match columns {
            Some(names) => names.iter().filter_map(position).collect(),
            None => (0..table.columns().len()).collect(),
        };
        chosen.truncate(MAX_COLUMNS);
        let mut head = vec![LAYER_VERSION, 2];
        write_bytes(LAYER_NAME, id.as_str().as_bytes(), &mut head);
        let mut keys = Vec::new();
        for &column in &chosen {
            write_bytes(LAYER_KEYS, table.columns()[column].name.as_bytes(), &mut keys);
        }
        Self { extent, buffer: u32::from(buffer), columns: chosen, head, keys }
    }

    /// The published table columns, in key order.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Units along a tile's edge.
    #[must_use]
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// Tile units beyond the edge that a tile still holds.
    #[must_use]
    pub fn buffer(&self) -> u32 {
        self.buffer
    }
}

fn write_bytes(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    let mut length = [0; 10];
    let width = write_varint(bytes.len() as u64, &mut length);
    out.push(tag);
    out.extend_from_slice(&length[..width]);
    out.extend_from_slice(bytes);
}

/// Working memory of the encoder: give one to each thread and keep it.
#[derive(Debug, Default)]
pub struct Scratch {
    out: Buffer,
    tags: Tags,
    rows: Vec<RowRange>,
    part: Vec<Unit>,
    spare: Vec<Unit>,
    lane: Lane,
}

/// Encodes one layer of one tile: the bytes of a `Tile` with this layer alone,
/// or an empty slice where no feature meets the buffered tile.
///
/// Reads the table and writes `scratch`; takes no lock, and allocates only
/// while `scratch` grows to the largest tile met.
///
/// # Errors
/// [`EncodeError::Deadline`] when `deadline` passes; looked at every 2,048 rows.
pub fn encode_layer<'a>(
    table: &FeatureTable,
    view: &LayerView,
    tile: TileCoord,
    deadline: Instant,
    scratch: &'a mut Scratch,
) -> Result<&'a [u8], EncodeError> {
    let Scratch { out, tags, rows, part, spare, lane } = scratch;
    out.clear();
    let grid = TileGrid::new(tile, view.extent);
    table.index().query(&grid.world_rect(view.extent, view.buffer), rows);
    if rows.is_empty() {
        return Ok(&[]);
    }
    tags.begin(table.dictionary().len());

    // The layer's length comes first and is known last: leave the most it takes.
    let mut cursor = out.cursor(1 + MAX_VARINT);
    cursor.skip(1 + MAX_VARINT);
    let at = cursor.at;
    out.keep(at);
    let body = out.len();
    out.slice(&view.head);
    let empty = out.len();

    let mut writer = Writer {
        grid,
        clip: ClipBox::new(view.extent.units(), view.buffer),
        threshold: threshold(tile.zoom(), view.extent),
        ids: table.ids(),
        columns: view.columns.iter().map(|&column| table.column_values(column)).collect(),
        out,
        tags,
        part,
        spare,
        lane,
    };
    for range in rows.iter() {
        let mut start = range.start;
        while start < range.end {
            if Instant::now() >= deadline {
                return Err(EncodeError::Deadline);
            }
            let end = range.end.min(start.saturating_add(ROWS_PER_CHECK));
            let chunk = start as usize..end as usize;
            match table.shapes() {
                Shapes::Points(points) => writer.points(points, chunk, range.inside),
                Shapes::Parts(shapes) => {
                    for row in chunk {
                        writer.shape(row, shapes.kind(row), range.inside, shapes.parts(row));
                    }
                }
            }
            start = end;
        }
    }

    if out.len() == empty {
        return Ok(&[]);
    }
    out.slice(&view.keys);
    tags.write_values(table.dictionary(), out);
    let mut cursor = out.cursor(1 + MAX_VARINT);
    cursor.byte(LAYER_EXTENT);
    cursor.varint(u64::from(view.extent.units()));
    let at = cursor.at;
    out.keep(at);
    Ok(out.finish(TILE_LAYERS, body))
}

/// Writes the features of one layer.
struct Writer<'a> {
    grid: TileGrid,
    clip: ClipBox,
    threshold: u8,
    ids: &'a [u64],
    columns: Vec<&'a [ValueId]>,
    out: &'a mut Buffer,
    tags: &'a mut Tags,
    part: &'a mut Vec<Unit>,
    spare: &'a mut Vec<Unit>,
    lane: &'a mut Lane,
}

impl Writer<'_> {
    /// Room for everything of a feature but its geometry's steps.
    fn feature_room(&self) -> usize {
        // Tag and length four times, id, type; tags with the overhang of the last.
        4 * (1 + MAX_VARINT) + 2 * MAX_VARINT + (self.columns.len() + 1) * MAX_TAG
    }

    /// Rows that are one point each: the commonest and simplest case.
    fn points(&mut self, points: &[WorldPoint], rows: std::ops::Range<usize>, inside: bool) {
        let room = self.feature_room() + room(1);
        for row in rows {
            let point = points[row];
            if !inside {
                let (x, y) = self.grid.to_tile(point);
                if !self.clip.holds([x, y]) {
                    continue;
                }
            }
            let mut cursor = self.out.cursor(room);
            cursor.byte(LAYER_FEATURES);
            let feature = cursor.open(1);
            write_head(self.ids[row], &self.columns, row, ShapeKind::Point, self.tags, &mut cursor);
            let geometry = cursor.open(1);
            Pen::default().point(self.grid.to_tile_near(point), &mut cursor);
            cursor.close(geometry);
            cursor.close(feature);
            let at = cursor.at;
            self.out.keep(at);
        }
    }

    /// A row of any number of parts.
    fn shape<'p>(
        &mut self,
        row: usize,
        kind: ShapeKind,
        inside: bool,
        parts: impl Iterator<Item = Part<'p>>,
    ) {
        let start = self.out.len();
        let room = self.feature_room();
        let mut cursor = self.out.cursor(room);
        cursor.byte(LAYER_FEATURES);
        let feature = cursor.open(2);
        write_head(self.ids[row], &self.columns, row, kind, self.tags, &mut cursor);
        let geometry = cursor.open(2);
        let before = cursor.at;
        self.out.keep(before);
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
                None => return self.out.keep(start),
            }
        }
        self.out.close(geometry);
        self.out.close(feature);
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

/// `Feature.id`, `tags` and `type`, and the tag of `geometry`.
#[inline(always)]
fn write_head(
    id: u64,
    columns: &[&[ValueId]],
    row: usize,
    kind: ShapeKind,
    tags: &mut Tags,
    out: &mut Cursor<'_>,
) {
    out.byte(FEATURE_ID);
    out.small_varint(id);
    out.byte(FEATURE_TAGS);
    let opened = out.open(1);
    for (key, values) in columns.iter().enumerate() {
        let value = values[row];
        if value != NO_VALUE {
            tags.write(key as u32, value, out);
        }
    }
    out.close(opened);
    out.up_to_four(u32::from_le_bytes([FEATURE_TYPE, kind as u8, FEATURE_GEOMETRY, 0]), 3);
}
