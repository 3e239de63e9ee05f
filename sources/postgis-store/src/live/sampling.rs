//! Zooms at which a live tile reads a sample of its table: at these a tile may hold more rows
//! than can be read in bounded time.
//!
//! Decided by the planner's statistics alone. `TABLESAMPLE SYSTEM` reads whole pages chosen by
//! a fixed seed: the time it takes depends on the size of the sample and not on the table, and
//! the same rows are chosen as long as the table stays as it is.

use crate::relation::geometry_table::GeometryTable;
use crate::relation::relation_kind::TableKind;
use data_model::{GeographicBounds, Zoom};

/// Rows that a live tile may be expected to read; beyond them it reads a sample of as many.
pub(super) const MOST_ROWS: u64 = 200_000;

/// Rows of the densest tile over those of a tile of the mean density.
const SKEW: f64 = 4.0;

/// Side in degrees that a table's data is taken to have where statistics tell no bounds.
const UNKNOWN_SIDE: f64 = 1.0;

/// Sample of a table at its low zooms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TableSample {
    /// Zoom from which tiles are made of all rows.
    pub(super) below: Zoom,
    /// Percentage of the pages that is read.
    percent: f64,
}

impl TableSample {
    /// The sample of a table with at most `most_rows` for each tile; `None` for a table that is
    /// never sampled: a small one, one without statistics, and a view or foreign table, which
    /// can't be.
    pub(super) fn of(
        table: &GeometryTable,
        bounds: Option<GeographicBounds>,
        most_rows: u64,
    ) -> Option<Self> {
        match table.kind {
            TableKind::Table | TableKind::MaterializedView | TableKind::Partitioned => {}
            TableKind::View | TableKind::Foreign => return None,
        }
        let rows = table.estimated_rows?;
        let sides = bounds.map_or([UNKNOWN_SIDE; 2], |bounds| {
            let [west, south, east, north] = bounds.to_array();
            [east - west, north - south]
        });
        Self::new(rows, sides, most_rows)
    }

    fn new(rows: u64, [width, height]: [f64; 2], most_rows: u64) -> Option<Self> {
        let (rows, most_rows) = (rows as f64, most_rows as f64);
        let expected = |zoom: u8| {
            let side = 360.0 / 2f64.powi(zoom.into());
            let part = |of: f64| (side / of.max(f64::MIN_POSITIVE)).min(1.0);
            rows * (part(width) * part(height) * SKEW).min(1.0)
        };
        let below = (0..=Zoom::MAX.get()).find(|&zoom| expected(zoom) <= most_rows);
        let below = below.map_or(Ok(Zoom::MAX), Zoom::new).ok().filter(|zoom| *zoom > Zoom::MIN)?;
        Some(Self { below, percent: most_rows / rows * 100.0 })
    }

    /// Rows of the table for each row of the sample.
    pub(super) fn scale(self) -> f64 {
        100.0 / self.percent
    }

    /// The clause that follows the table in SQL.
    pub(super) fn clause(self) -> String {
        format!(" TABLESAMPLE SYSTEM ({:e}) REPEATABLE (0)", self.percent)
    }

    /// Bytes that tell samples apart.
    pub(super) fn digest(self) -> [u8; 9] {
        let mut bytes = [self.below.get(); 9];
        bytes[1..].copy_from_slice(&self.percent.to_le_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(200_000, [0.06, 0.05], None)]
    #[case(0, [0.0, 0.0], None)]
    // The district lies in one tile up to zoom 12 (0.088°); at 15 a tile has 0.011° by 0.011°,
    // a 25th, and at most four times the mean.
    #[case(1_000_000, [0.06, 0.05], Some(15))]
    // At zoom 11 a tile has 0.176° by 0.176°: 206,000 rows, with four times the mean.
    #[case(50_000_000, [6.0, 5.0], Some(12))]
    #[case(1_000_000, [0.0, 0.0], Some(24))]
    fn zooms_with_too_many_rows_are_sampled(
        #[case] rows: u64,
        #[case] sides: [f64; 2],
        #[case] below: Option<u8>,
    ) {
        let sample = TableSample::new(rows, sides, MOST_ROWS);
        assert_eq!(sample.map(|sample| sample.below.get()), below);
        if let Some(sample) = sample {
            assert!((sample.scale() - rows as f64 / MOST_ROWS as f64).abs() < 1e-9);
        }
    }
}
