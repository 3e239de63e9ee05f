//! Integration tests of the measures.

mod derive;
mod derive_catalog;
mod derive_disclosure;
mod derive_kept;
mod derive_postgis;
mod derive_slices;
mod derive_stats;
