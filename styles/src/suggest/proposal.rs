//! Proposed style layers of one map.

use serde_json::{Map, Value};

use super::map_style::MapStyle;
use super::representation::draw;
use crate::map_description::MapDescription;

/// Proposes the style layers of a map, from the bottom up.
///
/// Ids are `<layer>.<part>`, of the staff's form `<layer>.staff.<part>`; the source has the
/// id of the map. Classes are expressions, so that one style layer draws all of a mark.
#[must_use]
pub fn suggest(description: &MapDescription) -> Vec<Map<String, Value>> {
    let mut style = MapStyle::new(description);
    draw(&mut style);
    style.into_layers()
}
