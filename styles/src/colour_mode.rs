//! Colour modes of a served style.

use serde_json::{Map, Value};

use crate::keys::MODE_PAINT;
use crate::style_part::metadata;

/// Colour mode of a style: `?scheme=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColourMode {
    /// The colours of the documents.
    #[default]
    Light,
    /// For dark surroundings.
    Dark,
    /// With strong contrasts.
    Contrast,
}

impl ColourMode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Contrast];

    /// Mode of a name; `None` for any other text.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Name of the mode.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }

    /// Paints a style layer in this mode: with the paint properties that its metadata names
    /// for the mode.
    pub(crate) fn paint(self, layer: &mut Map<String, Value>) {
        if self == Self::Light {
            return;
        }
        let named = metadata(layer, MODE_PAINT).and_then(|modes| modes.get(self.name())).cloned();
        if let (Some(Value::Object(named)), Some(Value::Object(paint))) =
            (named, layer.get_mut("paint"))
        {
            paint.extend(named);
        }
        // Another mode is made from a document, never from a style of this mode.
        if let Some(Value::Object(metadata)) = layer.get_mut("metadata") {
            metadata.shift_remove(MODE_PAINT);
        }
    }
}
