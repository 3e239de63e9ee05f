//! Packs bits into bytes, least significant first (RFC 1951, section 3.1.1).

/// Bytes that a write may touch past its end.
pub(super) const SLACK: usize = 8;

/// Writes bits into a slice that must have room for all of them and [`SLACK`] more bytes.
/// Output past the slice's end is dropped: a slice too short gives wrong data, never a
/// panic.
#[derive(Debug)]
pub(super) struct BitWriter<'a> {
    bytes: &'a mut [u8],
    at: usize,
    bits: u64,
    count: u32,
}

impl<'a> BitWriter<'a> {
    /// Continues at byte `at`, whose lowest `count` bits are `bits`.
    pub(super) fn new(bytes: &'a mut [u8], at: usize, (bits, count): (u64, u32)) -> Self {
        Self { bytes, at, bits, count }
    }

    /// Adds the lowest `count` bits of `value`, whose other bits must be 0. Between two
    /// flushes there is room for 56 bits.
    #[inline(always)]
    pub(super) fn add(&mut self, value: u64, count: u32) {
        self.bits |= value << self.count;
        self.count += count;
    }

    /// Whether this many more bits can be added.
    #[inline(always)]
    pub(super) fn has_room(&self, count: u32) -> bool {
        self.count + count <= 63
    }

    /// Writes whole bytes; less than eight bits stay pending.
    #[inline(always)]
    pub(super) fn flush(&mut self) {
        if let Some(place) = self.bytes.get_mut(self.at..).and_then(|rest| rest.first_chunk_mut()) {
            *place = self.bits.to_le_bytes();
        }
        self.at += (self.count >> 3) as usize;
        self.bits >>= self.count & !7;
        self.count &= 7;
    }

    /// Fills the current byte with zeros.
    pub(super) fn align(&mut self) {
        self.count = self.count.next_multiple_of(8);
        self.flush();
    }

    /// Copies bytes; must be called on a byte boundary, after a flush.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(self.at..self.at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
        self.at += bytes.len();
    }

    /// The position of the next whole byte, and the pending bits.
    pub(super) fn finish(mut self) -> (usize, (u64, u32)) {
        self.flush();
        (self.at, (self.bits, self.count))
    }
}
