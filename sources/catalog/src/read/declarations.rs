//! Declarations of a catalog folder with their places, as far as they could be read.

use std::collections::{BTreeMap, BTreeSet};

use super::place::KeyLocation;
use crate::declaration::{District, LocalizedText, SubjectField, Theme};
use crate::{Cartography, Dataset, Layer};
use data_model::DatasetId;

/// All declarations of a folder, as far as they could be read.
#[derive(Default)]
pub(crate) struct CatalogDeclarations {
    pub(crate) district: District,
    pub(crate) fields: Vec<SubjectField>,
    pub(crate) datasets: Vec<DeclaredDataset>,
    pub(crate) themes: Vec<(KeyLocation, Theme)>,
    pub(crate) layers: Vec<DeclaredLayer>,
    /// Title of the base map, whose datasets and layers are among the others.
    pub(crate) base_title: LocalizedText,
    /// Whether a file of datasets could not be read; an unknown dataset may be declared
    /// there.
    pub(crate) datasets_lost: bool,
    /// Themes whose files could not be read.
    pub(crate) lost_themes: Vec<String>,
}

impl CatalogDeclarations {
    /// Makes the rules of a place binding for the datasets whose values belong to its
    /// features.
    pub(crate) fn inherit_rules(&mut self) {
        let features: BTreeMap<DatasetId, Dataset> = self
            .datasets
            .iter()
            .filter(|declared| !declared.dataset.privacy.is_empty())
            .map(|declared| (declared.dataset.id.clone(), declared.dataset.clone()))
            .collect();
        for DeclaredDataset { dataset, .. } in &mut self.datasets {
            let place = dataset.feature_dataset.as_ref().filter(|place| **place != dataset.id);
            if let Some(place) = place.and_then(|place| features.get(place)) {
                dataset.inherit_rules(place);
            }
        }
    }
}

/// Declared datasets by id.
pub(super) type DatasetsById<'d> = BTreeMap<&'d str, &'d Dataset>;

/// A dataset and where it is declared.
pub(crate) struct DeclaredDataset {
    pub(crate) place: KeyLocation,
    pub(crate) dataset: Dataset,
    /// Whether a column could not be read; an unknown column may be declared there.
    pub(crate) torn: bool,
}

/// A layer and where it is declared.
pub(crate) struct DeclaredLayer {
    pub(crate) place: KeyLocation,
    pub(crate) layer: Layer,
    /// Places of the layer's own measures; those of its public form follow.
    pub(crate) measures: MeasureLocations,
    pub(crate) public_measures: MeasureLocations,
    /// Presentation that the public form itself declares.
    pub(crate) public_cartography: Cartography,
    /// Places of a union's parts.
    pub(crate) parts: Vec<KeyLocation>,
}

/// Places of the measures of a set.
#[derive(Default, Clone)]
pub(crate) struct MeasureLocations {
    /// Places in the order of the measures.
    pub(crate) places: Vec<KeyLocation>,
    /// Names of measures that could not be read.
    pub(crate) lost: BTreeSet<String>,
    /// Whether a measure could not be read, its name included.
    pub(crate) nameless: bool,
}
