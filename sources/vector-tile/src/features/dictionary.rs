//! Distinct attribute values, already encoded as MVT values.
//!
//! Each value is stored in its encoding in a tile: field 4 of `Layer` with its length and
//! the `AttributeValue` message (MVT 2.1, section 4.4), so writing a used value into a tile is a
//! copy.
//!
//! Ids ascend column by column, and within a column by the bytes of the values: values of
//! a tile that are written by id resemble their neighbours, which deflates well.

use std::collections::HashMap;
use std::ops::Range;

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

use super::values::{VALUES_TAG, decode_value, encode_value, write_varint};
use data_model::feature::AttributeValue;

/// A value's number in its table's dictionary; 0 is no value.
pub type ValueId = u32;

/// Number of bytes that can be read from the start of each value.
pub(crate) const PADDING: usize = 32;

/// The encoded values of a table; each belongs to one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueDictionary {
    bytes: Vec<u8>,
    /// End of value `id` in `bytes`; entry 0 is the empty value.
    ends: Vec<u32>,
    /// One more than the last id of each column; the next column begins there.
    column_ends: Vec<ValueId>,
}

impl ValueDictionary {
    /// The bytes of `Layer.values` for one value; empty for id 0.
    #[inline]
    #[must_use]
    pub fn encoded(&self, id: ValueId) -> &[u8] {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        &self.bytes[start..self.ends[id] as usize]
    }

    /// The ids of a column's values.
    #[must_use]
    pub fn column(&self, column: usize) -> Range<ValueId> {
        let start = if column == 0 { 1 } else { self.column_ends[column - 1] };
        start..self.column_ends[column]
    }

    /// The encoded value with the bytes after it, [`PADDING`] in all, and its own length.
    /// A copy of constant length is faster than one of the exact length. `None` without
    /// enough bytes.
    #[inline]
    pub(crate) fn padded(&self, id: ValueId) -> (Option<&[u8; PADDING]>, usize) {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        let length = self.ends[id] as usize - start;
        (self.bytes.get(start..).and_then(|rest| rest.first_chunk()), length)
    }

    /// One more than the largest value id.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.len() <= 1
    }

    /// The decoded value of an id; null for 0, for an unknown id, and for bytes that are
    /// no value.
    #[must_use]
    pub fn value(&self, id: ValueId) -> AttributeValue<'_> {
        if id == 0 || id as usize >= self.ends.len() {
            return AttributeValue::Null;
        }
        decode_value(self.encoded(id)).unwrap_or(AttributeValue::Null)
    }

    /// The encoded values in one array, the end of each (the empty value's first), and
    /// one more than the last id of each column.
    pub fn parts(&self) -> (&[u8], &[u32], &[ValueId]) {
        let length = self.ends.last().map_or(0, |&end| end as usize);
        (&self.bytes[..length], &self.ends, &self.column_ends)
    }

    /// Creates a dictionary from [`parts`](Self::parts); `None` if these are inconsistent
    /// or hold anything but values.
    pub fn from_parts(
        mut bytes: Vec<u8>,
        ends: Vec<u32>,
        column_ends: Vec<ValueId>,
    ) -> Option<Self> {
        let sound = ends.first() == Some(&0)
            && ends.is_sorted()
            && ends.last().is_some_and(|&end| end as usize == bytes.len())
            && column_ends.is_sorted()
            && column_ends.first().is_none_or(|&end| end > 0)
            && column_ends.last().map_or(1, |&end| end as usize) == ends.len();
        bytes.resize(bytes.len() + PADDING, 0);
        let dictionary = Self { bytes, ends, column_ends };
        let mut ids = 1..dictionary.ends.len();
        let sound = sound && ids.all(|id| decode_value(dictionary.encoded(id as u32)).is_some());
        sound.then_some(dictionary)
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.bytes.capacity() + (self.ends.capacity() + self.column_ends.capacity()) * 4
    }
}

/// Collects the distinct values of each column and assigns their ids.
#[derive(Debug)]
pub struct DictionaryBuilder {
    dictionary: ValueDictionary,
    columns: Vec<HashTable<ValueId>>,
    scratch: Vec<u8>,
}

/// Error: the distinct values of a table take 4 GiB or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its distinct values come to 4 GiB or more")]
pub struct DictionaryFull;

impl DictionaryBuilder {
    /// An empty builder for this many columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self {
            dictionary: ValueDictionary {
                bytes: Vec::new(),
                ends: vec![0],
                column_ends: Vec::new(),
            },
            columns: (0..columns).map(|_| HashTable::new()).collect(),
            scratch: Vec::new(),
        }
    }

    /// The id of `value` in `column`; 0 (no data) for null and for numbers that are not
    /// finite.
    pub fn id(
        &mut self,
        column: usize,
        value: AttributeValue<'_>,
    ) -> Result<ValueId, DictionaryFull> {
        self.scratch.clear();
        if !encode_value(value, &mut self.scratch) {
            return Ok(0);
        }
        self.scratch_id(column)
    }

    /// Replaces every value of a column by its text; returns the new id of each former
    /// one. `doubles` is whether the column's numbers are doubles, some of which are
    /// encoded as floats.
    pub(super) fn make_text(
        &mut self,
        column: usize,
        doubles: bool,
    ) -> Result<HashMap<ValueId, ValueId>, DictionaryFull> {
        // What the former ids refer to is left out when the dictionary is finished.
        let former = std::mem::take(&mut self.columns[column]);
        let mut text = String::new();
        let mut texts = HashMap::with_capacity(former.len());
        for id in former {
            let encoded = self.dictionary.encoded(id).to_vec();
            let value = match decode_value(&encoded).unwrap_or(AttributeValue::Null) {
                // A double has other shortest digits.
                AttributeValue::Float(number) if doubles => {
                    AttributeValue::Double(f64::from(number))
                }
                value => value,
            };
            texts.insert(id, self.id(column, value.as_text(&mut text))?);
        }
        Ok(texts)
    }

    /// The id in `column` of a value that another dictionary has encoded.
    pub(super) fn encoded_id(
        &mut self,
        column: usize,
        encoded: &[u8],
    ) -> Result<ValueId, DictionaryFull> {
        self.scratch.clear();
        self.scratch.extend_from_slice(encoded);
        self.scratch_id(column)
    }

    /// The id in `column` of an encoded `AttributeValue` message, which keeps its type.
    pub(super) fn message_id(
        &mut self,
        column: usize,
        message: &[u8],
    ) -> Result<ValueId, DictionaryFull> {
        self.scratch.clear();
        let mut length = [0; 10];
        let length_bytes = write_varint(message.len() as u64, &mut length);
        self.scratch.push(VALUES_TAG);
        self.scratch.extend_from_slice(&length[..length_bytes]);
        self.scratch.extend_from_slice(message);
        self.scratch_id(column)
    }

    /// The id of the encoded value in `scratch`.
    fn scratch_id(&mut self, column: usize) -> Result<ValueId, DictionaryFull> {
        let hash = xxh3_64(&self.scratch);
        let dictionary = &mut self.dictionary;
        let found = self.columns[column]
            .find(hash, |&id| dictionary.encoded(id) == self.scratch.as_slice());
        if let Some(&id) = found {
            return Ok(id);
        }
        let id = u32::try_from(dictionary.ends.len()).map_err(|_| DictionaryFull)?;
        let end = u32::try_from(dictionary.bytes.len() + self.scratch.len());
        dictionary.bytes.extend_from_slice(&self.scratch);
        dictionary.ends.push(end.map_err(|_| DictionaryFull)?);
        let dictionary = &self.dictionary;
        self.columns[column].insert_unique(hash, id, |&id| xxh3_64(dictionary.encoded(id)));
        Ok(id)
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let tables: usize = self.columns.iter().map(|table| table.capacity() * 5).sum();
        self.dictionary.memory_bytes() + tables
    }

    /// The dictionary in its final order, and the final id of each assigned one.
    pub fn finish(self) -> (ValueDictionary, Vec<ValueId>) {
        let found = &self.dictionary;
        let mut sorted = ValueDictionary {
            bytes: Vec::with_capacity(found.bytes.len() + PADDING),
            ends: Vec::with_capacity(found.ends.len()),
            column_ends: Vec::with_capacity(self.columns.len()),
        };
        sorted.ends.push(0);
        let mut new_ids = vec![0; found.ends.len()];
        let mut order: Vec<(u128, ValueId)> = Vec::new();
        for column in &self.columns {
            order.clear();
            order.extend(column.iter().map(|&id| (first_bytes(found.encoded(id)), id)));
            order.sort_unstable_by(|&(a, a_id), &(b, b_id)| {
                a.cmp(&b).then_with(|| found.encoded(a_id).cmp(found.encoded(b_id)))
            });
            for &(_, id) in &order {
                new_ids[id as usize] = sorted.ends.len() as ValueId;
                sorted.bytes.extend_from_slice(found.encoded(id));
                sorted.ends.push(sorted.bytes.len() as u32);
            }
            sorted.column_ends.push(sorted.ends.len() as ValueId);
        }
        sorted.bytes.resize(sorted.bytes.len() + PADDING, 0);
        (sorted, new_ids)
    }
}

/// The first 16 bytes, padded with zeros, as a number of the same order.
fn first_bytes(value: &[u8]) -> u128 {
    let mut first = [0; 16];
    let count = value.len().min(16);
    first[..count].copy_from_slice(&value[..count]);
    u128::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_from_their_bytes() {
        let mut builder = DictionaryBuilder::new(1);
        let values = [
            AttributeValue::Text("동"),
            AttributeValue::Text(""),
            AttributeValue::Bool(true),
            AttributeValue::UInt(300),
            AttributeValue::Int(-1),
            AttributeValue::Int(i64::MIN),
            AttributeValue::UInt(u64::MAX),
            AttributeValue::Float(1.5),
            AttributeValue::Double(0.1),
        ];
        let ids = values.map(|value| builder.id(0, value).unwrap());
        let (dictionary, new_ids) = builder.finish();
        assert_eq!(ids.map(|id| dictionary.value(new_ids[id as usize])), values);
        assert_eq!([0, 10, u32::MAX].map(|id| dictionary.value(id)), [AttributeValue::Null; 3]);
        let (bytes, ends, columns) = dictionary.parts();
        let again = ValueDictionary::from_parts(bytes.to_vec(), ends.to_vec(), columns.to_vec());
        assert_eq!(again.as_ref(), Some(&dictionary));
        assert_eq!(
            ValueDictionary::from_parts(bytes[1..].to_vec(), ends.to_vec(), columns.to_vec()),
            None
        );
        assert_eq!(ValueDictionary::from_parts(bytes.to_vec(), ends.to_vec(), vec![0]), None);
        assert_eq!(ValueDictionary::from_parts(vec![0x22, 1, 0], vec![0, 3], vec![2]), None);
    }

    #[test]
    fn null_and_not_a_number_are_no_value() {
        let mut builder = DictionaryBuilder::new(1);
        for value in [
            AttributeValue::Null,
            AttributeValue::Double(f64::NAN),
            AttributeValue::Float(f32::INFINITY),
        ] {
            assert_eq!(builder.id(0, value), Ok(0));
        }
    }

    #[test]
    fn equal_values_of_a_column_share_an_id_and_columns_do_not() {
        let mut builder = DictionaryBuilder::new(2);
        let first = builder.id(0, AttributeValue::Text("a")).unwrap();
        assert_eq!(builder.id(0, AttributeValue::Text("a")), Ok(first));
        assert_ne!(builder.id(0, AttributeValue::Text("b")), Ok(first));
        assert_ne!(builder.id(1, AttributeValue::Text("a")), Ok(first));
    }

    #[test]
    fn ids_ascend_by_column_and_by_value() {
        let mut builder = DictionaryBuilder::new(3);
        let texts =
            ["b", "a", "a long text of the same start, b", "a long text of the same start, a"];
        let mut values = vec![Vec::new(); 3];
        values[1] = vec![builder.id(1, AttributeValue::Int(7)).unwrap(), 0];
        values[0] =
            texts.iter().map(|text| builder.id(0, AttributeValue::Text(text)).unwrap()).collect();
        let (dictionary, new_ids) = builder.finish();
        for id in values.iter_mut().flatten() {
            *id = new_ids[*id as usize];
        }
        assert_eq!(values, [vec![2, 1, 4, 3], vec![5, 0], vec![]]);
        assert_eq!([0, 1, 2].map(|column| dictionary.column(column)), [1..5, 5..6, 6..6]);
        assert_eq!(dictionary.encoded(1), [0x22, 3, 0x0a, 1, b'a']);
        assert_eq!(dictionary.encoded(5), [0x22, 2, 0x28, 7]);
    }
}
