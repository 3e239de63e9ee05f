//! From catalog and dataset files to the layers of a snapshot.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::datasets::{Datasets, Loaded, Wanted};
use super::look::Files;
use super::{LayerState, PublishedLayer};
use crate::catalog::{Catalog, Layer, Text, Visibility};
use crate::features::TableOptions;
use crate::table_source::{Publication, TableSource};
use crate::workers::TileWorkers;
use crate::{DatasetId, Extent, LayerId, Zoom};

/// What a catalog has ever declared while this process runs. A file of such a
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
        let wanted = plan.wanted.as_ref().filter(|_| plan.layer.theme.is_some());
        if let Some(Ok(loaded)) = wanted.map(|wanted| datasets.get(wanted)) {
            self.digests.insert(loaded.digest);
        }
    }
}

/// A layer that will be published, and the file that it needs.
pub(super) struct Plan {
    layer: PublishedLayer,
    publication: Publication,
    wanted: Option<Wanted>,
}

/// Plans every layer: the catalog's by theme, then one for each file that no
/// dataset of the catalog claims.
pub(super) fn plan(
    catalog: &Catalog,
    files: &Files,
    folder: &Path,
    publish_uncatalogued: bool,
) -> Vec<Plan> {
    let mut plans: Vec<Plan> = catalog
        .layers
        .iter()
        .filter_map(|layer| catalogued(catalog, layer, files, folder))
        .collect();
    let mut taken: BTreeSet<String> =
        plans.iter().map(|plan| plan.layer.id.as_str().to_owned()).collect();
    taken.extend(catalog.themes.iter().map(|theme| theme.id.as_str().to_owned()));
    for (stem, (path, signature)) in files {
        if catalog.dataset(stem).is_some() {
            continue;
        }
        let mut id = LayerId::derived(stem);
        if !taken.insert(id.as_str().to_owned()) {
            // The name belongs to another layer: the ending makes it derived.
            id = LayerId::derived(&format!("{stem}.fgb"));
            taken.insert(id.as_str().to_owned());
        }
        if id.as_str() != stem {
            tracing::info!(file = %path.display(), layer = %id, "published under a derived id");
        }
        let wanted =
            Wanted { path: path.clone(), signature: *signature, options: TableOptions::default() };
        plans.push(uncatalogued(id, stem, wanted, publish_uncatalogued));
    }
    plans
}

fn catalogued(catalog: &Catalog, layer: &Layer, files: &Files, folder: &Path) -> Option<Plan> {
    let dataset = catalog.dataset(layer.dataset.as_str())?;
    let wanted = files.get(dataset.id.as_str()).map(|(path, signature)| Wanted {
        path: path.clone(),
        signature: *signature,
        options: TableOptions {
            id_column: dataset.id_column.clone(),
            coverage: layer.coverage,
            ..TableOptions::default()
        },
    });
    // What a dataset does not declare does not leave the house.
    let declared = (!dataset.columns.is_empty())
        .then(|| dataset.columns.iter().map(|column| column.name.clone()).collect());
    let reason = format!("{} is missing", folder.join(format!("{}.fgb", dataset.id)).display());
    Some(Plan {
        layer: PublishedLayer {
            id: layer.id.clone(),
            title: layer.title.clone(),
            description: layer.description.clone(),
            theme: Some(layer.theme.clone()),
            dataset: dataset.id.clone(),
            attribution: dataset.attribution.clone(),
            visibility: layer.visibility,
            max_age: layer.max_age,
            state: LayerState::Unavailable { reason },
        },
        publication: Publication {
            id: layer.id.clone(),
            columns: layer.columns.clone().or(declared),
            min_zoom: layer.min_zoom,
            max_zoom: layer.max_zoom,
            extent: layer.extent,
            buffer: layer.buffer,
            labels: layer.labels,
        },
        wanted,
    })
}

fn uncatalogued(id: LayerId, stem: &str, wanted: Wanted, public: bool) -> Plan {
    Plan {
        layer: PublishedLayer {
            id: id.clone(),
            title: Text::same(stem),
            description: None,
            theme: None,
            dataset: DatasetId::derived(stem),
            attribution: None,
            visibility: if public { Visibility::Public } else { Visibility::Staff },
            max_age: Layer::DEFAULT_MAX_AGE,
            state: LayerState::Unavailable { reason: "it has not been loaded".to_owned() },
        },
        publication: Publication {
            id,
            columns: None,
            min_zoom: Zoom::MIN,
            max_zoom: Zoom::new(Layer::DEFAULT_MAX_ZOOM).unwrap_or(Zoom::MAX),
            extent: Extent::DEFAULT,
            buffer: Layer::DEFAULT_BUFFER,
            labels: false,
        },
        wanted: Some(wanted),
    }
}

impl Plan {
    /// The file this layer needs, where there is one.
    pub(super) fn wanted(&self) -> Option<&Wanted> {
        self.wanted.as_ref()
    }

    /// The published layer over what has been loaded.
    pub(super) fn publish(
        self,
        datasets: &Datasets,
        declared: &Declared,
        workers: &Arc<TileWorkers>,
    ) -> PublishedLayer {
        let Self { mut layer, publication, wanted } = self;
        let Some(wanted) = wanted else { return layer };
        if layer.theme.is_none() && declared.stems.contains(layer.dataset.as_str()) {
            layer.visibility = Visibility::Staff;
        }
        match datasets.get(&wanted) {
            Err(reason) => layer.state = LayerState::Unavailable { reason: reason.to_owned() },
            Ok(loaded) => {
                if layer.theme.is_none() {
                    name_after_file(&mut layer, loaded);
                    if declared.digests.contains(&loaded.digest) {
                        layer.visibility = Visibility::Staff;
                    }
                }
                warn_of_missing_columns(&publication, loaded);
                let table = Arc::clone(&loaded.table);
                let workers = Arc::clone(workers);
                let source =
                    TableSource::new(publication, table, &wanted.options, loaded.digest, workers);
                layer.state = LayerState::Ready(Arc::new(source));
            }
        }
        layer
    }
}

fn name_after_file(layer: &mut PublishedLayer, loaded: &Loaded) {
    if let Some(title) = &loaded.title {
        layer.title = Text::same(title);
    }
    layer.description = loaded.description.as_deref().map(Text::same);
}

fn warn_of_missing_columns(publication: &Publication, loaded: &Loaded) {
    for name in publication.columns.iter().flatten() {
        if !loaded.table.columns().iter().any(|column| &column.name == name) {
            tracing::warn!(layer = %publication.id, column = name, "declared column is not stored");
        }
    }
}
