//! Creates the sources of planned layers over the loaded data.

use std::sync::Arc;

use super::published_layer::{AreaMeasures, LayerState, PublishedLayer, ValueDistributions};
use crate::inventory::declaration_history::DeclarationHistory;
use crate::inventory::no_data::NoData;
use crate::load_plan::layer_plan::{LayerPlan, MeasuresPlan, RequiredData};
use crate::load_plan::load_request::{FeatureOrigin, LoadRequest};
use crate::load_plan::stored_inputs::StoredInputs;
use crate::measure_results::compute_job::{MissingInput, missing_stats_input};
use crate::measure_results::measure_cache::MeasureResults;
use crate::measure_results::result_entry::MeasuresUnavailable;
use crate::tables::loaded_dataset::TableUnavailable;
use crate::tables::table_states::TableStates;
use catalog::{Catalog, LocalizedText, Visibility};
use data_model::Zoom;
use pmtiles_source::{ArchiveLayer, ArchiveSource, PmtilesArchive, PublicationError, WholeArchive};
use postgis_store::{LiveSource, PostgisDatabase};
use resilience::LogOnce;
use tile_source::table_source::{LayerPublication, TableSource};
use tile_source::workers::TileWorkers;

/// State of the library from which layers are published.
pub(crate) struct PublishContext<'m> {
    pub(crate) tables: &'m TableStates,
    pub(crate) measures: &'m MeasureResults,
    pub(crate) catalog: &'m Catalog,
    pub(crate) inputs: &'m StoredInputs,
    pub(crate) declarations: &'m DeclarationHistory,
    pub(crate) workers: &'m Arc<TileWorkers>,
    pub(crate) database: Option<&'m Arc<PostgisDatabase>>,
    pub(crate) log_once: &'m LogOnce,
}

/// Reason that a layer of measures has no source.
#[derive(Debug, thiserror::Error)]
enum MeasuresSourceError {
    #[error(transparent)]
    Carrier(#[from] TableUnavailable),
    #[error(transparent)]
    Measures(#[from] MeasuresUnavailable),
}

impl PublishContext<'_> {
    /// The published layer of a plan.
    pub(crate) fn layer(&self, plan: &LayerPlan) -> PublishedLayer {
        let mut layer = plan.layer.clone();
        let is_reserved = self.declarations.reserves_name(layer.dataset.as_str())
            || plan.table().is_some_and(|table| self.declarations.reserves_table(table));
        if layer.theme.is_none() && is_reserved {
            layer.visibility = Visibility::Staff;
        }
        layer.area_measures = self.area_measures(&layer);
        match &plan.data {
            RequiredData::Nothing => {}
            RequiredData::Features(request) => self.add_features(&mut layer, plan, request),
            RequiredData::Measures(measures) => {
                layer.state = match self.measures_source(measures, &mut layer, plan) {
                    Ok(source) => LayerState::Ready(Arc::new(source)),
                    Err(error) => LayerState::Unavailable { reason: error.to_string() },
                };
            }
            RequiredData::Rows(request) => self.add_rows(&mut layer, plan, request),
            RequiredData::Tiles(archive, inner) => {
                if layer.theme.is_none() && inner.is_none() {
                    take_title(&mut layer, archive.name(), archive.description());
                }
                layer.state = match self.archive_source(archive, inner.as_ref(), plan) {
                    Ok(source) => LayerState::Ready(Arc::new(source)),
                    Err(error) => {
                        tracing::error!(layer = %layer.id, %error, "the layer is not served");
                        LayerState::Unavailable { reason: error.to_string() }
                    }
                };
            }
        }
        layer
    }

    /// Measures by area of a layer, or the reason that it lacks those it declares.
    fn area_measures(&self, layer: &PublishedLayer) -> AreaMeasures {
        let audience = layer.audience.results();
        match self.measures.stats(&layer.id, audience) {
            Some(Ok(measures)) => return AreaMeasures::Ready(measures),
            Some(Err(error)) => return AreaMeasures::Unavailable { reason: error.to_string() },
            None => {}
        }
        let map = self.catalog.layer(layer.id.as_str()).filter(|_| !layer.is_of_base_map());
        let missing = map.and_then(|declared| {
            missing_stats_input(self.catalog, self.inputs, declared, audience)
        });
        match missing {
            Some(MissingInput { dataset, fault: NoData::Missing(reason) }) => {
                let note = format!("measures by area lack dataset {dataset}: {reason}");
                if self.log_once.first_time(note.clone()) {
                    tracing::warn!(layer = %layer.id, "{note}");
                }
                AreaMeasures::Absent { dataset }
            }
            Some(MissingInput { fault: NoData::Unavailable(reason), .. }) => {
                AreaMeasures::Unavailable { reason }
            }
            None => AreaMeasures::None,
        }
    }

    /// Adds the source of a feature table.
    fn add_features(&self, layer: &mut PublishedLayer, plan: &LayerPlan, request: &LoadRequest) {
        let loaded = match self.tables.get(request) {
            Ok(loaded) => loaded,
            Err(error) => {
                layer.state = LayerState::Unavailable { reason: error.to_string() };
                return;
            }
        };
        if layer.theme.is_none() {
            take_title(layer, loaded.title.as_deref(), loaded.description.as_deref());
            if self.declarations.reserves_content(loaded.digest) {
                layer.visibility = Visibility::Staff;
            }
        }
        let publication = plan.publication.clone();
        let columns = loaded.table.columns();
        self.warn_of_missing_columns(&publication, |name| {
            columns.iter().any(|column| column.name == name)
        });
        layer.features = Some(Arc::clone(&loaded.table));
        // An unpublished column has no summary.
        let is_published = |name: &&String| {
            publication.columns.as_ref().is_none_or(|columns| columns.contains(*name))
        };
        let value = plan.value.as_ref().filter(is_published);
        layer.summary = value.and_then(|value| loaded.summary(value));
        let second_value = plan.second_value.as_ref().filter(is_published);
        let distribution = |name: Option<&String>| loaded.distribution(name?);
        layer.distributions = ValueDistributions {
            value: distribution(value),
            second_value: distribution(second_value),
        };
        let (table, workers) = (Arc::clone(&loaded.table), Arc::clone(self.workers));
        let source = TableSource::new(publication, table, &loaded.options, loaded.digest, workers);
        layer.state = LayerState::Ready(Arc::new(source));
    }

    /// Source of a layer of measures; sets the layer's summary.
    fn measures_source(
        &self,
        measures: &MeasuresPlan,
        layer: &mut PublishedLayer,
        plan: &LayerPlan,
    ) -> Result<TableSource, MeasuresSourceError> {
        let publication = plan.publication.clone();
        let carrier = match &measures.carrier {
            Some(request) => Some(self.tables.get(request)?),
            None => None,
        };
        let joined = self.measures.joined(measures, carrier, publication.labels)?;
        layer.summary = joined.summary;
        layer.distributions = joined.distributions;
        let options = carrier.map(|loaded| loaded.options.clone()).unwrap_or_default();
        let workers = Arc::clone(self.workers);
        Ok(TableSource::sliced(publication, joined.slices, &options, workers))
    }

    /// Adds the source of a table that is queried for each tile.
    fn add_rows(&self, layer: &mut PublishedLayer, plan: &LayerPlan, request: &LoadRequest) {
        let (Some(database), FeatureOrigin::Table(table)) = (self.database, &request.origin) else {
            return;
        };
        if layer.theme.is_none() {
            take_title(layer, table.title.as_deref(), table.description.as_deref());
        }
        let publication = plan.publication.clone();
        self.warn_of_missing_columns(&publication, |name| {
            table.columns.iter().any(|stored| stored.column.name == name)
        });
        let (database, table) = (Arc::clone(database), Arc::clone(table));
        let workers = Arc::clone(self.workers);
        let source = LiveSource::new(publication, database, table, &request.options, workers);
        layer.state = match source {
            Ok(source) => LayerState::Ready(Arc::new(source)),
            Err(error) => LayerState::Unavailable { reason: error.to_string() },
        };
    }

    /// Source of one layer of an archive; of the whole archive without `inner`.
    fn archive_source(
        &self,
        archive: &Arc<PmtilesArchive>,
        inner: Option<&String>,
        plan: &LayerPlan,
    ) -> Result<ArchiveSource, PublicationError> {
        let (archive, workers) = (Arc::clone(archive), Arc::clone(self.workers));
        let (min_zoom, max_zoom): (Option<Zoom>, Option<Zoom>) = plan.declared_zooms;
        let LayerPublication { id, columns, extent, buffer, .. } = plan.publication.clone();
        match inner.cloned() {
            None => {
                let whole = WholeArchive { id, min_zoom, max_zoom, extent, buffer };
                ArchiveSource::whole(archive, whole, workers)
            }
            Some(inner) => {
                let layer = ArchiveLayer { id, inner, columns, min_zoom, max_zoom, extent, buffer };
                ArchiveSource::layer(archive, layer, workers)
            }
        }
    }

    fn warn_of_missing_columns(
        &self,
        publication: &LayerPublication,
        is_stored: impl Fn(&str) -> bool,
    ) {
        let id = &publication.id;
        for name in publication.columns.iter().flatten().filter(|name| !is_stored(name)) {
            if self.log_once.first_time(format!("column {name} of {id}")) {
                tracing::warn!(layer = %id, column = name, "declared column is not stored");
            }
        }
    }
}

/// Takes an undeclared layer's title and description from its store.
fn take_title(layer: &mut PublishedLayer, title: Option<&str>, description: Option<&str>) {
    if let Some(title) = title {
        layer.title = LocalizedText::same(title);
    }
    layer.description = description.map(LocalizedText::same);
}
