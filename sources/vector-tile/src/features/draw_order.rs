//! The order of features in a tile.
//!
//! Rows are stored along the Hilbert curve, so that those of a tile are contiguous. In a
//! tile features are ordered by id: neighbours then share the upper bytes of an id, which
//! deflates better than neighbours on the map.

/// Place of each row in the drawing order, and the row at each place.
#[derive(Debug, Clone, Default)]
pub struct DrawOrder {
    places: Vec<u32>,
    rows: Vec<u32>,
}

impl DrawOrder {
    /// The order in which rows are stored.
    pub(super) fn of_rows(count: usize) -> Self {
        let rows: Vec<u32> = (0..count as u32).collect();
        Self { places: rows.clone(), rows }
    }

    /// The order of ascending ids, equal ones in row order. `scanned` are the rows'
    /// numbers in the scan, whose order is often that of the ids and makes sorting quick.
    pub(super) fn by_id(ids: &[u64], scanned: &[u32]) -> Self {
        let mut row_of = vec![u32::MAX; scanned.len()];
        for (row, &scanned) in scanned[..ids.len()].iter().enumerate() {
            row_of[scanned as usize] = row as u32;
        }
        let mut rows: Vec<u32> = row_of.into_iter().filter(|&row| row != u32::MAX).collect();
        rows.sort_by_key(|&row| (ids[row as usize], row));
        let mut places = vec![0; rows.len()];
        for (place, &row) in rows.iter().enumerate() {
            places[row as usize] = place as u32;
        }
        Self { places, rows }
    }

    /// The place of a row.
    #[inline]
    #[must_use]
    pub fn place(&self, row: u32) -> u32 {
        self.places[row as usize]
    }

    /// The row at a place.
    #[inline]
    #[must_use]
    pub fn row(&self, place: u32) -> u32 {
        self.rows[place as usize]
    }

    /// Number of rows that are drawn.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row is drawn.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn memory_bytes(&self) -> usize {
        (self.places.capacity() + self.rows.capacity()) * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_drawn_by_ascending_ids_and_equal_ones_as_they_lie() {
        let order = DrawOrder::by_id(&[7, 3, 9, 3], &[2, 0, 4, 1, 3]);
        let rows: Vec<u32> = (0..4).map(|place| order.row(place)).collect();
        assert_eq!(rows, [1, 3, 0, 2]);
        assert!((0..4).all(|place| order.place(order.row(place)) == place));
    }
}
