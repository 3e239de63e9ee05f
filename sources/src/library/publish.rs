//! From planned layers and what has been loaded to published ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::datasets::Datasets;
use super::loading::Loaded;
use super::plan::{Needs, Plan};
use super::{LayerState, PublishedLayer};
use crate::Zoom;
use crate::catalog::{Catalog, Text, Visibility};
use crate::pmtiles::{Archive, ArchiveLayer, ArchiveSource, PublicationError, WholeArchive};
use crate::postgis::{Database, LiveSource};
use crate::table_source::{Publication, TableSource};
use crate::workers::TileWorkers;

/// What a catalog has ever declared while this process runs. A file or table of such a
/// name, or with such content, is never public again without a declaration:
/// a catalog that loses an entry, and a backup copy, must not publish what the
/// entry kept for staff.
#[derive(Debug, Default)]
pub(super) struct Declared {
    stems: BTreeSet<String>,
    digests: BTreeSet<u128>,
}

impl Declared {
    /// Remembers the datasets of a catalog.
    pub(super) fn add_catalog(&mut self, catalog: &Catalog) {
        self.stems.extend(catalog.datasets.iter().map(|dataset| dataset.id.as_str().to_owned()));
    }

    /// Remembers the content of a planned layer, where a catalog declares it.
    pub(super) fn add_content(&mut self, plan: &Plan, datasets: &Datasets) {
        if plan.layer.theme.is_none() {
            return;
        }
        if let Some(Ok(loaded)) = plan.wanted().map(|wanted| datasets.get(wanted)) {
            self.digests.insert(loaded.digest);
        }
        self.digests.extend(plan.tiles().map(|(archive, _)| archive.content_digest()));
    }
}

/// What layers are made with.
pub(super) struct Makings<'m> {
    pub(super) datasets: &'m Datasets,
    pub(super) declared: &'m Declared,
    pub(super) workers: &'m Arc<TileWorkers>,
    pub(super) database: Option<&'m Arc<Database>>,
}

impl Plan {
    /// The published layer over what has been loaded.
    pub(super) fn publish(&self, makings: &Makings<'_>) -> PublishedLayer {
        let (mut layer, publication) = (self.layer.clone(), self.publication.clone());
        let declared = makings.declared;
        if layer.theme.is_none() && declared.stems.contains(layer.dataset.as_str()) {
            layer.visibility = Visibility::Staff;
        }
        let workers = Arc::clone(makings.workers);
        match &self.needs {
            Needs::Nothing => {}
            Needs::Features(wanted) => match makings.datasets.get(wanted) {
                Err(reason) => layer.state = LayerState::Unavailable { reason: reason.to_owned() },
                Ok(loaded) => {
                    if layer.theme.is_none() {
                        let (title, about) =
                            (loaded.title.as_deref(), loaded.description.as_deref());
                        name_after(&mut layer, title, about);
                        if declared.digests.contains(&loaded.digest) {
                            layer.visibility = Visibility::Staff;
                        }
                    }
                    let columns = loaded.table.columns();
                    warn_of_missing_columns(&publication, |name| {
                        columns.iter().any(|column| column.name == name)
                    });
                    let Loaded { table, options, digest, .. } = loaded;
                    let table = Arc::clone(table);
                    let source = TableSource::new(publication, table, options, *digest, workers);
                    layer.state = LayerState::Ready(Arc::new(source));
                }
            },
            Needs::Rows(table, options) => {
                let Some(database) = makings.database else { return layer };
                if layer.theme.is_none() {
                    name_after(&mut layer, table.title.as_deref(), table.description.as_deref());
                }
                warn_of_missing_columns(&publication, |name| {
                    table.columns.iter().any(|stored| stored.column.name == name)
                });
                let (database, table) = (Arc::clone(database), Arc::clone(table));
                layer.state = LiveSource::new(publication, database, table, options, workers)
                    .map_or_else(
                        |error| LayerState::Unavailable { reason: error.to_string() },
                        |source| LayerState::Ready(Arc::new(source)),
                    );
            }
            Needs::Tiles(archive, inner) => {
                if layer.theme.is_none() {
                    if declared.digests.contains(&archive.content_digest()) {
                        layer.visibility = Visibility::Staff;
                    }
                    if inner.is_none() {
                        let (title, about) = (archive.name(), archive.description());
                        name_after(&mut layer, title, about);
                    }
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

fn tiles_of(
    archive: Arc<Archive>,
    inner: Option<String>,
    publication: Publication,
    (min_zoom, max_zoom): (Option<Zoom>, Option<Zoom>),
    workers: Arc<TileWorkers>,
) -> Result<ArchiveSource, PublicationError> {
    let Publication { id, columns, extent, buffer, .. } = publication;
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

/// The archives that may be fetched as they lie there, by name, and by whom: by
/// anyone only where everything in them is published to anyone, with all its
/// attributes.
pub(super) fn raw_archives(
    plans: &[Plan],
    layers: &[PublishedLayer],
) -> BTreeMap<String, (Arc<Archive>, Visibility)> {
    let mut found: BTreeMap<String, (Arc<Archive>, Visibility)> = BTreeMap::new();
    for (plan, layer) in plans.iter().zip(layers) {
        let Some((archive, _)) = plan.tiles() else { continue };
        let public = |name: &str| {
            plans.iter().zip(layers).any(|(plan, layer)| {
                let whole = plan.tiles().is_some_and(|(other, inner)| {
                    Arc::ptr_eq(other, archive) && inner.is_none_or(|inner| inner == name)
                });
                whole
                    && plan.publication.columns.is_none()
                    && layer.visibility == Visibility::Public
            })
        };
        let all = archive.layers().iter().all(|layer| public(&layer.name));
        let visibility = if all { Visibility::Public } else { Visibility::Staff };
        let name = archive.path().file_stem().and_then(|stem| stem.to_str());
        let name = name.unwrap_or(layer.dataset.as_str()).to_owned();
        found.entry(name).or_insert_with(|| (Arc::clone(archive), visibility));
    }
    found
}

/// Names a layer that no catalog describes after what its store says.
fn name_after(layer: &mut PublishedLayer, title: Option<&str>, description: Option<&str>) {
    if let Some(title) = title {
        layer.title = Text::same(title);
    }
    layer.description = description.map(Text::same);
}

fn warn_of_missing_columns(publication: &Publication, stored: impl Fn(&str) -> bool) {
    for name in publication.columns.iter().flatten().filter(|name| !stored(name)) {
        tracing::warn!(layer = %publication.id, column = name, "declared column is not stored");
    }
}
