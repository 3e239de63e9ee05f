//! Parsed form of expressions.

use super::{Comparison, ExpressionValue, InterpolationCurve, Operator};

/// Parsed expression or filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// Constant.
    Constant(ExpressionValue<'static>),
    /// Property of the feature; null where it lacks the property.
    Get(String),
    /// Whether the feature has a property.
    Has(String),
    /// Zoom of the map.
    Zoom,
    /// Kind of the feature's geometry.
    GeometryType,
    /// Id of the feature.
    Id,
    /// Density of a heat map.
    HeatmapDensity,
    /// State that a page sets; null here.
    FeatureState,
    /// Conjunction.
    All(Vec<Self>),
    /// Disjunction.
    Any(Vec<Self>),
    /// Comparison of two values. `lenient` is that of a filter in the old form, which holds for
    /// no pair of values that can't be compared.
    Compare {
        /// The comparison.
        comparison: Comparison,
        /// Left and right side.
        sides: Box<[Self; 2]>,
        /// Whether values of different types are unequal instead of an error.
        lenient: bool,
    },
    /// Value of the first branch whose condition holds.
    Case {
        /// Conditions and values.
        branches: Vec<(Self, Self)>,
        /// Value where none holds.
        otherwise: Box<Self>,
    },
    /// Value of the branch that names the input.
    Match {
        /// Input.
        input: Box<Self>,
        /// Branches.
        branches: Vec<MatchBranch>,
        /// Value where no branch names the input.
        otherwise: Box<Self>,
    },
    /// Value of the greatest stop that is not above the input.
    Step {
        /// Input.
        input: Box<Self>,
        /// Value below the first stop.
        below: Box<Self>,
        /// Stops, ascending.
        stops: Vec<Stop>,
    },
    /// Value between those of the two stops about the input.
    Interpolate {
        /// Curve.
        curve: InterpolationCurve,
        /// Input.
        input: Box<Self>,
        /// Stops, ascending; at least one.
        stops: Vec<Stop>,
    },
    /// First argument that is not null.
    Coalesce(Vec<Self>),
    /// Any other operator.
    Operation(Operator, Vec<Self>),
}

/// Branch of a `match` expression.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchBranch {
    /// Numbers or texts that select the branch.
    pub labels: Vec<ExpressionValue<'static>>,
    /// Value.
    pub value: Expression,
}

/// Stop of a `step` or `interpolate` expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop {
    /// Input of the stop.
    pub at: f64,
    /// Value.
    pub value: Expression,
}
