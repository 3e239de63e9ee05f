//! The repository's default catalog, built into the program.

/// One file of the catalog: its path under `catalog/` and its text.
pub(crate) type CatalogFile = (&'static str, &'static str);

/// Every TOML file of `sources/catalog/`; `build.rs` lists them.
pub(crate) const FILES: &[CatalogFile] = include!(concat!(env!("OUT_DIR"), "/catalog_files.rs"));
