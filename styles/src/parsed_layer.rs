//! Style layers with parsed filters and properties.

use serde_json::{Map, Value};

use crate::expression::{
    EvaluationContext, Expression, ExpressionError, ExpressionFault, ExpressionValue, StyleColour,
};
use crate::map_description::BilingualText;
use crate::source_layer::draws_labels;

/// Type of a style layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayerKind {
    /// `fill`
    Fill,
    /// `line`
    Line,
    /// `circle`
    Circle,
    /// `symbol`
    Symbol,
    /// `heatmap`
    Heatmap,
    /// `background`
    Background,
    /// Any other type.
    Other,
}

/// Style layer whose filter and properties are parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedLayer {
    /// Id.
    pub id: String,
    /// Type.
    pub kind: LayerKind,
    /// Vector-tile layer; empty for a background.
    pub source_layer: String,
    /// Whether the vector-tile layer holds the label points of a layer.
    pub draws_labels: bool,
    /// First zoom with the layer, and the zoom before which it ends.
    pub zooms: (f64, f64),
    /// Title in both languages.
    pub title: Option<BilingualText>,
    /// Filter; `None` draws all features.
    pub filter: Option<Expression>,
    /// Paint and layout properties by name.
    pub properties: Vec<(String, Expression)>,
}

impl ParsedLayer {
    /// Parses a style layer; `place` is its place in the document, such as `layers[3]`.
    ///
    /// # Errors
    /// [`ExpressionError`] for the first expression at fault.
    pub fn parse(layer: &Map<String, Value>, place: &str) -> Result<Self, ExpressionError> {
        let text = |key: &str| layer.get(key).and_then(Value::as_str).unwrap_or_default();
        let zoom =
            |key: &str, default: f64| layer.get(key).and_then(Value::as_f64).unwrap_or(default);
        let filter = layer.get("filter").filter(|filter| !filter.is_null());
        let filter = filter
            .map(|filter| Expression::parse_filter(filter, &format!("{place}.filter")))
            .transpose()?;
        let mut properties = Vec::new();
        for group in ["layout", "paint"] {
            let entries = layer.get(group).and_then(Value::as_object);
            for (name, value) in entries.into_iter().flatten() {
                let place = format!("{place}.{group}.{name}");
                properties.push((name.clone(), parse_property(value, &place)?));
            }
        }
        Ok(Self {
            id: text("id").to_owned(),
            kind: LayerKind::from_text(text("type")),
            source_layer: text("source-layer").to_owned(),
            draws_labels: draws_labels(layer),
            zooms: (zoom("minzoom", 0.0), zoom("maxzoom", 24.0)),
            title: title(layer),
            filter,
            properties,
        })
    }

    /// Whether the layer is drawn at a zoom.
    #[must_use]
    pub fn is_drawn_at(&self, zoom: f64) -> bool {
        self.zooms.0 <= zoom && zoom < self.zooms.1
    }

    /// The nearest zoom at which the layer is drawn.
    #[must_use]
    pub fn nearest_zoom(&self, zoom: f64) -> f64 {
        // Just before its end: at its end it is not drawn any more.
        zoom.min(self.zooms.1 - 0.01).max(self.zooms.0)
    }

    /// Whether the layer draws a feature.
    #[must_use]
    pub fn draws(&self, context: &EvaluationContext<'_>) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.passes(context))
    }

    /// A paint or layout property.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Expression> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Value of a property for a feature; `None` where the property is absent or fails, and
    /// its default counts.
    #[must_use]
    pub fn value<'a>(
        &'a self,
        name: &str,
        context: &EvaluationContext<'a>,
    ) -> Option<ExpressionValue<'a>> {
        let value = self.property(name)?.evaluate(context).ok()?;
        (value != ExpressionValue::Null).then_some(value)
    }

    /// Number of a property, or its default.
    #[must_use]
    pub fn number(&self, name: &str, default: f64, context: &EvaluationContext<'_>) -> f64 {
        self.value(name, context).and_then(|value| value.number()).unwrap_or(default)
    }

    /// Colour of a property; `None` where it has none.
    #[must_use]
    pub fn colour(&self, name: &str, context: &EvaluationContext<'_>) -> Option<StyleColour> {
        self.value(name, context)?.colour()
    }

    /// Text of a property, such as the name of a picture; `None` where it is empty.
    #[must_use]
    pub fn text(&self, name: &str, context: &EvaluationContext<'_>) -> Option<String> {
        let text = self.value(name, context)?.to_text().into_owned();
        (!text.is_empty()).then_some(text)
    }
}

impl LayerKind {
    fn from_text(text: &str) -> Self {
        match text {
            "fill" => Self::Fill,
            "line" => Self::Line,
            "circle" => Self::Circle,
            "symbol" => Self::Symbol,
            "heatmap" => Self::Heatmap,
            "background" => Self::Background,
            _ => Self::Other,
        }
    }
}

/// Parses the value of a property; a list that no operator begins is a constant.
fn parse_property(value: &Value, place: &str) -> Result<Expression, ExpressionError> {
    let plain = match value {
        Value::Array(items) => !items.first().is_some_and(is_operator),
        _ => false,
    };
    if !plain {
        return Expression::parse(value, place);
    }
    ExpressionValue::from_json(value)
        .map(Expression::Constant)
        .ok_or_else(|| ExpressionError { place: place.to_owned(), fault: ExpressionFault::Object })
}

/// Whether the first item of a list may be an operator: lists of constants begin with numbers,
/// or with the names of fonts and anchors.
fn is_operator(item: &Value) -> bool {
    let is_name = |name: &str| {
        let constant = ["top", "bottom", "left", "right", "center", "map", "viewport"];
        !constant.iter().any(|part| name.starts_with(part)) && !name.contains(' ')
    };
    item.as_str().is_some_and(|name| is_name(name) && !name.starts_with(char::is_uppercase))
}

fn title(layer: &Map<String, Value>) -> Option<BilingualText> {
    let title = layer.get("metadata")?.get("title")?;
    let text = |code: &str| title.get(code).and_then(Value::as_str).map(str::to_owned);
    Some(BilingualText { ko: text("ko")?, en: text("en")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(layer: &Value) -> Result<ParsedLayer, ExpressionError> {
        ParsedLayer::parse(layer.as_object().unwrap(), "layers[0]")
    }

    #[test]
    fn a_layer_has_its_properties_and_defaults() {
        let layer = parse(&json!({
            "id": "a.circle", "type": "circle", "source-layer": "a.label", "minzoom": 11,
            "filter": ["==", "kind", "x"],
            "layout": {"text-font": ["Pretendard GOV Regular"], "text-offset": [0, 1],
                       "text-variable-anchor": ["top", "bottom"]},
            "paint": {"circle-color": ["match", ["get", "kind"], "x", "#ff0000", "#000000"]},
        }))
        .unwrap();
        assert!(layer.draws_labels && !layer.is_drawn_at(10.9) && layer.is_drawn_at(11.0));
        assert_eq!(layer.nearest_zoom(3.0), 11.0);
        let feature = [("kind", "x".into())];
        let context = EvaluationContext::new(&feature, 12.0);
        assert!(layer.draws(&context));
        let red = layer.colour("circle-color", &context).unwrap();
        assert_eq!(red.to_hexadecimal(), "#ff0000");
        assert_eq!(layer.number("circle-radius", 5.0, &context), 5.0);
    }

    #[test]
    fn a_fault_names_the_property() {
        let error = parse(&json!({"id": "a", "type": "fill", "paint": {"fill-color": ["huh"]}}));
        assert_eq!(error.unwrap_err().place, "layers[0].paint.fill-color");
    }
}
