//! Tables without geometry: rows of values that refer to a feature by a key.

use std::ops::{Deref, DerefMut};

use super::relation::Relation;

/// A table, view or the like without any geometry column.
///
/// Dereferences to its [`Relation`].
#[derive(Debug, Clone, PartialEq)]
pub struct ValuesTable {
    /// Name, columns and change token.
    pub relation: Relation,
}

impl Deref for ValuesTable {
    type Target = Relation;

    fn deref(&self) -> &Relation {
        &self.relation
    }
}

impl DerefMut for ValuesTable {
    fn deref_mut(&mut self) -> &mut Relation {
        &mut self.relation
    }
}
