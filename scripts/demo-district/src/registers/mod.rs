//! Official divisions and registers of the land.

pub(crate) mod addresses;
pub(crate) mod grid;
pub(crate) mod legal_dongs;
pub(crate) mod output_areas;
pub(crate) mod parcels;
