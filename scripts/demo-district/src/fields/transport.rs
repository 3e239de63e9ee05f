//! Datasets of transport.

use super::SheetMaker;

/// The makers of this field.
#[must_use]
pub fn sheets() -> &'static [SheetMaker] {
    &[]
}
