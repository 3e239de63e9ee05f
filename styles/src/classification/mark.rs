//! Marks of a map and their classes.

use super::condition::ClassCondition;
use super::look::MarkLook;
use super::size::SizeScale;
use crate::expression::{ExpressionValue, StyleColour};
use crate::map_description::BilingualText;

/// Kind of a mark on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkKind {
    /// Filled area.
    Fill,
    /// Line.
    Line,
    /// Circle, with or without a pictogram.
    Circle,
    /// Pictogram.
    Symbol,
    /// Density surface.
    Heat,
    /// Circle of several points.
    Cluster,
}

impl MarkKind {
    /// Name in legends.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fill => "fill",
            Self::Line => "line",
            Self::Circle => "circle",
            Self::Symbol => "symbol",
            Self::Heat => "heat",
            Self::Cluster => "cluster",
        }
    }
}

/// One mark of a map with its classes.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassifiedMark {
    /// Kind.
    pub kind: MarkKind,
    /// Ids of the style layers that draw the mark, from the bottom up.
    pub layers: Vec<String>,
    /// Title of the topmost of these that has one.
    pub title: Option<BilingualText>,
    /// Column that decides the class; `None` for a mark that looks the same for all features.
    pub column: Option<String>,
    /// Classes: numbers ascending, labels in the document's order, then the rest, features that
    /// the measure does not apply to, suppressed ones and those without data. Empty for a heat
    /// map and a bivariate mark.
    pub classes: Vec<StyleClass>,
    /// Classes of two columns.
    pub bivariate: Option<BivariateClasses>,
    /// Size that grows continuously with a column.
    pub size: Option<SizeScale>,
    /// Colours of a density surface (0 to 1) or of a continuous column, ascending; else empty.
    pub ramp: Vec<(f64, StyleColour)>,
}

/// Values of a column that are drawn alike.
#[derive(Debug, Clone, PartialEq)]
pub struct StyleClass {
    /// The values.
    pub condition: ClassCondition,
    /// Colour, size and other drawing properties.
    pub look: MarkLook,
    /// Properties of a feature of this class, for which any other property of the style layers
    /// can be evaluated.
    pub example: Vec<(String, ExpressionValue<'static>)>,
    /// Title of the style layer that draws this class, where it draws no other.
    pub title: Option<BilingualText>,
}

/// Classes of two columns of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct BivariateClasses {
    /// The columns: across and up.
    pub columns: [String; 2],
    /// Ranges of each column, ascending.
    pub ranges: [Vec<ClassCondition>; 2],
    /// Looks by range of the second column, then of the first.
    pub looks: Vec<Vec<MarkLook>>,
}
