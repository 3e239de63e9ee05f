//! Tables of the catalog: schemas, rows, and FlatGeobuf files.

pub(crate) mod catalog_files;
pub(crate) mod cell;
pub(crate) mod flatgeobuf_files;
pub(crate) mod schema;
pub(crate) mod writer;
