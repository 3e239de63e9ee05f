//! Colours of numbers by class.

use serde_json::{Value, json};

use super::expressions::{get, hex, step};
use super::map_style::MapStyle;
use crate::class_breaks::{BreakRequest, NumberClasses, find_classes};
use crate::colour::SrgbColour;
use crate::map_description::{BreakMethod, MapValue, ValueEnd};
use crate::palettes;

/// Classes of a column's numbers with a colour each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NumberColours {
    pub(super) column: String,
    pub(super) classes: NumberClasses,
    /// Colours of the classes from low to high.
    pub(super) colours: Vec<SrgbColour>,
    /// Colour of zero where it is a class of its own.
    pub(super) zero: Option<SrgbColour>,
}

impl NumberColours {
    /// Finds classes and colours of a map's value.
    pub(super) fn new(style: &MapStyle<'_>, value: &MapValue, dark: ValueEnd) -> Self {
        let cartography = &style.description.cartography;
        let middle = style.middle(value);
        // A dark low end means that zero is the extreme, not the absence of something.
        let zero_class = match cartography.zero_class {
            None if dark == ValueEnd::Low => Some(false),
            declared => declared,
        };
        let request = BreakRequest { breaks: &cartography.breaks, zero_class, middle };
        let classes = find_classes(&value.summary.numbers, &request);
        let count = classes.len();
        let (colours, zero) = match middle {
            Some(middle) => {
                let (below, neutral, above) = classes.sides(middle);
                let colours = style.diverging_palette().colours(below, neutral, above);
                (colours, classes.zero.then_some(palettes::MIDDLE))
            }
            None if dark == ValueEnd::Low => {
                let extreme = usize::from(classes.zero);
                let mut colours = style.palette().colours(count + extreme);
                colours.reverse();
                let zero = classes.zero.then(|| colours.remove(0));
                (colours, zero)
            }
            None => (style.palette().colours(count), classes.zero.then_some(palettes::ZERO)),
        };
        Self { column: value.column.clone(), classes, colours, zero }
    }

    /// Colour by value.
    pub(super) fn expression(&self) -> Value {
        let colours: Vec<Value> = self.colours.iter().copied().map(hex).collect();
        self.choose(&colours, self.zero.map(hex))
    }

    /// One of several values by class, and the value of zero.
    pub(super) fn choose(&self, values: &[Value], zero: Option<Value>) -> Value {
        let by_class = step(&get(&self.column), &self.classes.breaks, values);
        match zero {
            Some(zero) if self.zero.is_some() => {
                json!(["case", ["==", get(&self.column), 0], zero, by_class])
            }
            _ => by_class,
        }
    }

    /// Name of the method of the breaks, for the metadata.
    pub(super) const fn method_name(&self) -> &'static str {
        match self.classes.method {
            None => "fixed",
            Some(BreakMethod::Automatic) => "distinct",
            Some(BreakMethod::Quantile) => "quantile",
            Some(BreakMethod::Ckmeans) => "ckmeans",
            Some(BreakMethod::HeadTail) => "head_tail",
            Some(BreakMethod::Logarithmic) => "logarithmic",
            Some(BreakMethod::EqualInterval) => "equal_interval",
        }
    }
}
