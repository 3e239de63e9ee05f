//! Parsing of catalog files into declarations with their places.
//!
//! Files are parsed key by key rather than by a derived deserializer, so that one wrong
//! value causes one fault and does not discard the rest of its file.

mod content;
mod dataset;
mod district;
mod entry;
mod files;
mod layer;
mod measure;
mod place;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use files::CatalogFiles;
pub(super) use place::{FaultCollector, KeyLocation};

use super::declaration::{District, SubjectField, Theme};
use super::{Dataset, Layer};
use data_model::DatasetId;

/// All declarations of a folder, as far as they could be read.
#[derive(Default)]
pub(super) struct CatalogDeclarations {
    pub(super) district: District,
    pub(super) fields: Vec<SubjectField>,
    pub(super) datasets: Vec<DeclaredDataset>,
    pub(super) themes: Vec<(KeyLocation, Theme)>,
    pub(super) layers: Vec<DeclaredLayer>,
    /// Whether a file of datasets could not be read; an unknown dataset may be declared
    /// there.
    pub(super) datasets_lost: bool,
    /// Themes whose files could not be read.
    pub(super) lost_themes: Vec<String>,
}

impl CatalogDeclarations {
    /// Makes the rules of a place binding for the datasets whose values belong to its
    /// features.
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
    pub(super) place: KeyLocation,
    pub(super) dataset: Dataset,
    /// Whether a column could not be read; an unknown column may be declared there.
    pub(super) torn: bool,
}

/// A layer and where it is declared.
pub(super) struct DeclaredLayer {
    pub(super) place: KeyLocation,
    pub(super) layer: Layer,
    /// Places of the layer's own measures; those of its public form follow.
    pub(super) measures: MeasureLocations,
    pub(super) public_measures: MeasureLocations,
    /// Places of a union's parts.
    pub(super) parts: Vec<KeyLocation>,
}

/// Places of the measures of a set.
#[derive(Default, Clone)]
pub(super) struct MeasureLocations {
    /// Places in the order of the measures.
    pub(super) places: Vec<KeyLocation>,
    /// Names of measures that could not be read.
    pub(super) lost: BTreeSet<String>,
    /// Whether a measure could not be read, its name included.
    pub(super) nameless: bool,
}
