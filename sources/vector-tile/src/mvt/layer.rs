//! The layer stage: rows of a table to one `Layer` message (MVT 2.1, section 4.1).

use std::time::Instant;

use super::ascending::AscendingSet;
use super::buffer::{ByteBuffer, MAX_VARINT};
use super::clip::ClipBox;
use super::cut::CutPolygon;
use super::feature::FeatureWriter;
use super::generalize::{TileUnit, threshold};
use super::geometry::VertexLane;
use super::tags::TagNumbers;
use super::writer::GeometryWriter;
use crate::features::{FeatureTable, RowGeometries, RowRange, write_varint};
use crate::fragment::RepeatHints;
use data_model::tile::TileGrid;
use data_model::{Extent, LayerId, TileCoord};

/// Published columns of a table as a layer, and the geometry of its tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerView {
    extent: Extent,
    buffer: u32,
    /// Whether points on the eastern and southern edge belong to the next tile.
    is_half_open: bool,
    /// Table columns in key order.
    columns: Vec<usize>,
    /// Field 15 `version` and field 1 `name`.
    head: Vec<u8>,
    /// Field 3 `keys`.
    keys: Vec<u8>,
}

/// Error of encoding a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The deadline passed.
    #[error("the deadline passed while the tile was encoded")]
    Deadline,
}

/// Maximum number of published columns: their key numbers fit two bytes.
const MAX_COLUMNS: usize = 1 << 14;
/// Rows between two checks of the deadline.
const ROWS_PER_CHECK: usize = 2048;

// Field numbers and wire types of `Tile` and `Layer`.
const TILE_LAYERS: u8 = 3 << 3 | 2;
const LAYER_NAME: u8 = 1 << 3 | 2;
const LAYER_KEYS: u8 = 3 << 3 | 2;
const LAYER_EXTENT: u8 = 5 << 3;
const LAYER_VERSION: u8 = 15 << 3;

impl LayerView {
    /// A view of `table` as layer `id`, with the named columns; `None` publishes all.
    ///
    /// Names that the table lacks are ignored; [`columns`](Self::columns) returns the
    /// others. At most 16,384 columns are published.
    #[must_use]
    pub fn new(
        id: &LayerId,
        table: &FeatureTable,
        columns: Option<&[String]>,
        extent: Extent,
        buffer: u16,
    ) -> Self {
        Self::named(id.as_str(), table, columns, extent, buffer)
    }

    /// A view of `table` as a layer of any name, otherwise as [`new`](Self::new).
    pub fn named(
        name: &str,
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
        write_bytes(LAYER_NAME, name.as_bytes(), &mut head);
        let mut keys = Vec::new();
        for &column in &chosen {
            write_bytes(LAYER_KEYS, table.columns()[column].name.as_bytes(), &mut keys);
        }
        let buffer = u32::from(buffer);
        Self { extent, buffer, is_half_open: false, columns: chosen, head, keys }
    }

    /// A view of label points: each point is in one tile, that in which its coordinates are from
    /// 0 to below the extent. Otherwise as [`named`](Self::named), without a buffer.
    pub fn labels(
        name: &str,
        table: &FeatureTable,
        columns: Option<&[String]>,
        extent: Extent,
    ) -> Self {
        Self { is_half_open: true, ..Self::named(name, table, columns, extent, 0) }
    }

    /// Tile units that features reach into.
    fn clip(&self) -> ClipBox {
        ClipBox::new(self.extent.units() - u32::from(self.is_half_open), self.buffer)
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

    /// Width of the buffer around a tile in tile units.
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

/// Working memory of the encoder: one for each thread, reused.
#[derive(Debug, Default)]
pub struct EncoderScratch {
    out: ByteBuffer,
    /// Geometry of the rows, one after the other.
    drawn: ByteBuffer,
    /// End of each row's geometry in `drawn`.
    ends: Vec<usize>,
    tags: TagNumbers,
    ranges: Vec<RowRange>,
    /// Rows of the tile, or their places in the drawing order.
    rows: Vec<u32>,
    ascending: AscendingSet,
    part: Vec<TileUnit>,
    spare: Vec<TileUnit>,
    lane: VertexLane,
    cut: CutPolygon,
    hints: RepeatHints,
}

/// An encoded layer of a tile, with hints on its repeating bytes.
#[derive(Debug, Clone, Copy)]
pub struct EncodedLayer<'a> {
    /// The bytes of a `Tile` with this layer only; empty if no feature meets the buffered
    /// tile.
    pub bytes: &'a [u8],
    /// Hints for the compressor.
    pub hints: &'a RepeatHints,
}

/// Encodes one layer of one tile: the bytes of a `Tile` with this layer only, or an empty
/// slice if no feature meets the buffered tile.
///
/// Reads the table and writes `scratch`; takes no lock, and allocates only while
/// `scratch` grows to the largest tile so far.
///
/// # Errors
/// Returns [`EncodeError::Deadline`] if `deadline` passes; checked every 2,048 rows.
///
/// # Example
/// A table of one point, encoded as the layer `cafe` of the tile that covers the world:
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use data_model::feature::{
///     AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry, ShapeKind,
/// };
/// use data_model::{Extent, LayerId, TileCoord};
/// use vector_tile::features::{TableBuilder, TableOptions};
/// use vector_tile::mvt::{EncoderScratch, LayerView, encode_layer};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut builder = TableBuilder::new(TableOptions::default());
/// builder.begin(&FeatureSchema {
///     columns: vec![Column {
///         name: "name".to_owned(),
///         kind: ColumnType::Text,
///         title: None,
///         description: None,
///     }],
///     ..FeatureSchema::default()
/// });
/// let point = Geometry {
///     kind: Some(ShapeKind::Point),
///     coordinates: vec![[127.04, 37.55]],
///     ..Geometry::default()
/// };
/// builder.feature(0, &point, &[AttributeValue::Text("Seongsu")])?;
/// let table = builder.finish()?;
///
/// let view = LayerView::new(&LayerId::new("cafe")?, &table, None, Extent::DEFAULT, 64);
/// let mut scratch = EncoderScratch::default();
/// let deadline = Instant::now() + Duration::from_secs(5);
/// let tile = encode_layer(&table, &view, TileCoord::new(0, 0, 0)?, deadline, &mut scratch)?;
/// assert!(tile.windows(7).any(|bytes| bytes == b"Seongsu"));
///
/// // The point lies in the east: the western half of the world has an empty tile.
/// let west = TileCoord::new(1, 0, 0)?;
/// assert!(encode_layer(&table, &view, west, deadline, &mut scratch)?.is_empty());
/// # Ok(())
/// # }
/// ```
pub fn encode_layer<'a>(
    table: &FeatureTable,
    view: &LayerView,
    tile: TileCoord,
    deadline: Instant,
    scratch: &'a mut EncoderScratch,
) -> Result<&'a [u8], EncodeError> {
    encode_layer_with_hints(table, view, tile, deadline, scratch).map(|encoded| encoded.bytes)
}

/// Encodes one layer of one tile, with hints for the compressor.
///
/// # Errors
/// Returns the errors of [`encode_layer`].
pub fn encode_layer_with_hints<'a>(
    table: &FeatureTable,
    view: &LayerView,
    tile: TileCoord,
    deadline: Instant,
    scratch: &'a mut EncoderScratch,
) -> Result<EncodedLayer<'a>, EncodeError> {
    scratch.out.clear();
    scratch.hints.clear();
    let grid = TileGrid::new(tile, view.extent);
    find_rows(table, view, grid, scratch);
    draw(table, view, tile, grid, deadline, scratch)?;
    let EncoderScratch { out, drawn, ends, tags, rows, ascending, hints, .. } = scratch;
    if rows.is_empty() {
        return Ok(EncodedLayer { bytes: &[], hints });
    }
    tags.number(table, &view.columns, rows, ascending);

    // The layer's length comes first and is known last: leave the most it takes.
    let mut cursor = out.cursor(1 + MAX_VARINT);
    cursor.skip(1 + MAX_VARINT);
    let at = cursor.at;
    out.keep(at);
    let body = out.len();
    out.slice(&view.head);
    let columns = view.columns.iter().map(|&column| table.column_values(column)).collect();
    let mut features = FeatureWriter::new(table.tile_ids(), columns, tags.tags(), hints);
    let mut start = 0;
    for (count, &row) in rows.iter().enumerate() {
        if count % ROWS_PER_CHECK == 0 && Instant::now() >= deadline {
            return Err(EncodeError::Deadline);
        }
        let row = row as usize;
        match table.shapes() {
            RowGeometries::Points(points) => features.point(row, points[row], grid, out),
            RowGeometries::Parts(shapes) => {
                let end = ends[count];
                features.shape(row, shapes.kind(row), drawn.part(start..end), out);
                start = end;
            }
        }
    }
    hints.end_section(out.len());
    out.slice(&view.keys);
    tags.write_values(table.dictionary(), out, hints);
    let mut cursor = out.cursor(1 + MAX_VARINT);
    cursor.byte(LAYER_EXTENT);
    cursor.varint(u64::from(view.extent.units()));
    let at = cursor.at;
    out.keep(at);
    let (start, bytes) = out.finish(TILE_LAYERS, body);
    hints.begin_at(start);
    Ok(EncodedLayer { bytes, hints })
}

/// Finds the rows that may be in the tile, in drawing order: exactly the points in it,
/// and the shapes whose bounding rectangle meets it.
fn find_rows(table: &FeatureTable, view: &LayerView, grid: TileGrid, scratch: &mut EncoderScratch) {
    let EncoderScratch { ranges, rows, ascending, .. } = scratch;
    let area = grid.world_rect(view.extent, view.buffer);
    let clip = view.clip();
    table.index().query(&area, ranges);
    rows.clear();
    let order = table.drawn();
    for range in ranges.iter() {
        let found = range.start..range.end;
        if range.inside && !view.is_half_open {
            rows.extend(found.map(|row| order.place(row)));
            continue;
        }
        match table.shapes() {
            RowGeometries::Points(points) => {
                let met = found.filter(|&row| {
                    let (x, y) = grid.to_tile(points[row as usize]);
                    clip.holds([x, y])
                });
                rows.extend(met.map(|row| order.place(row)));
            }
            RowGeometries::Parts(shapes) => {
                let met = found.filter(|&row| area.intersects(shapes.rect(row as usize)));
                rows.extend(met.map(|row| order.place(row)));
            }
        }
    }
    ascending.sort(rows, order.len());
    for place in rows {
        *place = order.row(*place);
    }
}

/// Writes the geometry of the rows that were found, and removes rows without any in the
/// tile.
fn draw(
    table: &FeatureTable,
    view: &LayerView,
    tile: TileCoord,
    grid: TileGrid,
    deadline: Instant,
    scratch: &mut EncoderScratch,
) -> Result<(), EncodeError> {
    let RowGeometries::Parts(shapes) = table.shapes() else {
        // Points are written with their features, and those found are all in it.
        return Ok(());
    };
    let EncoderScratch { drawn, ends, rows, part, spare, lane, cut, .. } = scratch;
    drawn.clear();
    ends.clear();
    let area = grid.world_rect(view.extent, view.buffer);
    let mut writer = GeometryWriter {
        grid,
        clip: view.clip(),
        threshold: threshold(tile.zoom(), view.extent),
        out: drawn,
        part,
        spare,
        lane,
        cut,
        keeps_edges: table.keeps_edges(),
    };
    let mut kept = 0;
    for at in 0..rows.len() {
        if at % ROWS_PER_CHECK == 0 && Instant::now() >= deadline {
            return Err(EncodeError::Deadline);
        }
        let row = rows[at] as usize;
        let inside = !view.is_half_open && area.contains(shapes.rect(row));
        if writer.shape(shapes.kind(row), inside, shapes.parts(row)) {
            rows[kept] = row as u32;
            kept += 1;
            ends.push(writer.out.len());
        }
    }
    rows.truncate(kept);
    Ok(())
}
