//! What happened to how many rows, as lines of the summary.

use super::repair::Fixes;

/// What happened to how many rows.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) without_geometry: u64,
    pub(super) heights: u64,
    pub(super) mixed: u64,
    pub(super) closed: u64,
    pub(super) dropped_parts: u64,
    pub(super) duplicates: u64,
    pub(super) rebuilt: u64,
    pub(super) rewound: u64,
    pub(super) nowhere: u64,
    pub(super) swapped: u64,
    pub(super) outside: u64,
    pub(super) first_outside: u64,
}

impl Tally {
    /// Counts what was done to one row.
    pub(super) fn count(&mut self, fixes: Fixes) {
        self.closed += u64::from(fixes.closed);
        self.dropped_parts += u64::from(fixes.dropped_parts);
        self.duplicates += u64::from(fixes.duplicates);
        self.rebuilt += u64::from(fixes.rebuilt);
        self.rewound += u64::from(fixes.rewound);
        self.nowhere += u64::from(fixes.nowhere);
    }

    /// One line for each thing that happened. `bounds` are where the data must
    /// lie, where that is not Korea.
    pub(super) fn lines(&self, all_swapped: bool, bounds: Option<[f64; 4]>) -> Vec<String> {
        let mut lines = Vec::new();
        if all_swapped {
            lines.push("all coordinates were northing, easting: swapped".to_owned());
        }
        for (count, what) in [
            (self.swapped, "had latitude and longitude swapped: put right"),
            (self.rebuilt, "crossed themselves: rebuilt"),
            (self.closed, "had rings that were not closed: closed"),
            (self.rewound, "had rings wound the wrong way: rewound"),
            (self.duplicates, "had the same ring more than once: one of each is kept"),
            (self.dropped_parts, "had rings or lines without extent: these parts are left out"),
            (self.heights, "had heights or measures (Z, M), which a map does not keep"),
            (
                self.mixed,
                "were collections of several kinds: polygons are kept before lines, and lines \
                 before points",
            ),
            (self.nowhere, "had 0, 0 for a position: kept without geometry"),
        ] {
            if count > 0 {
                lines.push(format!("{count} feature(s) {what}"));
            }
        }
        if self.outside > 0 {
            let bounds = match bounds {
                None => "Korea".to_owned(),
                Some([west, south, east, north]) => format!("{west},{south},{east},{north}"),
            };
            lines.push(format!(
                "{} feature(s) lie outside {bounds}, the first in row {}: look at their coordinates",
                self.outside, self.first_outside
            ));
        }
        lines
    }
}
