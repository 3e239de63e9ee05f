//! One style layer of a suggested style.

use serde_json::{Map, Value, json};

use crate::map_description::{BilingualText, MapDescription, MapForm};
use crate::source_layer::LABEL_SUFFIX;

/// Type of a style layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartKind {
    Fill,
    Line,
    Circle,
    Symbol,
    Heatmap,
}

impl PartKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Fill => "fill",
            Self::Line => "line",
            Self::Circle => "circle",
            Self::Symbol => "symbol",
            Self::Heatmap => "heatmap",
        }
    }
}

/// Part of a map: one style layer, without what the map gives all of its parts.
#[derive(Debug, Clone)]
pub(super) struct StylePart {
    name: &'static str,
    kind: PartKind,
    title: BilingualText,
    at_labels: bool,
    filter: Vec<Value>,
    zooms: (Option<f64>, Option<f64>),
    layout: Map<String, Value>,
    paint: Map<String, Value>,
    metadata: Map<String, Value>,
}

impl StylePart {
    pub(super) fn new(name: &'static str, kind: PartKind, title: &BilingualText) -> Self {
        Self {
            name,
            kind,
            title: title.clone(),
            at_labels: false,
            filter: Vec::new(),
            zooms: (None, None),
            layout: Map::new(),
            paint: Map::new(),
            metadata: Map::new(),
        }
    }

    /// Draws the label points of areas, not the areas.
    pub(super) fn at_labels(mut self, at_labels: bool) -> Self {
        self.at_labels = at_labels;
        self
    }

    /// Adds conditions that features must all fulfil.
    pub(super) fn filter(mut self, conditions: impl IntoIterator<Item = Value>) -> Self {
        self.filter.extend(conditions);
        self
    }

    /// Draws from a zoom.
    pub(super) fn min_zoom(mut self, zoom: f64) -> Self {
        self.zooms.0 = Some(zoom);
        self
    }

    /// Draws below a zoom.
    pub(super) fn below_zoom(mut self, zoom: f64) -> Self {
        self.zooms.1 = Some(zoom);
        self
    }

    /// Sets a property of the layout.
    pub(super) fn layout(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.layout.insert(key.to_owned(), value.into());
        self
    }

    /// Sets a property of the paint.
    pub(super) fn paint(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.paint.insert(key.to_owned(), value.into());
        self
    }

    /// Adds an entry to the metadata.
    pub(super) fn metadata(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.to_owned(), value.into());
        self
    }

    /// Style layer of a map.
    pub(super) fn into_layer(self, description: &MapDescription) -> Map<String, Value> {
        let id = &description.id;
        let (infix, form) = match description.form {
            MapForm::Only => ("", None),
            MapForm::Public => ("", Some("public")),
            MapForm::Staff => ("staff.", Some("staff")),
        };
        let mut metadata = Map::new();
        metadata.insert("policy-map:map".into(), id.as_str().into());
        if let Some(form) = form {
            metadata.insert("policy-map:form".into(), form.into());
        }
        metadata.insert("title".into(), json!({ "ko": self.title.ko, "en": self.title.en }));
        metadata.extend(self.metadata);
        let source_layer =
            if self.at_labels { format!("{id}{LABEL_SUFFIX}") } else { id.to_owned() };
        let mut layer = Map::new();
        layer.insert("id".into(), format!("{id}.{infix}{}", self.name).into());
        layer.insert("type".into(), self.kind.name().into());
        layer.insert("metadata".into(), metadata.into());
        layer.insert("source".into(), id.as_str().into());
        layer.insert("source-layer".into(), source_layer.into());
        for (key, zoom) in [("minzoom", self.zooms.0), ("maxzoom", self.zooms.1)] {
            if let Some(zoom) = zoom {
                layer.insert(key.into(), super::expressions::tidy(zoom));
            }
        }
        let mut filter = self.filter;
        match filter.len() {
            0 => {}
            1 => drop(layer.insert("filter".into(), filter.remove(0))),
            _ => {
                filter.insert(0, "all".into());
                layer.insert("filter".into(), filter.into());
            }
        }
        if !self.layout.is_empty() {
            layer.insert("layout".into(), self.layout.into());
        }
        if !self.paint.is_empty() {
            layer.insert("paint".into(), self.paint.into());
        }
        layer
    }
}
