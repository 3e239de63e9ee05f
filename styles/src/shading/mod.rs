//! Generated style of a layer shaded by an attribute of its features.
//!
//! Classes of numbers or texts become one style layer each, with a filter, which every
//! client understands.

mod shades;
mod style_layers;

/// Attribute that shades a layer, and its classes.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerShading {
    /// Name of the attribute.
    pub column: String,
    /// Mark that draws each feature.
    pub mark: MarkKind,
    /// Assignment of colours to the classes.
    pub ramp: ColourRamp,
    /// Classes, from low to high or the most frequent first.
    pub classes: Vec<ValueClass>,
    /// Unit of the numbers, as the catalog spells it.
    pub unit: Option<String>,
    /// Legend entry of suppressed numbers, Korean and English; `None` if features have no
    /// attribute `suppressed` that marks them.
    pub suppressed: Option<(String, String)>,
}

/// Mark that draws a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// Filled area.
    Fill,
    /// Line.
    Line {
        /// Whether higher classes are wider, for numbers that flow along the line.
        widening: bool,
    },
    /// Circle.
    Circle {
        /// Whether higher classes are larger, for numbers shown by size.
        growing: bool,
        /// Whether circles stand at the label points of areas.
        at_labels: bool,
    },
}

/// Assignment of colours to classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColourRamp {
    /// From light to dark: higher is more.
    Sequential,
    /// From dark to light: lower is more, as with minutes to walk.
    Reversed,
    /// Two colours, one on each side of zero.
    Diverging,
    /// One colour for each class.
    Categories,
}

/// One class of values.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueClass {
    /// Condition for a value to belong to the class.
    pub test: ClassTest,
    /// Korean and English name.
    pub label: (String, String),
}

/// Condition for a value to belong to a class.
#[derive(Debug, Clone, PartialEq)]
pub enum ClassTest {
    /// Numbers from the first bound (inclusive) to the second (exclusive); `None` is unbounded.
    Range(Option<f64>, Option<f64>),
    /// Numbers above zero and below this bound: zero is a class of its own.
    Positive(Option<f64>),
    /// One number.
    Number(i64),
    /// One text.
    Text(String),
    /// One boolean.
    Flag(bool),
}
