//! What a layer's figures came to.

use super::left_out::LeftOut;
use data_model::DatasetId;
use data_model::feature::{Column, Geometry};
use vector_tile::features::{Dictionary, ValueId};

/// The figures of one form of a layer, ready to be put on features.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// Labels of the time slices, ascending; one empty label where there is no time.
    pub slices: Vec<Box<str>>,
    /// What carries the figures.
    pub features: Features,
    /// Columns of the carrier first, then published figures, then `suppressed` where
    /// small numbers are held back.
    pub columns: Vec<Column>,
    /// The encoded values of all columns and slices.
    pub dictionary: Dictionary,
    /// The values of each column.
    pub values: Vec<ColumnValues>,
    /// Labels of the slices that the data does not reach the end of, ascending.
    pub partial: Vec<Box<str>>,
    /// Rows that no figure counts, sorted; for operators.
    pub left_out: Vec<LeftOut>,
}

/// What carries figures.
#[derive(Debug, Clone, PartialEq)]
pub enum Features {
    /// Features of a dataset.
    Of {
        /// Which dataset.
        dataset: DatasetId,
        /// Their ids, ascending; values stand in this order.
        ids: Vec<u64>,
    },
    /// Lines between places, in longitude and latitude; values stand in this order.
    Lines(Vec<Geometry>),
}

impl Features {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Of { ids, .. } => ids.len(),
            Self::Lines(lines) => lines.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The values of one column, one entry for each feature; 0 is no data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnValues {
    /// The same in every slice.
    Constant(Vec<ValueId>),
    /// One list for each slice.
    Sliced(Vec<Vec<ValueId>>),
}

impl ColumnValues {
    /// The values of a slice; empty for one that there is not.
    #[must_use]
    pub fn of_slice(&self, slice: usize) -> &[ValueId] {
        match self {
            Self::Constant(values) => values,
            Self::Sliced(slices) => slices.get(slice).map_or(&[], Vec::as_slice),
        }
    }

    /// Every list there is.
    pub(super) fn lists_mut(&mut self) -> &mut [Vec<ValueId>] {
        match self {
            Self::Constant(values) => std::slice::from_mut(values),
            Self::Sliced(slices) => slices,
        }
    }

    /// Bytes of memory held, without allocator overhead.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        match self {
            Self::Constant(values) => values.capacity() * 4,
            Self::Sliced(slices) => slices.iter().map(|values| values.capacity() * 4).sum(),
        }
    }
}
