//! Distinct attribute values, already encoded as MVT values.
//!
//! Each value is kept as the bytes that a tile holds for it: field 4 of
//! `Layer` with its length and the `Value` message (MVT 2.1, section 4.4), so
//! writing a used value into a tile is a copy.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

use crate::feature::Value;

/// A value's number in its table's dictionary; 0 stands for no value.
pub type ValueId = u32;

/// `Layer.values`: field 4, length-delimited.
const VALUES_TAG: u8 = 4 << 3 | 2;

/// The encoded values of a table. Each belongs to one column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dictionary {
    bytes: Vec<u8>,
    /// End of value `id` in `bytes`; entry 0 is the empty value.
    ends: Vec<u32>,
}

impl Dictionary {
    /// The bytes of `Layer.values` for one value; empty for id 0.
    #[inline]
    #[must_use]
    pub fn encoded(&self, id: ValueId) -> &[u8] {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        &self.bytes[start..self.ends[id] as usize]
    }

    /// One more than the largest value id.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no value at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.len() <= 1
    }

    /// The value of this id as it was before it was encoded; null for 0, for a number
    /// that is none's, and for what is no value.
    #[must_use]
    pub fn value(&self, id: ValueId) -> Value<'_> {
        if id == 0 || id as usize >= self.ends.len() {
            return Value::Null;
        }
        decode_value(self.encoded(id)).unwrap_or(Value::Null)
    }

    /// The encoded values one after the other, and where each ends; the first is the
    /// empty value.
    pub(crate) fn parts(&self) -> (&[u8], &[u32]) {
        (&self.bytes, &self.ends)
    }

    /// A dictionary of such parts; `None` where they do not fit each other or hold
    /// anything but values.
    pub(crate) fn from_parts(bytes: Vec<u8>, ends: Vec<u32>) -> Option<Self> {
        let sound = ends.first() == Some(&0)
            && ends.is_sorted()
            && ends.last().is_some_and(|&end| end as usize == bytes.len());
        let dictionary = Self { bytes, ends };
        let mut ids = 1..dictionary.ends.len();
        let sound = sound && ids.all(|id| decode_value(dictionary.encoded(id as u32)).is_some());
        sound.then_some(dictionary)
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 4
    }
}

/// Reads what [`encode_value`] writes; `None` for anything else.
fn decode_value(mut bytes: &[u8]) -> Option<Value<'_>> {
    (take_varint(&mut bytes)? == u64::from(VALUES_TAG)).then_some(())?;
    let length = take_varint(&mut bytes)?;
    (length == bytes.len() as u64).then_some(())?;
    let (&tag, mut bytes) = bytes.split_first()?;
    let value = match (tag >> 3, tag & 7) {
        (1, 2) => {
            let length = take_varint(&mut bytes)?;
            let text = std::mem::take(&mut bytes);
            (length == text.len() as u64).then_some(())?;
            Value::Text(std::str::from_utf8(text).ok()?)
        }
        (2, 5) => Value::Float(f32::from_le_bytes(*take_array(&mut bytes)?)),
        (3, 1) => Value::Double(f64::from_le_bytes(*take_array(&mut bytes)?)),
        (4, 0) => Value::Int(take_varint(&mut bytes)? as i64),
        (5, 0) => Value::UInt(take_varint(&mut bytes)?),
        (6, 0) => {
            let zigzag = take_varint(&mut bytes)?;
            Value::Int((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
        }
        (7, 0) => Value::Bool(take_varint(&mut bytes)? != 0),
        _ => return None,
    };
    bytes.is_empty().then_some(value)
}

fn take_array<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(head)
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for at in 0..10 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f).checked_shl(7 * at)?;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// Collects the values of a table column by column and gives out their ids.
#[derive(Debug)]
pub(crate) struct DictionaryBuilder {
    dictionary: Dictionary,
    columns: Vec<HashTable<ValueId>>,
    scratch: Vec<u8>,
}

/// The values of a table that come to 4 GiB or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its distinct values come to 4 GiB or more")]
pub(crate) struct DictionaryFull;

impl DictionaryBuilder {
    pub(crate) fn new(columns: usize) -> Self {
        Self {
            dictionary: Dictionary { bytes: Vec::new(), ends: vec![0] },
            columns: (0..columns).map(|_| HashTable::new()).collect(),
            scratch: Vec::new(),
        }
    }

    /// The id of `value` in `column`: 0 for null and for numbers that are not
    /// finite, which mean no data.
    pub(crate) fn id(
        &mut self,
        column: usize,
        value: Value<'_>,
    ) -> Result<ValueId, DictionaryFull> {
        self.scratch.clear();
        if !encode_value(value, &mut self.scratch) {
            return Ok(0);
        }
        self.scratch_id(column)
    }

    /// The id in `column` of a value that is a `Value` message already, which keeps
    /// its type.
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

    /// The id of the encoded value in the scratch memory.
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

    pub(crate) fn finish(self) -> Dictionary {
        let mut dictionary = self.dictionary;
        dictionary.bytes.shrink_to_fit();
        dictionary.ends.shrink_to_fit();
        dictionary
    }
}

/// Appends `value` as `Layer.values`; `false` where there is nothing to write.
fn encode_value(value: Value<'_>, out: &mut Vec<u8>) -> bool {
    // `Value` fields: string 1, float 2, double 3, int 4, uint 5, sint 6, bool 7.
    let mut message = [0u8; 11];
    let length = match value {
        Value::Null => return false,
        Value::Text(text) => {
            write_text(text.as_bytes(), out);
            return true;
        }
        Value::Binary(bytes) => {
            use std::fmt::Write;
            let mut hex = String::with_capacity(bytes.len() * 2);
            for byte in bytes {
                // Writing to a String can't fail.
                let _ = write!(hex, "{byte:02x}");
            }
            write_text(hex.as_bytes(), out);
            return true;
        }
        Value::Bool(flag) => {
            message[..2].copy_from_slice(&[7 << 3, u8::from(flag)]);
            2
        }
        Value::Int(number) if number < 0 => {
            message[0] = 6 << 3;
            let zigzag = ((number << 1) ^ (number >> 63)) as u64;
            1 + write_varint(zigzag, &mut message[1..])
        }
        Value::Int(number) => {
            message[0] = 5 << 3;
            1 + write_varint(number as u64, &mut message[1..])
        }
        Value::UInt(number) => {
            message[0] = 5 << 3;
            1 + write_varint(number, &mut message[1..])
        }
        Value::Float(number) if number.is_finite() => {
            message[0] = 2 << 3 | 5;
            message[1..5].copy_from_slice(&number.to_le_bytes());
            5
        }
        Value::Double(number) if number.is_finite() => {
            // A float where it is the same number: half the bytes.
            if f64::from(number as f32) == number {
                return encode_value(Value::Float(number as f32), out);
            }
            message[0] = 3 << 3 | 1;
            message[1..9].copy_from_slice(&number.to_le_bytes());
            9
        }
        Value::Float(_) | Value::Double(_) => return false,
    };
    out.extend_from_slice(&[VALUES_TAG, length as u8]);
    out.extend_from_slice(&message[..length]);
    true
}

fn write_text(text: &[u8], out: &mut Vec<u8>) {
    let mut length = [0u8; 10];
    let length_bytes = write_varint(text.len() as u64, &mut length);
    let mut total = [0u8; 10];
    let total_bytes = write_varint((1 + length_bytes + text.len()) as u64, &mut total);
    out.push(VALUES_TAG);
    out.extend_from_slice(&total[..total_bytes]);
    out.push(1 << 3 | 2);
    out.extend_from_slice(&length[..length_bytes]);
    out.extend_from_slice(text);
}

/// Writes a base-128 varint and returns how many bytes it took (10 at most).
pub(crate) fn write_varint(mut number: u64, out: &mut [u8]) -> usize {
    let mut at = 0;
    while number >= 0x80 {
        out[at] = number as u8 | 0x80;
        number >>= 7;
        at += 1;
    }
    out[at] = number as u8;
    at + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Value::Text("동"), &[0x22, 5, 0x0a, 3, 0xeb, 0x8f, 0x99])]
    #[case(Value::Bool(true), &[0x22, 2, 0x38, 1])]
    #[case(Value::Int(300), &[0x22, 3, 0x28, 0xac, 0x02])]
    #[case(Value::Int(-1), &[0x22, 2, 0x30, 1])]
    #[case(Value::Int(i64::MIN), &[0x22, 11, 0x30, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])]
    #[case(Value::UInt(u64::MAX), &[0x22, 11, 0x28, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])]
    #[case(Value::Double(1.5), &[0x22, 5, 0x15, 0, 0, 0xc0, 0x3f])]
    #[case(Value::Double(0.1), &[0x22, 9, 0x19, 0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f])]
    #[case(Value::Binary(&[0, 0xff]), &[0x22, 6, 0x0a, 4, b'0', b'0', b'f', b'f'])]
    fn values_are_encoded_as_the_specification_says(
        #[case] value: Value<'_>,
        #[case] bytes: &[u8],
    ) {
        let mut out = Vec::new();
        assert!(encode_value(value, &mut out));
        assert_eq!(out, bytes);
    }

    #[test]
    fn values_come_back_from_their_bytes() {
        let mut builder = DictionaryBuilder::new(1);
        let values = [
            Value::Text("동"),
            Value::Text(""),
            Value::Bool(true),
            Value::UInt(300),
            Value::Int(-1),
            Value::Int(i64::MIN),
            Value::UInt(u64::MAX),
            Value::Float(1.5),
            Value::Double(0.1),
        ];
        let ids = values.map(|value| builder.id(0, value).unwrap());
        let dictionary = builder.finish();
        assert_eq!(ids.map(|id| dictionary.value(id)), values);
        assert_eq!([0, 10, u32::MAX].map(|id| dictionary.value(id)), [Value::Null; 3]);
        let (bytes, ends) = dictionary.parts();
        let again = Dictionary::from_parts(bytes.to_vec(), ends.to_vec());
        assert_eq!(again.as_ref(), Some(&dictionary));
        assert_eq!(Dictionary::from_parts(bytes[1..].to_vec(), ends.to_vec()), None);
        assert_eq!(Dictionary::from_parts(vec![0x22, 1, 0], vec![0, 3]), None);
    }

    #[test]
    fn null_and_not_a_number_are_no_value() {
        let mut builder = DictionaryBuilder::new(1);
        for value in [Value::Null, Value::Double(f64::NAN), Value::Float(f32::INFINITY)] {
            assert_eq!(builder.id(0, value), Ok(0));
        }
    }

    #[test]
    fn equal_values_of_a_column_share_an_id_and_columns_do_not() {
        let mut builder = DictionaryBuilder::new(2);
        let first = builder.id(0, Value::Text("a")).unwrap();
        assert_eq!(builder.id(0, Value::Text("a")), Ok(first));
        assert_ne!(builder.id(0, Value::Text("b")), Ok(first));
        assert_ne!(builder.id(1, Value::Text("a")), Ok(first));
    }
}
