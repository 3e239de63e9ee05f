//! Reads parts of datasets and keeps those that later layers need.

use std::sync::Arc;

use super::dataset_reader::{DatasetPart, DatasetReader, InputError};
use super::part_rows::{PartRows, read};
use super::part_tables::PartTables;
use super::row_needs::{PartNeeds, RowNeeds};
use crate::audience::ResultAudience;
use crate::error::EvaluationError;
use catalog::{Catalog, Layer};
use data_model::{DatasetId, LayerId};

/// Default limit of rows kept beside those of the current layer: 512 MiB.
const MEMORY: usize = 512 << 20;

/// Parts in memory, least recently used first.
pub(crate) struct PartCache<'a> {
    catalog: &'a Catalog,
    reader: &'a dyn DatasetReader,
    coming: Vec<ComingRequest>,
    cached: Vec<CachedPart>,
    memory_limit: usize,
}

/// Expected request of a layer, and the parts that it needs.
pub(crate) struct ComingRequest {
    pub(crate) layer: LayerId,
    pub(crate) audience: ResultAudience,
    pub(crate) needs: PartNeeds,
}

struct CachedPart {
    dataset: DatasetId,
    part: DatasetPart,
    needs: RowNeeds,
    rows: Arc<PartRows>,
}

impl CachedPart {
    fn is_in(&self, needs: &PartNeeds) -> bool {
        needs.contains_key(&(self.dataset.clone(), self.part))
    }
}

impl<'a> PartCache<'a> {
    pub(crate) fn new(
        catalog: &'a Catalog,
        reader: &'a dyn DatasetReader,
        coming: Vec<ComingRequest>,
    ) -> Self {
        Self { catalog, reader, coming, cached: Vec::new(), memory_limit: MEMORY }
    }

    pub(crate) fn set_memory_limit(&mut self, bytes: usize) {
        self.memory_limit = bytes;
    }

    /// Removes a request from those to come.
    pub(crate) fn mark_requested(&mut self, layer: &Layer, audience: ResultAudience) {
        let is_request =
            |request: &ComingRequest| request.layer == layer.id && request.audience == audience;
        if let Some(at) = self.coming.iter().position(is_request) {
            self.coming.swap_remove(at);
        }
    }

    /// The needed parts; reads those that are not cached.
    ///
    /// # Errors
    /// Returns [`EvaluationError`] if a part can't be read or lacks a column.
    pub(crate) fn tables(&mut self, needs: &PartNeeds) -> Result<PartTables, EvaluationError> {
        self.cached.retain(|cached| {
            cached.is_in(needs) || self.coming.iter().any(|request| cached.is_in(&request.needs))
        });
        let mut tables = PartTables::default();
        for ((id, part), wanted) in needs {
            let is_part = |cached: &CachedPart| (&cached.dataset, cached.part) == (id, *part);
            let known = self.cached.iter().position(is_part).map(|at| self.cached.remove(at));
            let cached = match known {
                Some(cached) if cached.needs.covers(wanted) => cached,
                _ => self.read(id, *part, wanted)?,
            };
            tables.insert(id, *part, Arc::clone(&cached.rows));
            self.cached.push(cached);
        }
        while self.memory_bytes() > self.memory_limit
            && let Some(oldest) = self.cached.first()
            && !oldest.is_in(needs)
        {
            self.cached.remove(0);
        }
        Ok(tables)
    }

    fn memory_bytes(&self) -> usize {
        self.cached.iter().map(|cached| cached.rows.memory_bytes()).sum()
    }

    /// Reads a part, with all columns of it that later layers need.
    fn read(
        &self,
        id: &DatasetId,
        part: DatasetPart,
        wanted: &RowNeeds,
    ) -> Result<CachedPart, EvaluationError> {
        let Some(dataset) = self.catalog.dataset(id.as_str()) else {
            let reason = "the catalog does not declare it".to_owned();
            return Err(InputError { dataset: id.clone(), part, reason }.into());
        };
        let key = (id.clone(), part);
        let mut all = wanted.clone();
        for later in self.coming.iter().filter_map(|request| request.needs.get(&key)) {
            all.add(later);
        }
        let cached =
            |rows, needs| CachedPart { dataset: id.clone(), part, needs, rows: Arc::new(rows) };
        let zone = &self.catalog.district.time_zone;
        match read(self.reader, dataset, part, &all, zone) {
            // A column that another layer lacks is not this one's fault.
            Err(EvaluationError::NoColumn { .. }) if all != *wanted => {
                Ok(cached(read(self.reader, dataset, part, wanted, zone)?, wanted.clone()))
            }
            result => Ok(cached(result?, all)),
        }
    }
}
