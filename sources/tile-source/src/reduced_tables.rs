//! Tables of the zooms at which a rule reduces the features, made when first needed.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use parking_lot::Mutex;

use crate::fragment_encoding::EncodeFault;
use crate::publication::LayerPublication;
use crate::time_slices::TimeSlice;
use crate::workers::WorkerState;
use crate::zoom_views::TableViews;
use data_model::feature::Column;
use data_model::tiling::{Reduction, added_columns};
use data_model::{TileCoord, Zoom};
use vector_tile::features::TableError;
use vector_tile::features::reduction::{ClusterHierarchy, reduced_table};
use vector_tile::fragment::Fragment;

/// Memory that a layer may use for reduced tables beyond that of its own table.
const LEAST_BYTES: usize = 4 << 20;

/// Reduced tables of one layer by time slice and zoom, as many as memory allows.
///
/// A table is made on the worker that needs it first; workers that need the same one wait.
pub struct ReducedTables {
    publication: LayerPublication,
    rule: Reduction,
    /// Columns of the features, with the first zoom whose tiles hold them.
    columns: Vec<(String, Zoom)>,
    /// Clusters of the points, which all slices share.
    clusters: OnceLock<ClusterHierarchy>,
    /// Most bytes that tables take together.
    most_bytes: usize,
    cache: Mutex<ReducedCache>,
}

/// Tables by slice and zoom, the least recently used first.
#[derive(Default)]
struct ReducedCache {
    entries: Vec<(SliceAtZoom, SharedEntry)>,
}

/// Number of a time slice, and a zoom.
type SliceAtZoom = (usize, Zoom);

/// A table that one worker makes and others wait for.
type SharedEntry = Arc<OnceLock<ReducedEntry>>;

type ReducedEntry = Result<Arc<ReducedSlice>, TableError>;

/// A reduced table with its views.
struct ReducedSlice {
    slice: TimeSlice,
    views: TableViews,
    bytes: usize,
}

impl ReducedTables {
    /// The tables of a publication; `None` if no rule reduces its features.
    ///
    /// `published` are the columns of `newest` that are published: no other has a part in them.
    #[must_use]
    pub fn new(
        publication: &LayerPublication,
        published: &[Column],
        newest: &TimeSlice,
    ) -> Option<Self> {
        let rule = publication.tiling.reduction.as_ref()?;
        let rule = rule.restricted_to(|name| published.iter().any(|column| column.name == name));
        let first_zoom =
            |name: &String| publication.tiling.attributes.get(name).copied().unwrap_or(Zoom::MIN);
        let names = published.iter().map(|column| &column.name);
        let added = added_columns(&rule, newest.table.geometry());
        let added = added.into_iter().map(|column| (column.name, Zoom::MIN));
        Some(Self {
            publication: publication.clone(),
            columns: names.map(|name| (name.clone(), first_zoom(name))).chain(added).collect(),
            most_bytes: LEAST_BYTES + newest.table.memory_bytes(),
            rule,
            clusters: OnceLock::new(),
            cache: Mutex::default(),
        })
    }

    /// Whether tiles of `zoom` are made from these tables.
    pub(crate) fn applies_at(&self, zoom: Zoom) -> bool {
        zoom < self.rule.below_zoom()
    }

    /// Encodes a tile of a slice, from its table reduced for the tile's zoom.
    pub(crate) fn encode_fragment(
        &self,
        slice: &TimeSlice,
        number: usize,
        tile: TileCoord,
        deadline: Instant,
        state: &mut WorkerState,
    ) -> Result<Option<Fragment>, EncodeFault> {
        let reduced = self.slice(slice, number, tile.zoom());
        let reduced = reduced.map_err(|error| EncodeFault::Reason(error.to_string()))?;
        reduced.views.encode_fragment(&reduced.slice, tile, deadline, state)
    }

    fn slice(&self, slice: &TimeSlice, number: usize, zoom: Zoom) -> ReducedEntry {
        let entry = self.cache.lock().entry((number, zoom));
        let reduced = entry.get_or_init(|| self.reduce(slice, zoom)).clone();
        self.cache.lock().shrink(self.most_bytes);
        reduced
    }

    fn reduce(&self, slice: &TimeSlice, zoom: Zoom) -> ReducedEntry {
        let clusters = self.clusters.get_or_init(|| match &self.rule {
            Reduction::Cluster(rule) => ClusterHierarchy::new(&slice.table, rule),
            Reduction::Thin(_) | Reduction::Merge(_) => ClusterHierarchy::none(),
        });
        let table = Arc::new(reduced_table(&slice.table, &self.rule, zoom, clusters)?);
        let labels = slice.labels.is_some().then(|| Arc::new(table.label_points()));
        let names: Vec<String> = self
            .columns
            .iter()
            .filter(|(_, from)| zoom >= *from)
            .map(|(name, _)| name.clone())
            .collect();
        let views = TableViews::of(&self.publication, &table, Some(&names), labels.as_deref());
        let own = |labels: &Arc<_>| vector_tile::features::FeatureTable::memory_bytes(labels);
        let bytes = table.memory_bytes() + labels.as_ref().map_or(0, own);
        Ok(Arc::new(ReducedSlice { slice: TimeSlice { table, labels }, views, bytes }))
    }
}

impl ReducedCache {
    /// The entry of a key, made if there is none, as the most recently used one.
    fn entry(&mut self, key: (usize, Zoom)) -> Arc<OnceLock<ReducedEntry>> {
        let found = self.entries.iter().position(|(other, _)| *other == key);
        let entry = found.map_or_else(|| (key, Arc::default()), |at| self.entries.remove(at));
        let shared = Arc::clone(&entry.1);
        self.entries.push(entry);
        shared
    }

    /// Forgets tables that were not used for longest until the others fit; keeps the last one.
    fn shrink(&mut self, most_bytes: usize) {
        let bytes = |entry: &Arc<OnceLock<ReducedEntry>>| {
            entry.get().and_then(|made| made.as_ref().ok()).map_or(0, |made| made.bytes)
        };
        let mut sum: usize = self.entries.iter().map(|(_, entry)| bytes(entry)).sum();
        while sum > most_bytes && self.entries.len() > 1 {
            sum -= bytes(&self.entries.remove(0).1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_model::feature::{FeatureSchema, FeatureVisitor, Geometry, ShapeKind};
    use data_model::tiling::{PointClustering, Tiling};
    use data_model::{Extent, LayerId};
    use vector_tile::features::{TableBuilder, TableOptions};

    fn tables() -> (ReducedTables, TimeSlice) {
        let mut builder = TableBuilder::new(TableOptions::default());
        builder.begin(&FeatureSchema::default());
        for row in 0..100u64 {
            let at = [127.0 + row as f64 * 1e-3, 37.5];
            let kind = Some(ShapeKind::Point);
            let point = Geometry { kind, coordinates: vec![at], ..Geometry::default() };
            builder.feature(row, &point, &[]).unwrap();
        }
        let slice = TimeSlice { table: Arc::new(builder.finish().unwrap()), labels: None };
        let below_zoom = Zoom::new(14).unwrap();
        let rule = PointClustering { below_zoom, radius_px: 40, sums: Vec::new() };
        let publication = LayerPublication {
            id: LayerId::new("stops").unwrap(),
            columns: None,
            min_zoom: Zoom::MIN,
            max_zoom: Zoom::new(16).unwrap(),
            extent: Extent::DEFAULT,
            buffer: 64,
            labels: false,
            tiling: Tiling { reduction: Some(Reduction::Cluster(rule)), ..Tiling::default() },
        };
        (ReducedTables::new(&publication, &[], &slice).unwrap(), slice)
    }

    #[test]
    fn a_table_is_made_once_while_memory_lasts() {
        let (tables, slice) = tables();
        let made = |number, level| tables.slice(&slice, number, Zoom::new(level).unwrap()).unwrap();
        let first = made(0, 10);
        assert!(Arc::ptr_eq(&first, &made(0, 10)));
        assert!(!Arc::ptr_eq(&first, &made(1, 10)) && !Arc::ptr_eq(&first, &made(0, 11)));
        assert_eq!(tables.cache.lock().entries.len(), 3);
    }

    #[test]
    fn the_least_recently_used_tables_are_forgotten_first() {
        let (mut tables, slice) = tables();
        let bytes = |tables: &ReducedTables, level| {
            tables.slice(&slice, 0, Zoom::new(level).unwrap()).unwrap().bytes
        };
        // The clusters of low zooms are one each.
        tables.most_bytes = (0..4).map(|level| bytes(&tables, level)).sum();
        let kept = |tables: &ReducedTables| -> Vec<u8> {
            tables.cache.lock().entries.iter().map(|((_, zoom), _)| zoom.get()).collect()
        };
        assert_eq!(kept(&tables), [0, 1, 2, 3]);
        bytes(&tables, 0);
        bytes(&tables, 4);
        assert_eq!(kept(&tables), [2, 3, 0, 4]);
        tables.most_bytes = 1;
        bytes(&tables, 13);
        assert_eq!(kept(&tables), [13]);
    }
}
