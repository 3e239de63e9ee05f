//! Style of one map under construction, and what all representations need of it.

use serde_json::{Map, Value};

use super::style_part::StylePart;
use crate::layer_input::LayerGeometry;
use crate::map_description::{ColourScheme, MapColumnKind, MapDescription, MapValue, ValueEnd};
use crate::palettes::{DivergingPalette, SequentialPalette};

/// Style layers of one map, from the bottom up.
pub(super) struct MapStyle<'d> {
    pub(super) description: &'d MapDescription,
    layers: Vec<Map<String, Value>>,
}

impl<'d> MapStyle<'d> {
    pub(super) const fn new(description: &'d MapDescription) -> Self {
        Self { description, layers: Vec::new() }
    }

    /// Adds a part on top.
    ///
    /// A name that is taken, as with areas and lines of one map, is extended by the type.
    pub(super) fn push(&mut self, part: StylePart) {
        let mut layer = part.into_layer(self.description);
        let text = |layer: &Map<String, Value>, key: &str| {
            layer.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        while self.layers.iter().any(|other| other.get("id") == layer.get("id")) {
            let id = format!("{}-{}", text(&layer, "id"), text(&layer, "type"));
            layer.insert("id".into(), id.into());
        }
        self.layers.push(layer);
    }

    pub(super) fn into_layers(self) -> Vec<Map<String, Value>> {
        self.layers
    }

    /// Palette that is declared, or the theme's; red where high numbers are bad and nothing
    /// else is declared.
    pub(super) fn palette(&self) -> &'static SequentialPalette {
        let cartography = &self.description.cartography;
        let declared = cartography.palette.as_deref().and_then(SequentialPalette::named);
        let danger = cartography.palette.is_none() && cartography.good == Some(ValueEnd::Low);
        let danger = danger.then(|| SequentialPalette::named("red")).flatten();
        declared.or(danger).unwrap_or_else(|| {
            let theme = self.description.theme.as_deref();
            SequentialPalette::of_theme(theme.unwrap_or(&self.description.id))
        })
    }

    /// Palette with the good end in blue and the bad one in red.
    pub(super) const fn diverging_palette(&self) -> DivergingPalette {
        match self.description.cartography.good {
            Some(ValueEnd::High) => DivergingPalette::RedBlue,
            Some(ValueEnd::Low) => DivergingPalette::BlueRed,
            None => DivergingPalette::OrangePurple,
        }
    }

    /// Middle of a diverging scheme; `None` for any other.
    ///
    /// Numbers on both sides of zero make a scheme diverging where none is declared.
    pub(super) fn middle(&self, value: &MapValue) -> Option<f64> {
        let cartography = &self.description.cartography;
        let middle = cartography.middle.unwrap_or_default();
        let numbers = &value.summary.numbers;
        let below = numbers.partition_point(|number| *number < middle);
        let both_sides = below > 0 && numbers.last().is_some_and(|most| *most > middle);
        match cartography.scheme {
            Some(ColourScheme::Diverging) => Some(middle),
            None if cartography.middle.is_some() => Some(middle),
            None if both_sides && numbers.first().is_some_and(|least| *least < 0.0) => Some(middle),
            _ => None,
        }
    }

    /// The value if it is a number, with numbers known or not.
    pub(super) fn numeric_value(&self) -> Option<&'d MapValue> {
        let value = self.description.value.as_ref()?;
        let column = self.description.columns.iter().find(|column| column.name == value.column);
        let is_number = match column {
            Some(column) => column.kind == MapColumnKind::Number,
            None => !value.summary.numbers.is_empty(),
        };
        (is_number && value.texts.is_empty()).then_some(value)
    }

    /// Features of one time slice.
    pub(super) fn feature_count(&self) -> f64 {
        let summary = self.description.value.as_ref().map(|value| &value.summary);
        let features = summary.map_or(500, |summary| summary.features).max(1);
        features as f64 / self.description.times.len().max(1) as f64
    }

    /// Whether areas are drawn, and label points are there to carry marks.
    pub(super) fn has_label_points(&self) -> bool {
        self.description.label_points
            && matches!(self.description.geometry, LayerGeometry::Polygon | LayerGeometry::Mixed)
    }
}
