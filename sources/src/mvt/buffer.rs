//! The output buffer: protobuf primitives written at a cursor.

/// A byte buffer that is written at its end and grows by doubling.
///
/// [`reserve`](Self::reserve) is asked once per feature for the most that it
/// can need; the writes after it only move the cursor.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    length: usize,
}

/// The most bytes that a varint of a 64-bit number takes.
pub(super) const MAX_VARINT: usize = 10;

impl Buffer {
    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Makes room for `count` more bytes.
    pub(super) fn reserve(&mut self, count: usize) {
        let needed = self.length + count;
        if needed > self.bytes.len() {
            self.bytes.resize(needed.max(self.bytes.len() * 2).max(1 << 16), 0);
        }
    }

    /// Leaves `count` bytes for [`finish`](Self::finish) to write into.
    pub(super) fn skip(&mut self, count: usize) {
        self.length += count;
    }

    /// Writes a tag and the length of everything from `body` on right before
    /// `body`, into skipped bytes, and returns the message from its tag on.
    pub(super) fn finish(&mut self, tag: u8, body: usize) -> &[u8] {
        let end = self.length;
        let count = (end - body) as u64;
        let start = body - varint_width(count) - 1;
        self.length = start;
        self.byte(tag);
        self.varint(count);
        &self.bytes[start..end]
    }

    /// Takes back what was written after `length`.
    pub(super) fn truncate(&mut self, length: usize) {
        debug_assert!(length <= self.length);
        self.length = length;
    }

    #[inline]
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    /// Writes a base-128 varint.
    #[inline]
    pub(super) fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    /// Writes a varint that most often has one or two bytes.
    #[inline]
    pub(super) fn small_varint(&mut self, number: u32) {
        if number < 0x80 {
            self.byte(number as u8);
        } else if number < 0x4000 {
            let pair = [number as u8 | 0x80, (number >> 7) as u8];
            self.bytes[self.length..self.length + 2].copy_from_slice(&pair);
            self.length += 2;
        } else {
            self.varint(u64::from(number));
        }
    }

    /// Writes the first `count` of eight bytes; all eight must fit the reserve.
    #[inline]
    pub(super) fn up_to_eight(&mut self, bytes: [u8; 8], count: usize) {
        self.bytes[self.length..self.length + 8].copy_from_slice(&bytes);
        self.length += count;
    }

    /// Writes bytes, making room for them.
    pub(super) fn slice(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.bytes[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    /// Leaves `width` bytes for a length that is not known yet.
    #[inline]
    pub(super) fn open(&mut self, width: usize) -> Opened {
        let at = self.length;
        self.length += width;
        Opened { at, width }
    }

    /// Writes the number of bytes since [`open`](Self::open), moving them where
    /// the length takes more or fewer bytes than were left.
    #[inline]
    pub(super) fn close(&mut self, opened: Opened) {
        let start = opened.at + opened.width;
        let count = self.length - start;
        let width = varint_width(count as u64);
        if width != opened.width {
            if width > opened.width {
                self.reserve(width - opened.width);
            }
            self.bytes.copy_within(start..self.length, opened.at + width);
        }
        self.length = opened.at;
        self.varint(count as u64);
        self.length += count;
    }
}

/// Where a length will be written, and how many bytes were left for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opened {
    at: usize,
    width: usize,
}

/// How many bytes a varint takes.
pub(super) const fn varint_width(number: u64) -> usize {
    let bits = 64 - (number | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

/// Maps a signed step to an unsigned number, small for small steps
/// (MVT 2.1, section 4.3.2).
#[inline]
pub(super) const fn zigzag(step: i32) -> u32 {
    ((step << 1) ^ (step >> 31)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lengths_are_patched_whatever_room_was_left(
            before in prop::collection::vec(any::<u8>(), 0..5),
            body in prop::collection::vec(any::<u8>(), 0..40_000),
            width in 1usize..4,
        ) {
            let mut buffer = Buffer::default();
            buffer.slice(&before);
            buffer.reserve(8);
            let opened = buffer.open(width);
            buffer.slice(&body);
            buffer.close(opened);
            let mut expected = before.clone();
            let mut length = [0; 10];
            let used = crate::features::write_varint(body.len() as u64, &mut length);
            expected.extend_from_slice(&length[..used]);
            expected.extend_from_slice(&body);
            prop_assert_eq!(&buffer.bytes[..buffer.length], expected.as_slice());
        }

        #[test]
        fn widths_are_those_written(number in any::<u64>(), shift in 0u32..64) {
            let number = number >> shift;
            let mut bytes = [0; 10];
            prop_assert_eq!(varint_width(number), crate::features::write_varint(number, &mut bytes));
        }
    }
}
