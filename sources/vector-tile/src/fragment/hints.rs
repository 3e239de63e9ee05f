//! Where a tile's bytes are likely to repeat: what its encoder knows beforehand.
//!
//! The encoder knows where each feature begins and which parts of it are like those of
//! the feature before. With that the compressor need not look for matches at each byte.

/// A place whose bytes are likely those some bytes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Likeness {
    pub(super) at: u32,
    pub(super) distance: u32,
}

/// Hints for the compressor. Wrong ones cost bytes, never a wrong tile.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    likely: Vec<Likeness>,
    /// Where other kinds of bytes begin.
    sections: Vec<u32>,
    /// Where the tile begins in what places are counted in.
    start: u32,
}

impl Hints {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.likely.clear();
        self.sections.clear();
        self.start = 0;
    }

    /// The bytes at `at`, and some before them, are likely those `distance` bytes before.
    /// Places ascend.
    #[inline(always)]
    pub fn add(&mut self, at: usize, distance: usize) {
        self.likely.push(Likeness { at: at as u32, distance: distance as u32 });
    }

    /// From `at` on there are bytes of another kind.
    pub fn end_section(&mut self, at: usize) {
        self.sections.push(at as u32);
    }

    /// The tile begins at `start`.
    pub fn begin_at(&mut self, start: usize) {
        self.start = start as u32;
    }

    /// Adds the hints of a layer that comes after `length` bytes.
    pub fn append(&mut self, length: usize, next: &Self) {
        let moved = |at: u32| at.wrapping_sub(next.start).wrapping_add(length as u32);
        for at in self.sections.iter_mut().chain(self.likely.iter_mut().map(|hint| &mut hint.at)) {
            *at = at.wrapping_sub(self.start);
        }
        self.start = 0;
        self.sections.push(length as u32);
        self.sections.extend(next.sections.iter().map(|&at| moved(at)));
        self.likely.extend(next.likely.iter().map(|hint| Likeness { at: moved(hint.at), ..*hint }));
    }

    /// The likenesses, by place in the tile.
    pub(super) fn likely(&self) -> impl Iterator<Item = Likeness> {
        self.likely.iter().map(|hint| Likeness { at: hint.at.wrapping_sub(self.start), ..*hint })
    }

    /// Where sections end.
    pub(super) fn sections(&self) -> impl Iterator<Item = usize> {
        self.sections.iter().map(|at| at.wrapping_sub(self.start) as usize)
    }
}
