//! From planned layers and what has been loaded to published ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::archives::Archives;
use super::datasets::Datasets;
use super::loading::Loaded;
use super::look::Files;
use super::plan::{Needs, Plan};
use super::{LayerState, PublishedLayer};
use crate::Zoom;
use crate::catalog::{Catalog, Layer, Text, Visibility};
use crate::pmtiles::{Archive, ArchiveLayer, ArchiveSource, NoSuchLayer, WholeArchive};
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
    }

    /// Remembers the content of the archives of declared datasets, whether or not
    /// these are what is served.
    pub(super) fn add_archives(&mut self, files: &Files, archives: &Archives) {
        for (_, (path, _)) in files.iter().filter(|(stem, _)| self.stems.contains(*stem)) {
            self.digests.extend(archives.get(path).map(|archive| archive.content_digest()));
        }
    }

    /// Whether an archive of this stem may be public without a declaration.
    pub(super) fn allows(&self, stem: &str, archive: &Archive) -> bool {
        !self.stems.contains(stem) && !self.digests.contains(&archive.content_digest())
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
                layer.state =
                    match tiles_of(Arc::clone(archive), inner.clone(), publication, workers) {
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
    workers: Arc<TileWorkers>,
) -> Result<ArchiveSource, NoSuchLayer> {
    let Publication { id, columns, min_zoom, max_zoom, extent, buffer, .. } = publication;
    // Where the catalog says nothing of zooms, the archive's own count.
    let min_zoom = Some(min_zoom).filter(|&zoom| zoom != Zoom::MIN);
    let max_zoom = Some(max_zoom).filter(|zoom| zoom.get() != Layer::DEFAULT_MAX_ZOOM);
    match inner {
        None => {
            let whole = WholeArchive { id, min_zoom, max_zoom, extent, buffer };
            Ok(ArchiveSource::whole(archive, whole, workers))
        }
        Some(inner) => {
            let layer = ArchiveLayer { id, inner, columns, min_zoom, max_zoom, extent, buffer };
            ArchiveSource::layer(archive, layer, workers)
        }
    }
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
