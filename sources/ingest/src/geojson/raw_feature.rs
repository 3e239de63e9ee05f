//! One feature as read, before its values are typed.

use super::properties::PropertyValue;
use crate::input::row_source::RawGeometry;

/// One feature as read.
#[derive(Debug, Default)]
pub(super) struct RawFeature {
    pub(super) geometry: RawGeometry,
    /// Properties by name, in the order of the file.
    pub(super) properties: Vec<(String, PropertyValue)>,
    pub(super) id: Option<PropertyValue>,
    /// Number of values that are NaN or infinite, and left empty.
    pub(super) not_numbers: u64,
}
