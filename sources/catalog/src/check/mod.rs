//! Checks of a catalog: references resolve, operations get operands of the right kind, and
//! nothing that a privacy rule protects is published.
//!
//! A check adds a fault and goes on. Declarations that could not be read have their fault
//! already and cause no second one: a name that may be declared there is not reported as
//! unknown.

mod address;
mod aggregates;
mod atoms;
mod base_map;
mod by_area;
mod carriers;
mod cartography;
mod coarsened;
mod columns;
mod dataset;
mod dependent;
mod equations;
mod faults;
mod filter;
mod ids;
mod layer;
mod measures;
mod names;
mod privacy;
mod public_measures;
mod rows;
mod statistics;
mod tiling;
mod time;
mod values;

use std::collections::BTreeMap;

pub use faults::{CatalogFault, CatalogFaults};
pub(super) use names::nearest_name;

use super::read::{CatalogDeclarations, DeclaredDataset, FaultCollector, KeyLocation};
use super::{Dataset, DatasetColumn};
use data_model::DatasetId;

/// Checks all declarations.
pub(super) fn check(declared: &CatalogDeclarations, faults: &FaultCollector) {
    let checker = Checker::new(declared, faults);
    checker.ids();
    checker.district();
    for dataset in &declared.datasets {
        checker.dataset(dataset);
    }
    for layer in &declared.layers {
        checker.layer(layer);
        checker.privacy(layer);
        checker.cartography(layer);
        checker.base_layer(layer);
    }
    checker.theme_cartography();
    checker.dependent_statistics();
}

/// Declarations by id, and the list of faults.
struct Checker<'c> {
    declared: &'c CatalogDeclarations,
    datasets: BTreeMap<&'c str, &'c DeclaredDataset>,
    faults: &'c FaultCollector,
}

impl<'c> Checker<'c> {
    fn new(declared: &'c CatalogDeclarations, faults: &'c FaultCollector) -> Self {
        // Of two datasets with one id the first is used, as by `Catalog::dataset`.
        let mut datasets = BTreeMap::new();
        for dataset in &declared.datasets {
            datasets.entry(dataset.dataset.id.as_str()).or_insert(dataset);
        }
        Self { declared, datasets, faults }
    }

    fn add(&self, place: &KeyLocation, problem: impl Into<String>, remedy: impl Into<String>) {
        self.faults.add(place, problem, remedy);
    }

    /// The dataset `id`; adds a fault at `place` if there is none.
    fn find(&self, place: &KeyLocation, id: &DatasetId) -> Option<&'c DeclaredDataset> {
        let found = self.datasets.get(id.as_str()).copied();
        if found.is_none() && !self.declared.datasets_lost {
            let remedy = self.near(id.as_str(), self.datasets.keys().copied(), || {
                "declare it under datasets/ or name another".to_owned()
            });
            self.add(place, format!("no dataset {:?} is declared", id.as_str()), remedy);
        }
        if let Some(found) = found {
            self.not_of_base_map(place, found);
        }
        found
    }

    /// Remedy for an unknown name: the nearest known one, or else `otherwise`.
    fn near<'n>(
        &self,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
        otherwise: impl FnOnce() -> String,
    ) -> String {
        nearest_name(name, known).map_or_else(otherwise, |near| format!("did you mean {near:?}?"))
    }
}

/// Result of a look-up of a column.
enum Found<'c> {
    /// Declared.
    Column(&'c DatasetColumn),
    /// The dataset declares no columns, or one of its columns could not be read.
    Unknown,
    /// Not declared; a fault has been added.
    Missing,
}

/// The columns of a dataset that a reference is resolved among.
#[derive(Clone, Copy, PartialEq)]
enum Among {
    /// Columns of the features.
    Features,
    /// Columns of the values.
    Values,
    /// Columns of the values, then those of the dataset's features or of its place's.
    Both,
}

impl<'c> Checker<'c> {
    /// The columns to resolve among, and whether there may be others.
    fn columns_of(
        &self,
        declared: &'c DeclaredDataset,
        among: Among,
    ) -> (Vec<&'c DatasetColumn>, bool) {
        let dataset: &Dataset = &declared.dataset;
        let mut unknown = declared.torn;
        let mut columns: Vec<&DatasetColumn> = Vec::new();
        if among != Among::Features {
            columns.extend(dataset.values.iter().flat_map(|values| &values.columns));
        }
        if among != Among::Values {
            columns.extend(&dataset.columns);
            unknown |= dataset.has_features() && dataset.columns.is_empty();
        }
        if among == Among::Both
            && let Some(place) = &dataset.feature_dataset
        {
            match self.datasets.get(place.as_str()) {
                Some(place) => {
                    columns.extend(&place.dataset.columns);
                    unknown |= place.torn || place.dataset.columns.is_empty();
                }
                None => unknown = true,
            }
        }
        (columns, unknown)
    }

    /// Looks up the column `name` of a dataset; adds a fault at `place` if there is none.
    fn column(
        &self,
        place: &KeyLocation,
        declared: &'c DeclaredDataset,
        among: Among,
        name: &str,
    ) -> Found<'c> {
        let (columns, unknown) = self.columns_of(declared, among);
        if let Some(column) = columns.iter().find(|column| column.name == name) {
            return Found::Column(column);
        }
        if unknown {
            return Found::Unknown;
        }
        let id = &declared.dataset.id;
        let elsewhere = among == Among::Features && declared.dataset.values_column(name).is_some();
        let (problem, remedy) = if elsewhere {
            let problem =
                format!("{name:?} is a column of the values of {id}, not of its features");
            (problem, "make it a measure, or name a column of the features".to_owned())
        } else {
            let names = columns.iter().map(|column| column.name.as_str());
            let remedy = self.near(name, names, || "remove or rename it".to_owned());
            (format!("{name:?} is no column of {id}"), remedy)
        };
        self.add(place, problem, remedy);
        Found::Missing
    }
}

#[cfg(test)]
mod disclosure_fixture;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
