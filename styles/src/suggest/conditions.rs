//! Conditions that tell a map's features apart: with a value, without one, suppressed.

use serde_json::{Value, json};

use super::expressions::get;
use crate::layer_input::LayerGeometry;
use crate::map_description::MapDescription;

/// Conditions of features whose value is drawn.
pub(super) fn with_value(description: &MapDescription, columns: &[&str]) -> Vec<Value> {
    let mut conditions: Vec<Value> = columns.iter().map(|column| json!(["has", column])).collect();
    conditions.extend(not_suppressed(description));
    conditions.extend(applicable(description));
    conditions.extend(single(description));
    conditions
}

/// Conditions of features without data.
pub(super) fn without_value(description: &MapDescription, columns: &[&str]) -> Vec<Value> {
    let missing = |column: &&str| json!(["!=", ["has", column], true]);
    let mut conditions = match columns {
        [column] => vec![missing(column)],
        _ => vec![std::iter::once("any".into()).chain(columns.iter().map(missing)).collect()],
    };
    conditions.extend(not_suppressed(description));
    conditions.extend(applicable(description));
    conditions.extend(single(description));
    conditions
}

/// Condition of features whose value is suppressed; `None` where there are none.
pub(super) fn suppressed(description: &MapDescription) -> Option<Value> {
    description.suppressed.as_ref().map(|_| json!(["==", get("suppressed"), true]))
}

fn not_suppressed(description: &MapDescription) -> Option<Value> {
    description.suppressed.as_ref().map(|_| json!(["!=", get("suppressed"), true]))
}

/// Condition of features that the measure does not apply to; `None` where none is declared.
pub(super) fn not_applicable(description: &MapDescription) -> Option<Value> {
    let declared = description.cartography.not_applicable.as_ref()?;
    Some(json!(["match", get(&declared.column), declared.values, true, false]))
}

fn applicable(description: &MapDescription) -> Option<Value> {
    let declared = description.cartography.not_applicable.as_ref()?;
    Some(json!(["match", get(&declared.column), declared.values, false, true]))
}

/// Condition of clusters; `None` where tiles hold none.
pub(super) fn cluster(description: &MapDescription) -> Option<Value> {
    description.clustered_below.map(|_| json!(["==", get("cluster"), true]))
}

/// Condition of points that are no cluster; `None` where tiles hold no clusters.
pub(super) fn single(description: &MapDescription) -> Option<Value> {
    description.clustered_below.map(|_| json!(["!=", get("cluster"), true]))
}

/// Condition of one kind of geometry; `None` where a layer holds that kind alone.
///
/// MapLibre would fill lines and put circles on the corners of areas.
pub(super) fn geometry(description: &MapDescription, wanted: LayerGeometry) -> Option<Value> {
    let name = match wanted {
        LayerGeometry::Point => "Point",
        LayerGeometry::Line => "LineString",
        LayerGeometry::Polygon => "Polygon",
        LayerGeometry::Mixed => return None,
    };
    let mixed = description.geometry == LayerGeometry::Mixed;
    mixed.then(|| json!(["==", ["geometry-type"], name]))
}
