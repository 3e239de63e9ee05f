//! Interpolation between stops.

use super::{EvaluationError, ExpressionValue};

/// Curve of an `interpolate` expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum InterpolationCurve {
    /// Straight.
    Linear,
    /// Exponential with a base.
    Exponential(f64),
}

impl InterpolationCurve {
    /// Place of a number between two stops, from 0 to 1.
    pub(super) fn place(self, number: f64, from: f64, to: f64) -> f64 {
        let (span, progress) = (to - from, number - from);
        let place = match self {
            Self::Exponential(base) if base != 1.0 => {
                (base.powf(progress) - 1.0) / (base.powf(span) - 1.0)
            }
            _ => progress / span,
        };
        // A huge base overflows to infinity on both sides.
        if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// Value between two values; `place` is from 0 to 1.
pub(super) fn between<'v>(
    from: ExpressionValue<'v>,
    to: &ExpressionValue<'v>,
    place: f64,
) -> Result<ExpressionValue<'v>, EvaluationError> {
    if let (Some(from), Some(to)) = (from.number(), to.number()) {
        return Ok(ExpressionValue::Number(from + (to - from) * place));
    }
    if let (Some(from), Some(to)) = (from.colour(), to.colour()) {
        return Ok(ExpressionValue::Colour(from.mix(to, place)));
    }
    match (from, to) {
        (ExpressionValue::List(from), ExpressionValue::List(to)) if from.len() == to.len() => {
            let items = from.into_iter().zip(to).map(|(from, to)| between(from, to, place));
            Ok(ExpressionValue::List(items.collect::<Result<_, _>>()?))
        }
        (from, _) => Err(EvaluationError::Interpolation(from.type_name())),
    }
}
