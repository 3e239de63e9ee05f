//! Rows that can't be kept: the reasons, and the file that lists the rows.

pub(crate) mod reject_file;
pub(crate) mod reject_reason;
