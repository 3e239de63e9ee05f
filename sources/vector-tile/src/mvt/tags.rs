//! The tags stage: value ids of a table to key and value numbers of a tile.
//!
//! A tile's values are ordered by column, columns with few values first, so that their
//! numbers, which most tags have, are short. Within a column they ascend, as the ids of
//! the table do: neighbours have their first bytes in common, and deflate well. Numbers
//! are in an array by value id, so nothing is hashed. An entry is written before it is
//! read in each tile, so nothing is cleared either.

use super::ascending::AscendingSet;
use super::buffer::{ByteBuffer, EncodedTag};
use crate::features::{FeatureTable, ValueDictionary, ValueId};
use crate::fragment::RepeatHints;

/// The value id of no value.
pub(super) const NO_VALUE: ValueId = 0;

/// Value numbers of the current tile; reusable across tiles and tables.
#[derive(Debug, Default)]
pub(super) struct TagNumbers {
    /// Tags by value id; valid for the tile's values only.
    tags: Vec<EncodedTag>,
    /// The tile's values, by column.
    used: Vec<Vec<ValueId>>,
    /// Positions in `used` in the order in which columns are written.
    order: Vec<usize>,
}

impl TagNumbers {
    /// Numbers the values of these rows in these columns.
    pub(super) fn number(
        &mut self,
        table: &FeatureTable,
        columns: &[usize],
        rows: &[u32],
        ascending: &mut AscendingSet,
    ) {
        let dictionary = table.dictionary();
        if self.tags.len() < dictionary.len() {
            self.tags.resize(dictionary.len(), EncodedTag::default());
        }
        if self.used.len() < columns.len() {
            self.used.resize(columns.len(), Vec::new());
        }
        for (&column, used) in columns.iter().zip(&mut self.used) {
            let values = table.column_values(column);
            let ids = dictionary.column(column);
            // Ids of the column counted from 1, so that 0 stays no value.
            let before = ids.start - 1;
            used.clear();
            used.extend(rows.iter().map(|&row| values[row as usize].saturating_sub(before)));
            ascending.sort(used, (ids.end - before) as usize);
            if used.first() == Some(&NO_VALUE) {
                used.remove(0);
            }
            for id in used {
                *id += before;
            }
        }
        self.order.clear();
        self.order.extend(0..columns.len());
        let used = &self.used;
        self.order.sort_by_key(|&column| used[column].len());
        let mut number = 0;
        for &column in &self.order {
            for &id in &self.used[column] {
                self.tags[id as usize] = EncodedTag::new(column as u32, number);
                number += 1;
            }
        }
    }

    /// The tags by value id; valid for the tile's values only.
    pub(super) fn tags(&self) -> &[EncodedTag] {
        &self.tags
    }

    /// Writes `Layer.values`.
    pub(super) fn write_values(
        &self,
        dictionary: &ValueDictionary,
        out: &mut ByteBuffer,
        hints: &mut RepeatHints,
    ) {
        for &column in &self.order {
            let mut before = 0;
            for &id in &self.used[column] {
                if before > 0 {
                    hints.add(out.len(), before);
                }
                before = match dictionary.padded(id) {
                    (Some(padded), length) if length <= padded.len() => {
                        out.part_of(padded, length);
                        length
                    }
                    (_, length) => {
                        out.slice(dictionary.encoded(id));
                        length
                    }
                };
            }
        }
    }
}
