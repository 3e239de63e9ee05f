//! The declared catalog of a district: its datasets, layers and their audiences.
//!
//! A catalog is a folder:
//!
//! ```text
//! catalog/
//!   district.toml          name, bounds, time zone, country, attribution, notice
//!   datasets/<field>.toml  one file per field: its datasets and their columns
//!   layers/<theme>.toml    one file per theme: its map layers
//!   base.toml              datasets and layers of the base map; may be left out
//! ```
//!
//! [`Catalog::load`] reads and checks the whole catalog and reports every fault at once,
//! each with file, key and remedy. A catalog consists of declarations only; no dataset is
//! opened.

#![forbid(unsafe_code)]

mod address;
mod address_columns;
mod base_map;
mod cartography;
mod check;
mod condition;
mod dataset;
mod dataset_column;
mod declaration;
mod disclosure;
mod district_defaults;
mod epsg_code;
mod layer;
mod load;
mod measure;
mod privacy_rule;
mod read;
mod renamed_keys;
mod time_zone;
mod unit_words;

pub use address_columns::AddressColumns;
pub use base_map::BaseMap;
pub use cartography::{
    BreakMethod, Cartography, ColourScheme, DeclaredBreaks, MapCategory, NotApplicable, ValueEnd,
};
pub use check::{CatalogFault, CatalogFaults};
pub use dataset::{Dataset, Sensitivity, TimeValues, UpdateFrequency, VALUES_SUFFIX};
pub use dataset_column::{DatasetColumn, LogicalType};
pub use declaration::{
    Attribution, Country, District, InvalidTableName, LocalizedText, SubjectField, TableName,
    Theme, Visibility,
};
pub use epsg_code::{EpsgCode, InvalidEpsgCode};
pub use layer::{FlowDefinition, Layer, LayerContent, MapKind, MeasureSet, PublicLook, UnionPart};
pub use measure::{
    AggregateKind, ColumnCondition, InAreas, IndexPart, JoinedRows, Measure, MeasureOperation,
    RowAggregation, RowFilter, RowJoin, ScalarValue, ValueRange,
};
pub use privacy_rule::PrivacyRule;
pub use renamed_keys::{KeyChange, RenameKeysError, rename_keys};
pub use time_zone::{DistrictTimeZone, UnknownTimeZone};
pub use unit_words::unit_words;

use data_model::DatasetId;

/// A checked catalog: every reference resolves and every id is unique.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catalog {
    /// The district.
    pub district: District,
    /// Subject areas of datasets, in file name order.
    pub fields: Vec<SubjectField>,
    /// Stored tables that maps are made from.
    pub datasets: Vec<Dataset>,
    /// Policy themes, in their declared order.
    pub themes: Vec<Theme>,
    /// Published map layers, by theme and then in the order of declaration.
    pub layers: Vec<Layer>,
    /// The base map beneath all maps.
    pub base: BaseMap,
}

impl Catalog {
    /// All datasets, those of the base map last.
    pub fn all_datasets(&self) -> impl Iterator<Item = &Dataset> {
        self.datasets.iter().chain(&self.base.datasets)
    }

    /// All layers, those of the base map last.
    pub fn all_layers(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter().chain(&self.base.layers)
    }

    /// The layer `id`, of a map or of the base map.
    #[must_use]
    pub fn layer(&self, id: &str) -> Option<&Layer> {
        self.all_layers().find(|layer| layer.id.as_str() == id)
    }

    /// Whether a file with this stem holds a declared dataset's features or values.
    #[must_use]
    pub fn claims(&self, stem: &str) -> bool {
        let named = |id: &str| self.dataset(id).is_some();
        named(stem) || stem.strip_suffix(VALUES_SUFFIX).is_some_and(named)
    }

    /// Origin and terms of a layer, in the form with `measures`.
    ///
    /// Without measures, those of the layer's dataset. Otherwise those of the dataset that
    /// the value is computed from, of several the one with the oldest reference date; of
    /// the carrier if none of them has any.
    #[must_use]
    pub fn attribution(
        &self,
        layer: &Layer,
        measures: Option<&MeasureSet>,
    ) -> Option<&Attribution> {
        let of = |id: &DatasetId| self.dataset(id.as_str())?.attribution.as_ref();
        let Some(set) = measures else { return of(&layer.dataset) };
        let known = set.value_datasets().into_iter().filter_map(of);
        known.min_by_key(|source| (source.as_of.is_none(), &source.as_of)).or(of(&set.carrier))
    }

    /// The dataset `id`, of maps or of the base map.
    #[must_use]
    pub fn dataset(&self, id: &str) -> Option<&Dataset> {
        self.all_datasets().find(|dataset| dataset.id.as_str() == id)
    }
}
