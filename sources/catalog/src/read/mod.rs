//! From the files of a catalog to declarations, each with its place in them.
//!
//! Files are taken apart key by key rather than by a derived deserializer, so that
//! one wrong value costs one fault and not the rest of its file.

mod content;
mod dataset;
mod entry;
mod figure;
mod files;
mod layer;
mod place;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use files::Files;
pub(super) use place::{Faults, Place};

use super::declaration::{District, Field, Theme};
use super::{Dataset, Layer};
use data_model::DatasetId;

/// All that a folder declares, as far as it could be read.
#[derive(Default)]
pub(super) struct Declarations {
    pub(super) district: District,
    pub(super) fields: Vec<Field>,
    pub(super) datasets: Vec<DeclaredDataset>,
    pub(super) themes: Vec<(Place, Theme)>,
    pub(super) layers: Vec<DeclaredLayer>,
    /// Whether there is a file of datasets that could not be read at all: what is not
    /// declared may be declared there.
    pub(super) datasets_lost: bool,
    /// Themes whose files could not be read.
    pub(super) lost_themes: Vec<String>,
}

impl Declarations {
    /// Makes the rules of places binding for the datasets whose values belong to them.
    pub(super) fn inherit_rules(&mut self) {
        let features: BTreeMap<DatasetId, Dataset> = self
            .datasets
            .iter()
            .filter(|declared| !declared.dataset.privacy.is_empty())
            .map(|declared| (declared.dataset.id.clone(), declared.dataset.clone()))
            .collect();
        for DeclaredDataset { dataset, .. } in &mut self.datasets {
            let place = dataset.place.as_ref().filter(|place| **place != dataset.id);
            if let Some(place) = place.and_then(|place| features.get(place)) {
                dataset.inherit_rules(place);
            }
        }
    }
}

/// A dataset and where it is declared.
pub(super) struct DeclaredDataset {
    pub(super) place: Place,
    pub(super) dataset: Dataset,
    /// Whether a column could not be read: one that is not declared may be it.
    pub(super) torn: bool,
}

/// A layer and where it is declared.
pub(super) struct DeclaredLayer {
    pub(super) place: Place,
    pub(super) layer: Layer,
    /// Where its own figures are, and those of its public form.
    pub(super) figures: FigurePlaces,
    pub(super) public_figures: FigurePlaces,
    /// Where the parts of a union are.
    pub(super) parts: Vec<Place>,
}

/// Where the figures of a set are declared.
#[derive(Default, Clone)]
pub(super) struct FigurePlaces {
    /// By figure.
    pub(super) places: Vec<Place>,
    /// Names of figures that could not be read.
    pub(super) lost: BTreeSet<String>,
    /// Whether one could not be read of which even the name is unknown.
    pub(super) nameless: bool,
}
