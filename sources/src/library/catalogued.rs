//! From a declared layer to what is planned for it: one form for all, or one for the
//! public and one for staff.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::archives::Archives;
use super::derivations::FiguresPlan;
use super::holdings::{Held, Holdings};
use super::inputs::StoredInputs;
use super::no_data::NoData;
use super::origin::{UnionMember, Wanted};
use super::plan::{Needs, Plan, ROW_NUMBER};
use super::view::View;
use super::{LayerForm, LayerState, PublishedLayer};
use crate::DatasetId;
use crate::catalog::{
    Catalog, Dataset, DatasetColumn, FigureSet, Filter, Layer, LayerContent, LogicalType,
    PrivacyRule, UnionPart, Visibility,
};
use crate::derive::{self, Form, Part};
use crate::feature::{Column, ColumnType};
use crate::features::{ColumnForm, TableOptions};
use crate::pmtiles::Archive;
use crate::postgis::Table;
use crate::table_source::Publication;

/// What layers are planned from.
#[derive(Clone, Copy)]
pub(super) struct Store<'s> {
    pub(super) catalog: &'s Catalog,
    pub(super) holdings: &'s Holdings<'s>,
    pub(super) archives: &'s Archives,
    pub(super) inputs: &'s StoredInputs,
}

/// Plans the forms of a declared layer.
pub(super) fn catalogued(store: Store<'_>, layer: &Layer) -> Vec<Plan> {
    let forms: &[LayerForm] = match layer.visibility {
        Visibility::Staff => &[LayerForm::Whole],
        Visibility::Public if has_public_form(store.catalog, layer) => {
            &[LayerForm::Public, LayerForm::Staff]
        }
        Visibility::Public => &[LayerForm::Whole],
    };
    forms.iter().filter_map(|&form| store.plan(layer, form)).collect()
}

/// Whether the public gets less of a layer than staff: its own figures, or less of the
/// same because a privacy rule of one of its datasets says so.
fn has_public_form(catalog: &Catalog, layer: &Layer) -> bool {
    let datasets = || layer.datasets.iter().filter_map(|id| catalog.dataset(id.as_str()));
    match &layer.content {
        LayerContent::Figures(set) | LayerContent::Flow(_, set) => {
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

/// Whether the public sees less of a dataset's features than is stored.
fn shows_less(dataset: &Dataset) -> bool {
    dataset.privacy.iter().any(|rule| {
        matches!(
            rule,
            PrivacyRule::Hide { .. } | PrivacyRule::Band { .. } | PrivacyRule::Coarsen { .. }
        )
    })
}

/// Why nobody sees single features of a dataset, where nobody does.
fn only_in_figures(dataset: &Dataset) -> Option<NoData> {
    let kept = dataset
        .privacy
        .iter()
        .any(|rule| matches!(rule, PrivacyRule::AggregateOnly { .. } | PrivacyRule::NotTileable));
    kept.then(|| {
        NoData::Unavailable(format!("dataset {} may be shown in figures only", dataset.id))
    })
}

impl Store<'_> {
    fn plan(&self, layer: &Layer, form: LayerForm) -> Option<Plan> {
        let figures = match form {
            LayerForm::Public => Form::Public,
            LayerForm::Whole | LayerForm::Staff => Form::Full,
        };
        let dataset = self.catalog.dataset(layer.dataset.as_str())?;
        let computed = derive::figures_of(layer, figures);
        let (needs, columns) = match computed {
            Some((set, flow)) => {
                // Published columns are those that were computed.
                (self.figures(layer, figures, set, flow.is_some()), None)
            }
            None => match &layer.content {
                LayerContent::Features { filter } => self.features(layer, dataset, filter, figures),
                LayerContent::Union(parts) => self.union(parts, figures),
                LayerContent::Prepared { columns, .. } => {
                    let names = columns.iter().map(|column| column.name.clone()).collect();
                    (self.prepared(layer, columns), Some(names))
                }
                LayerContent::Figures(_) | LayerContent::Flow(..) => return None,
            },
        };
        let (needs, state) = match needs {
            Ok(needs) => (needs, LayerState::not_loaded()),
            Err(fault) => (Needs::Nothing, fault.into()),
        };
        Some(Plan {
            layer: PublishedLayer {
                id: layer.id.clone(),
                title: layer.title.clone(),
                description: layer.description_of(form == LayerForm::Public).cloned(),
                theme: Some(layer.theme.clone()),
                dataset: layer.dataset.clone(),
                attribution: self.catalog.attribution(layer, computed.map(|(set, _)| set)).cloned(),
                visibility: layer.visibility,
                form,
                max_age: layer.max_age,
                state,
                features: None,
                summary: None,
                stats: None,
            },
            publication: Publication {
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

    /// A dataset's features, and the columns of them that are published.
    fn features(
        &self,
        layer: &Layer,
        dataset: &Dataset,
        filter: &Filter,
        form: Form,
    ) -> (Result<Needs, NoData>, Option<Vec<String>>) {
        // What a dataset does not declare does not leave the house.
        let declared = || {
            let names = dataset.columns.iter().map(|column| column.name.clone());
            (!dataset.columns.is_empty()).then(|| names.collect::<Vec<_>>())
        };
        let mut columns = layer.columns.clone().or_else(declared);
        let mut view = View::filtered(filter, &self.catalog.district.time_zone);
        if form == Form::Public {
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
        let needs = match (only_in_figures(dataset), self.holdings.of(dataset)) {
            (Some(reason), _) => Err(reason),
            (None, Held::Archive(path)) => match self.archives.get(path) {
                Ok(_) if !view.is_all() => Err(NoData::Missing(format!(
                    "{} holds tiles, of which no part can be left out; store the features too",
                    path.display()
                ))),
                Ok(archive) => {
                    let inner = inner_layer(archive, layer);
                    Ok(Needs::Tiles(Arc::clone(archive), Some(inner)))
                }
                Err(why) => Err(NoData::Unavailable(why.to_owned())),
            },
            (None, held) => {
                wanted(dataset, held, options).map(|mut wanted| {
                    // As of a live table, no number stays with a row that has no key.
                    wanted.options.omit_ids =
                        wanted.is_in_database() && wanted.options.id_column.is_none();
                    Needs::Features(wanted.seen(view))
                })
            }
        };
        (needs, columns)
    }

    fn union(
        &self,
        parts: &[UnionPart],
        form: Form,
    ) -> (Result<Needs, NoData>, Option<Vec<String>>) {
        let member = |part: &UnionPart| {
            let dataset = self.catalog.dataset(part.dataset.as_str());
            let dataset = dataset.ok_or_else(|| undeclared(&part.dataset))?;
            if let Some(fault) = only_in_figures(dataset) {
                return Err(fault);
            }
            let mut view = View::filtered(&part.filter, &self.catalog.district.time_zone);
            let mut columns: Vec<_> = part.columns.iter().collect();
            if form == Form::Public {
                view = view.public(dataset);
                columns.retain(|(_, from)| !dataset.hides(from));
            }
            let columns = columns
                .into_iter()
                .map(|(name, from)| {
                    let mut column = union_column(dataset, name, from);
                    if form == Form::Public && dataset.bands(from) {
                        column.kind = ColumnType::Text;
                    }
                    (column, from.clone())
                })
                .collect();
            let wanted = wanted(dataset, self.holdings.of(dataset), TableOptions::default())?;
            Ok(UnionMember { dataset: dataset.id.clone(), wanted: wanted.seen(view), columns })
        };
        // A union without one of its members would be an answer that lacks something.
        let options = TableOptions { declared: self.union_forms(parts), ..TableOptions::default() };
        let needs = all(parts.iter().map(member))
            .map(|members| Needs::Features(Wanted::union(members, options)));
        (needs, None)
    }

    /// The declared forms of a union's columns: text where it is text in any part.
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

    /// Figures, and what carries them.
    fn figures(
        &self,
        layer: &Layer,
        form: Form,
        set: &FigureSet,
        is_flow: bool,
    ) -> Result<Needs, NoData> {
        let mut parts = derive::parts_of(layer, form, self.catalog);
        if !is_flow {
            parts.push((set.over.clone(), Part::Features));
        }
        let fault = |(dataset, part): &(DatasetId, Part)| self.inputs.fault(dataset, *part);
        if let Some(fault) = parts.iter().filter_map(fault).reduce(NoData::or_missing) {
            return Err(fault);
        }
        let key = derive::key(layer, form, self.catalog, self.inputs);
        let key = key.map_err(|error| NoData::Unavailable(error.to_string()))?;
        let carrier = if is_flow {
            None
        } else {
            let dataset = self.catalog.dataset(set.over.as_str());
            let dataset = dataset.ok_or_else(|| undeclared(&set.over))?;
            let options = TableOptions {
                id_column: dataset.id_column.clone(),
                coverage: layer.coverage,
                // As for the features themselves: one table serves both.
                declared: declared_forms(&dataset.columns),
                ..TableOptions::default()
            };
            Some(wanted(dataset, self.holdings.of(dataset), options)?)
        };
        let layer = layer.clone();
        Ok(Needs::Figures(Box::new(FiguresPlan { layer, form, key, carrier })))
    }

    /// A result that was made elsewhere.
    fn prepared(&self, layer: &Layer, columns: &[DatasetColumn]) -> Result<Needs, NoData> {
        let declared = declared_forms(columns);
        let wanted = match self.holdings.prepared(layer) {
            Held::Table(table) => {
                let key = table.id_column.clone().filter(|key| key == ROW_NUMBER);
                let options = TableOptions { id_column: key, declared, ..TableOptions::default() };
                Wanted::table(table, options, false)
            }
            Held::File(path, signature) => {
                let options = TableOptions { declared, ..TableOptions::default() };
                Wanted::file(path.to_owned(), signature, options)
            }
            Held::Archive(path) => return Err(tiles_only(path)),
            Held::Nowhere(fault) => return Err(fault),
        };
        Ok(Needs::Features(wanted))
    }
}

/// The form that a column's declaration asks for.
fn declared_form(column: &DatasetColumn) -> Option<ColumnForm> {
    match column.kind? {
        LogicalType::Code | LogicalType::Text | LogicalType::Enum => Some(ColumnForm::Text),
        kind if kind.is_number() => Some(ColumnForm::Number),
        // A year may be either.
        _ => None,
    }
}

/// The forms of those columns whose declaration asks for one.
fn declared_forms(columns: &[DatasetColumn]) -> BTreeMap<String, ColumnForm> {
    let forms = columns.iter().filter_map(|column| {
        let form = declared_form(column)?;
        Some((column.name.clone(), form))
    });
    forms.collect()
}

/// All of these, or the fault that decides for the whole.
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

/// Why a dataset has no data that the catalog does not declare.
fn undeclared(dataset: &DatasetId) -> NoData {
    NoData::Unavailable(format!("there is no dataset {dataset}"))
}

/// Why features are missing of which only tiles are stored.
fn tiles_only(path: &Path) -> NoData {
    NoData::Missing(format!("{} holds tiles; store the features too", path.display()))
}

/// How a dataset's features are loaded.
fn wanted(dataset: &Dataset, held: Held<'_>, options: TableOptions) -> Result<Wanted, NoData> {
    match held {
        Held::File(path, signature) => Ok(Wanted::file(path.to_owned(), signature, options)),
        Held::Table(table) => {
            let id_declared = options.id_column.is_some();
            let options = TableOptions { id_column: id_column(dataset, table), ..options };
            Ok(Wanted::table(table, options, id_declared))
        }
        Held::Archive(path) => Err(tiles_only(path)),
        Held::Nowhere(fault) => Err(fault),
    }
}

/// The column of feature ids in a table. A key that is not declared, or that the public
/// does not see as it is, does not leave the house, unless it is the number that `load`
/// and `import` give each row.
pub(super) fn id_column(dataset: &Dataset, table: &Table) -> Option<String> {
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

/// Which layer of an archive a declared layer is: the one it names, else the one
/// named like it or like its dataset, else the only one.
fn inner_layer(archive: &Archive, layer: &Layer) -> String {
    let names = || archive.layers().iter().map(|inner| inner.name.as_str());
    let named = |name: &str| names().find(|inner| *inner == name);
    let only = || names().next().filter(|_| archive.layers().len() == 1);
    match &layer.archive_layer {
        Some(name) => name.clone(),
        None => named(layer.id.as_str())
            .or_else(|| named(layer.dataset.as_str()))
            .or_else(only)
            .unwrap_or(layer.dataset.as_str())
            .to_owned(),
    }
}
