//! Filters, in the form of expressions or the old one.

use serde_json::Value;

use super::parse::{Parser, not};
use super::{
    Comparison, EvaluationContext, Expression, ExpressionError, ExpressionFault, ExpressionValue,
    Operator,
};

impl Expression {
    /// Parses a filter; `place` is its place in the document.
    ///
    /// # Errors
    /// [`ExpressionError`] for the first fault.
    pub fn parse_filter(json: &Value, place: &str) -> Result<Self, ExpressionError> {
        Parser { place: place.to_owned(), level: 0 }.filter(json)
    }

    /// Whether a feature passes this filter: a filter with a fault passes none.
    #[must_use]
    pub fn passes(&self, context: &EvaluationContext<'_>) -> bool {
        matches!(self.evaluate(context), Ok(ExpressionValue::Flag(true)))
    }
}

/// Whether a filter is an expression; the rules are those of MapLibre.
fn is_expression(json: &Value) -> bool {
    let Value::Array(items) = json else { return json.is_boolean() };
    let Some(Value::String(name)) = items.first() else { return false };
    match name.as_str() {
        "has" => items.len() >= 2 && !matches!(items[1].as_str(), Some("$id" | "$type")),
        "in" => items.len() >= 3 && (!items[1].is_string() || items[2].is_array()),
        "!in" | "!has" | "none" => false,
        "==" | "!=" | "<" | "<=" | ">" | ">=" => {
            items.len() != 3 || items[1].is_array() || items[2].is_array()
        }
        "any" | "all" => items[1..].iter().all(is_expression),
        _ => true,
    }
}

type Parsed = Result<Expression, ExpressionError>;

impl Parser {
    fn filter(&self, json: &Value) -> Parsed {
        if is_expression(json) {
            return self.expression(json);
        }
        let Some((Value::String(name), arguments)) = json.as_array().and_then(|l| l.split_first())
        else {
            return self.fault(ExpressionFault::NoOperator);
        };
        if let Some(comparison) = Comparison::from_name(name) {
            return self.old_comparison(comparison, arguments);
        }
        match name.as_str() {
            "all" => self.filters(arguments).map(Expression::All),
            "any" => self.filters(arguments).map(Expression::Any),
            "none" => self.filters(arguments).map(|filters| not(Expression::Any(filters))),
            "has" => self.column(name, arguments).map(has),
            "!has" => self.column(name, arguments).map(|column| not(has(column))),
            "in" => self.old_list(arguments),
            "!in" => self.old_list(arguments).map(not),
            _ => self.fault(ExpressionFault::UnknownOperator(name.clone())),
        }
    }

    fn filters(&self, arguments: &[Value]) -> Result<Vec<Expression>, ExpressionError> {
        let filters = arguments.iter().enumerate();
        filters.map(|(index, filter)| self.at(index + 1)?.filter(filter)).collect()
    }

    /// `["==", "column", value]`.
    fn old_comparison(&self, comparison: Comparison, arguments: &[Value]) -> Parsed {
        let [Value::String(column), value] = arguments else {
            return self.fault(ExpressionFault::Argument("the name of a property and a value"));
        };
        let value = self.at(2)?.expression(value)?;
        let sides = Box::new([property(column), value]);
        Ok(Expression::Compare { comparison, sides, lenient: true })
    }

    /// `["in", "column", value, …]`.
    fn old_list(&self, arguments: &[Value]) -> Parsed {
        let Some((Value::String(column), values)) = arguments.split_first() else {
            return self.fault(ExpressionFault::Argument("the name of a property and values"));
        };
        let values: Option<Vec<_>> = values.iter().map(ExpressionValue::from_json).collect();
        let Some(values) = values else { return self.fault(ExpressionFault::Object) };
        let list = Expression::Constant(ExpressionValue::List(values));
        Ok(Expression::Operation(Operator::In, vec![property(column), list]))
    }
}

/// The property that a name of the old form stands for.
fn property(name: &str) -> Expression {
    match name {
        "$type" => Expression::GeometryType,
        "$id" => Expression::Id,
        _ => Expression::Get(name.to_owned()),
    }
}

fn has(column: String) -> Expression {
    match column.as_str() {
        // Features of ours have both or can't be asked.
        "$type" | "$id" => Expression::Constant(ExpressionValue::Flag(true)),
        _ => Expression::Has(column),
    }
}
