//! Plans for declared layers: one for everyone, or one for the public and one for staff.

use std::sync::Arc;

use super::declared_columns::{ROW_NUMBER, declared_forms};
use super::layer_plan::{LayerPlan, MeasuresPlan, RequiredData};
use super::load_request::LoadRequest;
use super::planning_state::{PlanningState, measures_only};
use super::published_view::PublishedView;
use crate::inventory::archive_states::inner_layer;
use crate::inventory::no_data::NoData;
use crate::inventory::presence_history::DeclaredData;
use crate::inventory::store_inventory::FeatureStorage;
use crate::published_layers::published_layer::{
    AreaMeasures, LayerAudience, LayerState, PublishedLayer, ValueDistributions,
};
use catalog::{
    Catalog, Dataset, DatasetColumn, Layer, LayerContent, MeasureSet, PrivacyRule, RowFilter,
    Visibility,
};
use data_model::DatasetId;
use measures::{DatasetPart, DeclaredMeasures, ResultAudience};
use pmtiles_source::{PmtilesArchive, PublicationError};
use tile_source::table_source::LayerPublication;
use vector_tile::features::TableOptions;

/// Plans the catalog's layers by theme, then those of its base map, each for its audiences.
pub(crate) fn plan(state: PlanningState<'_>) -> Vec<LayerPlan> {
    let plans = |layer| {
        let audiences = audiences(state.catalog, layer).iter();
        audiences.filter_map(move |&audience| state.layer(layer, audience))
    };
    state.catalog.all_layers().flat_map(plans).collect()
}

fn audiences(catalog: &Catalog, layer: &Layer) -> &'static [LayerAudience] {
    match layer.visibility {
        Visibility::Public if is_reduced_for_public(catalog, layer) => {
            &[LayerAudience::Public, LayerAudience::Staff]
        }
        Visibility::Public | Visibility::Staff => &[LayerAudience::Everyone],
    }
}

/// Whether the public gets less of a layer than staff: measures of its own, or content
/// limited by a dataset's privacy rule.
fn is_reduced_for_public(catalog: &Catalog, layer: &Layer) -> bool {
    let datasets = || layer.datasets.iter().filter_map(|id| catalog.dataset(id.as_str()));
    match &layer.content {
        LayerContent::Measures(set) | LayerContent::Flow(_, set) => {
            layer.public_form.is_some()
                || set.suppression_threshold.is_some()
                || datasets().any(|dataset| dataset.suppress_below().is_some())
        }
        LayerContent::Features { .. } | LayerContent::Union(_) => {
            layer.public_form.is_some() || datasets().any(has_reduced_features)
        }
        LayerContent::Prepared { .. } => layer.public_form.is_some(),
    }
}

/// Whether a privacy rule limits the public view of a dataset's features.
fn has_reduced_features(dataset: &Dataset) -> bool {
    dataset.privacy.iter().any(|rule| {
        matches!(
            rule,
            PrivacyRule::Hide { .. } | PrivacyRule::Band { .. } | PrivacyRule::Coarsen { .. }
        )
    })
}

impl PlanningState<'_> {
    fn layer(&self, layer: &Layer, audience: LayerAudience) -> Option<LayerPlan> {
        let results = audience.results();
        let dataset = self.catalog.dataset(layer.dataset.as_str())?;
        let computed = DeclaredMeasures::of(layer, results);
        let (data, columns) = match computed {
            Some(DeclaredMeasures { set, flow, .. }) => {
                // Published columns are those that were computed.
                (self.measures(layer, results, set, flow.is_some()), None)
            }
            None => match &layer.content {
                LayerContent::Features { filter } => self.features(layer, dataset, filter, results),
                LayerContent::Union(parts) => (self.union(parts, results), None),
                LayerContent::Prepared { columns, .. } => {
                    let names = columns.iter().map(|column| column.name.clone()).collect();
                    (self.prepared(layer, columns), Some(names))
                }
                LayerContent::Measures(_) | LayerContent::Flow(..) => return None,
            },
        };
        let (data, state) = match data {
            Ok(data) => (data, LayerState::not_loaded()),
            Err(fault) => (RequiredData::Nothing, fault.into()),
        };
        Some(LayerPlan {
            layer: PublishedLayer {
                id: layer.id.clone(),
                title: layer.title.clone(),
                description: layer.description_of(audience == LayerAudience::Public).cloned(),
                theme: Some(layer.theme.clone()),
                dataset: layer.dataset.clone(),
                attribution: self
                    .catalog
                    .attribution(layer, computed.map(|declared| declared.set))
                    .cloned(),
                visibility: layer.visibility,
                audience,
                max_age: layer.max_age,
                state,
                features: None,
                summary: None,
                distributions: ValueDistributions::default(),
                area_measures: AreaMeasures::None,
            },
            publication: LayerPublication {
                id: layer.id.clone(),
                columns,
                min_zoom: layer.min_zoom,
                max_zoom: layer.max_zoom,
                extent: layer.extent,
                buffer: layer.buffer,
                labels: layer.labels,
                tiling: layer.tiling_of(audience == LayerAudience::Public).clone(),
            },
            declared_zooms: layer.declared_zooms,
            value: layer.value.clone(),
            second_value: layer
                .cartography_of(audience == LayerAudience::Public)
                .second_value
                .clone(),
            data,
        })
    }

    /// Data of a layer of features, and its published columns.
    fn features(
        &self,
        layer: &Layer,
        dataset: &Dataset,
        filter: &RowFilter,
        audience: ResultAudience,
    ) -> (Result<RequiredData, NoData>, Option<Vec<String>>) {
        // Columns that a dataset does not declare are not published.
        let declared = || {
            let names = dataset.columns.iter().map(|column| column.name.clone());
            (!dataset.columns.is_empty()).then(|| names.collect::<Vec<_>>())
        };
        let mut columns = layer.columns.clone().or_else(declared);
        let mut view = PublishedView::filtered(filter, &self.catalog.district.time_zone);
        if audience == ResultAudience::Public {
            view = view.public(dataset);
            if let Some(columns) = &mut columns {
                columns.retain(|column| !dataset.hides(column));
            }
        }
        let data = match (measures_only(dataset), self.inventory.features_of(dataset)) {
            (Some(fault), _) => Err(fault),
            (None, FeatureStorage::Archive(path)) => match self.archives.get(path) {
                Ok(_) if !view.is_all() => {
                    let restriction = ", of which no part can be left out";
                    Err(self.inventory.presence.tiles_only(dataset, path, restriction))
                }
                Ok(archive) => self.tiles(layer, dataset, archive),
                Err(reason) => Err(NoData::Unavailable(reason.to_owned())),
            },
            (None, _) => self
                .request(dataset, feature_options(layer, dataset))
                .map(|request| RequiredData::Features(request.with_view(view))),
        };
        (data, columns)
    }

    /// Data of a layer in an archive.
    fn tiles(
        &self,
        layer: &Layer,
        dataset: &Dataset,
        archive: &Arc<PmtilesArchive>,
    ) -> Result<RequiredData, NoData> {
        let name = inner_layer(archive, layer);
        let names = || archive.layers().iter().map(|inner| inner.name.clone());
        if names().any(|inner| inner == name) {
            return Ok(RequiredData::Tiles(Arc::clone(archive), Some(name)));
        }
        let error = PublicationError::NoSuchLayer { name, layers: names().collect() };
        let alternatives = [DeclaredData::tile_layer(layer), DeclaredData::features(dataset)];
        let fault = NoData::Missing(error.to_string());
        Err(self.inventory.presence.classify(&alternatives, fault))
    }

    /// Data of a layer of measures, with their carrier.
    fn measures(
        &self,
        layer: &Layer,
        audience: ResultAudience,
        set: &MeasureSet,
        is_flow: bool,
    ) -> Result<RequiredData, NoData> {
        let mut parts = measures::input_parts(layer, audience, self.catalog);
        if !is_flow {
            parts.push((set.carrier.clone(), DatasetPart::Features));
        }
        let fault = |(dataset, part): &(DatasetId, DatasetPart)| self.inputs.fault(dataset, *part);
        if let Some(fault) = parts.iter().filter_map(fault).reduce(NoData::or_missing) {
            return Err(fault);
        }
        let inputs = measures::measures_key(layer, audience, self.catalog, self.inputs)
            .map_err(|error| NoData::Unavailable(error.to_string()))?
            .ok_or_else(|| NoData::Unavailable("it declares no measures".to_owned()))?;
        let carrier = if is_flow {
            None
        } else {
            let dataset = self.dataset(&set.carrier)?;
            // The same options as for a layer of features, so that both share one table.
            Some(self.request(dataset, feature_options(layer, dataset))?)
        };
        let layer = layer.clone();
        let plan = MeasuresPlan { layer, audience, inputs, carrier };
        Ok(RequiredData::Measures(Box::new(plan)))
    }

    /// Data of a prepared layer.
    fn prepared(&self, layer: &Layer, columns: &[DatasetColumn]) -> Result<RequiredData, NoData> {
        let declared = declared_forms(columns);
        let request = match self.inventory.prepared_result(layer) {
            FeatureStorage::Table(table) => {
                let key = table.id_column.clone().filter(|key| key == ROW_NUMBER);
                let options = TableOptions { id_column: key, declared, ..TableOptions::default() };
                LoadRequest::table(table, options, false)
            }
            FeatureStorage::File(path, token) => {
                let options = TableOptions { declared, ..TableOptions::default() };
                LoadRequest::file(path.to_owned(), token, options)
            }
            FeatureStorage::Archive(path) => {
                let reason = format!("{} holds tiles; store the features too", path.display());
                return Err(NoData::Missing(reason));
            }
            FeatureStorage::Nowhere(fault) => return Err(fault),
        };
        Ok(RequiredData::Features(request))
    }
}

fn feature_options(layer: &Layer, dataset: &Dataset) -> TableOptions {
    TableOptions {
        id_column: dataset.id_column.clone(),
        coverage: layer.coverage,
        declared: declared_forms(&dataset.columns),
        ..TableOptions::default()
    }
}
