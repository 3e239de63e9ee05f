//! Destination of an import: a file of the data directory, or a table.

pub(crate) mod data_file;
pub(crate) mod destination_table;
pub(crate) mod import_destination;
pub(crate) mod leftovers;
