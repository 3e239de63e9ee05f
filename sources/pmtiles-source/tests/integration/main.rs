//! Integration tests of the PMTiles source.

mod pmtiles;
mod pmtiles_hostile;
mod pmtiles_overzoom;
mod pmtiles_python;
mod pmtiles_stored;
