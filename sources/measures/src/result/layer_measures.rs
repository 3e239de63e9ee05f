//! The evaluated measures of a layer.

use crate::evaluation::left_out::LeftOut;
use data_model::DatasetId;
use data_model::feature::{Column, Geometry};
use vector_tile::features::{ValueDictionary, ValueId};

/// The measures of a layer for one audience, to be joined to features.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerMeasures {
    /// Labels of the time slices, ascending; one empty label for a layer without time.
    pub slices: Vec<Box<str>>,
    /// Features that the measures belong to.
    pub features: MeasureCarrier,
    /// Columns of the carrier, then published measures, then `suppressed` if small numbers
    /// are suppressed.
    pub columns: Vec<Column>,
    /// The encoded values of all columns and slices.
    pub dictionary: ValueDictionary,
    /// Values, by column.
    pub values: Vec<ColumnValues>,
    /// Labels of incomplete slices, whose end the data does not reach; ascending.
    pub partial: Vec<Box<str>>,
    /// Rows that no measure counts, sorted; reported to operators.
    pub left_out: Vec<LeftOut>,
}

/// Features that measures belong to.
#[derive(Debug, Clone, PartialEq)]
pub enum MeasureCarrier {
    /// Features of a dataset.
    Of {
        /// Dataset of the features.
        dataset: DatasetId,
        /// Feature ids, ascending; values are in this order.
        ids: Vec<u64>,
    },
    /// Lines between places, in longitude and latitude; values are in this order.
    Lines(Vec<Geometry>),
}

impl MeasureCarrier {
    /// Number of features.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Of { ids, .. } => ids.len(),
            Self::Lines(lines) => lines.len(),
        }
    }

    /// Whether there are no features.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The values of one column, one entry for each feature; 0 is no data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnValues {
    /// One list for all slices.
    Constant(Vec<ValueId>),
    /// One list for each slice.
    Sliced(Vec<Vec<ValueId>>),
}

impl ColumnValues {
    /// The values of a slice; empty if there is no such slice.
    #[must_use]
    pub fn of_slice(&self, slice: usize) -> &[ValueId] {
        match self {
            Self::Constant(values) => values,
            Self::Sliced(slices) => slices.get(slice).map_or(&[], Vec::as_slice),
        }
    }

    /// The lists of all slices.
    pub(crate) fn lists_mut(&mut self) -> &mut [Vec<ValueId>] {
        match self {
            Self::Constant(values) => std::slice::from_mut(values),
            Self::Sliced(slices) => slices,
        }
    }

    /// Bytes of memory used, without allocator overhead.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        match self {
            Self::Constant(values) => values.capacity() * 4,
            Self::Sliced(slices) => slices.iter().map(|values| values.capacity() * 4).sum(),
        }
    }
}
