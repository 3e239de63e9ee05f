//! A published layer: its description, its audience and the state of its source.

use std::sync::Arc;

use crate::inventory::no_data::NoData;
use catalog::{Attribution, BaseMap, LocalizedText, Visibility};
use data_model::{Audience, DatasetId, LayerId, ThemeId};
use measures::{LayerMeasures, ResultAudience};
use tile_source::TileSource;
use vector_tile::features::{ColumnDistribution, FeatureTable, ValueSummary};

/// A published layer and the state of its source.
#[derive(Clone)]
pub struct PublishedLayer {
    /// The id, also the name of the vector tile layer.
    pub id: LayerId,
    /// The human-readable title.
    pub title: LocalizedText,
    /// Human-readable description of the map's content.
    pub description: Option<LocalizedText>,
    /// The theme that the layer belongs to, or the set of the base map; `None` for an
    /// undeclared file or table.
    pub theme: Option<ThemeId>,
    /// The published dataset.
    pub dataset: DatasetId,
    /// Origin and licence of the data.
    pub attribution: Option<Attribution>,
    /// Declared visibility of the layer.
    pub visibility: Visibility,
    /// The audience that this version of the layer is for.
    pub audience: LayerAudience,
    /// Cache lifetime for clients in seconds.
    pub max_age: u32,
    /// State of the source.
    pub state: LayerState,
    /// The published features, if they are in memory.
    ///
    /// Only the columns that the source describes may be read.
    pub features: Option<Arc<FeatureTable>>,
    /// Summary of the column or measure that the map shows, as published for this audience.
    pub summary: Option<ValueSummary>,
    /// Values of the columns that the map shows, as published for this audience.
    pub distributions: ValueDistributions,
    /// Measures by the areas of the district's `stats_areas`.
    pub area_measures: AreaMeasures,
}

/// Distributions of the values that a map shows; `None` for a column that is not published or
/// not in memory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ValueDistributions {
    /// Values of the column that the map shows.
    pub value: Option<Arc<ColumnDistribution>>,
    /// Values of the second column of a bivariate map.
    pub second_value: Option<Arc<ColumnDistribution>>,
}

/// Audience that a published layer is for.
///
/// A layer whose public view is limited by a privacy rule is published twice, once for each
/// audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum LayerAudience {
    /// All who may see the layer: it is published once.
    #[default]
    Everyone,
    /// The public, of a layer that staff see more of.
    Public,
    /// Staff, of such a layer.
    Staff,
}

impl LayerAudience {
    /// Audience of the layer's measures.
    #[must_use]
    pub const fn results(self) -> ResultAudience {
        match self {
            Self::Public => ResultAudience::Public,
            Self::Everyone | Self::Staff => ResultAudience::Full,
        }
    }
}

/// Measures of a layer by area.
#[derive(Clone, Default)]
pub enum AreaMeasures {
    /// The layer has none.
    #[default]
    None,
    /// The newest result.
    Ready(Arc<LayerMeasures>),
    /// The result is missing for now.
    Unavailable {
        /// The reason, for operators and logs.
        reason: String,
    },
    /// A dataset that they are computed from is absent, such as the areas themselves.
    Absent {
        /// The dataset.
        dataset: DatasetId,
    },
}

/// Availability of a layer.
#[derive(Clone)]
pub enum LayerState {
    /// Served from this source.
    Ready(Arc<dyn TileSource>),
    /// The data can't be read or reached, or went away since the start; tiles are `503`.
    Unavailable {
        /// The reason, for operators and logs; may name files of the data directory.
        reason: String,
    },
    /// The data is declared but was not found; the layer is left out of themes, and tiles
    /// of it alone are `404`.
    Absent {
        /// The data that is missing, for operators and logs; may name files of the data
        /// directory.
        reason: String,
    },
}

impl LayerState {
    /// The state of a layer before its data is loaded.
    pub(crate) fn not_loaded() -> Self {
        Self::Unavailable { reason: "it has not been loaded".to_owned() }
    }
}

impl From<NoData> for LayerState {
    fn from(fault: NoData) -> Self {
        match fault {
            NoData::Missing(reason) => Self::Absent { reason },
            NoData::Unavailable(reason) => Self::Unavailable { reason },
        }
    }
}

impl PublishedLayer {
    /// The source; `None` if the layer can't be served.
    #[must_use]
    pub fn source(&self) -> Option<&Arc<dyn TileSource>> {
        match &self.state {
            LayerState::Ready(source) => Some(source),
            LayerState::Unavailable { .. } | LayerState::Absent { .. } => None,
        }
    }

    /// Whether the layer is part of the base map, and no map itself.
    #[must_use]
    pub fn is_of_base_map(&self) -> bool {
        self.theme.as_ref().is_some_and(BaseMap::is_set)
    }

    /// Whether the data is declared but was not found.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self.state, LayerState::Absent { .. })
    }

    /// Whether `audience` sees this version of the layer.
    #[must_use]
    pub const fn visible_to(&self, audience: Audience) -> bool {
        let is_for = match self.audience {
            LayerAudience::Everyone => true,
            LayerAudience::Public => matches!(audience, Audience::Public),
            LayerAudience::Staff => matches!(audience, Audience::Staff),
        };
        is_for && self.visibility.includes(audience)
    }
}
