//! The layer stage: rows of a table to one `Layer` message (MVT 2.1, section 4.1).

use std::time::Instant;

use super::buffer::{Buffer, MAX_VARINT};
use super::clip::ClipBox;
use super::generalize::{Unit, threshold};
use super::geometry::Lane;
use super::tags::Tags;
use super::writer::Writer;
use crate::features::{FeatureTable, RowRange, Shapes, write_varint};
use crate::tile::TileGrid;
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

// Field numbers and wire types of `Tile` and `Layer`.
const TILE_LAYERS: u8 = 3 << 3 | 2;
const LAYER_NAME: u8 = 1 << 3 | 2;
const LAYER_KEYS: u8 = 3 << 3 | 2;
const LAYER_EXTENT: u8 = 5 << 3;
const LAYER_VERSION: u8 = 15 << 3;

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
        Self::named(id.as_str(), table, columns, extent, buffer)
    }

    /// The same under any name.
    pub(crate) fn named(
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
