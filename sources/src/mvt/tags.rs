//! The tags stage: value ids of a table to key and value numbers of a tile.
//!
//! Every value of a tile gets its number when it is first used. The numbers
//! live in an array by value id, stamped with the tile they belong to, so
//! nothing is hashed and nothing is cleared between tiles. A slot keeps the
//! finished tag bytes (key number, value number): a used tag is one copy.

use super::buffer::{Buffer, Cursor};
use crate::features::{Dictionary, ValueId, write_varint};

/// The value id that stands for no value.
pub(super) const NO_VALUE: ValueId = 0;

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    stamp: u32,
    /// How many of `bytes` are the tag.
    length: u32,
    bytes: [u8; 8],
}

/// Value numbers of the tile at hand. Reused across tiles and tables.
#[derive(Debug, Default)]
pub(super) struct Tags {
    slots: Vec<Slot>,
    stamp: u32,
    used: Vec<ValueId>,
}

/// The most bytes that one tag takes, and that [`Cursor::up_to_eight`] writes.
pub(super) const MAX_TAG: usize = 8;

impl Tags {
    /// Starts a tile of a table with this many values.
    pub(super) fn begin(&mut self, values: usize) {
        if self.slots.len() < values {
            self.slots.resize(values, Slot::default());
        }
        self.used.clear();
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            // The stamps have come round: old ones could look current.
            self.slots.fill(Slot::default());
            self.stamp = 1;
        }
    }

    /// Writes the tag of `value` under `key`. A value belongs to one column, so
    /// its slot can hold the key too.
    #[inline(always)]
    pub(super) fn write(&mut self, key: u32, value: ValueId, out: &mut Cursor<'_>) {
        let slot = self.slots[value as usize];
        if slot.stamp == self.stamp {
            out.up_to_eight(slot.bytes, slot.length as usize);
        } else {
            let slot = self.number(key, value);
            out.up_to_eight(slot.bytes, slot.length as usize);
        }
    }

    /// Gives a value its number in this tile.
    fn number(&mut self, key: u32, value: ValueId) -> Slot {
        let number = self.used.len() as u64;
        self.used.push(value);
        // A key below 2^14 and a value number below 2^32 take 7 bytes.
        let mut long = [0; 20];
        let key_bytes = write_varint(u64::from(key), &mut long);
        let length = key_bytes + write_varint(number, &mut long[key_bytes..]);
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&long[..8]);
        let slot = Slot { stamp: self.stamp, length: length as u32, bytes };
        self.slots[value as usize] = slot;
        slot
    }

    /// Writes `Layer.values` for the values used since [`begin`](Self::begin).
    pub(super) fn write_values(&self, dictionary: &Dictionary, out: &mut Buffer) {
        for &id in &self.used {
            out.slice(dictionary.encoded(id));
        }
    }
}
