//! What is published at one moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::no_data::NoData;
use catalog::{Attribution, Catalog, Text, Visibility};
use data_model::{Audience, DatasetId, LayerId, ThemeId};
use measures::{Derived, Form};
use pmtiles_source::Archive;
use tile_source::TileSource;
use vector_tile::features::{FeatureTable, ValueSummary};

/// One published layer and the state of its source.
#[derive(Clone)]
pub struct PublishedLayer {
    /// Its id and vector-tile layer name.
    pub id: LayerId,
    /// Its name for people.
    pub title: Text,
    /// What the map shows.
    pub description: Option<Text>,
    /// The theme it belongs to; none for a file that no catalog mentions.
    pub theme: Option<ThemeId>,
    /// The dataset it publishes.
    pub dataset: DatasetId,
    /// Where the data comes from, and its licence.
    pub attribution: Option<Attribution>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Which of the layer's forms this is.
    pub form: LayerForm,
    /// How long a client may keep a tile, in seconds.
    pub max_age: u32,
    /// Whether it can be served.
    pub state: LayerState,
    /// The features that it publishes, where they are in memory: what may be read of
    /// them is what its source describes.
    pub features: Option<Arc<FeatureTable>>,
    /// What the values are like that the map is about, as this form publishes them.
    pub summary: Option<ValueSummary>,
    /// Its figures by the areas that the district counts by, or why they are missing for
    /// now; `None` where it has none.
    pub stats: Option<Result<Arc<Derived>, String>>,
    /// The absent dataset for want of which it has none, such as the areas themselves.
    pub area_data_absent: Option<DatasetId>,
}

/// Which form of a layer is published: a layer whose public view leaves out what a
/// privacy rule keeps back is published twice, once for each audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum LayerForm {
    /// The only one, for all who may see the layer.
    #[default]
    Whole,
    /// What the public gets of a layer that staff see more of.
    Public,
    /// What staff get of it.
    Staff,
}

impl LayerForm {
    /// Which figures this form shows.
    #[must_use]
    pub const fn figures(self) -> Form {
        match self {
            Self::Public => Form::Public,
            Self::Whole | Self::Staff => Form::Full,
        }
    }
}

/// An archive that may be fetched as it lies there.
#[derive(Debug, Clone)]
pub struct RawArchive {
    /// The archive, or why it can't be read now.
    pub archive: Result<Arc<Archive>, String>,
    /// Who may have it.
    pub visibility: Visibility,
}

/// Whether a layer can be served.
#[derive(Clone)]
pub enum LayerState {
    /// Its source answers.
    Ready(Arc<dyn TileSource>),
    /// Its data is there and can't be read or reached, or was there since the start:
    /// tiles are `503`.
    Unavailable {
        /// Why, for operators and logs; may name files of the data directory.
        reason: String,
    },
    /// Its data is declared and was not found: it is left out of themes, and tiles of it
    /// alone are `404`.
    Absent {
        /// The data that was looked for, for operators and logs; may name files of the data
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
    /// The source, where there is one.
    #[must_use]
    pub fn source(&self) -> Option<&Arc<dyn TileSource>> {
        match &self.state {
            LayerState::Ready(source) => Some(source),
            LayerState::Unavailable { .. } | LayerState::Absent { .. } => None,
        }
    }

    /// Whether its data is declared and was not found.
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

/// Catalog and layers of one moment. Immutable.
#[derive(Clone, Default)]
pub struct Snapshot {
    catalog: Arc<Catalog>,
    layers: Vec<PublishedLayer>,
    /// Where the forms of a layer are: what the public sees, and what staff see.
    positions: BTreeMap<LayerId, [Option<usize>; 2]>,
    /// Where the layers of each theme of the catalog are.
    themes: BTreeMap<ThemeId, Vec<usize>>,
    faults: Vec<String>,
    notes: Vec<String>,
    /// Why there may be layers that are not known yet.
    undiscovered: Option<String>,
    database_up: Option<bool>,
    awaited: usize,
    archives: BTreeMap<String, RawArchive>,
    catalog_in_force: bool,
}

impl Snapshot {
    /// A snapshot of these layers, which keep their order.
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

    /// The same snapshot with what went wrong when it was taken.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<String>) -> Self {
        self.faults = faults;
        self
    }

    /// The same snapshot with what its operator should know though all is served.
    #[must_use]
    pub fn with_notes(mut self, notes: Vec<String>) -> Self {
        self.notes = notes;
        self
    }

    /// Notes for the operator though all is served: rows that no figure counts.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The same snapshot with the archives that may be fetched as they lie there, by
    /// name.
    #[must_use]
    pub fn with_archives(mut self, archives: BTreeMap<String, RawArchive>) -> Self {
        self.archives = archives;
        self
    }

    /// The same snapshot with whether a catalog declares what is public.
    #[must_use]
    pub fn with_catalog_in_force(mut self, in_force: bool) -> Self {
        self.catalog_in_force = in_force;
        self
    }

    /// Whether a catalog declares what is public: files without an entry are for staff
    /// only then, whoever asks.
    #[must_use]
    pub fn catalog_in_force(&self) -> bool {
        self.catalog_in_force
    }

    /// The archive of this name, where `audience` may have it: itself, or why it can't
    /// be read now.
    #[must_use]
    pub fn archive(&self, name: &str, audience: Audience) -> Option<Result<&Arc<Archive>, &str>> {
        let raw = self.archives.get(name)?;
        raw.visibility.includes(audience).then(|| raw.archive.as_ref().map_err(String::as_str))
    }

    /// The same snapshot, taken before a store that may hold more layers was seen.
    #[must_use]
    pub fn with_undiscovered(mut self, reason: Option<String>) -> Self {
        self.undiscovered = reason;
        self
    }

    /// Why a layer that is not here may exist all the same: a store has not been
    /// reached since the start. For operators; may name hosts.
    #[must_use]
    pub fn undiscovered(&self) -> Option<&str> {
        self.undiscovered.as_deref()
    }

    /// The same snapshot with the number of tables and results that are still awaited.
    #[must_use]
    pub fn with_awaited(mut self, awaited: usize) -> Self {
        self.awaited = awaited;
        self
    }

    /// Number of tables that are being loaded and of results that are being computed for
    /// the first time. What failed, is missing or can't be reached is not awaited.
    #[must_use]
    pub const fn awaited(&self) -> usize {
        self.awaited
    }

    /// The same snapshot with whether its database could be reached.
    #[must_use]
    pub fn with_database_up(mut self, up: Option<bool>) -> Self {
        self.database_up = up;
        self
    }

    /// Whether the database could be reached when this snapshot was taken; `None`
    /// where there is no database.
    #[must_use]
    pub fn database_up(&self) -> Option<bool> {
        self.database_up
    }

    /// What could not be read when this snapshot was taken, for operators:
    /// where an older state is still served, this says what the new one lacks.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// The catalog in force.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Every layer that `audience` may see: catalogued ones by theme, then others by id.
    pub fn layers(&self, audience: Audience) -> impl Iterator<Item = &PublishedLayer> {
        self.layers.iter().filter(move |layer| layer.visible_to(audience))
    }

    /// The layer of this id, where it exists for `audience`.
    #[must_use]
    pub fn layer(&self, id: &str, audience: Audience) -> Option<&PublishedLayer> {
        Some(&self.layers[self.positions.get(id)?[place(audience)]?])
    }

    /// The layers of a theme that `audience` may see; `None` for an unknown theme.
    pub fn theme(
        &self,
        id: &str,
        audience: Audience,
    ) -> Option<impl Iterator<Item = &PublishedLayer>> {
        let members = self.themes.get(id)?.iter().map(|&position| &self.layers[position]);
        Some(members.filter(move |layer| layer.visible_to(audience)))
    }

    /// Every layer's id, and why one of its forms can't be served where one can't: for
    /// readiness and metrics only. Layers with an absent form and none that fails are not
    /// among them.
    pub fn states(&self) -> impl Iterator<Item = (&LayerId, Option<&str>)> {
        self.positions.iter().filter_map(|(id, places)| match self.worst(places)? {
            LayerState::Ready(_) => Some((id, None)),
            LayerState::Unavailable { reason } => Some((id, Some(reason.as_str()))),
            LayerState::Absent { .. } => None,
        })
    }

    /// The id of every layer with an absent form and none that fails, and what was looked
    /// for: for readiness, metrics and logs only.
    pub fn absent(&self) -> impl Iterator<Item = (&LayerId, &str)> {
        self.positions.iter().filter_map(|(id, places)| match self.worst(places)? {
            LayerState::Absent { reason } => Some((id, reason.as_str())),
            LayerState::Ready(_) | LayerState::Unavailable { .. } => None,
        })
    }

    /// The state of a layer's forms that says most: one that fails, else one that is
    /// absent, else ready.
    fn worst(&self, places: &[Option<usize>; 2]) -> Option<&LayerState> {
        let states = places.iter().flatten().map(|&at| &self.layers[at].state);
        let rank = |state: &&LayerState| match state {
            LayerState::Ready(_) => 0,
            LayerState::Absent { .. } => 1,
            LayerState::Unavailable { .. } => 2,
        };
        states.max_by_key(rank)
    }

    /// Every form of every layer, whoever may see it: for readiness, metrics and logs
    /// only.
    #[must_use]
    pub fn all_layers(&self) -> &[PublishedLayer] {
        &self.layers
    }
}

/// Where an audience's form of a layer is noted.
const fn place(audience: Audience) -> usize {
    match audience {
        Audience::Public => 0,
        Audience::Staff => 1,
    }
}
