//! Counts of repaired rows, as notes of the summary.

use crate::repair::GeometryRepairs;
use crate::summary::import_note::{FeatureRepair, ImportNote};
use korean_text::Sentence;

/// Counts of repaired rows.
#[derive(Debug, Default)]
pub(crate) struct RepairTally {
    pub(crate) without_geometry: u64,
    pub(crate) heights: u64,
    pub(crate) mixed: u64,
    pub(crate) closed: u64,
    pub(crate) dropped_parts: u64,
    pub(crate) spikes: u64,
    pub(crate) duplicates: u64,
    pub(crate) rebuilt: u64,
    pub(crate) rewound: u64,
    pub(crate) nowhere: u64,
    pub(crate) swapped: u64,
    /// Features with positions beyond the world's end by rounding, moved onto it.
    pub(crate) brought_back: u64,
    pub(crate) outside: u64,
    pub(crate) first_outside: u64,
}

impl RepairTally {
    /// Counts the repairs of one row.
    pub(crate) fn count(&mut self, fixes: GeometryRepairs) {
        self.closed += u64::from(fixes.closed);
        self.dropped_parts += u64::from(fixes.dropped_parts);
        self.spikes += u64::from(fixes.spikes);
        self.duplicates += u64::from(fixes.duplicates);
        self.rebuilt += u64::from(fixes.rebuilt);
        self.rewound += u64::from(fixes.rewound);
        self.nowhere += u64::from(fixes.nowhere);
    }

    /// One note for each kind of repair. `expected` is the expected bounds, or the
    /// region's name.
    pub(crate) fn notes(&self, all_swapped: bool, expected: Sentence) -> Vec<ImportNote> {
        let mut notes = Vec::new();
        if all_swapped {
            notes.push(ImportNote::AllSwapped);
        }
        for (features, what) in [
            (self.swapped, FeatureRepair::Swapped),
            (self.rebuilt, FeatureRepair::Rebuilt),
            (self.closed, FeatureRepair::Closed),
            (self.rewound, FeatureRepair::Rewound),
            (self.spikes, FeatureRepair::Spikes),
            (self.duplicates, FeatureRepair::Duplicates),
            (self.dropped_parts, FeatureRepair::DroppedParts),
            (self.heights, FeatureRepair::Heights),
            (self.mixed, FeatureRepair::MixedKinds),
            (self.nowhere, FeatureRepair::Nowhere),
            (self.brought_back, FeatureRepair::BroughtBack),
        ] {
            if features > 0 {
                notes.push(ImportNote::Features { features, what });
            }
        }
        if self.outside > 0 {
            let (features, first_row) = (self.outside, self.first_outside);
            notes.push(ImportNote::Outside { features, first_row, bounds: expected });
        }
        notes
    }
}
