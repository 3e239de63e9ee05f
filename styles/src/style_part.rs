//! Parts of a map: style layers, told by their metadata.

use serde_json::{Map, Value};

use crate::keys::{BASE_PREFIX, FORM, MAP, SLOT};
use crate::map_description::MapForm;
use crate::source_layer::source_layer;

/// Value of a key of a style layer's metadata.
pub(crate) fn metadata<'l>(layer: &'l Map<String, Value>, key: &str) -> Option<&'l Value> {
    layer.get("metadata")?.get(key)
}

/// Type of a style layer; empty where it has none.
pub(crate) fn kind(layer: &Map<String, Value>) -> &str {
    layer.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// Id of a style layer; empty where it has none.
pub(crate) fn id(layer: &Map<String, Value>) -> &str {
    layer.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// Id of the map that a style layer belongs to.
pub(crate) fn map_id(layer: &Map<String, Value>) -> Option<&str> {
    metadata(layer, MAP).and_then(Value::as_str).or_else(|| source_layer(layer))
}

/// Form of a map that a part draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartForm {
    /// The form of everybody who may see the map.
    Public,
    /// The form of staff.
    Staff,
}

impl PartForm {
    /// Form of a document's text, `public` or `staff`; `None` for any other.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        match text {
            "public" => Some(Self::Public),
            "staff" => Some(Self::Staff),
            _ => None,
        }
    }

    /// Form of the parts that draw a published form.
    pub(crate) const fn of_map(form: MapForm) -> Self {
        match form {
            MapForm::Only | MapForm::Public => Self::Public,
            MapForm::Staff => Self::Staff,
        }
    }
}

/// Form that a style layer draws; `None` for both.
pub(crate) fn form(layer: &Map<String, Value>) -> Option<PartForm> {
    PartForm::from_text(metadata(layer, FORM)?.as_str()?)
}

/// Whether a style layer belongs to the base, which is no part of a theme's document.
pub(crate) fn is_base(layer: &Map<String, Value>) -> bool {
    let of_base = || {
        let name = layer.get("source-layer").and_then(Value::as_str);
        name.map_or_else(
            || matches!(kind(layer), "background" | "raster"),
            |name| name.starts_with("base-"),
        )
    };
    metadata(layer, SLOT).is_some() || (id(layer).starts_with(BASE_PREFIX) && of_base())
}
