//! Columns and conditions of rows, looked up in the rows or in the features they belong to.

use super::condition::CompiledCondition;

/// A column of rows: the rows' own, or one of the feature that each row belongs to.
pub(crate) enum ColumnLookup<'t, T> {
    Own(&'t [T]),
    /// Values by feature, looked up through each row's feature.
    Linked(&'t [T], &'t RowLinks<'t>),
}

/// Texts of rows, as one more than the index into the distinct texts; 0 is no text.
pub(crate) struct TextLookup<'t> {
    pub(crate) rows: ColumnLookup<'t, u32>,
    pub(crate) distinct: &'t [Box<str>],
}

/// Feature of each row of values, by the number of its key's text.
pub(crate) struct RowLinks<'t> {
    pub(crate) keys: &'t [u32],
    pub(crate) features: Vec<Option<u32>>,
}

impl RowLinks<'_> {
    pub(crate) fn feature(&self, row: usize) -> Option<usize> {
        let key = *self.keys.get(row)?;
        Some(self.features.get(key as usize).copied()?? as usize)
    }
}

impl<T: Copy> ColumnLookup<'_, T> {
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<T> {
        match self {
            Self::Own(values) => values.get(row).copied(),
            Self::Linked(values, link) => values.get(link.feature(row)?).copied(),
        }
    }
}

/// A condition on rows, or on the features that rows belong to.
pub(crate) struct RowTest<'t> {
    pub(crate) test: CompiledCondition<'t>,
    pub(crate) link: Option<&'t RowLinks<'t>>,
}

impl<'t> RowTest<'t> {
    /// The condition if it tests features, `None` if it tests rows.
    pub(crate) fn on_features(&self) -> Option<&CompiledCondition<'t>> {
        self.link.is_some().then_some(&self.test)
    }

    pub(crate) fn meets(&self, row: usize) -> bool {
        match self.link {
            None => self.test.meets(row),
            Some(link) => link.feature(row).is_some_and(|feature| self.test.meets(feature)),
        }
    }
}
