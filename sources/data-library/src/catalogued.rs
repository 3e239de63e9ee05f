//! Plans for declared layers: one form for everyone, or one for the public and one for
//! staff.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::archive_states::{ArchiveStates, inner_layer};
use super::feature_origin::{LoadRequest, UnionMember};
use super::inputs::StoredInputs;
use super::inventory::{FeatureStorage, Inventory};
use super::load_plan::{DatasetNeeds, LoadPlan, ROW_NUMBER};
use super::measure_results::MeasuresPlan;
use super::no_data::{DeclaredData, NoData};
use super::published_view::PublishedView;
use super::{LayerForm, LayerState, PublishedLayer};
use catalog::{
    Catalog, Dataset, DatasetColumn, Layer, LayerContent, LogicalType, MeasureSet, PrivacyRule,
    RowFilter, UnionPart, Visibility,
};
use data_model::DatasetId;
use data_model::feature::{Column, ColumnType};
use measures::{DatasetPart, DeclaredMeasures, ResultAudience};
use pmtiles_source::{PmtilesArchive, PublicationError};
use postgis_store::GeometryTable;
use tile_source::table_source::LayerPublication;
use vector_tile::features::{ColumnForm, TableOptions};

/// State of catalog and stores from which layers are planned.
#[derive(Clone, Copy)]
pub(super) struct PlanningState<'s> {
    pub(super) catalog: &'s Catalog,
    pub(super) inventory: &'s Inventory<'s>,
    pub(super) archives: &'s ArchiveStates,
    pub(super) inputs: &'s StoredInputs,
}

/// Plans the forms of a declared layer.
pub(super) fn catalogued(store: PlanningState<'_>, layer: &Layer) -> Vec<LoadPlan> {
    let forms: &[LayerForm] = match layer.visibility {
        Visibility::Staff => &[LayerForm::Whole],
        Visibility::Public if has_public_form(store.catalog, layer) => {
            &[LayerForm::Public, LayerForm::Staff]
        }
        Visibility::Public => &[LayerForm::Whole],
    };
    forms.iter().filter_map(|&form| store.plan(layer, form)).collect()
}

/// Whether the public gets a reduced form of a layer: measures of its own, or content
/// limited by a dataset's privacy rule.
fn has_public_form(catalog: &Catalog, layer: &Layer) -> bool {
    let datasets = || layer.datasets.iter().filter_map(|id| catalog.dataset(id.as_str()));
    match &layer.content {
        LayerContent::Measures(set) | LayerContent::Flow(_, set) => {
            layer.public_form.is_some()
                || set.suppress.is_some()
                || datasets().any(|dataset| dataset.suppress_below().is_some())
        }
        LayerContent::Features { .. } | LayerContent::Union(_) => {
            layer.public_form.is_some() || datasets().any(shows_less)
        }
        LayerContent::Prepared { .. } => layer.public_form.is_some(),
    }
}

/// Whether a privacy rule limits the public view of a dataset's features.
fn shows_less(dataset: &Dataset) -> bool {
    dataset.privacy.iter().any(|rule| {
        matches!(
            rule,
            PrivacyRule::Hide { .. } | PrivacyRule::Band { .. } | PrivacyRule::Coarsen { .. }
        )
    })
}

/// The fault of a dataset whose single features are never published; `None` for other
/// datasets.
fn only_in_measures(dataset: &Dataset) -> Option<NoData> {
    let kept = dataset
        .privacy
        .iter()
        .any(|rule| matches!(rule, PrivacyRule::AggregateOnly { .. } | PrivacyRule::NotTileable));
    kept.then(|| {
        NoData::Unavailable(format!("dataset {} may be shown in figures only", dataset.id))
    })
}

impl PlanningState<'_> {
    fn plan(&self, layer: &Layer, form: LayerForm) -> Option<LoadPlan> {
        let measures = match form {
            LayerForm::Public => ResultAudience::Public,
            LayerForm::Whole | LayerForm::Staff => ResultAudience::Full,
        };
        let dataset = self.catalog.dataset(layer.dataset.as_str())?;
        let computed = DeclaredMeasures::of(layer, measures);
        let (needs, columns) = match computed {
            Some(DeclaredMeasures { set, flow, .. }) => {
                // Published columns are those that were computed.
                (self.measures(layer, measures, set, flow.is_some()), None)
            }
            None => match &layer.content {
                LayerContent::Features { filter } => {
                    self.features(layer, dataset, filter, measures)
                }
                LayerContent::Union(parts) => self.union(parts, measures),
                LayerContent::Prepared { columns, .. } => {
                    let names = columns.iter().map(|column| column.name.clone()).collect();
                    (self.prepared(layer, columns), Some(names))
                }
                LayerContent::Measures(_) | LayerContent::Flow(..) => return None,
            },
        };
        let (needs, state) = match needs {
            Ok(needs) => (needs, LayerState::not_loaded()),
            Err(fault) => (DatasetNeeds::Nothing, fault.into()),
        };
        Some(LoadPlan {
            layer: PublishedLayer {
                id: layer.id.clone(),
                title: layer.title.clone(),
                description: layer.description_of(form == LayerForm::Public).cloned(),
                theme: Some(layer.theme.clone()),
                dataset: layer.dataset.clone(),
                attribution: self
                    .catalog
                    .attribution(layer, computed.map(|declared| declared.set))
                    .cloned(),
                visibility: layer.visibility,
                form,
                max_age: layer.max_age,
                state,
                features: None,
                summary: None,
                stats: None,
                area_data_absent: None,
            },
            publication: LayerPublication {
                id: layer.id.clone(),
                columns,
                min_zoom: layer.min_zoom,
                max_zoom: layer.max_zoom,
                extent: layer.extent,
                buffer: layer.buffer,
                labels: layer.labels,
            },
            declared_zooms: layer.declared_zooms,
            value: layer.value.clone(),
            needs,
        })
    }

    /// Data of a layer of features, and its published columns.
    fn features(
        &self,
        layer: &Layer,
        dataset: &Dataset,
        filter: &RowFilter,
        form: ResultAudience,
    ) -> (Result<DatasetNeeds, NoData>, Option<Vec<String>>) {
        // Columns that a dataset does not declare are not published.
        let declared = || {
            let names = dataset.columns.iter().map(|column| column.name.clone());
            (!dataset.columns.is_empty()).then(|| names.collect::<Vec<_>>())
        };
        let mut columns = layer.columns.clone().or_else(declared);
        let mut view = PublishedView::filtered(filter, &self.catalog.district.time_zone);
        if form == ResultAudience::Public {
            view = view.public(dataset);
            if let Some(columns) = &mut columns {
                columns.retain(|column| !dataset.hides(column));
            }
        }
        let options = TableOptions {
            id_column: dataset.id_column.clone(),
            coverage: layer.coverage,
            declared: declared_forms(&dataset.columns),
            ..TableOptions::default()
        };
        let needs = match (only_in_measures(dataset), self.inventory.of(dataset)) {
            (Some(reason), _) => Err(reason),
            (None, FeatureStorage::Archive(path)) => match self.archives.get(path) {
                Ok(_) if !view.is_all() => {
                    let lack = ", of which no part can be left out";
                    Err(self.inventory.found.tiles_only(dataset, path, lack))
                }
                Ok(archive) => self.tiles(layer, dataset, archive),
                Err(why) => Err(NoData::Unavailable(why.to_owned())),
            },
            (None, _) => self
                .wanted(dataset, options)
                .map(|wanted| DatasetNeeds::Features(wanted.seen(view))),
        };
        (needs, columns)
    }

    /// Data of a layer in an archive.
    fn tiles(
        &self,
        layer: &Layer,
        dataset: &Dataset,
        archive: &Arc<PmtilesArchive>,
    ) -> Result<DatasetNeeds, NoData> {
        let name = inner_layer(archive, layer);
        let names = || archive.layers().iter().map(|inner| inner.name.clone());
        if names().any(|inner| inner == name) {
            return Ok(DatasetNeeds::Tiles(Arc::clone(archive), Some(name)));
        }
        let error = PublicationError::NoSuchLayer { name, layers: names().collect() };
        let stored = [DeclaredData::tile_layer(layer), DeclaredData::features(dataset)];
        Err(self.inventory.found.judge(&stored, NoData::Missing(error.to_string())))
    }

    fn union(
        &self,
        parts: &[UnionPart],
        form: ResultAudience,
    ) -> (Result<DatasetNeeds, NoData>, Option<Vec<String>>) {
        let member = |part: &UnionPart| {
            let dataset = self.catalog.dataset(part.dataset.as_str());
            let dataset = dataset.ok_or_else(|| undeclared(&part.dataset))?;
            if let Some(fault) = only_in_measures(dataset) {
                return Err(fault);
            }
            let mut view = PublishedView::filtered(&part.filter, &self.catalog.district.time_zone);
            let mut columns: Vec<_> = part.columns.iter().collect();
            if form == ResultAudience::Public {
                view = view.public(dataset);
                columns.retain(|(_, from)| !dataset.hides(from));
            }
            let columns = columns
                .into_iter()
                .map(|(name, from)| {
                    let mut column = union_column(dataset, name, from);
                    if form == ResultAudience::Public && dataset.bands(from) {
                        column.kind = ColumnType::Text;
                    }
                    (column, from.clone())
                })
                .collect();
            let wanted = self.wanted(dataset, TableOptions::default())?;
            Ok(UnionMember { dataset: dataset.id.clone(), wanted: wanted.seen(view), columns })
        };
        // A union without one of its members would be silently incomplete.
        let options = TableOptions { declared: self.union_forms(parts), ..TableOptions::default() };
        let needs = all(parts.iter().map(member))
            .map(|members| DatasetNeeds::Features(LoadRequest::union(members, options)));
        (needs, None)
    }

    /// Declared column forms of a union; text if any part declares the column as text.
    fn union_forms(&self, parts: &[UnionPart]) -> BTreeMap<String, ColumnForm> {
        let mut forms = BTreeMap::new();
        for part in parts {
            let dataset = self.catalog.dataset(part.dataset.as_str());
            for (name, from) in &part.columns {
                let column = dataset.and_then(|dataset| dataset.column(from));
                if let Some(form) = column.and_then(declared_form) {
                    let known = forms.entry(name.clone()).or_insert(form);
                    *known = form.max(*known);
                }
            }
        }
        forms
    }

    /// Data of a layer of measures, with their carrier.
    fn measures(
        &self,
        layer: &Layer,
        form: ResultAudience,
        set: &MeasureSet,
        is_flow: bool,
    ) -> Result<DatasetNeeds, NoData> {
        let mut parts = measures::input_parts(layer, form, self.catalog);
        if !is_flow {
            parts.push((set.over.clone(), DatasetPart::Features));
        }
        let fault = |(dataset, part): &(DatasetId, DatasetPart)| self.inputs.fault(dataset, *part);
        if let Some(fault) = parts.iter().filter_map(fault).reduce(NoData::or_missing) {
            return Err(fault);
        }
        let key = measures::measures_key(layer, form, self.catalog, self.inputs);
        let key = key.map_err(|error| NoData::Unavailable(error.to_string()))?;
        let carrier = if is_flow {
            None
        } else {
            let dataset = self.catalog.dataset(set.over.as_str());
            let dataset = dataset.ok_or_else(|| undeclared(&set.over))?;
            let options = TableOptions {
                id_column: dataset.id_column.clone(),
                coverage: layer.coverage,
                // The same as for a layer of features, so that both share one table.
                declared: declared_forms(&dataset.columns),
                ..TableOptions::default()
            };
            Some(self.wanted(dataset, options)?)
        };
        let layer = layer.clone();
        Ok(DatasetNeeds::Measures(Box::new(MeasuresPlan { layer, form, key, carrier })))
    }

    /// Data of a prepared layer.
    fn prepared(&self, layer: &Layer, columns: &[DatasetColumn]) -> Result<DatasetNeeds, NoData> {
        let declared = declared_forms(columns);
        let wanted = match self.inventory.prepared(layer) {
            FeatureStorage::Table(table) => {
                let key = table.id_column.clone().filter(|key| key == ROW_NUMBER);
                let options = TableOptions { id_column: key, declared, ..TableOptions::default() };
                LoadRequest::table(table, options, false)
            }
            FeatureStorage::File(path, signature) => {
                let options = TableOptions { declared, ..TableOptions::default() };
                LoadRequest::file(path.to_owned(), signature, options)
            }
            FeatureStorage::Archive(path) => {
                let reason = format!("{} holds tiles; store the features too", path.display());
                return Err(NoData::Missing(reason));
            }
            FeatureStorage::Nowhere(fault) => return Err(fault),
        };
        Ok(DatasetNeeds::Features(wanted))
    }

    /// Load request for a dataset's features.
    fn wanted(&self, dataset: &Dataset, options: TableOptions) -> Result<LoadRequest, NoData> {
        match self.inventory.of(dataset) {
            FeatureStorage::File(path, signature) => {
                Ok(LoadRequest::file(path.to_owned(), signature, options))
            }
            FeatureStorage::Table(table) => {
                let id_declared = options.id_column.is_some();
                let options = TableOptions { id_column: id_column(dataset, table), ..options };
                Ok(LoadRequest::table(table, options, id_declared))
            }
            FeatureStorage::Archive(path) => {
                Err(self.inventory.found.tiles_only(dataset, path, ""))
            }
            FeatureStorage::Nowhere(fault) => Err(fault),
        }
    }
}

/// Column form that the declared type requires, if any.
fn declared_form(column: &DatasetColumn) -> Option<ColumnForm> {
    match column.kind? {
        LogicalType::Code | LogicalType::Text | LogicalType::Enum => Some(ColumnForm::Text),
        kind if kind.is_number() => Some(ColumnForm::Number),
        // A year may be either.
        _ => None,
    }
}

/// Declared forms of the columns whose type requires one.
fn declared_forms(columns: &[DatasetColumn]) -> BTreeMap<String, ColumnForm> {
    let forms = columns.iter().filter_map(|column| {
        let form = declared_form(column)?;
        Some((column.name.clone(), form))
    });
    forms.collect()
}

/// Collects all parts, or returns the fault that decides for the whole.
fn all<T>(parts: impl Iterator<Item = Result<T, NoData>>) -> Result<Vec<T>, NoData> {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Ok(part) => found.push(part),
            Err(fault) => faults.push(fault),
        }
    }
    faults.into_iter().reduce(NoData::or_missing).map_or(Ok(found), Err)
}

/// Fault of a dataset that the catalog does not declare.
fn undeclared(dataset: &DatasetId) -> NoData {
    NoData::Unavailable(format!("there is no dataset {dataset}"))
}

/// Feature id column of a table.
///
/// A key that is not declared, or that is hidden or banded for the public, is published
/// only if it is [`ROW_NUMBER`], the row number that `load` and `import` assign.
pub(super) fn id_column(dataset: &Dataset, table: &GeometryTable) -> Option<String> {
    let key = table.id_column.as_ref().filter(|key| {
        let kept = dataset.hides(key) || dataset.bands(key);
        let declared = dataset.columns.is_empty() || dataset.column(key).is_some();
        *key == ROW_NUMBER || declared && !kept
    });
    dataset.id_column.clone().or_else(|| key.cloned())
}

fn union_column(dataset: &Dataset, name: &str, from: &str) -> Column {
    let declared = dataset.column(from);
    let kind = match declared.and_then(|column| column.kind) {
        Some(LogicalType::Int) => ColumnType::Int,
        Some(LogicalType::Float) => ColumnType::Double,
        Some(LogicalType::Bool) => ColumnType::Bool,
        _ => ColumnType::Text,
    };
    let title = declared.map(|column| column.title.ko.clone());
    Column { name: name.to_owned(), kind, title, description: None }
}
