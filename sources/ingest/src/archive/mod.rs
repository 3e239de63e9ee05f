//! Zip archives of datasets.

mod archive_fault;
pub(crate) mod dataset_archive;
