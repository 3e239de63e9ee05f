//! Plan of one layer, and the data that it requires.

use std::sync::Arc;

use super::load_request::{FeatureOrigin, LoadRequest};
use crate::inventory::presence_history::DeclaredData;
use crate::published_layers::published_layer::PublishedLayer;
use catalog::{Catalog, Layer};
use data_model::{ContentDigest, Zoom};
use measures::ResultAudience;
use pmtiles_source::PmtilesArchive;
use postgis_store::GeometryTable;
use tile_source::table_source::LayerPublication;

/// A layer to publish, and the data that it requires.
pub(crate) struct LayerPlan {
    pub(crate) layer: PublishedLayer,
    pub(crate) publication: LayerPublication,
    /// The declared zooms: see [`Layer::declared_zooms`].
    pub(crate) declared_zooms: (Option<Zoom>, Option<Zoom>),
    /// The column that the map shows.
    pub(crate) value: Option<String>,
    /// The second column of a bivariate map.
    pub(crate) second_value: Option<String>,
    pub(crate) data: RequiredData,
}

/// Data that a layer requires.
pub(crate) enum RequiredData {
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

/// A layer of measures to publish.
#[derive(Clone)]
pub(crate) struct MeasuresPlan {
    pub(crate) layer: Layer,
    pub(crate) audience: ResultAudience,
    /// Digest of the measures' inputs.
    pub(crate) inputs: ContentDigest,
    /// The features that carry the measures; `None` for measures on lines of their own.
    pub(crate) carrier: Option<LoadRequest>,
}

impl LayerPlan {
    /// The feature table that the layer requires, if any.
    pub(crate) fn table_request(&self) -> Option<&LoadRequest> {
        match &self.data {
            RequiredData::Features(request) => Some(request),
            RequiredData::Measures(measures) => measures.carrier.as_ref(),
            RequiredData::Nothing | RequiredData::Rows(..) | RequiredData::Tiles(..) => None,
        }
    }

    /// The measures that the layer shows, if any.
    pub(crate) fn measures(&self) -> Option<&MeasuresPlan> {
        match &self.data {
            RequiredData::Measures(measures) => Some(measures),
            RequiredData::Nothing
            | RequiredData::Features(_)
            | RequiredData::Rows(..)
            | RequiredData::Tiles(..) => None,
        }
    }

    /// The live table that is queried for each tile, if any.
    pub(crate) fn live_request(&self) -> Option<&LoadRequest> {
        match &self.data {
            RequiredData::Rows(request) => Some(request),
            RequiredData::Nothing
            | RequiredData::Features(_)
            | RequiredData::Measures(_)
            | RequiredData::Tiles(..) => None,
        }
    }

    /// The database table that the layer is made from, if any.
    pub(crate) fn table(&self) -> Option<&Arc<GeometryTable>> {
        match &self.table_request().or(self.live_request())?.origin {
            FeatureOrigin::Table(table) => Some(table),
            FeatureOrigin::File(_) | FeatureOrigin::Union(_) => None,
        }
    }
}

/// The declared layers whose tiles are in an archive now.
pub(crate) fn present_tile_layers<'p>(
    catalog: &'p Catalog,
    plans: &'p [LayerPlan],
) -> impl Iterator<Item = DeclaredData> + 'p {
    let of_tiles = plans.iter().filter(|plan| matches!(plan.data, RequiredData::Tiles(..)));
    let layers = of_tiles.filter_map(|plan| catalog.layer(plan.layer.id.as_str()));
    layers.map(DeclaredData::tile_layer)
}
