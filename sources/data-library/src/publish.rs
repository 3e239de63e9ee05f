//! Turns plans and loaded data into published layers.

use std::sync::Arc;

use super::declaration_history::DeclarationHistory;
use super::feature_origin::FeatureOrigin;
use super::inputs::StoredInputs;
use super::load_plan::{DatasetNeeds, LoadPlan};
use super::loading::LoadedDataset;
use super::measure_results::{MeasureResults, MeasuresPlan, stats_fault};
use super::no_data::NoData;
use super::table_states::TableStates;
use super::{LayerState, PublishedLayer};
use catalog::{Catalog, LocalizedText, Visibility};
use data_model::Zoom;
use pmtiles_source::{ArchiveLayer, ArchiveSource, PmtilesArchive, PublicationError, WholeArchive};
use postgis_store::{LiveSource, PostgisDatabase};
use resilience::LogOnce;
use tile_source::table_source::{LayerPublication, TableSource};
use tile_source::workers::TileWorkers;
use vector_tile::features::ValueSummary;

/// State of the library from which layers are published.
pub(super) struct PublishContext<'m> {
    pub(super) datasets: &'m TableStates,
    pub(super) derivations: &'m MeasureResults,
    pub(super) catalog: &'m Catalog,
    pub(super) inputs: &'m StoredInputs,
    pub(super) declared: &'m DeclarationHistory,
    pub(super) workers: &'m Arc<TileWorkers>,
    pub(super) database: Option<&'m Arc<PostgisDatabase>>,
    pub(super) log_once: &'m LogOnce,
}

impl LoadPlan {
    /// The published layer over the loaded data.
    pub(super) fn publish(&self, context: &PublishContext<'_>) -> PublishedLayer {
        let (mut layer, publication) = (self.layer.clone(), self.publication.clone());
        let declared = context.declared;
        let keeps = declared.keeps_name(layer.dataset.as_str())
            || self.table().is_some_and(|table| declared.keeps_table(table));
        if layer.theme.is_none() && keeps {
            layer.visibility = Visibility::Staff;
        }
        layer.stats = context.derivations.stats(&layer.id, layer.form.measures());
        if layer.stats.is_none() {
            explain_missing_stats(&mut layer, context);
        }
        let workers = Arc::clone(context.workers);
        match &self.needs {
            DatasetNeeds::Nothing => {}
            DatasetNeeds::Features(wanted) => match context.datasets.get(wanted) {
                Err(reason) => layer.state = LayerState::Unavailable { reason: reason.to_owned() },
                Ok(loaded) => {
                    if layer.theme.is_none() {
                        let (title, about) =
                            (loaded.title.as_deref(), loaded.description.as_deref());
                        name_after(&mut layer, title, about);
                        if declared.keeps_content(loaded.digest) {
                            layer.visibility = Visibility::Staff;
                        }
                    }
                    let columns = loaded.table.columns();
                    warn_of_missing_columns(context.log_once, &publication, |name| {
                        columns.iter().any(|column| column.name == name)
                    });
                    let LoadedDataset { table, options, digest, .. } = loaded;
                    let table = Arc::clone(table);
                    layer.features = Some(Arc::clone(&table));
                    // An unpublished column has no summary.
                    let told = |name: &&String| {
                        publication.columns.as_ref().is_none_or(|columns| columns.contains(*name))
                    };
                    let value = self.value.as_ref().filter(told);
                    layer.summary = value.and_then(|value| loaded.summary(value));
                    let source = TableSource::new(publication, table, options, *digest, workers);
                    layer.state = LayerState::Ready(Arc::new(source));
                }
            },
            DatasetNeeds::Measures(measures) => {
                layer.state = match measures_source(measures, publication, context) {
                    Ok((source, summary)) => {
                        layer.summary = summary;
                        LayerState::Ready(Arc::new(source))
                    }
                    Err(reason) => LayerState::Unavailable { reason },
                };
            }
            DatasetNeeds::Rows(wanted) => {
                let (Some(database), FeatureOrigin::Table(table)) =
                    (context.database, &wanted.origin)
                else {
                    return layer;
                };
                let options = &wanted.options;
                if layer.theme.is_none() {
                    name_after(&mut layer, table.title.as_deref(), table.description.as_deref());
                }
                warn_of_missing_columns(context.log_once, &publication, |name| {
                    table.columns.iter().any(|stored| stored.column.name == name)
                });
                let (database, table) = (Arc::clone(database), Arc::clone(table));
                layer.state = LiveSource::new(publication, database, table, options, workers)
                    .map_or_else(
                        |error| LayerState::Unavailable { reason: error.to_string() },
                        |source| LayerState::Ready(Arc::new(source)),
                    );
            }
            DatasetNeeds::Tiles(archive, inner) => {
                if layer.theme.is_none() && inner.is_none() {
                    name_after(&mut layer, archive.name(), archive.description());
                }
                layer.state = match tiles_of(
                    Arc::clone(archive),
                    inner.clone(),
                    publication,
                    self.declared_zooms,
                    workers,
                ) {
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
}

/// Sets the reason that a layer lacks its declared measures by area.
fn explain_missing_stats(layer: &mut PublishedLayer, context: &PublishContext<'_>) {
    let Some(declared) = context.catalog.layer(layer.id.as_str()) else { return };
    let form = layer.form.measures();
    match stats_fault(context.catalog, context.inputs, declared, form) {
        Some((dataset, NoData::Missing(reason))) => {
            let note = format!("figures by area lack dataset {dataset}: {reason}");
            if context.log_once.first_time(note.clone()) {
                tracing::warn!(layer = %layer.id, "{note}");
            }
            layer.area_data_absent = Some(dataset);
        }
        Some((_, NoData::Unavailable(reason))) => layer.stats = Some(Err(reason)),
        None => {}
    }
}

fn measures_source(
    measures: &MeasuresPlan,
    publication: LayerPublication,
    context: &PublishContext<'_>,
) -> Result<(TableSource, Option<ValueSummary>), String> {
    let carrier = match &measures.carrier {
        Some(wanted) => Some(context.datasets.get(wanted)?),
        None => None,
    };
    let shown = context.derivations.slices(measures, carrier, publication.labels)?;
    let options = carrier.map(|loaded| loaded.options.clone()).unwrap_or_default();
    let workers = Arc::clone(context.workers);
    Ok((TableSource::sliced(publication, shown.slices, &options, workers), shown.summary))
}

fn tiles_of(
    archive: Arc<PmtilesArchive>,
    inner: Option<String>,
    publication: LayerPublication,
    (min_zoom, max_zoom): (Option<Zoom>, Option<Zoom>),
    workers: Arc<TileWorkers>,
) -> Result<ArchiveSource, PublicationError> {
    let LayerPublication { id, columns, extent, buffer, .. } = publication;
    match inner {
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

/// Takes an undeclared layer's title and description from its store.
fn name_after(layer: &mut PublishedLayer, title: Option<&str>, description: Option<&str>) {
    if let Some(title) = title {
        layer.title = LocalizedText::same(title);
    }
    layer.description = description.map(LocalizedText::same);
}

fn warn_of_missing_columns(
    log_once: &LogOnce,
    publication: &LayerPublication,
    stored: impl Fn(&str) -> bool,
) {
    for name in publication.columns.iter().flatten().filter(|name| !stored(name)) {
        if log_once.first_time(format!("column {name} of {}", publication.id)) {
            tracing::warn!(layer = %publication.id, column = name, "declared column is not stored");
        }
    }
}
