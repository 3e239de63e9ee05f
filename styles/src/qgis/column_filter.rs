//! Filters in the old form, which QGIS reads best.

use serde_json::{Value, json};

use crate::expression::{Comparison, Expression, ExpressionValue, Operator};

/// The filter in the old form; as it stands where that can't say it.
pub(super) fn column_filter(parsed: Option<&Expression>, json: &Value) -> Value {
    parsed.and_then(old_form).unwrap_or_else(|| json.clone())
}

/// Conjunction of filters; `None` of none.
pub(super) fn all_of(filters: impl Iterator<Item = Value>) -> Option<Value> {
    let mut all = Vec::new();
    for filter in filters {
        match filter {
            // One level, so that QGIS shows a readable rule.
            Value::Array(parts) if parts.first() == Some(&json!("all")) => {
                all.extend(parts.into_iter().skip(1));
            }
            Value::Bool(true) => {}
            filter => all.push(filter),
        }
    }
    match all.len() {
        0 => None,
        1 => all.pop(),
        _ => Some(std::iter::once(json!("all")).chain(all).collect()),
    }
}

/// A filter in the old form; `None` where that can't say it.
fn old_form(filter: &Expression) -> Option<Value> {
    match filter {
        Expression::All(items) => {
            let items: Vec<Value> = items.iter().map(old_form).collect::<Option<_>>()?;
            Some(all_of(items.into_iter()).unwrap_or_else(|| json!(["all"])))
        }
        Expression::Any(items) => {
            let items: Vec<Value> = items.iter().map(old_form).collect::<Option<_>>()?;
            Some(std::iter::once(json!("any")).chain(items).collect())
        }
        Expression::Has(column) => Some(json!(["has", column])),
        Expression::Get(column) => Some(json!(["==", column, true])),
        Expression::Compare { comparison, sides, .. } => compared(*comparison, sides),
        Expression::Operation(Operator::Not, items) => match items.as_slice() {
            [item] => negated(item),
            _ => None,
        },
        Expression::Operation(Operator::In, items) => listed("in", items),
        Expression::Match { input, branches, otherwise } => {
            let flag = |value: &Expression| match value {
                Expression::Constant(ExpressionValue::Flag(flag)) => Some(*flag),
                _ => None,
            };
            let otherwise = flag(otherwise)?;
            let column = column(input)?;
            let mut labels = Vec::new();
            for branch in branches {
                if flag(&branch.value)? != otherwise {
                    labels.extend(branch.labels.iter().filter_map(scalar));
                }
            }
            let operator = if otherwise { "!in" } else { "in" };
            Some([json!(operator), json!(column)].into_iter().chain(labels).collect())
        }
        _ => None,
    }
}

fn negated(filter: &Expression) -> Option<Value> {
    match filter {
        Expression::Has(column) => Some(json!(["!has", column])),
        Expression::Get(column) => Some(json!(["!=", column, true])),
        Expression::Operation(Operator::In, items) => listed("!in", items),
        Expression::Operation(Operator::Not, items) => old_form(items.first()?),
        Expression::Compare { comparison, sides, .. } => match comparison {
            Comparison::Equal => compared(Comparison::Unequal, sides),
            Comparison::Unequal => compared(Comparison::Equal, sides),
            _ => None,
        },
        Expression::Any(items) => {
            let items: Vec<Value> = items.iter().map(negated).collect::<Option<_>>()?;
            all_of(items.into_iter())
        }
        Expression::All(items) => {
            let items: Vec<Value> = items.iter().map(negated).collect::<Option<_>>()?;
            Some(std::iter::once(json!("any")).chain(items).collect())
        }
        _ => None,
    }
}

/// `["in", "column", value, …]`.
fn listed(operator: &str, items: &[Expression]) -> Option<Value> {
    let [input, Expression::Constant(ExpressionValue::List(values))] = items else { return None };
    let values: Vec<Value> = values.iter().map(scalar).collect::<Option<_>>()?;
    Some([json!(operator), json!(column(input)?)].into_iter().chain(values).collect())
}

/// `["==", "column", value]`.
fn compared(comparison: Comparison, sides: &[Expression; 2]) -> Option<Value> {
    let (input, value, turned) = match sides {
        [input, Expression::Constant(value)] => (input, value, false),
        [Expression::Constant(value), input] => (input, value, true),
        _ => return None,
    };
    let operator = match (comparison, turned) {
        (Comparison::Equal, _) => "==",
        (Comparison::Unequal, _) => "!=",
        (Comparison::Less, false) | (Comparison::Greater, true) => "<",
        (Comparison::Greater, false) | (Comparison::Less, true) => ">",
        (Comparison::LessOrEqual, false) | (Comparison::GreaterOrEqual, true) => "<=",
        (Comparison::GreaterOrEqual, false) | (Comparison::LessOrEqual, true) => ">=",
    };
    // Without the column, its default is compared.
    if let Expression::Coalesce(items) = input
        && let [Expression::Get(column), Expression::Constant(default)] = items.as_slice()
    {
        let own = json!([operator, column, scalar(value)?]);
        let numbers = (default.number(), value.number());
        let passes = match (operator, numbers) {
            ("==", _) => default == value,
            ("!=", _) => default != value,
            ("<", (Some(default), Some(value))) => default < value,
            (">", (Some(default), Some(value))) => default > value,
            ("<=", (Some(default), Some(value))) => default <= value,
            (">=", (Some(default), Some(value))) => default >= value,
            _ => return None,
        };
        return Some(if passes {
            json!(["any", ["!has", column], own])
        } else {
            json!(["all", ["has", column], own])
        });
    }
    if let (Expression::Has(column), ExpressionValue::Flag(flag)) = (input, value) {
        let wanted = *flag == (operator == "==");
        return Some(json!([if wanted { "has" } else { "!has" }, column]));
    }
    if *input == Expression::GeometryType {
        return Some(json!([operator, "$type", scalar(value)?]));
    }
    match value {
        // Comparison with null asks whether the feature has the property.
        ExpressionValue::Null => match operator {
            "==" => Some(json!(["!has", column(input)?])),
            "!=" => Some(json!(["has", column(input)?])),
            _ => None,
        },
        value => Some(json!([operator, column(input)?, scalar(value)?])),
    }
}

/// The column that an expression is, apart from its type.
fn column(expression: &Expression) -> Option<&str> {
    match expression {
        Expression::Get(column) => Some(column),
        Expression::Operation(Operator::ToNumber | Operator::Number | Operator::ToText, items) => {
            column(items.first()?)
        }
        _ => None,
    }
}

fn scalar(value: &ExpressionValue<'_>) -> Option<Value> {
    match value {
        ExpressionValue::Number(number) => Some(json!(number)),
        ExpressionValue::Text(text) => Some(json!(text)),
        ExpressionValue::Flag(flag) => Some(json!(flag)),
        _ => None,
    }
}
