//! Evaluation of expressions for a feature.

use std::cmp::Ordering;

use super::curve::between;
use super::{
    Comparison, EvaluationContext, EvaluationError, Expression, ExpressionValue,
    InterpolationCurve, Stop,
};

pub(super) type Evaluated<'a> = Result<ExpressionValue<'a>, EvaluationError>;

impl Expression {
    /// Evaluates the expression for a feature.
    ///
    /// # Errors
    /// [`EvaluationError`] where a value has another type than an operator takes.
    pub fn evaluate<'a>(&'a self, context: &EvaluationContext<'a>) -> Evaluated<'a> {
        match self {
            Self::Constant(value) => Ok(value.borrowed()),
            Self::Get(column) => {
                Ok(context.properties.property(column).unwrap_or(ExpressionValue::Null))
            }
            Self::Has(column) => Ok(context.properties.property(column).is_some().into()),
            Self::Zoom => Ok(context.zoom.into()),
            Self::GeometryType => {
                Ok(context.geometry.map_or(ExpressionValue::Null, |kind| kind.name().into()))
            }
            Self::Id => Ok(context.id.map_or(ExpressionValue::Null, Into::into)),
            Self::HeatmapDensity => Ok(context.density.map_or(ExpressionValue::Null, Into::into)),
            Self::FeatureState => Ok(ExpressionValue::Null),
            Self::All(items) => all(items, context, true),
            Self::Any(items) => all(items, context, false),
            Self::Compare { comparison, sides, lenient } => {
                let [left, right] = sides.as_ref();
                let (left, right) = (left.evaluate(context)?, right.evaluate(context)?);
                compare(*comparison, &left, &right, *lenient)
            }
            Self::Case { branches, otherwise } => {
                for (condition, value) in branches {
                    if flag("case", condition.evaluate(context)?)? {
                        return value.evaluate(context);
                    }
                }
                otherwise.evaluate(context)
            }
            Self::Match { input, branches, otherwise } => {
                let input = input.evaluate(context)?;
                let branch = branches.iter().find(|branch| branch.labels.contains(&input));
                branch.map_or(otherwise.as_ref(), |branch| &branch.value).evaluate(context)
            }
            Self::Step { input, below, stops } => {
                let input = number("step", &input.evaluate(context)?)?;
                let above = stops.partition_point(|stop| stop.at <= input);
                let value = above.checked_sub(1).and_then(|at| stops.get(at));
                value.map_or(below.as_ref(), |stop| &stop.value).evaluate(context)
            }
            Self::Interpolate { curve, input, stops } => {
                let input = number("interpolate", &input.evaluate(context)?)?;
                interpolate(*curve, input, stops, context)
            }
            Self::Coalesce(items) => {
                let mut value = Ok(ExpressionValue::Null);
                for item in items {
                    value = item.evaluate(context);
                    if !matches!(value, Ok(ExpressionValue::Null)) {
                        return value;
                    }
                }
                value
            }
            Self::Operation(operator, arguments) => operator.apply(arguments, context),
        }
    }
}

/// `all` where every item must hold, `any` where one must.
fn all<'a>(
    items: &'a [Expression],
    context: &EvaluationContext<'a>,
    wanted: bool,
) -> Evaluated<'a> {
    let name = if wanted { "all" } else { "any" };
    for item in items {
        if flag(name, item.evaluate(context)?)? != wanted {
            return Ok((!wanted).into());
        }
    }
    Ok(wanted.into())
}

fn compare<'a>(
    comparison: Comparison,
    left: &ExpressionValue<'_>,
    right: &ExpressionValue<'_>,
    lenient: bool,
) -> Evaluated<'a> {
    match comparison {
        Comparison::Equal => return Ok((left == right).into()),
        Comparison::Unequal => return Ok((left != right).into()),
        _ => {}
    }
    let order = match (left, right) {
        (ExpressionValue::Number(left), ExpressionValue::Number(right)) => left.partial_cmp(right),
        (ExpressionValue::Text(left), ExpressionValue::Text(right)) => Some(left.cmp(right)),
        _ if lenient => None,
        _ => {
            let expected = if right.number().is_some() { "number" } else { "string" };
            let (operator, found) = (comparison.name(), left.type_name());
            return Err(EvaluationError::Type { operator, expected, found });
        }
    };
    let holds = match comparison {
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Comparison::Greater => order == Some(Ordering::Greater),
        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    };
    Ok(holds.into())
}

fn interpolate<'a>(
    curve: InterpolationCurve,
    input: f64,
    stops: &'a [Stop],
    context: &EvaluationContext<'a>,
) -> Evaluated<'a> {
    let above = stops.partition_point(|stop| stop.at <= input);
    match (above.checked_sub(1).and_then(|at| stops.get(at)), stops.get(above)) {
        (Some(from), Some(to)) => {
            let place = curve.place(input, from.at, to.at);
            between(from.value.evaluate(context)?, &to.value.evaluate(context)?, place)
        }
        (Some(end), None) | (None, Some(end)) => end.value.evaluate(context),
        (None, None) => Ok(ExpressionValue::Null),
    }
}

pub(super) fn number(
    operator: &'static str,
    value: &ExpressionValue<'_>,
) -> Result<f64, EvaluationError> {
    let found = value.type_name();
    value.number().ok_or(EvaluationError::Type { operator, expected: "number", found })
}

pub(super) fn flag(
    operator: &'static str,
    value: ExpressionValue<'_>,
) -> Result<bool, EvaluationError> {
    match value {
        ExpressionValue::Flag(flag) => Ok(flag),
        other => {
            let found = other.type_name();
            Err(EvaluationError::Type { operator, expected: "boolean", found })
        }
    }
}
