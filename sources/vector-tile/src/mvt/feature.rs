//! The feature stage: rows of a table to `Feature` messages (MVT 2.1, section 4.2).
//!
//! Type and geometry come first, then id and tags: protobuf leaves the order open, and
//! this one deflates best. Type, steps and tags are alike from feature to feature, and
//! hints give the compressor their positions.

use super::buffer::{ByteBuffer, Cursor, EncodedTag, MAX_VARINT, PART};
use super::geometry::{GeometryCursor, room};
use super::tags::NO_VALUE;
use crate::features::{NO_ID, ValueId};
use crate::fragment::RepeatHints;
use data_model::feature::ShapeKind;
use data_model::tile::{TileGrid, WorldPoint};

// Field numbers and wire types of `Layer` and `Feature`.
const LAYER_FEATURES: u8 = 2 << 3 | 2;
const FEATURE_ID: u8 = 1 << 3;
const FEATURE_TAGS: u8 = 2 << 3 | 2;
const FEATURE_TYPE: u8 = 3 << 3;
const FEATURE_GEOMETRY: u8 = 4 << 3 | 2;

/// Maximum number of bytes of one tag: a key below 2¹⁴, a value number below 2³².
const MAX_TAG: usize = 7;
/// Usual maximum number of bytes of a feature with a short id and this many columns,
/// without its geometry. An estimate: a wrong one costs a move of some bytes.
const fn usual_bytes(columns: usize) -> usize {
    12 + 3 * columns
}

/// Writes the features of one layer.
pub(super) struct FeatureWriter<'a> {
    ids: &'a [u64],
    columns: Vec<&'a [ValueId]>,
    tags: &'a [EncodedTag],
    hints: &'a mut RepeatHints,
    /// Positions of the parts of the preceding feature.
    before: Parts,
    room: usize,
}

/// Positions of the parts of a feature that resemble those of the next one.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    /// The type, after the feature's length.
    kind: usize,
    /// The steps after the first vertex.
    steps: usize,
    /// The tags, after the id.
    tags: usize,
}

impl<'a> FeatureWriter<'a> {
    pub(super) fn new(
        ids: &'a [u64],
        columns: Vec<&'a [ValueId]>,
        tags: &'a [EncodedTag],
        hints: &'a mut RepeatHints,
    ) -> Self {
        // Tag and length four times, id, type, and the tags.
        let room = 4 * (1 + MAX_VARINT) + 2 * MAX_VARINT + (columns.len() + 1) * MAX_TAG;
        Self { ids, columns, tags, hints, before: Parts::default(), room }
    }

    /// Writes a row of one point.
    #[inline]
    pub(super) fn point(
        &mut self,
        row: usize,
        point: WorldPoint,
        grid: TileGrid,
        out: &mut ByteBuffer,
    ) {
        let mut cursor = out.cursor(self.room + room(1));
        cursor.byte(LAYER_FEATURES);
        let feature = cursor.open(1);
        self.head(ShapeKind::Point, &mut cursor);
        let geometry = cursor.open(1);
        GeometryCursor::default().point(grid.to_tile_near(point), &mut cursor);
        cursor.close(geometry);
        self.tail(row, &mut cursor);
        cursor.close(feature);
        let at = cursor.at;
        out.keep(at);
    }

    /// Writes a row with its encoded geometry.
    ///
    /// `geometry` is the bytes, and a padded array that begins with them, if available.
    #[inline]
    pub(super) fn shape(
        &mut self,
        row: usize,
        kind: ShapeKind,
        (geometry, padded): (&[u8], Option<&[u8; PART]>),
        out: &mut ByteBuffer,
    ) {
        let mut cursor = out.cursor(self.room + geometry.len().max(PART));
        cursor.byte(LAYER_FEATURES);
        let bytes = geometry.len() + usual_bytes(self.columns.len());
        let feature = cursor.open(if bytes < 0x80 { 1 } else { 2 });
        self.head(kind, &mut cursor);
        cursor.small_varint(geometry.len() as u64);
        let steps = cursor.at + first_step(geometry);
        match padded {
            Some(padded) if geometry.len() <= PART => cursor.part_of(padded, geometry.len()),
            _ => cursor.slice(geometry),
        }
        self.hint(steps, self.before.steps);
        self.before.steps = steps;
        self.tail(row, &mut cursor);
        cursor.close(feature);
        let at = cursor.at;
        out.keep(at);
    }

    /// Writes `type`, and the tag of `geometry`.
    #[inline(always)]
    fn head(&mut self, kind: ShapeKind, out: &mut Cursor<'_>) {
        self.hint(out.at, self.before.kind);
        self.before.kind = out.at;
        out.up_to_four(u32::from_le_bytes([FEATURE_TYPE, kind as u8, FEATURE_GEOMETRY, 0]), 3);
    }

    /// Writes `id` and `tags`.
    #[inline(always)]
    fn tail(&mut self, row: usize, out: &mut Cursor<'_>) {
        let id = self.ids[row];
        if id != NO_ID {
            out.byte(FEATURE_ID);
            out.small_varint(id);
        }
        self.hint(out.at, self.before.tags);
        self.before.tags = out.at;
        out.byte(FEATURE_TAGS);
        let opened = out.open(1);
        for (key, values) in self.columns.iter().enumerate() {
            let value = values[row];
            if value != NO_VALUE {
                out.tag(key as u32, self.tags[value as usize]);
            }
        }
        out.close(opened);
    }

    /// Hints that the bytes at `at` are likely to equal those at `before`; 0 is no
    /// position.
    #[inline(always)]
    fn hint(&mut self, at: usize, before: usize) {
        if before > 0 {
            self.hints.add(at, at - before);
        }
    }
}

/// Number of bytes of a geometry's first command and the step to its first vertex.
#[inline(always)]
fn first_step(geometry: &[u8]) -> usize {
    let mut ends = geometry.iter().take(16).enumerate().filter(|(_, byte)| **byte < 0x80);
    ends.nth(2).map_or(geometry.len(), |(at, _)| at + 1)
}
