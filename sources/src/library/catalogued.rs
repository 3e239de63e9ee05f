//! From a declared layer to what is planned for it: one form for all, or one for the
//! public and one for staff.

use std::sync::Arc;

use super::archives::Archives;
use super::derivations::FiguresPlan;
use super::holdings::{Held, Holdings};
use super::inputs::StoredInputs;
use super::origin::{UnionMember, Wanted};
use super::plan::{Needs, Plan, ROW_NUMBER};
use super::view::View;
use super::{LayerForm, LayerState, PublishedLayer};
use crate::catalog::{
    Catalog, Dataset, FigureSet, Filter, Layer, LayerContent, LogicalType, PrivacyRule, TableName,
    UnionPart, Visibility,
};
use crate::derive::{self, Form};
use crate::feature::{Column, ColumnType};
use crate::features::TableOptions;
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
fn only_in_figures(dataset: &Dataset) -> Option<String> {
    let kept = dataset
        .privacy
        .iter()
        .any(|rule| matches!(rule, PrivacyRule::AggregateOnly { .. } | PrivacyRule::NotTileable));
    kept.then(|| format!("dataset {} may be shown in figures only", dataset.id))
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
                    (self.prepared(layer), Some(names))
                }
                LayerContent::Figures(_) | LayerContent::Flow(..) => return None,
            },
        };
        let (needs, reason) = match needs {
            Ok(needs) => (needs, "it has not been loaded".to_owned()),
            Err(reason) => (Needs::Nothing, reason),
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
                state: LayerState::Unavailable { reason },
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
    ) -> (Result<Needs, String>, Option<Vec<String>>) {
        // What a dataset does not declare does not leave the house.
        let declared = || {
            let names = dataset.columns.iter().map(|column| column.name.clone());
            (!dataset.columns.is_empty()).then(|| names.collect::<Vec<_>>())
        };
        let mut columns = layer.columns.clone().or_else(declared);
        let mut view = View::filtered(filter);
        if form == Form::Public {
            view = view.public(dataset);
            if let Some(columns) = &mut columns {
                columns.retain(|column| !dataset.hides(column));
            }
        }
        let options = TableOptions {
            id_column: dataset.id_column.clone(),
            coverage: layer.coverage,
            ..TableOptions::default()
        };
        let needs = match (only_in_figures(dataset), self.holdings.of(dataset)) {
            (Some(reason), _) => Err(reason),
            (None, Held::Archive(path)) => match self.archives.get(path) {
                Ok(_) if !view.is_all() => Err(format!(
                    "{} holds tiles, of which no part can be left out; store the features too",
                    path.display()
                )),
                Ok(archive) => {
                    let inner = inner_layer(archive, layer);
                    Ok(Needs::Tiles(Arc::clone(archive), Some(inner)))
                }
                Err(why) => Err(why.to_owned()),
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
    ) -> (Result<Needs, String>, Option<Vec<String>>) {
        let member = |part: &UnionPart| {
            let dataset = self.catalog.dataset(part.dataset.as_str());
            let dataset = dataset.ok_or_else(|| format!("there is no dataset {}", part.dataset))?;
            if let Some(reason) = only_in_figures(dataset) {
                return Err(reason);
            }
            let mut view = View::filtered(&part.filter);
            let mut columns: Vec<_> = part.columns.iter().collect();
            if form == Form::Public {
                view = view.public(dataset);
                columns.retain(|(_, from)| !dataset.hides(from));
            }
            let columns = columns
                .into_iter()
                .map(|(name, from)| (union_column(dataset, name, from), from.clone()))
                .collect();
            let wanted = wanted(dataset, self.holdings.of(dataset), TableOptions::default())?;
            Ok(UnionMember { dataset: dataset.id.clone(), wanted: wanted.seen(view), columns })
        };
        let members: Result<Vec<_>, String> = parts.iter().map(member).collect();
        let needs =
            members.map(|members| Needs::Features(Wanted::union(members, TableOptions::default())));
        (needs, None)
    }

    /// Figures, and what carries them.
    fn figures(
        &self,
        layer: &Layer,
        form: Form,
        set: &FigureSet,
        is_flow: bool,
    ) -> Result<Needs, String> {
        let key = derive::key(layer, form, self.catalog, self.inputs);
        let key = key.map_err(|error| error.to_string())?;
        let carrier = if is_flow {
            None
        } else {
            let dataset = self.catalog.dataset(set.over.as_str());
            let dataset = dataset.ok_or_else(|| format!("there is no dataset {}", set.over))?;
            let options = TableOptions {
                id_column: dataset.id_column.clone(),
                coverage: layer.coverage,
                ..TableOptions::default()
            };
            Some(wanted(dataset, self.holdings.of(dataset), options)?)
        };
        let layer = layer.clone();
        Ok(Needs::Figures(Box::new(FiguresPlan { layer, form, key, carrier })))
    }

    /// A result that was made elsewhere.
    fn prepared(&self, layer: &Layer) -> Result<Needs, String> {
        let id = layer.id.as_str();
        let table = self.holdings.table(&prepared_table(layer));
        let wanted = match (table, self.holdings.files.get(id)) {
            (Ok(table), _) => {
                let key = table.id_column.clone().filter(|key| key == ROW_NUMBER);
                let options = TableOptions { id_column: key, ..TableOptions::default() };
                Wanted::table(table, options, false)
            }
            (Err(_), Some((path, signature))) => {
                Wanted::file(path.clone(), *signature, TableOptions::default())
            }
            (Err(reason), None) if self.holdings.database.is_some() => return Err(reason),
            (Err(_), None) => {
                return Err(format!("{} is missing", self.holdings.file(id).display()));
            }
        };
        Ok(Needs::Features(wanted))
    }
}

/// The table of a prepared layer: called like it, as `load` names it after its file.
pub(super) fn prepared_table(layer: &Layer) -> TableName {
    TableName { schema: None, table: layer.id.as_str().to_owned(), column: None }
}

/// How a dataset's features are loaded.
fn wanted(dataset: &Dataset, held: Held<'_>, options: TableOptions) -> Result<Wanted, String> {
    match held {
        Held::File(path, signature) => Ok(Wanted::file(path.to_owned(), signature, options)),
        Held::Table(table) => {
            let id_declared = options.id_column.is_some();
            let options = TableOptions { id_column: id_column(dataset, table), ..options };
            Ok(Wanted::table(table, options, id_declared))
        }
        Held::Archive(path) => {
            Err(format!("{} holds tiles; store the features too", path.display()))
        }
        Held::Nowhere(reason) => Err(reason),
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
