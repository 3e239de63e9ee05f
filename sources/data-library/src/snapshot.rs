//! Immutable state of the published layers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::published_layers::archive_downloads::{ArchiveDownload, ArchiveUnavailable};
use super::published_layers::published_layer::{LayerState, PublishedLayer};
use catalog::Catalog;
use data_model::{Audience, LayerId, ThemeId};
use pmtiles_source::PmtilesArchive;

/// Catalog and layers at one moment. Immutable.
#[derive(Clone, Default)]
pub struct Snapshot {
    catalog: Arc<Catalog>,
    layers: Vec<PublishedLayer>,
    /// Indices of each layer as published for the public and for staff.
    by_id: BTreeMap<LayerId, AudienceIndices>,
    /// Indices of each theme's layers, and of the base map's.
    themes: BTreeMap<ThemeId, Vec<usize>>,
    faults: Vec<String>,
    notes: Vec<String>,
    /// Reason that there may be further, undiscovered layers.
    undiscovered: Option<String>,
    database_up: Option<bool>,
    awaited: usize,
    archives: BTreeMap<String, ArchiveDownload>,
    catalog_in_force: bool,
    has_staff_content: bool,
}

/// Indices of a layer as published for each audience; `None` if it is not visible.
#[derive(Debug, Clone, Copy, Default)]
struct AudienceIndices {
    public: Option<usize>,
    staff: Option<usize>,
}

impl AudienceIndices {
    const fn of(self, audience: Audience) -> Option<usize> {
        match audience {
            Audience::Public => self.public,
            Audience::Staff => self.staff,
        }
    }

    fn of_mut(&mut self, audience: Audience) -> &mut Option<usize> {
        match audience {
            Audience::Public => &mut self.public,
            Audience::Staff => &mut self.staff,
        }
    }
}

impl Snapshot {
    /// A snapshot of `layers`, in their order.
    #[must_use]
    pub fn new(catalog: Arc<Catalog>, layers: Vec<PublishedLayer>) -> Self {
        let mut by_id: BTreeMap<LayerId, AudienceIndices> = BTreeMap::new();
        for (index, layer) in layers.iter().enumerate() {
            let indices = by_id.entry(layer.id.clone()).or_default();
            for audience in [Audience::Public, Audience::Staff] {
                if layer.visible_to(audience) {
                    *indices.of_mut(audience) = Some(index);
                }
            }
        }
        let sets = catalog.themes.iter().map(|theme| &theme.id);
        // All layers of the base map are of one set.
        let sets = sets.chain(catalog.base.layers.first().map(|layer| &layer.theme));
        let mut themes: BTreeMap<ThemeId, Vec<usize>> =
            sets.map(|set| (set.clone(), Vec::new())).collect();
        for (index, layer) in layers.iter().enumerate() {
            if let Some(members) = layer.theme.as_ref().and_then(|theme| themes.get_mut(theme)) {
                members.push(index);
            }
        }
        let has_staff_content = layers.iter().any(|layer| !layer.visible_to(Audience::Public));
        Self { catalog, layers, by_id, themes, has_staff_content, ..Self::default() }
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
    pub fn with_archives(mut self, archives: BTreeMap<String, ArchiveDownload>) -> Self {
        self.has_staff_content |=
            archives.values().any(|archive| !archive.visibility.includes(Audience::Public));
        self.archives = archives;
        self
    }

    /// Whether staff get a layer, a form of a layer or an archive that the public does not.
    #[must_use]
    pub const fn has_staff_content(&self) -> bool {
        self.has_staff_content
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
    ) -> Option<Result<&Arc<PmtilesArchive>, &ArchiveUnavailable>> {
        let download = self.archives.get(name)?;
        download.visibility.includes(audience).then_some(download.archive.as_ref())
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

    /// The maps visible to `audience`: catalogued ones by theme, then others by id.
    ///
    /// Layers of the base map are not among them.
    pub fn layers(&self, audience: Audience) -> impl Iterator<Item = &PublishedLayer> {
        let is_map =
            move |layer: &&PublishedLayer| layer.visible_to(audience) && !layer.is_of_base_map();
        self.layers.iter().filter(is_map)
    }

    /// The layer `id` as published for `audience`; `None` if it is not visible.
    #[must_use]
    pub fn layer(&self, id: &str, audience: Audience) -> Option<&PublishedLayer> {
        Some(&self.layers[self.by_id.get(id)?.of(audience)?])
    }

    /// The layers of a theme or of the base map that are visible to `audience`; `None` for an
    /// unknown theme, and for the base map of a catalog without one.
    pub fn theme(
        &self,
        id: &str,
        audience: Audience,
    ) -> Option<impl Iterator<Item = &PublishedLayer>> {
        let members = self.themes.get(id)?.iter().map(|&index| &self.layers[index]);
        Some(members.filter(move |layer| layer.visible_to(audience)))
    }

    /// Every layer's id, with the reason if it is unavailable for an audience; for readiness
    /// and metrics only.
    ///
    /// Layers that are absent for an audience, and unavailable for none, are left out.
    pub fn states(&self) -> impl Iterator<Item = (&LayerId, Option<&str>)> {
        self.by_id.iter().filter_map(|(id, indices)| match self.worst_state(indices)? {
            LayerState::Ready(_) => Some((id, None)),
            LayerState::Unavailable { reason } => Some((id, Some(reason.as_str()))),
            LayerState::Absent { .. } => None,
        })
    }

    /// Ids of layers that are absent for an audience, and unavailable for none, with the
    /// missing data; for readiness, metrics and logs only.
    pub fn absent(&self) -> impl Iterator<Item = (&LayerId, &str)> {
        self.by_id.iter().filter_map(|(id, indices)| match self.worst_state(indices)? {
            LayerState::Absent { reason } => Some((id, reason.as_str())),
            LayerState::Ready(_) | LayerState::Unavailable { .. } => None,
        })
    }

    /// The most severe state of a layer for any audience: unavailable, else absent, else
    /// ready.
    fn worst_state(&self, indices: &AudienceIndices) -> Option<&LayerState> {
        let indices = [indices.public, indices.staff].into_iter().flatten();
        let states = indices.map(|index| &self.layers[index].state);
        let severity = |state: &&LayerState| match state {
            LayerState::Ready(_) => 0,
            LayerState::Absent { .. } => 1,
            LayerState::Unavailable { .. } => 2,
        };
        states.max_by_key(severity)
    }

    /// All published layers of all audiences; for readiness, metrics and logs only.
    #[must_use]
    pub fn all_layers(&self) -> &[PublishedLayer] {
        &self.layers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published_layers::published_layer::{AreaMeasures, LayerAudience, LayerState};
    use catalog::{LocalizedText, Visibility};
    use data_model::DatasetId;
    use rstest::rstest;

    fn layer(visibility: Visibility, audience: LayerAudience) -> PublishedLayer {
        PublishedLayer {
            id: LayerId::new("stops").unwrap(),
            title: LocalizedText::default(),
            description: None,
            theme: None,
            dataset: DatasetId::new("stops").unwrap(),
            attribution: None,
            visibility,
            audience,
            max_age: 0,
            state: LayerState::not_loaded(),
            features: None,
            summary: None,
            distributions: Default::default(),
            area_measures: AreaMeasures::None,
        }
    }

    #[rstest]
    #[case::nothing(&[], false)]
    #[case::public(&[(Visibility::Public, LayerAudience::Everyone)], false)]
    #[case::undeclared_file(&[(Visibility::Staff, LayerAudience::Everyone)], true)]
    #[case::two_published_views(
        &[(Visibility::Public, LayerAudience::Public), (Visibility::Public, LayerAudience::Staff)],
        true
    )]
    fn a_layer_that_the_public_does_not_get_is_staff_content(
        #[case] layers: &[(Visibility, LayerAudience)],
        #[case] expected: bool,
    ) {
        let layers = layers.iter().map(|&(visibility, audience)| layer(visibility, audience));
        let snapshot = Snapshot::new(Arc::default(), layers.collect());
        assert_eq!(snapshot.has_staff_content(), expected);
    }
    #[rstest]
    #[case(Visibility::Public, false)]
    #[case(Visibility::Staff, true)]
    fn an_archive_that_the_public_does_not_get_is_staff_content(
        #[case] visibility: Visibility,
        #[case] expected: bool,
    ) {
        let archive = Err(ArchiveUnavailable { reason: "it is being read".to_owned() });
        let archives = [("base".to_owned(), ArchiveDownload { archive, visibility })].into();
        let snapshot = Snapshot::new(Arc::default(), Vec::new()).with_archives(archives);
        assert_eq!(snapshot.has_staff_content(), expected);
    }
}
