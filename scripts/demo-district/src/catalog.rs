//! The default catalog, as it lies in the repository, built into the program.

/// One file of the catalog: its path under `catalog/` and its text.
pub type CatalogFile = (&'static str, &'static str);

macro_rules! files {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../../../sources/catalog/", $path)))),+]
    };
}

/// Every file of `sources/catalog/`.
pub const FILES: &[CatalogFile] = files![
    "district.toml",
    "datasets/base.toml",
    "datasets/culture.toml",
    "datasets/housing.toml",
    "datasets/population.toml",
    "datasets/safety.toml",
    "layers/city.toml",
    "layers/common.toml",
    "layers/safety.toml",
];
