//! Properties that differ by zoom.

use serde_json::{Value, json};

use crate::expression::{EvaluationContext, Expression, ExpressionValue, FeatureProperties};

/// Value of a property, with the zoom apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ZoomProperty {
    /// The same at all zooms.
    Everywhere(Expression),
    /// Interpolated between zooms.
    Interpolated {
        /// Curve as in the document.
        curve: Value,
        /// Zooms and values, ascending.
        stops: Vec<(f64, Expression)>,
    },
    /// Constant between zooms.
    Stepped {
        /// Value below the first zoom.
        below: Expression,
        /// Zooms and values, ascending.
        stops: Vec<(f64, Expression)>,
    },
}

impl ZoomProperty {
    /// Parses a property's value; `None` for a plain value, which needs no change, and for an
    /// expression that can't be read.
    pub(super) fn parse(value: &Value) -> Option<Self> {
        let parts = value.as_array().filter(|parts| parts.first().is_some_and(Value::is_string))?;
        let zoom = json!(["zoom"]);
        let parse = |value: &Value| Expression::parse(value, "").ok();
        let stops = |parts: &[Value]| -> Option<Vec<(f64, Expression)>> {
            let pairs = parts.chunks_exact(2);
            pairs.map(|pair| Some((pair[0].as_f64()?, parse(&pair[1])?))).collect()
        };
        match (parts[0].as_str()?, parts.get(1), parts.get(2)) {
            ("literal", ..) => None,
            ("interpolate", Some(curve), Some(input)) if *input == zoom => {
                Some(Self::Interpolated { curve: curve.clone(), stops: stops(&parts[3..])? })
            }
            ("step", Some(input), Some(below)) if *input == zoom => {
                Some(Self::Stepped { below: parse(below)?, stops: stops(&parts[3..])? })
            }
            _ => Some(Self::Everywhere(parse(value)?)),
        }
    }

    /// Expressions that depend on the feature alone.
    pub(super) fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Everywhere(value) => vec![value],
            Self::Interpolated { stops, .. } => stops.iter().map(|(_, value)| value).collect(),
            Self::Stepped { below, stops } => {
                std::iter::once(below).chain(stops.iter().map(|(_, value)| value)).collect()
            }
        }
    }

    /// Whether the value differs from feature to feature.
    pub(super) fn is_data_driven(&self) -> bool {
        self.expressions().iter().any(|value| !value.columns().is_empty())
    }

    /// Value for a feature, in terms of QGIS; `None` where the property's default counts.
    pub(super) fn value_for(&self, properties: &dyn FeatureProperties) -> Option<Value> {
        let value = |expression: &Expression, zoom: f64| {
            to_json(&expression.evaluate(&EvaluationContext::new(properties, zoom)).ok()?)
        };
        match self {
            Self::Everywhere(expression) => value(expression, 0.0),
            Self::Interpolated { curve, stops } => {
                let mut parts = vec![json!("interpolate"), curve.clone(), json!(["zoom"])];
                for (zoom, expression) in stops {
                    parts.extend([json!(zoom), value(expression, *zoom)?]);
                }
                let outputs = || parts.iter().skip(4).step_by(2);
                let first = outputs().next()?;
                // What is the same at all stops needs no interpolation.
                if outputs().all(|output| output == first) {
                    return Some(first.clone());
                }
                Some(parts.into())
            }
            Self::Stepped { below, stops } => {
                let first = value(below, 0.0)?;
                let later: Vec<(f64, Value)> = stops
                    .iter()
                    .map(|(zoom, stop)| Some((*zoom, value(stop, *zoom)?)))
                    .collect::<Option<_>>()?;
                Some(jumps(first, &later))
            }
        }
    }
}

/// Share of a zoom in which a step rises as an interpolation.
const RISE: f64 = 0.01;

/// Interpolation that jumps at the zooms of a `step`, which QGIS does not know. Of values
/// that can't be interpolated the one near by counts.
fn jumps(below: Value, stops: &[(f64, Value)]) -> Value {
    let numbers = below.is_number() && stops.iter().all(|(_, value)| value.is_number());
    let Some((_, last)) = stops.last() else { return below };
    if !numbers {
        return last.clone();
    }
    let mut parts = vec![json!("interpolate"), json!(["linear"]), json!(["zoom"])];
    let mut before = below;
    for (zoom, value) in stops {
        parts.extend([json!(zoom - RISE), before, json!(zoom), value.clone()]);
        before = value.clone();
    }
    parts.into()
}

/// Value of a property in a document; `None` for null.
fn to_json(value: &ExpressionValue<'_>) -> Option<Value> {
    Some(match value {
        ExpressionValue::Null => return None,
        ExpressionValue::Flag(flag) => json!(flag),
        ExpressionValue::Number(number) => json!((number * 1e4).round() / 1e4),
        ExpressionValue::Text(text) => json!(text),
        ExpressionValue::Colour(colour) => json!(colour.to_string()),
        ExpressionValue::List(items) => {
            items.iter().map(to_json).collect::<Option<Vec<_>>>()?.into()
        }
    })
}
