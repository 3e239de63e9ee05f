//! Cache of checked stored tiles and their content.
//!
//! A tile that is sent as stored is read, inflated and parsed once, before it is first
//! sent. The result is kept in a table of one word for each slot, in which a newer tile
//! replaces an older one; a replaced tile is checked again. Tiles with faults are not
//! kept.

use std::sync::atomic::{AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_64;

use super::file::FileSection;

/// Maximum number of slots, of 8 bytes each: 8 MiB.
const MOST: u64 = 1 << 20;
/// Bytes of stored tiles for one slot: few tiles are smaller, so most tiles of an archive
/// have a slot of their own.
const TILE_BYTES: u64 = 128;

/// Content of a valid tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TileContent {
    /// Layers, at least one of them with a feature.
    Features,
    /// No feature.
    Nothing,
}

/// The checked tiles of one archive.
#[derive(Debug)]
pub(super) struct CheckedTiles(Box<[AtomicU64]>);

impl CheckedTiles {
    /// A cache for an archive with so many bytes of stored tiles.
    pub(super) fn new(tile_bytes: u64) -> Self {
        let places = (tile_bytes / TILE_BYTES).clamp(64, MOST).next_power_of_two();
        Self((0..places).map(|_| AtomicU64::new(0)).collect())
    }

    /// The content of a stored tile; `None` if it is not known.
    pub(super) fn get(&self, section: FileSection) -> Option<TileContent> {
        let (place, mark) = self.place(section);
        let kept = place.load(Ordering::Relaxed);
        [TileContent::Features, TileContent::Nothing]
            .into_iter()
            .find(|&content| kept == word(mark, content))
    }

    /// Keeps the content of a stored tile.
    pub(super) fn keep(&self, section: FileSection, content: TileContent) {
        let (place, mark) = self.place(section);
        place.store(word(mark, content), Ordering::Relaxed);
    }

    /// A tile's slot, and the mark that identifies the tile in it.
    fn place(&self, section: FileSection) -> (&AtomicU64, u64) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&section.start.to_le_bytes());
        bytes[8..].copy_from_slice(&section.length.to_le_bytes());
        let mark = xxh3_64(&bytes);
        // Of a power of two; the mark's low bits go to the content, see `word`.
        (&self.0[(mark >> 2) as usize & (self.0.len() - 1)], mark)
    }
}

/// A mark of 62 bits and the content; never 0, which is an empty slot.
fn word(mark: u64, content: TileContent) -> u64 {
    let content = match content {
        TileContent::Features => 1,
        TileContent::Nothing => 2,
    };
    mark & !3 | content
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn section(start: u64, length: u64) -> FileSection {
        FileSection { start, length }
    }

    #[test]
    fn a_tile_is_known_by_its_place_and_length() {
        let checked = CheckedTiles::new(0);
        checked.keep(section(127, 40), TileContent::Features);
        assert_eq!(checked.get(section(127, 40)), Some(TileContent::Features));
        for other in [section(127, 41), section(128, 40), section(0, 0)] {
            assert_eq!(checked.get(other), None, "{other:?}");
        }
        checked.keep(section(127, 40), TileContent::Nothing);
        assert_eq!(checked.get(section(127, 40)), Some(TileContent::Nothing));
    }

    #[rstest]
    #[case::nothing(0, 64)]
    #[case::some(1_000_000, 8192)]
    #[case::a_planet(120 << 30, 1 << 20)]
    #[case::a_lie(u64::MAX, 1 << 20)]
    fn memory_is_bounded(#[case] tile_bytes: u64, #[case] places: usize) {
        assert_eq!(CheckedTiles::new(tile_bytes).0.len(), places);
    }

    #[test]
    fn what_is_forgotten_is_never_taken_for_another() {
        let checked = CheckedTiles::new(0);
        for start in 0..10_000 {
            let content = if start % 3 == 0 { TileContent::Nothing } else { TileContent::Features };
            checked.keep(section(start, 10), content);
        }
        let known: Vec<u64> =
            (0..10_000).filter(|&start| checked.get(section(start, 10)).is_some()).collect();
        assert_eq!(known.len(), 64);
        for start in known {
            let content = if start % 3 == 0 { TileContent::Nothing } else { TileContent::Features };
            assert_eq!(checked.get(section(start, 10)), Some(content));
        }
    }
}
