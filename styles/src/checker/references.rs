//! Source layers and properties of style layers.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::checks::{Checks, label_layer, text};
use super::finding::MapCheck;
use crate::map_description::MapColumnKind;

/// Properties of clusters, beside the columns.
const CLUSTER: [&str; 4] = ["cluster", "cluster_id", "point_count", "point_count_abbreviated"];

impl Checks<'_> {
    pub(super) fn references(&mut self) {
        for layer in self.map.layers {
            let id = text(layer, "id").to_owned();
            self.source_layer(&id, layer);
            let mut uses = Vec::new();
            for key in ["filter", "layout", "paint"] {
                layer.get(key).into_iter().for_each(|value| collect(value, &mut uses));
            }
            let text_field =
                layer.get("metadata").and_then(|data| data.get(crate::keys::TEXT_FIELD));
            text_field.into_iter().for_each(|value| collect(value, &mut uses));
            let mut seen = BTreeSet::new();
            for usage in uses {
                if seen.insert((usage.property.clone(), usage.kind)) {
                    self.property(&id, &usage);
                }
            }
        }
    }

    fn source_layer(&mut self, id: &str, layer: &Map<String, Value>) {
        let description = self.description();
        let source_layer = text(layer, "source-layer");
        let is_label = description.label_points && source_layer == label_layer(&description.id);
        if source_layer != description.id && !is_label {
            let problem = format!("style layer {id} draws a source layer that the tiles lack");
            let remedy = format!("name {:?}", description.id);
            self.error(MapCheck::References, &format!("{source_layer:?}"), &problem, &remedy);
        }
    }

    fn property(&mut self, id: &str, usage: &PropertyUse) {
        let PropertyUse { property, kind } = usage;
        if CLUSTER.contains(&property.as_str()) {
            return;
        }
        let columns = &self.description().columns;
        let found = columns.iter().find(|column| column.name == *property);
        let figure = format!("{property:?}");
        let Some(column) = found else {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            let problem = format!("style layer {id} reads a property that the tiles lack");
            let remedy = format!("name one of {}", names.join(", "));
            return self.error(MapCheck::References, &figure, &problem, &remedy);
        };
        if kind.is_some_and(|kind| kind != column.kind) {
            let problem = format!("style layer {id} compares {} as another type", column.name);
            let remedy = match column.kind {
                MapColumnKind::Number => "compare it with numbers",
                MapColumnKind::Text => "compare it with texts",
                MapColumnKind::Flag => "compare it with true or false",
            };
            self.error(MapCheck::References, &figure, &problem, remedy);
        }
    }
}

/// A property that an expression reads.
struct PropertyUse {
    property: String,
    /// Kind of the values that it is compared with; `None` for any.
    kind: Option<MapColumnKind>,
}

/// Collects the properties that an expression or a group of properties reads.
fn collect(value: &Value, found: &mut Vec<PropertyUse>) {
    if let Some(object) = value.as_object() {
        object.values().for_each(|value| collect(value, found));
        return;
    }
    let Some(parts) = value.as_array() else { return };
    let operator = parts.first().and_then(Value::as_str).unwrap_or_default();
    match operator {
        "literal" => return,
        "get" | "has" => {
            let property = parts.get(1).and_then(Value::as_str);
            found
                .extend(property.map(|name| PropertyUse { property: name.to_owned(), kind: None }));
            return;
        }
        _ => {}
    }
    if let Some((property, kind)) = compared(operator, parts) {
        found.push(PropertyUse { property: property.to_owned(), kind });
    }
    parts.iter().skip(1).for_each(|part| collect(part, found));
}

/// The property that an operator compares, and the kind of the other side.
fn compared<'v>(operator: &str, parts: &'v [Value]) -> Option<(&'v str, Option<MapColumnKind>)> {
    let property = |part: &'v Value| {
        let parts = part.as_array()?;
        (parts.first()?.as_str() == Some("get")).then(|| parts.get(1)?.as_str()).flatten()
    };
    match operator {
        "step" => Some((property(parts.get(1)?)?, Some(MapColumnKind::Number))),
        "interpolate" => Some((property(parts.get(2)?)?, Some(MapColumnKind::Number))),
        "match" => {
            let key = parts.get(2)?;
            let first = key.as_array().map_or(Some(key), |keys| keys.first())?;
            Some((property(parts.get(1)?)?, kind_of(first)))
        }
        "==" | "!=" | "<" | "<=" | ">" | ">=" => {
            Some((property(parts.get(1)?)?, kind_of(parts.get(2)?)))
        }
        _ => None,
    }
}

const fn kind_of(value: &Value) -> Option<MapColumnKind> {
    match value {
        Value::Number(_) => Some(MapColumnKind::Number),
        Value::String(_) => Some(MapColumnKind::Text),
        Value::Bool(_) => Some(MapColumnKind::Flag),
        _ => None,
    }
}
