//! Plan of the layers to publish, and of the data that each requires.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::catalogued::{PlanningState, catalogued};
use super::feature_origin::{FeatureOrigin, LoadRequest, TableKey};
use super::inventory::{FeatureStorage, is_of_values, prepared_name};
use super::measure_results::MeasuresPlan;
use super::table_states::TableStates;
use super::{LayerForm, LayerState, PublishedLayer};
use catalog::{Catalog, Layer, LayerContent, LocalizedText, Visibility};
use data_model::{DatasetId, Extent, LayerId, Zoom};
use pmtiles_source::PmtilesArchive;
use postgis_store::GeometryTable;
use resilience::LogOnce;
use tile_source::table_source::LayerPublication;
use vector_tile::features::TableOptions;

/// Primary key of the tables that this program writes: the row number in the source file.
pub(super) const ROW_NUMBER: &str = "fid";

/// A layer to publish, and the data that it requires.
pub(super) struct LoadPlan {
    pub(super) layer: PublishedLayer,
    pub(super) publication: LayerPublication,
    /// The declared zooms: see [`Layer::declared_zooms`].
    pub(super) declared_zooms: (Option<Zoom>, Option<Zoom>),
    /// The column that the map shows.
    pub(super) value: Option<String>,
    pub(super) needs: DatasetNeeds,
}

pub(super) enum DatasetNeeds {
    /// No data, or unusable data; the reason is in the layer's state.
    Nothing,
    /// A feature table.
    Features(LoadRequest),
    /// Measures on features.
    Measures(Box<MeasuresPlan>),
    /// The rows of each tile, queried from a table that does not fit into memory.
    Rows(LoadRequest),
    /// An archive, with the name of one of its layers; `None` for all.
    Tiles(Arc<PmtilesArchive>, Option<String>),
}

/// Plans all layers: the catalog's by theme, then one for each file and each published
/// table that no dataset of the catalog claims.
pub(super) fn plan(
    store: PlanningState<'_>,
    publish_uncatalogued: bool,
    log_once: &LogOnce,
) -> Vec<LoadPlan> {
    let PlanningState { catalog, inventory, archives, .. } = store;
    let mut plans: Vec<LoadPlan> =
        catalog.layers.iter().flat_map(|layer| catalogued(store, layer)).collect();
    let mut names = Names::of(catalog, &plans, log_once);
    for (stem, (path, signature)) in inventory.files {
        if catalog.claims(stem) || is_prepared(catalog, stem) {
            continue;
        }
        let id = names.take(stem, &format!("{stem}.fgb"), &path.display().to_string());
        let wanted = LoadRequest::file(path.clone(), *signature, TableOptions::default());
        let needs = DatasetNeeds::Features(wanted);
        plans.push(uncatalogued(id, stem, needs, None, publish_uncatalogued));
    }
    for (stem, (path, _)) in inventory.archives {
        if catalog.claims(stem) {
            continue;
        }
        let (origin, public) = (path.display().to_string(), publish_uncatalogued);
        let id = names.take(stem, &format!("{stem}.pmtiles"), &origin);
        let archive = match archives.get(path) {
            Ok(archive) => archive,
            Err(reason) => {
                let mut plan = uncatalogued(id, stem, DatasetNeeds::Nothing, None, public);
                plan.layer.state = LayerState::Unavailable { reason: reason.to_owned() };
                plans.push(plan);
                continue;
            }
        };
        let needs = |inner| DatasetNeeds::Tiles(Arc::clone(archive), inner);
        plans.push(uncatalogued(id, stem, needs(None), None, public));
        // An archive with a single layer is that layer. Layers without a name can't be
        // requested separately.
        let several = archive.layers().len() > 1;
        for layer in archive.layers().iter().filter(|layer| several && !layer.name.is_empty()) {
            let name = format!("{stem}-{}", layer.name);
            let longer = format!("{stem}.pmtiles {}", layer.name);
            let id = names.take(&name, &longer, &origin);
            let mut plan = uncatalogued(id, stem, needs(Some(layer.name.clone())), None, public);
            plan.layer.title = LocalizedText::same(&layer.name);
            plans.push(plan);
        }
    }
    // A dataset claims its table by name, whether or not that can be used as declared.
    let claimed = |table: &GeometryTable| {
        let prepared = |layer: &Layer| {
            matches!(layer.content, LayerContent::Prepared { .. })
                && prepared_name(layer).table == table.name
        };
        if catalog.layers.iter().any(prepared) || is_of_values(catalog, table) {
            return true;
        }
        catalog.datasets.iter().any(|dataset| {
            let named = dataset.table.as_ref().is_some_and(|name| {
                name.table == table.name
                    && name.schema.as_ref().is_none_or(|schema| *schema == table.schema)
            });
            let held = || match inventory.of(dataset) {
                FeatureStorage::Table(held) => held.oid == table.oid,
                _ => false,
            };
            named || held()
        })
    };
    let mut of_tables = TableDatasets::of(catalog, &plans);
    for (table, [name, dataset]) in inventory.published_tables(claimed) {
        let full = format!("{}.{}", table.full_name(), table.geometry_column);
        let id_column = table.id_column.clone();
        let keyed = TableOptions { id_column, ..TableOptions::default() };
        let id = names.take(&name, &full, &full);
        let needs = DatasetNeeds::Features(LoadRequest::table(table, keyed, false));
        // The primary key is published as the feature id, unless some keys can't be ids: a
        // parcel number of 19 digits would be lost.
        let shown = table.columns.iter().filter(|stored| {
            let name = &stored.column.name;
            let is_key = Some(name) == table.id_column.as_ref();
            !is_key
                || stored.may_be_wide() && table.ids_are_exact != Some(true) && name != ROW_NUMBER
        });
        let columns = shown.map(|stored| stored.column.name.clone()).collect();
        // Publishing the schema is what the operator asked for.
        let mut plan = uncatalogued(id, &table.name, needs, Some(columns), true);
        plan.layer.dataset = of_tables.take(table, &dataset);
        plans.push(plan);
    }
    plans
}

/// Whether a file with this stem is the result of a prepared layer.
fn is_prepared(catalog: &Catalog, stem: &str) -> bool {
    catalog.layer(stem).is_some_and(|layer| matches!(layer.content, LayerContent::Prepared { .. }))
}

/// Layer and theme ids in use.
struct Names<'s> {
    taken: BTreeSet<String>,
    log_once: &'s LogOnce,
}

impl<'s> Names<'s> {
    fn of(catalog: &Catalog, plans: &[LoadPlan], log_once: &'s LogOnce) -> Self {
        let layers = plans.iter().map(|plan| plan.layer.id.as_str().to_owned());
        let themes = catalog.themes.iter().map(|theme| theme.id.as_str().to_owned());
        Self { taken: layers.chain(themes).collect(), log_once }
    }

    /// An id derived from `name`, or from `longer` if that is taken.
    ///
    /// `longer` is not a valid id itself, which makes the id derived from it unique.
    fn take(&mut self, name: &str, longer: &str, origin: &str) -> LayerId {
        let mut id = LayerId::derived(name);
        let mut number = 1;
        // Two names may differ in composition alone, which an id does not tell apart.
        while !self.taken.insert(id.as_str().to_owned()) {
            let suffix = if number == 1 { String::new() } else { format!(" ({number})") };
            id = LayerId::derived(&format!("{longer}{suffix}"));
            number += 1;
        }
        if id.as_str() != name && self.log_once.first_time(format!("{origin} is {id}")) {
            tracing::info!(origin, layer = %id, "published under a derived id");
        }
        id
    }
}

/// Dataset ids of undeclared tables: one for each table, whatever its schema.
struct TableDatasets {
    taken: BTreeSet<String>,
    /// By relation id (`oid`); a relation may have several geometry columns.
    given: BTreeMap<u32, DatasetId>,
}

impl TableDatasets {
    fn of(catalog: &Catalog, plans: &[LoadPlan]) -> Self {
        let declared = catalog.datasets.iter().map(|dataset| dataset.id.as_str().to_owned());
        let files = plans.iter().map(|plan| plan.layer.dataset.as_str().to_owned());
        Self { taken: declared.chain(files).collect(), given: BTreeMap::new() }
    }

    fn take(&mut self, table: &GeometryTable, name: &str) -> DatasetId {
        if let Some(id) = self.given.get(&table.oid) {
            return id.clone();
        }
        let mut id = DatasetId::derived(name);
        let mut number = 1;
        while !self.taken.insert(id.as_str().to_owned()) {
            // A name with a point is no id itself: a digest makes it one.
            id = DatasetId::derived(&format!("{}.{number}", table.full_name()));
            number += 1;
        }
        self.given.insert(table.oid, id.clone());
        id
    }
}

fn uncatalogued(
    id: LayerId,
    name: &str,
    needs: DatasetNeeds,
    columns: Option<Vec<String>>,
    public: bool,
) -> LoadPlan {
    LoadPlan {
        layer: PublishedLayer {
            id: id.clone(),
            title: LocalizedText::same(name),
            description: None,
            theme: None,
            dataset: DatasetId::derived(name),
            attribution: None,
            visibility: if public { Visibility::Public } else { Visibility::Staff },
            form: LayerForm::Whole,
            max_age: Layer::DEFAULT_MAX_AGE,
            state: LayerState::not_loaded(),
            features: None,
            summary: None,
            stats: None,
            area_data_absent: None,
        },
        publication: LayerPublication {
            id,
            columns,
            min_zoom: Zoom::MIN,
            max_zoom: Zoom::new(Layer::DEFAULT_MAX_ZOOM).unwrap_or(Zoom::MAX),
            extent: Extent::DEFAULT,
            buffer: Layer::DEFAULT_BUFFER,
            labels: false,
        },
        declared_zooms: (None, None),
        value: None,
        needs,
    }
}

/// Turns the layers whose tables don't fit into `most` bytes, counted in ascending order of
/// size, into live tables.
///
/// The tables in memory get the remainder as room to grow. Files always stay in memory.
pub(super) fn fit_into_memory(plans: &mut [LoadPlan], datasets: &TableStates, most: u64) {
    let live = plans.iter().filter_map(LoadPlan::wanted).filter(|wanted| wanted.can_be_live());
    let tables = live.map(|wanted| (datasets.cost(wanted), wanted.key()));
    // By key as well: two layers may share a table.
    let ascending: BTreeSet<(u64, TableKey)> = tables.collect();
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
        let DatasetNeeds::Features(wanted) = &mut plan.needs else { continue };
        if !wanted.can_be_live() {
            continue;
        }
        match costs.get(&wanted.key()) {
            Some(cost) => wanted.most = most - used + cost,
            None => plan.needs = DatasetNeeds::Rows(wanted.clone()),
        }
    }
}

impl LoadPlan {
    /// The feature table that the layer requires, if any.
    pub(super) fn wanted(&self) -> Option<&LoadRequest> {
        match &self.needs {
            DatasetNeeds::Features(wanted) => Some(wanted),
            DatasetNeeds::Measures(measures) => measures.carrier.as_ref(),
            DatasetNeeds::Nothing | DatasetNeeds::Rows(..) | DatasetNeeds::Tiles(..) => None,
        }
    }

    /// The measures that the layer shows, if any.
    pub(super) fn measures(&self) -> Option<&MeasuresPlan> {
        match &self.needs {
            DatasetNeeds::Measures(measures) => Some(measures),
            DatasetNeeds::Nothing
            | DatasetNeeds::Features(_)
            | DatasetNeeds::Rows(..)
            | DatasetNeeds::Tiles(..) => None,
        }
    }

    /// The live table that is queried for each tile, if any.
    pub(super) fn live(&self) -> Option<&LoadRequest> {
        match &self.needs {
            DatasetNeeds::Rows(wanted) => Some(wanted),
            DatasetNeeds::Nothing
            | DatasetNeeds::Features(_)
            | DatasetNeeds::Measures(_)
            | DatasetNeeds::Tiles(..) => None,
        }
    }

    /// The database table that the layer is made from, if any.
    pub(super) fn table(&self) -> Option<&Arc<GeometryTable>> {
        match &self.wanted().or(self.live())?.origin {
            FeatureOrigin::Table(table) => Some(table),
            FeatureOrigin::File(_) | FeatureOrigin::Union(_) => None,
        }
    }
}
