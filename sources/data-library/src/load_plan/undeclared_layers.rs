//! Plans for files, archives and tables that no catalog declares.

use std::sync::Arc;

use super::declared_columns::ROW_NUMBER;
use super::derived_ids::{LayerIds, TableDatasetIds};
use super::layer_plan::{LayerPlan, RequiredData};
use super::load_request::LoadRequest;
use super::planning_state::PlanningState;
use crate::inventory::discovered_tables::PublishedTable;
use crate::inventory::store_inventory::FeatureStorage;
use crate::inventory::table_names::{is_prepared, is_values_table, names_table, prepared_table};
use crate::published_layers::published_layer::{
    AreaMeasures, LayerAudience, LayerState, PublishedLayer, ValueDistributions,
};
use catalog::{Catalog, Layer, LocalizedText, Visibility};
use data_model::{DatasetId, Extent, LayerId, Tiling, Zoom};
use pmtiles_source::PmtilesArchive;
use postgis_store::GeometryTable;
use resilience::LogOnce;
use tile_source::table_source::LayerPublication;
use vector_tile::features::TableOptions;

/// Adds plans for each file, each archive and each published table that no dataset of the
/// catalog claims.
pub(crate) fn add(
    state: PlanningState<'_>,
    is_public: bool,
    log_once: &LogOnce,
    plans: &mut Vec<LayerPlan>,
) {
    let mut ids = LayerIds::new(state.catalog, plans, log_once);
    plans.extend(files(state, is_public, &mut ids));
    plans.extend(archives(state, is_public, &mut ids));
    let mut datasets = TableDatasetIds::new(state.catalog, plans);
    let tables = state.inventory.published_tables(|table| is_claimed(state, table));
    plans.extend(tables.iter().map(|table| published_table(table, &mut ids, &mut datasets)));
}

fn files(state: PlanningState<'_>, is_public: bool, ids: &mut LayerIds<'_>) -> Vec<LayerPlan> {
    let claimed = |stem: &str| state.catalog.claims(stem) || is_result(state.catalog, stem);
    let files = state.inventory.files.iter().filter(|(stem, _)| !claimed(stem));
    let plan = |(stem, (path, token)): (&String, &(std::path::PathBuf, _))| {
        let id = ids.take(stem, &format!("{stem}.fgb"), &path.display().to_string());
        let request = LoadRequest::file(path.clone(), *token, TableOptions::default());
        undeclared(id, stem, RequiredData::Features(request), None, is_public)
    };
    files.map(plan).collect()
}

fn archives(state: PlanningState<'_>, is_public: bool, ids: &mut LayerIds<'_>) -> Vec<LayerPlan> {
    let mut plans = Vec::new();
    for (stem, (path, _)) in state.inventory.archives {
        if state.catalog.claims(stem) {
            continue;
        }
        let origin = path.display().to_string();
        let id = ids.take(stem, &format!("{stem}.pmtiles"), &origin);
        match state.archives.get(path) {
            Ok(archive) => {
                let tiles = RequiredData::Tiles(Arc::clone(archive), None);
                plans.push(undeclared(id, stem, tiles, None, is_public));
                plans.extend(inner_layers(archive, stem, &origin, is_public, ids));
            }
            Err(reason) => {
                let mut plan = undeclared(id, stem, RequiredData::Nothing, None, is_public);
                plan.layer.state = LayerState::Unavailable { reason: reason.to_owned() };
                plans.push(plan);
            }
        }
    }
    plans
}

/// Plans for the layers of an archive with several.
///
/// An archive with a single layer is that layer. Layers without a name can't be requested
/// separately.
fn inner_layers(
    archive: &Arc<PmtilesArchive>,
    stem: &str,
    origin: &str,
    is_public: bool,
    ids: &mut LayerIds<'_>,
) -> Vec<LayerPlan> {
    let has_several = archive.layers().len() > 1;
    let layers = archive.layers().iter().filter(|layer| has_several && !layer.name.is_empty());
    let plan = |layer: &tile_source::VectorLayer| {
        let name = format!("{stem}-{}", layer.name);
        let longer_name = format!("{stem}.pmtiles {}", layer.name);
        let id = ids.take(&name, &longer_name, origin);
        let tiles = RequiredData::Tiles(Arc::clone(archive), Some(layer.name.clone()));
        let mut plan = undeclared(id, stem, tiles, None, is_public);
        plan.layer.title = LocalizedText::same(&layer.name);
        plan
    };
    layers.map(plan).collect()
}

fn published_table(
    published: &PublishedTable<'_>,
    ids: &mut LayerIds<'_>,
    datasets: &mut TableDatasetIds,
) -> LayerPlan {
    let PublishedTable { table, layer, dataset } = published;
    let full_name = format!("{}.{}", table.full_name(), table.geometry_column);
    let options = TableOptions { id_column: table.id_column.clone(), ..TableOptions::default() };
    let id = ids.take(layer, &full_name, &full_name);
    let features = RequiredData::Features(LoadRequest::table(table, options, false));
    // The primary key is published as the feature id, unless some keys can't be ids: a
    // parcel number of 19 digits would be lost.
    let columns = table.columns.iter().filter(|stored| {
        let name = &stored.column.name;
        let is_key = Some(name) == table.id_column.as_ref();
        !is_key || stored.may_be_wide() && table.ids_are_exact != Some(true) && name != ROW_NUMBER
    });
    let columns = columns.map(|stored| stored.column.name.clone()).collect();
    // Publishing the schema is what the operator asked for.
    let mut plan = undeclared(id, &table.name, features, Some(columns), true);
    plan.layer.dataset = datasets.take(table, dataset);
    plan
}

/// Whether a table is declared.
///
/// A dataset claims its table by name, whether or not that can be used as declared.
fn is_claimed(state: PlanningState<'_>, table: &GeometryTable) -> bool {
    let catalog = state.catalog;
    let is_result = |layer: &Layer| is_prepared(layer) && prepared_table(layer).table == table.name;
    if catalog.layers.iter().any(is_result) || is_values_table(catalog, table) {
        return true;
    }
    catalog.all_datasets().any(|dataset| {
        dataset.table.as_ref().is_some_and(|name| names_table(name, table))
            || match state.inventory.features_of(dataset) {
                FeatureStorage::Table(features) => features.oid == table.oid,
                _ => false,
            }
    })
}

/// Whether a file with this stem is the result of a prepared layer.
fn is_result(catalog: &Catalog, stem: &str) -> bool {
    catalog.layer(stem).is_some_and(is_prepared)
}

fn undeclared(
    id: LayerId,
    name: &str,
    data: RequiredData,
    columns: Option<Vec<String>>,
    is_public: bool,
) -> LayerPlan {
    LayerPlan {
        layer: PublishedLayer {
            id: id.clone(),
            title: LocalizedText::same(name),
            description: None,
            theme: None,
            dataset: DatasetId::derived(name),
            attribution: None,
            visibility: if is_public { Visibility::Public } else { Visibility::Staff },
            audience: LayerAudience::Everyone,
            max_age: Layer::DEFAULT_MAX_AGE,
            state: LayerState::not_loaded(),
            features: None,
            summary: None,
            distributions: ValueDistributions::default(),
            area_measures: AreaMeasures::None,
        },
        publication: LayerPublication {
            id,
            columns,
            min_zoom: Zoom::MIN,
            max_zoom: Zoom::new(Layer::DEFAULT_MAX_ZOOM).unwrap_or(Zoom::MAX),
            extent: Extent::DEFAULT,
            buffer: Layer::DEFAULT_BUFFER,
            labels: false,
            tiling: Tiling::default(),
        },
        declared_zooms: (None, None),
        value: None,
        second_value: None,
        data,
    }
}
