//! The change token of a table.

use std::fmt;

/// Digest that changes whenever rows of a table may have changed: see [`change_token`](crate::change_token).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableChangeToken(pub u128);

impl fmt::Display for TableChangeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
