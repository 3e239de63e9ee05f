//! Columns, times and geometry to read.

use std::collections::BTreeMap;

use super::column_cells::CellRepresentations;
use super::dataset_reader::DatasetPart;
use data_model::DatasetId;

/// Needs of parts, by dataset and part.
pub(crate) type PartNeeds = BTreeMap<(DatasetId, DatasetPart), RowNeeds>;

/// Adds the needs of a part.
pub(crate) fn add_needs(
    all: &mut PartNeeds,
    dataset: &DatasetId,
    part: DatasetPart,
    needs: &RowNeeds,
) {
    all.entry((dataset.clone(), part)).or_default().add(needs);
}

/// Columns, time and geometry that are needed of a part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RowNeeds {
    pub(crate) columns: BTreeMap<String, CellRepresentations>,
    pub(crate) time: bool,
    pub(crate) geometry: bool,
}

impl RowNeeds {
    pub(crate) fn add_column(&mut self, name: &str, wanted: CellRepresentations) {
        let known = self.columns.entry(name.to_owned()).or_default();
        *known = known.and(wanted);
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (name, &wanted) in &other.columns {
            self.add_column(name, wanted);
        }
        self.time |= other.time;
        self.geometry |= other.geometry;
    }

    pub(crate) fn covers(&self, other: &Self) -> bool {
        let columns = other.columns.iter().all(|(name, &wanted)| {
            self.columns.get(name).is_some_and(|known| known.covers(wanted))
        });
        columns && (self.time || !other.time) && (self.geometry || !other.geometry)
    }
}
