//! The output buffer: protobuf primitives written at a cursor.

/// A byte buffer that is written at its end and grows by doubling.
///
/// Small items are written through a [`Cursor`], which is requested with the maximum room
/// that they need.
#[derive(Debug, Default)]
pub(super) struct ByteBuffer {
    bytes: Vec<u8>,
    length: usize,
}

/// Maximum number of bytes of a varint of a 64-bit number.
pub(super) const MAX_VARINT: usize = 10;

/// Bytes that are copied at once for a part that may have fewer.
pub(super) const PART: usize = 48;

/// An encoded tag: the bytes of a key number and a value number, three at most, and their
/// count in the top byte. A longer tag is the value number and [`LONG`](Self::LONG).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct EncodedTag(u32);

impl EncodedTag {
    const LONG: u32 = 1 << 31;

    /// The tag of a key below 2¹⁴ and a value number below 2³¹, which always holds: a
    /// value takes at least two bytes, and a table has less than 4 GiB of them.
    #[inline(always)]
    pub(super) fn new(key: u32, number: u32) -> Self {
        if key < 0x80 && number < SHORT {
            let long = two_bytes(number);
            return Self(key | spread(number, long) << 8 | (2 + (long & 1)) << 24);
        }
        Self(number | Self::LONG)
    }
}

impl ByteBuffer {
    pub(super) fn clear(&mut self) {
        self.length = 0;
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// A cursor at the end, with room for `count` bytes.
    #[inline]
    pub(super) fn cursor(&mut self, count: usize) -> Cursor<'_> {
        self.reserve(count);
        Cursor { bytes: &mut self.bytes, at: self.length }
    }

    /// Sets the buffer's end to `at`, after a cursor has written up to it.
    #[inline]
    pub(super) fn keep(&mut self, at: usize) {
        debug_assert!(at <= self.bytes.len());
        self.length = at;
    }

    #[inline]
    fn reserve(&mut self, count: usize) {
        let needed = self.length + count;
        if needed > self.bytes.len() {
            self.bytes.resize(needed.max(self.bytes.len() * 2).max(1 << 16), 0);
        }
    }

    /// Writes bytes, making room for them.
    pub(super) fn slice(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.bytes[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    /// Writes a tag and the length of the message `body..` right before it, into skipped
    /// bytes. Returns the start of the tag, and all bytes from there on.
    pub(super) fn finish(&mut self, tag: u8, body: usize) -> (usize, &[u8]) {
        let end = self.length;
        let count = (end - body) as u64;
        let start = body - varint_width(count) - 1;
        let mut cursor = Cursor { bytes: &mut self.bytes, at: start };
        cursor.byte(tag);
        cursor.varint(count);
        (start, &self.bytes[start..end])
    }

    /// Writes the first `length` of these bytes.
    #[inline(always)]
    pub(super) fn part_of<const N: usize>(&mut self, bytes: &[u8; N], length: usize) {
        let mut cursor = self.cursor(N);
        cursor.part_of(bytes, length);
        self.length = cursor.at;
    }

    /// The bytes of a range, and [`PART`] bytes from its start on; `None` for these if
    /// the buffer has fewer.
    #[inline(always)]
    pub(super) fn part(&self, range: std::ops::Range<usize>) -> (&[u8], Option<&[u8; PART]>) {
        let padded = self.bytes.get(range.start..).and_then(|rest| rest.first_chunk());
        (&self.bytes[range], padded)
    }
}

/// Writes at a position in a register, not behind a pointer, for the hot loops.
/// [`ByteBuffer::cursor`] reserves the room; the bytes count after [`ByteBuffer::keep`].
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a mut [u8],
    pub(super) at: usize,
}

impl Cursor<'_> {
    #[inline(always)]
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes[self.at] = byte;
        self.at += 1;
    }

    /// Writes a base-128 varint.
    #[inline(always)]
    pub(super) fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8);
    }

    /// Writes a varint that most often has one or two bytes, without a branch on its
    /// length. There must be room for ten bytes.
    #[inline(always)]
    pub(super) fn small_varint(&mut self, number: u64) {
        if number < u64::from(SHORT) {
            let long = two_bytes(number as u32);
            self.up_to_four(spread(number as u32, long), 1 + (long & 1) as usize);
        } else if number < 1 << 28 {
            let groups = number as u32;
            let spread = groups & 0x7f
                | (groups & 0x3f80) << 1
                | (groups & 0x001f_c000) << 2
                | (groups & 0x0fe0_0000) << 3;
            // Three or four bytes; all but the last say that another follows.
            let long = u32::from(groups >= 1 << 21);
            self.up_to_four(spread | 0x8080 | long << 23, 3 + long as usize);
        } else {
            self.varint(number);
        }
    }

    /// Writes two varints that most often have one or two bytes each, without a branch on
    /// their lengths. There must be room for ten bytes.
    #[inline(always)]
    pub(super) fn small_varints(&mut self, first: u32, second: u32) {
        if (first | second) < SHORT {
            let (word, width) = short_varints(first, second);
            self.up_to_four(word, width as usize);
        } else {
            self.at = long_varints(self.bytes, self.at, first, second);
        }
    }

    /// Writes the first `count` of a word's little-endian bytes. There must be room for
    /// four bytes.
    #[inline(always)]
    pub(super) fn up_to_four(&mut self, word: u32, count: usize) {
        self.bytes[self.at..self.at + 4].copy_from_slice(&word.to_le_bytes());
        self.at += count;
    }

    /// Writes a tag of this key. There must be room for ten bytes.
    #[inline(always)]
    pub(super) fn tag(&mut self, key: u32, EncodedTag(tag): EncodedTag) {
        if tag < EncodedTag::LONG {
            self.up_to_four(tag, (tag >> 24) as usize);
        } else {
            self.at = long_varints(self.bytes, self.at, key, tag - EncodedTag::LONG);
        }
    }

    /// Copies the first `length` of these bytes. There must be room for all of them.
    #[inline(always)]
    pub(super) fn part_of<const N: usize>(&mut self, bytes: &[u8; N], length: usize) {
        self.bytes[self.at..self.at + N].copy_from_slice(bytes);
        self.at += length;
    }

    /// Copies bytes. There must be room for them.
    #[inline(always)]
    pub(super) fn slice(&mut self, bytes: &[u8]) {
        self.bytes[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }

    /// A cursor at the same position, for a loop to keep in registers.
    #[inline(always)]
    pub(super) fn steps(&mut self) -> Cursor<'_> {
        Cursor { bytes: self.bytes, at: self.at }
    }

    /// Leaves `count` bytes for [`ByteBuffer::finish`].
    pub(super) fn skip(&mut self, count: usize) {
        self.at += count;
    }

    /// Leaves `width` bytes for a number to be written later.
    #[inline(always)]
    pub(super) fn open(&mut self, width: usize) -> ReservedLength {
        let at = self.at;
        self.at += width;
        ReservedLength { at, width }
    }

    /// Writes the number of bytes since [`open`](Self::open).
    #[inline(always)]
    pub(super) fn close(&mut self, opened: ReservedLength) {
        let count = self.at - opened.at - opened.width;
        self.fill(opened, count as u64);
    }

    /// Writes a number into its reserved bytes, moving the bytes after them if it takes
    /// more or fewer. There must be room for ten more bytes.
    #[inline(always)]
    pub(super) fn fill(&mut self, opened: ReservedLength, number: u64) {
        if opened.width == 1 && number < 0x80 {
            self.bytes[opened.at] = number as u8;
        } else {
            self.fill_any(opened, number);
        }
    }

    fn fill_any(&mut self, opened: ReservedLength, number: u64) {
        let start = opened.at + opened.width;
        let count = self.at - start;
        let width = varint_width(number);
        if width != opened.width {
            self.bytes.copy_within(start..self.at, opened.at + width);
        }
        self.at = opened.at;
        self.varint(number);
        self.at += count;
    }
}

/// Position and size of the bytes reserved for a number.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReservedLength {
    at: usize,
    width: usize,
}

/// Numbers below this take one or two bytes.
pub(super) const SHORT: u32 = 1 << 14;

/// All ones if a number below [`SHORT`] takes two bytes, else zero.
#[inline(always)]
const fn two_bytes(number: u32) -> u32 {
    ((0x7f - number as i32) >> 31) as u32
}

/// The bytes of a varint below [`SHORT`]: the upper seven bits move up by one, to the
/// second byte, and the first has the continuation bit.
#[inline(always)]
const fn spread(number: u32, two_bytes: u32) -> u32 {
    number + (number & 0x3f80) + (two_bytes & 0x80)
}

/// The bytes of two consecutive varints below [`SHORT`], and their count. No branch and
/// no shift by a variable, so that the compiler vectorizes.
#[inline(always)]
pub(super) const fn short_varints(first: u32, second: u32) -> (u32, u32) {
    let (first_long, second_long) = (two_bytes(first), two_bytes(second));
    let (first, second) = (spread(first, first_long), spread(second, second_long));
    let moved = (first_long & (second << 16)) | (!first_long & (second << 8));
    (first | moved, 2u32.wrapping_sub(first_long).wrapping_sub(second_long))
}

/// Writes two varints of any size and returns the position after them. Out of line, so
/// that the hot loop keeps its registers.
#[cold]
#[inline(never)]
fn long_varints(bytes: &mut [u8], at: usize, first: u32, second: u32) -> usize {
    let mut cursor = Cursor { bytes, at };
    cursor.varint(u64::from(first));
    cursor.varint(u64::from(second));
    cursor.at
}

/// Number of bytes of a varint.
pub(super) const fn varint_width(number: u64) -> usize {
    let bits = 64 - (number | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

/// Zigzag-encodes a signed step (MVT 2.1, section 4.3.2).
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
            let mut buffer = ByteBuffer::default();
            buffer.slice(&before);
            let mut cursor = buffer.cursor(8);
            let opened = cursor.open(width);
            let at = cursor.at;
            buffer.keep(at);
            buffer.slice(&body);
            let mut cursor = buffer.cursor(MAX_VARINT);
            cursor.close(opened);
            let at = cursor.at;
            buffer.keep(at);
            let mut expected = before.clone();
            let mut length = [0; 10];
            let used = crate::features::write_varint(body.len() as u64, &mut length);
            expected.extend_from_slice(&length[..used]);
            expected.extend_from_slice(&body);
            prop_assert_eq!(&buffer.bytes[..buffer.length], expected.as_slice());
        }

        #[test]
        fn pairs_are_two_varints_one_after_the_other(a in 0u32.., b in 0u32.., low in 0u32..32) {
            let (a, b) = (a >> low, b >> low);
            let mut buffer = ByteBuffer::default();
            let mut cursor = buffer.cursor(64);
            cursor.small_varints(a, b);
            cursor.small_varint(u64::from(a));
            let at = cursor.at;
            buffer.keep(at);
            let mut expected = [0; 32];
            let mut used = 0;
            for number in [a, b, a] {
                used += crate::features::write_varint(u64::from(number), &mut expected[used..]);
            }
            prop_assert_eq!(&buffer.bytes[..buffer.length], &expected[..used]);
        }

        #[test]
        fn tags_are_two_varints_one_after_the_other(
            key in 0u32..(1 << 14), number in 0u32..(1 << 31), low in 0u32..31,
        ) {
            let (key, number) = (key >> (low & 15), number >> low);
            let mut buffer = ByteBuffer::default();
            let mut cursor = buffer.cursor(64);
            cursor.tag(key, EncodedTag::new(key, number));
            let at = cursor.at;
            buffer.keep(at);
            let mut expected = [0; 32];
            let mut used = crate::features::write_varint(u64::from(key), &mut expected);
            used += crate::features::write_varint(u64::from(number), &mut expected[used..]);
            prop_assert_eq!(&buffer.bytes[..buffer.length], &expected[..used]);
        }

        #[test]
        fn widths_are_those_written(number in any::<u64>(), shift in 0u32..64) {
            let number = number >> shift;
            let mut bytes = [0; 10];
            prop_assert_eq!(varint_width(number), crate::features::write_varint(number, &mut bytes));
        }
    }
}
