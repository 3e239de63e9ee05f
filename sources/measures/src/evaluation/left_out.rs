//! Rows that measures leave out because they belong to no feature or have no time.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use crate::joining::join::FeatureLists;
use crate::reading::column_cells::{NO_TIME, TimeColumn};
use crate::reading::dataset_reader::DatasetPart;
use data_model::DatasetId;

/// Rows of a dataset that measures leave out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The dataset of the rows.
    pub dataset: DatasetId,
    /// The stored part of the rows.
    pub part: DatasetPart,
    /// The reason.
    pub reason: LeftOutReason,
    /// Number of rows left out.
    pub rows: u64,
    /// Number of rows in all.
    pub of: u64,
}

/// Reason for leaving rows out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOutReason {
    /// The time can't be read.
    UnreadableTime,
    /// There is no time.
    NoTime,
    /// The key is missing or matches no feature of this dataset.
    Key(DatasetId),
    /// The row lies in no feature of this dataset.
    Outside(DatasetId),
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dataset, part, reason, rows, of } = self;
        write!(
            f,
            "dataset {dataset}: {rows} of {of} rows of its {part} are left out of measures: "
        )?;
        match reason {
            LeftOutReason::UnreadableTime => {
                f.write_str("their time can't be read; write it as 2026-10-31")
            }
            LeftOutReason::NoTime => {
                f.write_str("they have no time; fill it in where they are to be counted")
            }
            LeftOutReason::Key(features) => {
                write!(
                    f,
                    "their key is missing or names no feature of {features}; correct the key, or \
                     add the feature"
                )
            }
            LeftOutReason::Outside(features) => write!(
                f,
                "they lie in no feature of {features}; correct their positions, unless they are \
                 outside of it indeed"
            ),
        }
    }
}

/// Number of rows left out, and of all rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeftOutCount {
    pub(crate) rows: u64,
    pub(crate) of: u64,
}

/// Dataset, part and reason.
type LeftOutKey = (DatasetId, DatasetPart, LeftOutReason);

/// Counts of rows left out and of all rows, taken once for each dataset, part and reason.
#[derive(Debug, Default)]
pub(crate) struct LeftOutRows(RefCell<BTreeMap<LeftOutKey, LeftOutCount>>);

impl LeftOutRows {
    /// Records the counts of rows left out and of all rows, unless they are recorded.
    pub(crate) fn note(
        &self,
        (dataset, part): (&DatasetId, DatasetPart),
        reason: LeftOutReason,
        count: impl FnOnce() -> LeftOutCount,
    ) {
        let mut known = self.0.borrow_mut();
        known.entry((dataset.clone(), part, reason)).or_insert_with(count);
    }

    /// Adds the counts of another evaluation.
    pub(crate) fn add(&self, other: &Self) {
        let other = other.0.borrow();
        self.0.borrow_mut().extend(other.iter().map(|(key, counts)| (key.clone(), *counts)));
    }

    /// Rows left out, sorted.
    pub(crate) fn list(&self) -> Vec<LeftOut> {
        let known = self.0.borrow();
        let some = known.iter().filter(|(_, count)| count.rows > 0);
        let list = some.map(|((dataset, part, reason), &LeftOutCount { rows, of })| LeftOut {
            dataset: dataset.clone(),
            part: *part,
            reason: reason.clone(),
            rows,
            of,
        });
        list.collect()
    }
}

/// Number of rows without a time, and of all rows.
pub(crate) fn count_untimed(times: &TimeColumn) -> LeftOutCount {
    let untimed = times.rows.iter().filter(|&&time| time == NO_TIME).count() as u64;
    let rows = untimed.saturating_sub(times.unreadable);
    LeftOutCount { rows, of: times.rows.len() as u64 }
}

/// Number of units in no list, and of all units.
pub(crate) fn count_unlisted(lists: &FeatureLists, units: usize) -> LeftOutCount {
    let unlisted = (0..units).filter(|&unit| lists.of(unit).is_empty()).count();
    LeftOutCount { rows: unlisted as u64, of: units as u64 }
}
