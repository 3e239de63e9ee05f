//! What is published, and to whom: the declared catalog of a district.
//!
//! A catalog is a folder:
//!
//! ```text
//! catalog/
//!   district.toml          name, bounds, attribution, notice
//!   datasets/<field>.toml  one file per field: its datasets and their columns
//!   layers/<theme>.toml    one file per theme: its map layers
//! ```
//!
//! It is read whole and checked whole: [`Catalog::load`] lists every fault at
//! once, each with file, key and remedy. It holds declarations only and never
//! opens a dataset.

#![forbid(unsafe_code)]

mod address;
mod check;
mod condition;
mod dataset;
mod declaration;
mod disclosure;
mod figure;
mod layer;
mod load;
mod read;
mod time_zone;

pub use address::AddressColumns;
pub use check::{CatalogFault, CatalogFaults};
pub use dataset::{
    Dataset, DatasetColumn, LogicalType, PrivacyRule, Sensitivity, UpdateFrequency, VALUES_SUFFIX,
    Values,
};
pub use declaration::{
    Attribution, District, Field, InvalidTableName, TableName, Text, Theme, Visibility,
};
pub use figure::{
    Aggregate, AggregateKind, Condition, Figure, Filter, InAreas, IndexPart, Join, Operation, Rows,
    Scalar, Span,
};
pub use layer::{FigureSet, Flow, Layer, LayerContent, MapKind, PublicLook, UnionPart};
pub use time_zone::{DistrictTimeZone, UnknownTimeZone};

use data_model::DatasetId;

/// A checked catalog: every reference resolves and every id is unique.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catalog {
    /// The district itself.
    pub district: District,
    /// Subject areas of datasets, in file name order.
    pub fields: Vec<Field>,
    /// Stored tables.
    pub datasets: Vec<Dataset>,
    /// Policy themes, in their declared order.
    pub themes: Vec<Theme>,
    /// Published map layers, by theme and then as declared.
    pub layers: Vec<Layer>,
}

impl Catalog {
    /// The layer of this id.
    #[must_use]
    pub fn layer(&self, id: &str) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.id.as_str() == id)
    }

    /// Whether a file of this stem is a part of a declared dataset: its features, or its
    /// values.
    #[must_use]
    pub fn claims(&self, stem: &str) -> bool {
        let named = |id: &str| self.dataset(id).is_some();
        named(stem) || stem.strip_suffix(VALUES_SUFFIX).is_some_and(named)
    }

    /// Source and terms of what a layer is about, in the form with these figures: those of
    /// the dataset that the value comes from, and where it comes from several, of the one
    /// whose state is the oldest.
    #[must_use]
    pub fn attribution(&self, layer: &Layer, figures: Option<&FigureSet>) -> Option<&Attribution> {
        let of = |id: &DatasetId| self.dataset(id.as_str())?.attribution.as_ref();
        let Some(set) = figures else { return of(&layer.dataset) };
        let known = set.value_datasets().into_iter().filter_map(of);
        known.min_by_key(|source| (source.as_of.is_none(), &source.as_of)).or(of(&set.over))
    }

    /// The dataset of this id.
    #[must_use]
    pub fn dataset(&self, id: &str) -> Option<&Dataset> {
        self.datasets.iter().find(|dataset| dataset.id.as_str() == id)
    }
}
