//! The summary of an import: its notes, and counts of repaired rows.

pub(crate) mod import_note;
pub(crate) mod repair_tally;
