//! Faults of expressions.

/// Fault of an expression, with its place in the document.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{place}: {fault}")]
pub struct ExpressionError {
    /// Place, such as `layers[3].paint.fill-color[2]`.
    pub place: String,
    /// The fault.
    pub fault: ExpressionFault,
}

/// Fault found when an expression is parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionFault {
    /// Operator that this server does not evaluate.
    #[error("operator {0:?} is unknown to this server")]
    UnknownOperator(String),
    /// List that does not begin with an operator.
    #[error("a list must begin with the name of an operator; write [\"literal\", […]] for a list")]
    NoOperator,
    /// Object where an expression is wanted.
    #[error("an object is no expression; zoom functions with \"stops\" are written as interpolate")]
    Object,
    /// Wrong number of arguments.
    #[error("{operator:?} takes {expected} arguments and has {found}")]
    Arguments {
        /// The operator.
        operator: String,
        /// Number of arguments that it takes.
        expected: &'static str,
        /// Number of arguments given.
        found: usize,
    },
    /// Argument of the wrong kind.
    #[error("the argument must be {0}")]
    Argument(&'static str),
    /// Stops or labels out of order.
    #[error("the stops must ascend strictly")]
    Stops,
    /// Expression nested deeper than is evaluated.
    #[error("the expression is nested deeper than {0} levels")]
    Depth(usize),
}

/// Fault of an expression for one feature. MapLibre draws such a feature with the property's
/// default, and a filter with a fault excludes it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EvaluationError {
    /// Value of another type than an operator takes.
    #[error("{operator} takes a {expected} and got a {found}")]
    Type {
        /// The operator.
        operator: &'static str,
        /// Type that it takes.
        expected: &'static str,
        /// Type of the value.
        found: &'static str,
    },
    /// Value that can't be converted.
    #[error("{0:?} is not a number")]
    NotANumber(String),
    /// Values that can't be interpolated.
    #[error("a {0} can't be interpolated")]
    Interpolation(&'static str),
}

impl ExpressionError {
    pub(super) fn new(place: &str, fault: ExpressionFault) -> Self {
        Self { place: place.to_owned(), fault }
    }
}
