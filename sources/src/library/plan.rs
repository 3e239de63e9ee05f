//! Which layers there will be, and what each is made from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::archives::Archives;
use super::datasets::Datasets;
use super::holdings::{Held, Holdings};
use super::origin::{Key, Origin, Wanted};
use super::said::Said;
use super::{LayerForm, LayerState, PublishedLayer};
use crate::catalog::{Catalog, Layer, Text, Visibility};
use crate::features::TableOptions;
use crate::pmtiles::Archive;
use crate::postgis::Table;
use crate::table_source::Publication;
use crate::{DatasetId, Extent, LayerId, Zoom};

/// The primary key of the tables that this program writes: the row of the file that
/// they were made from.
const ROW_NUMBER: &str = "fid";

/// A layer that will be published, and what it is made from.
pub(super) struct Plan {
    pub(super) layer: PublishedLayer,
    pub(super) publication: Publication,
    /// The zooms that were declared, where they were: see [`Layer::declared_zooms`].
    pub(super) declared_zooms: (Option<Zoom>, Option<Zoom>),
    pub(super) needs: Needs,
}

pub(super) enum Needs {
    /// It is held nowhere; the layer's state says so.
    Nothing,
    /// A feature table.
    Features(Wanted),
    /// The rows of each tile, asked of the database: it does not fit into memory.
    Rows(Wanted),
    /// An archive: one of its layers, or all where `None`.
    Tiles(Arc<Archive>, Option<String>),
}

/// Plans every layer: the catalog's by theme, then one for each file and each
/// published table that no dataset of the catalog claims.
pub(super) fn plan(
    catalog: &Catalog,
    holdings: &Holdings<'_>,
    archives: &Archives,
    publish_uncatalogued: bool,
    said: &Said,
) -> Vec<Plan> {
    let planned = |layer| catalogued(catalog, layer, holdings, archives);
    let mut plans: Vec<Plan> = catalog.layers.iter().filter_map(planned).collect();
    let mut names = Names::of(catalog, &plans, said);
    for (stem, (path, signature)) in holdings.files {
        if catalog.dataset(stem).is_some() {
            continue;
        }
        let id = names.take(stem, &format!("{stem}.fgb"), &path.display().to_string());
        let wanted = Wanted::file(path.clone(), *signature, TableOptions::default());
        let needs = Needs::Features(wanted);
        plans.push(uncatalogued(id, stem, needs, None, publish_uncatalogued));
    }
    for (stem, (path, _)) in holdings.archives {
        if catalog.dataset(stem).is_some() {
            continue;
        }
        let (origin, public) = (path.display().to_string(), publish_uncatalogued);
        let id = names.take(stem, &format!("{stem}.pmtiles"), &origin);
        let archive = match archives.get(path) {
            Ok(archive) => archive,
            Err(reason) => {
                let mut plan = uncatalogued(id, stem, Needs::Nothing, None, public);
                plan.layer.state = LayerState::Unavailable { reason: reason.to_owned() };
                plans.push(plan);
                continue;
            }
        };
        let needs = |inner| Needs::Tiles(Arc::clone(archive), inner);
        plans.push(uncatalogued(id, stem, needs(None), None, public));
        // Of a single layer, the archive is that layer. One without a name has nothing
        // to be asked for by.
        let several = archive.layers().len() > 1;
        for layer in archive.layers().iter().filter(|layer| several && !layer.name.is_empty()) {
            let name = format!("{stem}-{}", layer.name);
            let longer = format!("{stem}.pmtiles {}", layer.name);
            let id = names.take(&name, &longer, &origin);
            let mut plan = uncatalogued(id, stem, needs(Some(layer.name.clone())), None, public);
            plan.layer.title = Text::same(&layer.name);
            plans.push(plan);
        }
    }
    // A dataset claims its table by name, whether or not that can be used as declared.
    let claimed = |table: &Table| {
        catalog.datasets.iter().any(|dataset| {
            let named = dataset.table.as_ref().is_some_and(|name| {
                name.table == table.name
                    && name.schema.as_ref().is_none_or(|schema| *schema == table.schema)
            });
            let held = || match holdings.of(dataset) {
                Held::Table(held) => held.oid == table.oid,
                _ => false,
            };
            named || held()
        })
    };
    for (table, name) in holdings.published_tables(claimed) {
        let full = format!("{}.{}", table.full_name(), table.geometry_column);
        let keyed = TableOptions { id_column: table.id_column.clone(), ..TableOptions::default() };
        let id = names.take(&name, &full, &full);
        let needs = Needs::Features(Wanted::table(table, keyed, false));
        // The primary key is each feature's id already.
        let columns = table.columns.iter().map(|stored| stored.column.name.clone());
        let columns = columns.filter(|name| Some(name) != table.id_column.as_ref()).collect();
        // Publishing the schema is what the operator asked for.
        plans.push(uncatalogued(id, &table.name, needs, Some(columns), true));
    }
    plans
}

/// The layer and theme ids that are given out.
struct Names<'s> {
    taken: BTreeSet<String>,
    said: &'s Said,
}

impl<'s> Names<'s> {
    fn of(catalog: &Catalog, plans: &[Plan], said: &'s Said) -> Self {
        let layers = plans.iter().map(|plan| plan.layer.id.as_str().to_owned());
        let themes = catalog.themes.iter().map(|theme| theme.id.as_str().to_owned());
        Self { taken: layers.chain(themes).collect(), said }
    }

    /// An id made from `name`, or from `longer` where that belongs to another
    /// layer; `longer` is no id itself, which makes the id derived from it unique.
    fn take(&mut self, name: &str, longer: &str, origin: &str) -> LayerId {
        let mut id = LayerId::derived(name);
        if !self.taken.insert(id.as_str().to_owned()) {
            id = LayerId::derived(longer);
            self.taken.insert(id.as_str().to_owned());
        }
        if id.as_str() != name && self.said.is_news(format!("{origin} is {id}")) {
            tracing::info!(origin, layer = %id, "published under a derived id");
        }
        id
    }
}

fn catalogued(
    catalog: &Catalog,
    layer: &Layer,
    holdings: &Holdings<'_>,
    archives: &Archives,
) -> Option<Plan> {
    let dataset = catalog.dataset(layer.dataset.as_str())?;
    let options = TableOptions {
        id_column: dataset.id_column.clone(),
        coverage: layer.coverage,
        ..TableOptions::default()
    };
    let mut reason = "it has not been loaded".to_owned();
    let needs = match holdings.of(dataset) {
        Held::File(path, signature) => {
            Needs::Features(Wanted::file(path.to_owned(), signature, options))
        }
        Held::Table(table) => {
            // A key that is not declared does not leave the house either, unless it is
            // the number that `load` and `import` give each row.
            let key = table.id_column.as_ref().filter(|key| {
                dataset.columns.is_empty()
                    || *key == ROW_NUMBER
                    || dataset.columns.iter().any(|column| column.name == **key)
            });
            let id_declared = options.id_column.is_some();
            let id_column = options.id_column.clone().or_else(|| key.cloned());
            let options = TableOptions { id_column, ..options };
            Needs::Features(Wanted::table(table, options, id_declared))
        }
        Held::Archive(path) => match archives.get(path) {
            Ok(archive) => Needs::Tiles(Arc::clone(archive), Some(inner_layer(archive, layer))),
            Err(why) => {
                reason = why.to_owned();
                Needs::Nothing
            }
        },
        Held::Nowhere(why) => {
            reason = why;
            Needs::Nothing
        }
    };
    // What a dataset does not declare does not leave the house.
    let declared = (!dataset.columns.is_empty())
        .then(|| dataset.columns.iter().map(|column| column.name.clone()).collect());
    Some(Plan {
        layer: PublishedLayer {
            id: layer.id.clone(),
            title: layer.title.clone(),
            description: layer.description.clone(),
            theme: Some(layer.theme.clone()),
            dataset: dataset.id.clone(),
            attribution: dataset.attribution.clone(),
            visibility: layer.visibility,
            form: LayerForm::Whole,
            max_age: layer.max_age,
            state: LayerState::Unavailable { reason },
        },
        publication: Publication {
            id: layer.id.clone(),
            columns: layer.columns.clone().or(declared),
            min_zoom: layer.min_zoom,
            max_zoom: layer.max_zoom,
            extent: layer.extent,
            buffer: layer.buffer,
            labels: layer.labels,
        },
        declared_zooms: layer.declared_zooms,
        needs,
    })
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

fn uncatalogued(
    id: LayerId,
    name: &str,
    needs: Needs,
    columns: Option<Vec<String>>,
    public: bool,
) -> Plan {
    Plan {
        layer: PublishedLayer {
            id: id.clone(),
            title: Text::same(name),
            description: None,
            theme: None,
            dataset: DatasetId::derived(name),
            attribution: None,
            visibility: if public { Visibility::Public } else { Visibility::Staff },
            form: LayerForm::Whole,
            max_age: Layer::DEFAULT_MAX_AGE,
            state: LayerState::Unavailable { reason: "it has not been loaded".to_owned() },
        },
        publication: Publication {
            id,
            columns,
            min_zoom: Zoom::MIN,
            max_zoom: Zoom::new(Layer::DEFAULT_MAX_ZOOM).unwrap_or(Zoom::MAX),
            extent: Extent::DEFAULT,
            buffer: Layer::DEFAULT_BUFFER,
            labels: false,
        },
        declared_zooms: (None, None),
        needs,
    }
}

/// Turns the layers whose tables don't fit into `most` bytes, together with all
/// smaller ones, into live tables, and gives the others what is left to grow into.
/// Files have no other way to be served.
pub(super) fn fit_into_memory(plans: &mut [Plan], datasets: &Datasets, most: u64) {
    let live = plans.iter().filter_map(Plan::wanted).filter(|wanted| wanted.can_be_live());
    let tables = live.map(|wanted| (datasets.cost(wanted), wanted.key()));
    // By key as well: two layers may share a table.
    let ascending: BTreeSet<(u64, Key)> = tables.collect();
    let mut used = 0u64;
    let mut costs = BTreeMap::new();
    for (cost, key) in ascending {
        if used.saturating_add(cost) > most {
            break;
        }
        used += cost;
        costs.insert(key, cost);
    }
    for plan in plans {
        let Needs::Features(wanted) = &mut plan.needs else { continue };
        if !wanted.can_be_live() {
            continue;
        }
        match costs.get(&wanted.key()) {
            Some(cost) => wanted.most = most - used + cost,
            None => plan.needs = Needs::Rows(wanted.clone()),
        }
    }
}

impl Plan {
    /// The feature table that this layer needs, where it needs one.
    pub(super) fn wanted(&self) -> Option<&Wanted> {
        match &self.needs {
            Needs::Features(wanted) => Some(wanted),
            Needs::Nothing | Needs::Rows(..) | Needs::Tiles(..) => None,
        }
    }

    /// The table that is asked for each tile, where one is.
    pub(super) fn live(&self) -> Option<&Wanted> {
        match &self.needs {
            Needs::Rows(wanted) => Some(wanted),
            Needs::Nothing | Needs::Features(_) | Needs::Tiles(..) => None,
        }
    }

    /// The table of the database that this layer is made of, where it is.
    pub(super) fn table(&self) -> Option<&Arc<Table>> {
        match &self.wanted().or(self.live())?.origin {
            Origin::Table(table) => Some(table),
            Origin::File(_) | Origin::Union(_) => None,
        }
    }
}
