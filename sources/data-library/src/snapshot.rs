//! Immutable state of the published layers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::no_data::NoData;
use catalog::{Attribution, Catalog, LocalizedText, Visibility};
use data_model::{Audience, DatasetId, LayerId, ThemeId};
use measures::{LayerMeasures, ResultAudience};
use pmtiles_source::PmtilesArchive;
use tile_source::TileSource;
use vector_tile::features::{FeatureTable, ValueSummary};

/// A published layer and the state of its source.
#[derive(Clone)]
pub struct PublishedLayer {
    /// The id, also the name of the vector tile layer.
    pub id: LayerId,
    /// The human-readable title.
    pub title: LocalizedText,
    /// Human-readable description of the map's content.
    pub description: Option<LocalizedText>,
    /// The theme that the layer belongs to; `None` for an undeclared file or table.
    pub theme: Option<ThemeId>,
    /// The published dataset.
    pub dataset: DatasetId,
    /// Origin and licence of the data.
    pub attribution: Option<Attribution>,
    /// Audience of the layer.
    pub visibility: Visibility,
    /// The form of the layer.
    pub form: LayerForm,
    /// Cache lifetime for clients in seconds.
    pub max_age: u32,
    /// State of the source.
    pub state: LayerState,
    /// The published features, if they are in memory.
    ///
    /// Only the columns that the source describes may be read.
    pub features: Option<Arc<FeatureTable>>,
    /// Summary of the column or measure that the map shows, as published in this form.
    pub summary: Option<ValueSummary>,
    /// Measures by the areas of the district's `stats_over`, or the reason that they are
    /// missing for now; `None` if the layer has none.
    pub stats: Option<Result<Arc<LayerMeasures>, String>>,
    /// The absent dataset for want of which there are no measures by area, such as the areas
    /// themselves.
    pub area_data_absent: Option<DatasetId>,
}

/// Form of a published layer.
///
/// A layer whose public view is limited by a privacy rule is published twice, once for each
/// audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum LayerForm {
    /// The only form, for all who may see the layer.
    #[default]
    Whole,
    /// The public's form of a layer that staff see more of.
    Public,
    /// The staff's form of such a layer.
    Staff,
}

impl LayerForm {
    /// Form of the measures.
    #[must_use]
    pub const fn measures(self) -> ResultAudience {
        match self {
            Self::Public => ResultAudience::Public,
            Self::Whole | Self::Staff => ResultAudience::Full,
        }
    }
}

/// An archive that may be downloaded whole.
#[derive(Debug, Clone)]
pub struct RawArchive {
    /// The archive, or the reason that it can't be read now.
    pub archive: Result<Arc<PmtilesArchive>, String>,
    /// Audience of the download.
    pub visibility: Visibility,
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
    pub(super) fn not_loaded() -> Self {
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

    /// Whether the data is declared but was not found.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self.state, LayerState::Absent { .. })
    }

    /// Whether `audience` sees this form of the layer.
    #[must_use]
    pub const fn visible_to(&self, audience: Audience) -> bool {
        let meant = match self.form {
            LayerForm::Whole => true,
            LayerForm::Public => matches!(audience, Audience::Public),
            LayerForm::Staff => matches!(audience, Audience::Staff),
        };
        meant && self.visibility.includes(audience)
    }
}

/// Catalog and layers at one moment. Immutable.
#[derive(Clone, Default)]
pub struct Snapshot {
    catalog: Arc<Catalog>,
    layers: Vec<PublishedLayer>,
    /// Positions of each layer's public form and staff form.
    positions: BTreeMap<LayerId, [Option<usize>; 2]>,
    /// Positions of each theme's layers.
    themes: BTreeMap<ThemeId, Vec<usize>>,
    faults: Vec<String>,
    notes: Vec<String>,
    /// Reason that there may be further, undiscovered layers.
    undiscovered: Option<String>,
    database_up: Option<bool>,
    awaited: usize,
    archives: BTreeMap<String, RawArchive>,
    catalog_in_force: bool,
}

impl Snapshot {
    /// A snapshot of `layers`, in their order.
    #[must_use]
    pub fn new(catalog: Arc<Catalog>, layers: Vec<PublishedLayer>) -> Self {
        let mut positions: BTreeMap<LayerId, [Option<usize>; 2]> = BTreeMap::new();
        for (position, layer) in layers.iter().enumerate() {
            let places = positions.entry(layer.id.clone()).or_default();
            for audience in [Audience::Public, Audience::Staff] {
                if layer.visible_to(audience) {
                    places[place(audience)] = Some(position);
                }
            }
        }
        let mut themes: BTreeMap<ThemeId, Vec<usize>> =
            catalog.themes.iter().map(|theme| (theme.id.clone(), Vec::new())).collect();
        for (position, layer) in layers.iter().enumerate() {
            if let Some(members) = layer.theme.as_ref().and_then(|theme| themes.get_mut(theme)) {
                members.push(position);
            }
        }
        Self { catalog, layers, positions, themes, ..Self::default() }
    }

    /// Sets the faults found when the snapshot was taken.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<String>) -> Self {
        self.faults = faults;
        self
    }

    /// Sets the notices for the operator.
    #[must_use]
    pub fn with_notes(mut self, notes: Vec<String>) -> Self {
        self.notes = notes;
        self
    }

    /// Notices for the operator about data that is served, such as rows that no measure
    /// counts.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Sets the archives that may be downloaded, by name.
    #[must_use]
    pub fn with_archives(mut self, archives: BTreeMap<String, RawArchive>) -> Self {
        self.archives = archives;
        self
    }

    /// Sets whether a catalog is in force.
    #[must_use]
    pub fn with_catalog_in_force(mut self, in_force: bool) -> Self {
        self.catalog_in_force = in_force;
        self
    }

    /// Whether a catalog is in force: undeclared files are then for staff only.
    #[must_use]
    pub fn catalog_in_force(&self) -> bool {
        self.catalog_in_force
    }

    /// The archive `name`, or the reason that it can't be read now; `None` if `audience`
    /// may not download it.
    #[must_use]
    pub fn archive(
        &self,
        name: &str,
        audience: Audience,
    ) -> Option<Result<&Arc<PmtilesArchive>, &str>> {
        let raw = self.archives.get(name)?;
        raw.visibility.includes(audience).then(|| raw.archive.as_ref().map_err(String::as_str))
    }

    /// Sets the reason that there may be undiscovered layers.
    #[must_use]
    pub fn with_undiscovered(mut self, reason: Option<String>) -> Self {
        self.undiscovered = reason;
        self
    }

    /// Reason that an unknown layer may exist: a store has not been reached since the
    /// start.
    ///
    /// For operators; may name hosts.
    #[must_use]
    pub fn undiscovered(&self) -> Option<&str> {
        self.undiscovered.as_deref()
    }

    /// Sets the number of awaited tables and results.
    #[must_use]
    pub fn with_awaited(mut self, awaited: usize) -> Self {
        self.awaited = awaited;
        self
    }

    /// Number of tables being loaded, and of results being computed, for the first time.
    ///
    /// Failed, missing and unreachable ones are not counted.
    #[must_use]
    pub const fn awaited(&self) -> usize {
        self.awaited
    }

    /// Sets whether the database was reachable.
    #[must_use]
    pub fn with_database_up(mut self, up: Option<bool>) -> Self {
        self.database_up = up;
        self
    }

    /// Whether the database was reachable when the snapshot was taken; `None` without a
    /// database.
    #[must_use]
    pub fn database_up(&self) -> Option<bool> {
        self.database_up
    }

    /// Faults found when the snapshot was taken, for operators.
    ///
    /// A fault of data whose older state is still served describes the newer state.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// The catalog in force.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The layers visible to `audience`: catalogued ones by theme, then others by id.
    pub fn layers(&self, audience: Audience) -> impl Iterator<Item = &PublishedLayer> {
        self.layers.iter().filter(move |layer| layer.visible_to(audience))
    }

    /// The layer `id` in the form for `audience`; `None` if it is not visible.
    #[must_use]
    pub fn layer(&self, id: &str, audience: Audience) -> Option<&PublishedLayer> {
        Some(&self.layers[self.positions.get(id)?[place(audience)]?])
    }

    /// The layers of a theme that are visible to `audience`; `None` for an unknown theme.
    pub fn theme(
        &self,
        id: &str,
        audience: Audience,
    ) -> Option<impl Iterator<Item = &PublishedLayer>> {
        let members = self.themes.get(id)?.iter().map(|&position| &self.layers[position]);
        Some(members.filter(move |layer| layer.visible_to(audience)))
    }

    /// Every layer's id, with the reason if one of its forms is unavailable; for readiness
    /// and metrics only.
    ///
    /// Layers with an absent form and no unavailable one are left out.
    pub fn states(&self) -> impl Iterator<Item = (&LayerId, Option<&str>)> {
        self.positions.iter().filter_map(|(id, places)| match self.worst(places)? {
            LayerState::Ready(_) => Some((id, None)),
            LayerState::Unavailable { reason } => Some((id, Some(reason.as_str()))),
            LayerState::Absent { .. } => None,
        })
    }

    /// Ids of layers with an absent form and no unavailable one, with the missing data; for
    /// readiness, metrics and logs only.
    pub fn absent(&self) -> impl Iterator<Item = (&LayerId, &str)> {
        self.positions.iter().filter_map(|(id, places)| match self.worst(places)? {
            LayerState::Absent { reason } => Some((id, reason.as_str())),
            LayerState::Ready(_) | LayerState::Unavailable { .. } => None,
        })
    }

    /// The most severe state of a layer's forms: unavailable, else absent, else ready.
    fn worst(&self, places: &[Option<usize>; 2]) -> Option<&LayerState> {
        let states = places.iter().flatten().map(|&at| &self.layers[at].state);
        let rank = |state: &&LayerState| match state {
            LayerState::Ready(_) => 0,
            LayerState::Absent { .. } => 1,
            LayerState::Unavailable { .. } => 2,
        };
        states.max_by_key(rank)
    }

    /// All forms of all layers, regardless of audience; for readiness, metrics and logs
    /// only.
    #[must_use]
    pub fn all_layers(&self) -> &[PublishedLayer] {
        &self.layers
    }
}

/// Index of an audience's form in [`Snapshot::positions`].
const fn place(audience: Audience) -> usize {
    match audience {
        Audience::Public => 0,
        Audience::Staff => 1,
    }
}
