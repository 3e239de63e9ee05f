//! The CRS of a file: as declared, as requested, and as the data's location suggests.

pub(crate) mod crs_conversion;
pub(crate) mod crs_fault;
mod land;
mod position_sample;
