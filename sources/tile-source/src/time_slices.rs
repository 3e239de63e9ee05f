//! One layer's features at several times: geometry once, attributes for each.

use std::sync::Arc;

use data_model::ContentDigest;
use data_model::time_label::RequestedTime;
use vector_tile::features::FeatureTable;

/// Features of one time slice.
#[derive(Debug, Clone)]
pub struct TimeSlice {
    /// Features, with their attributes at that time.
    pub table: Arc<FeatureTable>,
    /// Label points of the features; `None` without labels.
    pub labels: Option<Arc<FeatureTable>>,
}

/// The slices of a layer: at least one. All have the same columns, features and
/// geometry.
#[derive(Debug, Clone)]
pub struct TimeSlices {
    /// Labels, ascending; empty for a single slice without a time.
    times: Arc<[Box<str>]>,
    /// Labels of the slices whose end the data does not reach.
    partial: Arc<[Box<str>]>,
    earlier: Arc<[TimeSlice]>,
    newest: TimeSlice,
    digest: ContentDigest,
}

impl TimeSlices {
    /// Creates a single slice without a time.
    pub fn timeless(slice: TimeSlice, digest: ContentDigest) -> Self {
        let (times, partial, earlier) = (Arc::default(), Arc::default(), Arc::default());
        Self { times, partial, earlier, newest: slice, digest }
    }

    /// Creates one slice for each label, both ascending; `digest` is that of all content.
    /// `None` if there are no slices, or not as many as labels.
    pub fn new(
        times: Vec<Box<str>>,
        mut slices: Vec<TimeSlice>,
        digest: ContentDigest,
    ) -> Option<Self> {
        if times.len() != slices.len() {
            return None;
        }
        let newest = slices.pop()?;
        let partial = Arc::default();
        Some(Self { times: times.into(), partial, earlier: slices.into(), newest, digest })
    }

    /// The labels, ascending.
    pub(crate) fn times(&self) -> &[Box<str>] {
        &self.times
    }

    /// Sets the labels of the slices whose end the data does not reach.
    pub fn with_partial(mut self, partial: &[Box<str>]) -> Self {
        self.partial = partial.into();
        self
    }

    /// Labels of the slices whose end the data does not reach.
    pub(crate) fn partial(&self) -> &[Box<str>] {
        &self.partial
    }

    /// The newest slice, for requests without a time.
    pub(crate) fn newest(&self) -> &TimeSlice {
        &self.newest
    }

    /// The newest slice, with its number.
    pub(crate) fn newest_numbered(&self) -> (usize, &TimeSlice) {
        (self.earlier.len(), &self.newest)
    }

    /// Tables of all slices.
    pub fn tables(&self) -> impl Iterator<Item = &FeatureTable> {
        self.earlier.iter().chain([&self.newest]).map(|slice| slice.table.as_ref())
    }

    /// The digest of all content.
    pub(crate) fn digest(&self) -> ContentDigest {
        self.digest
    }

    /// The slice of a time, as [`RequestedTime::find_in`] finds it.
    ///
    /// Returns the slice with its number.
    pub(crate) fn at(&self, time: &RequestedTime) -> Option<(usize, &TimeSlice)> {
        let index = time.find_in(&self.times)?;
        Some((index, self.earlier.get(index).unwrap_or(&self.newest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_model::feature::{FeatureSchema, FeatureVisitor};
    use vector_tile::features::{TableBuilder, TableOptions};

    fn slices(times: &[&str]) -> (TimeSlices, Vec<Arc<FeatureTable>>) {
        let table = || {
            let mut builder = TableBuilder::new(TableOptions::default());
            builder.begin(&FeatureSchema::default());
            Arc::new(builder.finish().unwrap())
        };
        let tables: Vec<_> = times.iter().map(|_| table()).collect();
        let slice = |table: &Arc<_>| TimeSlice { table: Arc::clone(table), labels: None };
        let labels = times.iter().map(|&time| time.into()).collect();
        let digest = ContentDigest::new(0);
        (TimeSlices::new(labels, tables.iter().map(slice).collect(), digest).unwrap(), tables)
    }

    #[test]
    fn a_time_is_in_the_slice_that_contains_it() {
        let (slices, tables) = slices(&["2024", "2025"]);
        for (time, index) in [("2024", Some(0)), ("2025-07", Some(1)), ("2026", None)] {
            let slice = slices
                .at(&RequestedTime::parse(time).unwrap())
                .map(|(number, slice)| (number, Arc::as_ptr(&slice.table)));
            let wanted = index.map(|index| (index, Arc::as_ptr(&tables[index])));
            assert_eq!(slice, wanted, "{time}");
        }
        assert!(Arc::ptr_eq(&slices.newest().table, &tables[1]));
        assert!(TimeSlices::new(Vec::new(), Vec::new(), ContentDigest::new(0)).is_none());
    }
}
