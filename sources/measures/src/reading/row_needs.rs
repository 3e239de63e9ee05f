//! Columns, times and geometry to read.

use std::collections::BTreeMap;

use super::column_cells::ColumnForm;
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
    pub(crate) columns: BTreeMap<String, ColumnForm>,
    pub(crate) time: bool,
    pub(crate) geometry: bool,
}

impl RowNeeds {
    pub(crate) fn add_column(&mut self, name: &str, form: ColumnForm) {
        let known = self.columns.entry(name.to_owned()).or_default();
        *known = known.and(form);
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (name, &form) in &other.columns {
            self.add_column(name, form);
        }
        self.time |= other.time;
        self.geometry |= other.geometry;
    }

    pub(crate) fn covers(&self, other: &Self) -> bool {
        let columns = other
            .columns
            .iter()
            .all(|(name, &form)| self.columns.get(name).is_some_and(|known| known.covers(form)));
        columns && (self.time || !other.time) && (self.geometry || !other.geometry)
    }
}
