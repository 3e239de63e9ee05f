//! Which stored tiles were looked at, and what they hold.
//!
//! A tile that is sent as it lies in the file is read, inflated and walked over once,
//! before it is sent for the first time. That it was is kept here: a table of one word
//! for each place, where a newer tile takes the place of an older one. What was
//! forgotten is looked at again. Tiles that can't be sent are not kept.

use std::sync::atomic::{AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_64;

use super::file::Section;

/// Most places, of 8 bytes each: 8 MiB.
const MOST: u64 = 1 << 20;
/// Bytes of stored tiles for one place: few tiles are smaller, so that most tiles of
/// an archive have one for themselves.
const TILE_BYTES: u64 = 128;

/// What a sound tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Layers, at least one of them with a feature.
    Features,
    /// Not one feature.
    Nothing,
}

/// The tiles of one archive that were looked at.
#[derive(Debug)]
pub(super) struct Checked(Box<[AtomicU64]>);

impl Checked {
    /// For an archive with so many bytes of stored tiles.
    pub(super) fn new(tile_bytes: u64) -> Self {
        let places = (tile_bytes / TILE_BYTES).clamp(64, MOST).next_power_of_two();
        Self((0..places).map(|_| AtomicU64::new(0)).collect())
    }

    /// What the tile that lies there holds, where that is known.
    pub(super) fn get(&self, section: Section) -> Option<Content> {
        let (place, mark) = self.place(section);
        let kept = place.load(Ordering::Relaxed);
        [Content::Features, Content::Nothing]
            .into_iter()
            .find(|&content| kept == word(mark, content))
    }

    /// Keeps what the tile that lies there holds.
    pub(super) fn keep(&self, section: Section, content: Content) {
        let (place, mark) = self.place(section);
        place.store(word(mark, content), Ordering::Relaxed);
    }

    /// A tile's place, and the mark that tells it from the others there.
    fn place(&self, section: Section) -> (&AtomicU64, u64) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&section.start.to_le_bytes());
        bytes[8..].copy_from_slice(&section.length.to_le_bytes());
        let mark = xxh3_64(&bytes);
        // Of a power of two; the mark's low bits go to the content, see `word`.
        (&self.0[(mark >> 2) as usize & (self.0.len() - 1)], mark)
    }
}

/// A mark of 62 bits and the content; never 0, which is an empty place.
fn word(mark: u64, content: Content) -> u64 {
    let content = match content {
        Content::Features => 1,
        Content::Nothing => 2,
    };
    mark & !3 | content
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn section(start: u64, length: u64) -> Section {
        Section { start, length }
    }

    #[test]
    fn a_tile_is_known_by_its_place_and_length() {
        let checked = Checked::new(0);
        checked.keep(section(127, 40), Content::Features);
        assert_eq!(checked.get(section(127, 40)), Some(Content::Features));
        for other in [section(127, 41), section(128, 40), section(0, 0)] {
            assert_eq!(checked.get(other), None, "{other:?}");
        }
        checked.keep(section(127, 40), Content::Nothing);
        assert_eq!(checked.get(section(127, 40)), Some(Content::Nothing));
    }

    #[rstest]
    #[case::nothing(0, 64)]
    #[case::some(1_000_000, 8192)]
    #[case::a_planet(120 << 30, 1 << 20)]
    #[case::a_lie(u64::MAX, 1 << 20)]
    fn memory_is_bounded(#[case] tile_bytes: u64, #[case] places: usize) {
        assert_eq!(Checked::new(tile_bytes).0.len(), places);
    }

    #[test]
    fn what_is_forgotten_is_never_taken_for_another() {
        let checked = Checked::new(0);
        for start in 0..10_000 {
            let content = if start % 3 == 0 { Content::Nothing } else { Content::Features };
            checked.keep(section(start, 10), content);
        }
        let known: Vec<u64> =
            (0..10_000).filter(|&start| checked.get(section(start, 10)).is_some()).collect();
        assert_eq!(known.len(), 64);
        for start in known {
            let content = if start % 3 == 0 { Content::Nothing } else { Content::Features };
            assert_eq!(checked.get(section(start, 10)), Some(content));
        }
    }
}
