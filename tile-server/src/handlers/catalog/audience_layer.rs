//! Form of a declared layer for one audience, and its datasets.

use catalog::{
    Attribution, Catalog, Dataset, DatasetColumn, FlowDefinition, Layer, LayerContent,
    LocalizedText, Measure, MeasureSet, PrivacyRule, Sensitivity, UnionPart,
};
use data_model::feature::GeometryKind;
use data_model::{Audience, DatasetId};

/// A layer in the form that one audience gets; the public may get measures of its own.
pub(crate) struct AudienceLayer<'a> {
    catalog: &'a Catalog,
    audience: Audience,
    pub(crate) layer: &'a Layer,
    /// Measures of the form; `None` without any.
    pub(crate) set: Option<&'a MeasureSet>,
    /// Whether the measures are for the public only.
    pub(crate) is_public_only: bool,
}

/// Meaning of a column of a layer.
pub(crate) enum ColumnMeaning<'a> {
    /// A column of a dataset or of a prepared result.
    Column(&'a DatasetColumn),
    /// A measure.
    Measure(&'a Measure),
    /// A column that the server adds, by its title.
    Own(LocalizedText),
}

impl<'a> AudienceLayer<'a> {
    pub(crate) fn new(catalog: &'a Catalog, layer: &'a Layer, audience: Audience) -> Self {
        let public = layer.public_form.as_ref().filter(|_| audience == Audience::Public);
        let set = public.or(layer.content.measures());
        Self { catalog, audience, layer, set, is_public_only: public.is_some() }
    }

    fn flow(&self) -> Option<&'a FlowDefinition> {
        match &self.layer.content {
            LayerContent::Flow(flow, _) if !self.is_public_only => Some(flow),
            _ => None,
        }
    }

    fn parts(&self) -> &'a [UnionPart] {
        match &self.layer.content {
            LayerContent::Union(parts) if !self.is_public_only => parts,
            _ => &[],
        }
    }

    /// The dataset whose features the form publishes or draws.
    pub(crate) fn dataset(&self) -> &'a DatasetId {
        match self.set {
            Some(set) if self.is_public_only => &set.carrier,
            _ => &self.layer.dataset,
        }
    }

    /// Attribution of the map's subject.
    pub(crate) fn attribution(&self) -> Option<&'a Attribution> {
        self.catalog.attribution(self.layer, self.set)
    }

    /// Whether the form publishes stored features of this dataset unchanged, all or some.
    pub(crate) fn is_stored(&self, dataset: &DatasetId) -> bool {
        let plain = matches!(self.layer.content, LayerContent::Features { .. });
        self.set.is_none() && plain && self.layer.dataset == *dataset
    }

    /// Whether the form has every stored feature of this dataset.
    pub(crate) fn has_all_of(&self, dataset: &DatasetId) -> bool {
        match (self.set, &self.layer.content) {
            (Some(set), _) => self.flow().is_none() && set.carrier == *dataset,
            (None, LayerContent::Features { filter }) => {
                filter.is_empty() && self.layer.dataset == *dataset
            }
            (None, _) => false,
        }
    }

    /// Every dataset that the audience's forms are made from, each once.
    pub(crate) fn all_datasets(&self) -> Vec<&'a Dataset> {
        let own = std::iter::once(self.dataset());
        let ids: Vec<DatasetId> = match self.set {
            Some(set) if self.is_public_only => own.cloned().chain(set.datasets()).collect(),
            // The datasets of both forms, for audiences that may see both.
            _ => own.chain(&self.layer.datasets).cloned().collect(),
        };
        let mut found: Vec<&Dataset> = Vec::new();
        for dataset in ids.iter().filter_map(|id| self.catalog.dataset(id.as_str())) {
            if !found.iter().any(|known| known.id == dataset.id) {
                found.push(dataset);
            }
        }
        found
    }

    /// The datasets that the audience may see, each once.
    pub(crate) fn datasets(&self) -> Vec<&'a Dataset> {
        let mut datasets = self.all_datasets();
        datasets.retain(|dataset| {
            self.audience == Audience::Staff || dataset.sensitivity == Sensitivity::Public
        });
        datasets
    }

    /// Whether any dataset of the form can't be downloaded.
    pub(crate) fn no_download(&self) -> bool {
        let kept = |dataset: &&Dataset| dataset.privacy.contains(&PrivacyRule::NoDownload);
        self.all_datasets().iter().any(kept)
    }

    /// The column or measure that the map is about.
    pub(crate) fn value(&self) -> Option<&'a str> {
        match self.set {
            Some(set) => Some(set.value.as_str()),
            None => self.layer.value.as_deref(),
        }
    }

    pub(crate) fn geometry(&self) -> Option<GeometryKind> {
        let of = |id: &DatasetId| Some(self.catalog.dataset(id.as_str())?.geometry);
        if self.flow().is_some() {
            return Some(GeometryKind::Line);
        }
        match (self.set, &self.layer.content) {
            (Some(set), _) => of(&set.carrier),
            (None, LayerContent::Prepared { geometry, .. }) => Some(*geometry),
            (None, _) => of(&self.layer.dataset),
        }
    }

    /// Names of the columns that a layer which is not loaded will publish.
    pub(crate) fn columns(&self) -> Vec<String> {
        if let Some(set) = self.set {
            let carried: Vec<String> = match self.flow() {
                None => set.columns.clone(),
                Some(_) => {
                    let ends = ["from", "to"];
                    let of_ends = set
                        .columns
                        .iter()
                        .flat_map(|column| ends.iter().map(move |end| format!("{end}_{column}")));
                    ends.iter().map(|end| (*end).to_owned()).chain(of_ends).collect()
                }
            };
            let measures = set.measures.iter().filter(|measure| measure.publish);
            return carried
                .into_iter()
                .chain(measures.map(|measure| measure.name.clone()))
                .collect();
        }
        let dataset = self.catalog.dataset(self.layer.dataset.as_str());
        let mut names = match (&self.layer.columns, dataset) {
            (Some(names), _) => names.clone(),
            (None, Some(dataset)) => {
                dataset.columns.iter().map(|column| column.name.clone()).collect()
            }
            (None, None) => Vec::new(),
        };
        // The same names are of other columns where they are not the dataset's own.
        let own = matches!(self.layer.content, LayerContent::Features { .. });
        if let Some(dataset) = dataset.filter(|_| own && self.audience == Audience::Public) {
            names.retain(|name| !dataset.hides(name));
        }
        names
    }

    /// Meaning of a published column; `None` for an undeclared one.
    pub(crate) fn meaning(&self, name: &str) -> Option<ColumnMeaning<'a>> {
        let of = |id: &DatasetId, name: &str| self.catalog.dataset(id.as_str())?.column(name);
        let own = |ko: &str, en: &str| {
            ColumnMeaning::Own(LocalizedText { ko: ko.to_owned(), en: en.to_owned() })
        };
        if let Some(set) = self.set {
            if let Some(measure) = set.measures.iter().find(|measure| measure.name == name) {
                return Some(ColumnMeaning::Measure(measure));
            }
            if name == "suppressed" {
                let title = &self.catalog.district.suppressed_title;
                return Some(ColumnMeaning::Own(title.clone()));
            }
            if self.flow().is_some() {
                let ends = [("from", "출발", "From"), ("to", "도착", "To")];
                let (rest, ko, en) = ends
                    .into_iter()
                    .find_map(|(end, ko, en)| Some((name.strip_prefix(end)?, ko, en)))?;
                let column = rest.strip_prefix('_').and_then(|name| of(&set.carrier, name));
                return Some(match column {
                    Some(column) => {
                        let LocalizedText { ko: place, en: place_en } = &column.title;
                        own(&format!("{ko} {place}"), &format!("{en}: {place_en}"))
                    }
                    None => own(ko, en),
                });
            }
            return of(&set.carrier, name).map(ColumnMeaning::Column);
        }
        if let LayerContent::Prepared { columns, .. } = &self.layer.content {
            return columns.iter().find(|column| column.name == name).map(ColumnMeaning::Column);
        }
        if !self.parts().is_empty() {
            if name == LayerContent::UNION_DATASET {
                return Some(own("자료", "Dataset"));
            }
            let from = |part: &'a UnionPart| {
                let (_, from) = part.columns.iter().find(|(known, _)| known == name)?;
                of(&part.dataset, from)
            };
            return self.parts().iter().find_map(from).map(ColumnMeaning::Column);
        }
        of(&self.layer.dataset, name).map(ColumnMeaning::Column)
    }

    /// Whether the form shows a column of a dataset unchanged, or makes measures of it.
    pub(crate) fn shows(&self, dataset: &DatasetId, name: &str) -> bool {
        if let Some(set) = self.set {
            let carried = set.carrier == *dataset
                && (set.columns.iter().any(|column| column == name)
                    || set.measures.iter().any(|measure| {
                        matches!(&measure.operation, catalog::MeasureOperation::CarrierColumn(own) if own == name)
                    }));
            let counted = || {
                let rows = set.measures.iter().filter_map(|measure| measure.operation.rows());
                rows.into_iter()
                    .any(|rows| rows.dataset == *dataset && rows.column.as_deref() == Some(name))
            };
            return carried || counted();
        }
        if !self.parts().is_empty() {
            return self.parts().iter().any(|part| {
                part.dataset == *dataset && part.columns.iter().any(|(_, from)| from == name)
            });
        }
        let listed =
            || self.layer.columns.as_ref().is_none_or(|names| names.iter().any(|n| n == name));
        let prepared = matches!(self.layer.content, LayerContent::Prepared { .. });
        !prepared && self.layer.dataset == *dataset && listed()
    }
}
