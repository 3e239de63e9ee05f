//! Rows of datasets in memory: columns of numbers, distinct texts and times.

pub(crate) mod column_cells;
pub(crate) mod dataset_reader;
pub(crate) mod part_cache;
pub(crate) mod part_rows;
pub(crate) mod part_tables;
pub(crate) mod row_needs;
pub(crate) mod time;
