//! Positions of a tile whose bytes are likely to repeat, known from encoding.
//!
//! The encoder passes the position of each feature and its parts that resemble those of
//! the preceding one, so that the compressor need not look for matches at each byte.

/// A position whose bytes are likely to equal those `distance` bytes before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LikelyRepeat {
    pub(super) at: u32,
    pub(super) distance: u32,
}

/// Hints for the compressor. Wrong hints cost bytes, and never make a wrong tile.
#[derive(Debug, Clone, Default)]
pub struct RepeatHints {
    likely: Vec<LikelyRepeat>,
    /// Starts of sections with another kind of bytes.
    sections: Vec<u32>,
    /// Start of the tile in the coordinates of the positions.
    start: u32,
}

impl RepeatHints {
    /// Removes all hints.
    pub fn clear(&mut self) {
        self.likely.clear();
        self.sections.clear();
        self.start = 0;
    }

    /// Adds a hint: the bytes at `at`, and some before them, are likely to equal those
    /// `distance` bytes before. Must be called in ascending order of `at`.
    #[inline(always)]
    pub fn add(&mut self, at: usize, distance: usize) {
        self.likely.push(LikelyRepeat { at: at as u32, distance: distance as u32 });
    }

    /// Begins a section with another kind of bytes at `at`.
    pub fn end_section(&mut self, at: usize) {
        self.sections.push(at as u32);
    }

    /// Sets the start of the tile.
    pub fn begin_at(&mut self, start: usize) {
        self.start = start as u32;
    }

    /// Adds the hints of a layer that follows after `length` bytes.
    pub fn append(&mut self, length: usize, next: &Self) {
        let moved = |at: u32| at.wrapping_sub(next.start).wrapping_add(length as u32);
        for at in self.sections.iter_mut().chain(self.likely.iter_mut().map(|hint| &mut hint.at)) {
            *at = at.wrapping_sub(self.start);
        }
        self.start = 0;
        self.sections.push(length as u32);
        self.sections.extend(next.sections.iter().map(|&at| moved(at)));
        self.likely
            .extend(next.likely.iter().map(|hint| LikelyRepeat { at: moved(hint.at), ..*hint }));
    }

    /// The likely repeats, by position in the tile.
    pub(super) fn likely(&self) -> impl Iterator<Item = LikelyRepeat> {
        self.likely
            .iter()
            .map(|hint| LikelyRepeat { at: hint.at.wrapping_sub(self.start), ..*hint })
    }

    /// The ends of sections, as positions in the tile.
    pub(super) fn sections(&self) -> impl Iterator<Item = usize> {
        self.sections.iter().map(|at| at.wrapping_sub(self.start) as usize)
    }
}
