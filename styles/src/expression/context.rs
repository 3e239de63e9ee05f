//! Feature and zoom that an expression is evaluated for.

use super::ExpressionValue;

/// Kind of a feature's geometry, as `geometry-type` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GeometryType {
    /// Points.
    Point,
    /// Lines.
    LineString,
    /// Polygons.
    Polygon,
}

impl GeometryType {
    /// Name in expressions.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Point => "Point",
            Self::LineString => "LineString",
            Self::Polygon => "Polygon",
        }
    }
}

/// Properties of a feature.
pub trait FeatureProperties {
    /// Value of a property; `None` where the feature lacks it.
    fn property(&self, name: &str) -> Option<ExpressionValue<'_>>;
}

impl FeatureProperties for [(&str, ExpressionValue<'_>)] {
    fn property(&self, name: &str) -> Option<ExpressionValue<'_>> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value.borrowed())
    }
}

impl<const N: usize> FeatureProperties for [(&str, ExpressionValue<'_>); N] {
    fn property(&self, name: &str) -> Option<ExpressionValue<'_>> {
        self.as_slice().property(name)
    }
}

/// Feature and zoom that an expression is evaluated for.
#[derive(Clone, Copy)]
pub struct EvaluationContext<'a> {
    /// Properties of the feature.
    pub properties: &'a dyn FeatureProperties,
    /// Zoom of the map.
    pub zoom: f64,
    /// Kind of the feature's geometry; `None` is null.
    pub geometry: Option<GeometryType>,
    /// Id of the feature; `None` is null.
    pub id: Option<f64>,
    /// Density from 0 to 1 in the colour ramp of a heat map; `None` is null.
    pub density: Option<f64>,
}

impl<'a> EvaluationContext<'a> {
    /// A context without geometry and id.
    #[must_use]
    pub fn new(properties: &'a dyn FeatureProperties, zoom: f64) -> Self {
        Self { properties, zoom, geometry: None, id: None, density: None }
    }
}

impl std::fmt::Debug for EvaluationContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { properties: _, zoom, geometry, id, density } = self;
        let mut debug = f.debug_struct("EvaluationContext");
        debug.field("zoom", zoom).field("geometry", geometry);
        debug.field("id", id).field("density", density).finish_non_exhaustive()
    }
}
