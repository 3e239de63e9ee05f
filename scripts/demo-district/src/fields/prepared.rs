//! Results of analyses made elsewhere, such as walking-time areas.

use super::SheetMaker;

/// The makers of prepared results, by layer.
#[must_use]
pub fn sheets() -> &'static [SheetMaker] {
    &[]
}
