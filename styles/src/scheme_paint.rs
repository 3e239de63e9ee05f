//! Paint of style layers in a variant of the colour scheme.

use serde_json::{Map, Value};

use crate::colour::SrgbColour;
use crate::expression::StyleColour;
use crate::keys::SCHEME_PAINT;
use crate::palettes::{ColourSchemeVariant, recolour};
use crate::style_part::metadata;

/// Fill patterns that the sprite holds for each variant.
const PATTERNS: [&str; 3] = ["hatch-missing", "hatch-suppressed", "not-applicable"];

impl ColourSchemeVariant {
    /// All variants.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Contrast];

    /// Variant of a name; `None` for any other text.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variant| variant.name() == name)
    }

    /// Name of the variant.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }
}

/// Paints a style layer in a variant: with the paint properties that its metadata names for
/// the variant, and else with the twins of its colours and patterns.
pub(crate) fn paint_variant(layer: &mut Map<String, Value>, variant: ColourSchemeVariant) {
    if variant == ColourSchemeVariant::Light {
        return;
    }
    let named = metadata(layer, SCHEME_PAINT).and_then(|paint| paint.get(variant.name())).cloned();
    let named = named.as_ref().and_then(Value::as_object);
    if let Some(Value::Object(paint)) = layer.get_mut("paint") {
        for (name, value) in &mut *paint {
            match name.as_str() {
                "fill-pattern" => change_texts(value, &|text| pattern_twin(text, variant)),
                name if name.ends_with("-color") => {
                    change_texts(value, &|text| colour_twin(text, variant));
                }
                _ => {}
            }
        }
        paint
            .extend(named.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
    }
    // Another variant is made from a document, never from a style in this variant.
    if let Some(Value::Object(metadata)) = layer.get_mut("metadata") {
        metadata.shift_remove(SCHEME_PAINT);
    }
}

/// Changes the texts in a property's value for which `change` has another.
fn change_texts(value: &mut Value, change: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(changed) = change(text) {
                *text = changed;
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| change_texts(part, change)),
        _ => {}
    }
}

fn pattern_twin(name: &str, variant: ColourSchemeVariant) -> Option<String> {
    PATTERNS.contains(&name).then(|| format!("{name}-{}", variant.name()))
}

/// Twin of a colour in hexadecimal or `rgb()` notation; its opacity stays.
fn colour_twin(text: &str, variant: ColourSchemeVariant) -> Option<String> {
    if !text.starts_with('#') && !text.starts_with("rgb") {
        return None;
    }
    let [red, green, blue, alpha] = StyleColour::parse(text)?.to_bytes();
    let SrgbColour { red, green, blue } = recolour(SrgbColour::new(red, green, blue), variant);
    Some(match alpha {
        u8::MAX => format!("#{red:02x}{green:02x}{blue:02x}"),
        alpha => {
            let opacity = (f64::from(alpha) / 2.55).round() / 100.0;
            format!("rgba({red},{green},{blue},{opacity})")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::named(json!({"fill-color": "#eeeeee"}), "fill-color", json!("#111111"))]
    #[case::pattern(json!({"fill-pattern": "hatch-missing"}), "fill-pattern", json!("hatch-missing-dark"))]
    #[case::picture(json!({"fill-pattern": "bricks"}), "fill-pattern", json!("bricks"))]
    #[case::opacity(json!({"fill-opacity": 0.5}), "fill-opacity", json!(0.5))]
    fn paint_has_its_dark_twin(#[case] paint: Value, #[case] name: &str, #[case] twin: Value) {
        let layer = json!({
            "paint": paint,
            "metadata": {"policy-map:scheme-paint": {"dark": {"fill-color": "#111111"}}},
        });
        let mut layer = layer.as_object().unwrap().clone();
        paint_variant(&mut layer, ColourSchemeVariant::Dark);
        assert_eq!(layer["paint"][name], twin);
    }

    #[test]
    fn colours_within_expressions_turn_and_labels_stay() {
        let colour = json!(["match", ["get", "k"], ["red"], "#f5f5f3", "rgba(0, 0, 0, 0.5)"]);
        let mut layer = json!({"paint": {"circle-color": colour}}).as_object().unwrap().clone();
        paint_variant(&mut layer, ColourSchemeVariant::Dark);
        let turned = &layer["paint"]["circle-color"];
        assert_eq!(turned[2], json!(["red"]));
        let lightness = |text: &Value| {
            let [red, green, blue, _] =
                StyleColour::parse(text.as_str().unwrap()).unwrap().to_bytes();
            SrgbColour::new(red, green, blue).to_oklch().0
        };
        assert!(lightness(&turned[3]) < 0.4 && lightness(&turned[4]) > 0.8, "{turned}");
        assert!(turned[4].as_str().unwrap().ends_with(",0.5)"), "{turned}");
    }

    #[test]
    fn names_are_read_back() {
        for variant in ColourSchemeVariant::ALL {
            assert_eq!(ColourSchemeVariant::from_name(variant.name()), Some(variant));
        }
        assert_eq!(ColourSchemeVariant::from_name("sepia"), None);
    }
}
