//! The CRS of a file: as declared, as requested, and as the data's location suggests.

pub(crate) mod crs_conversion;
pub(crate) mod crs_fault;
pub(crate) mod import_region;
mod position_sample;
