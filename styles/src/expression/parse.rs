//! JSON to expressions.

use serde_json::Value;

use super::{
    Comparison, Expression, ExpressionError, ExpressionFault, ExpressionValue, InterpolationCurve,
    MatchBranch, Operator, Stop,
};

/// Deepest nesting of an expression. Evaluation recurses as deep.
pub(super) const MOST_LEVELS: usize = 32;

impl Expression {
    /// Parses the value of a property; `place` is its place in the document.
    ///
    /// # Errors
    /// [`ExpressionError`] for the first fault.
    pub fn parse(json: &Value, place: &str) -> Result<Self, ExpressionError> {
        Parser { place: place.to_owned(), level: 0 }.expression(json)
    }
}

/// Parser at one place of a document.
pub(super) struct Parser {
    pub(super) place: String,
    pub(super) level: usize,
}

type Parsed = Result<Expression, ExpressionError>;

impl Parser {
    pub(super) fn fault<T>(&self, fault: ExpressionFault) -> Result<T, ExpressionError> {
        Err(ExpressionError::new(&self.place, fault))
    }

    /// The parser of an item of the list at this place.
    pub(super) fn at(&self, index: usize) -> Result<Self, ExpressionError> {
        let level = self.level + 1;
        if level > MOST_LEVELS {
            return self.fault(ExpressionFault::Depth(MOST_LEVELS));
        }
        Ok(Self { place: format!("{}[{index}]", self.place), level })
    }

    pub(super) fn expression(&self, json: &Value) -> Parsed {
        let items = match json {
            Value::Array(items) => items,
            Value::Object(_) => return self.fault(ExpressionFault::Object),
            _ => return self.constant(json),
        };
        let Some((Value::String(name), arguments)) = items.split_first() else {
            return self.fault(ExpressionFault::NoOperator);
        };
        if let Some(comparison) = Comparison::from_name(name) {
            self.count(name, arguments, 2..=3, "2")?;
            let sides = Box::new([self.argument(arguments, 0)?, self.argument(arguments, 1)?]);
            return Ok(Expression::Compare { comparison, sides, lenient: false });
        }
        match name.as_str() {
            "literal" => {
                self.count(name, arguments, 1..=1, "1")?;
                self.at(1)?.constant(&arguments[0])
            }
            "get" => self.column(name, arguments).map(Expression::Get),
            "has" => self.column(name, arguments).map(Expression::Has),
            // Not in the specification but in filters of the old form.
            "!has" => self.column(name, arguments).map(|column| not(Expression::Has(column))),
            "feature-state" => self.column(name, arguments).map(|_| Expression::FeatureState),
            "zoom" => self.plain(name, arguments, Expression::Zoom),
            "geometry-type" => self.plain(name, arguments, Expression::GeometryType),
            "id" => self.plain(name, arguments, Expression::Id),
            "heatmap-density" => self.plain(name, arguments, Expression::HeatmapDensity),
            "pi" => self.plain(name, arguments, number(std::f64::consts::PI)),
            "e" => self.plain(name, arguments, number(std::f64::consts::E)),
            "all" => self.arguments(arguments).map(Expression::All),
            "any" => self.arguments(arguments).map(Expression::Any),
            "coalesce" => self.arguments(arguments).map(Expression::Coalesce),
            "case" => self.case(name, arguments),
            "match" => self.match_labels(name, arguments),
            "step" => self.step(name, arguments),
            "interpolate" => self.interpolate(name, arguments),
            "format" => self.format(arguments),
            "number-format" => self.number_format(name, arguments),
            _ => self.operation(name, arguments),
        }
    }

    fn constant(&self, json: &Value) -> Parsed {
        match ExpressionValue::from_json(json) {
            Some(value) => Ok(Expression::Constant(value)),
            None => self.fault(ExpressionFault::Object),
        }
    }

    fn argument(&self, arguments: &[Value], index: usize) -> Parsed {
        self.at(index + 1)?.expression(&arguments[index])
    }

    fn arguments(&self, arguments: &[Value]) -> Result<Vec<Expression>, ExpressionError> {
        (0..arguments.len()).map(|index| self.argument(arguments, index)).collect()
    }

    fn count(
        &self,
        operator: &str,
        arguments: &[Value],
        allowed: impl std::ops::RangeBounds<usize>,
        expected: &'static str,
    ) -> Result<(), ExpressionError> {
        if allowed.contains(&arguments.len()) {
            return Ok(());
        }
        let (operator, found) = (operator.to_owned(), arguments.len());
        self.fault(ExpressionFault::Arguments { operator, expected, found })
    }

    fn plain(&self, name: &str, arguments: &[Value], expression: Expression) -> Parsed {
        self.count(name, arguments, 0..=0, "0")?;
        Ok(expression)
    }

    /// The one argument of `get` and `has`, a name.
    pub(super) fn column(
        &self,
        name: &str,
        arguments: &[Value],
    ) -> Result<String, ExpressionError> {
        self.count(name, arguments, 1..=1, "1")?;
        match &arguments[0] {
            Value::String(column) => Ok(column.clone()),
            _ => self.at(1)?.fault(ExpressionFault::Argument("the name of a property")),
        }
    }

    fn case(&self, name: &str, arguments: &[Value]) -> Parsed {
        if arguments.len() < 3 || arguments.len().is_multiple_of(2) {
            self.count(name, arguments, 0..0, "an odd number of 3 or more")?;
        }
        let last = arguments.len() - 1;
        let branches = (0..last).step_by(2).map(|index| {
            Ok((self.argument(arguments, index)?, self.argument(arguments, index + 1)?))
        });
        Ok(Expression::Case {
            branches: branches.collect::<Result<_, ExpressionError>>()?,
            otherwise: Box::new(self.argument(arguments, last)?),
        })
    }

    fn match_labels(&self, name: &str, arguments: &[Value]) -> Parsed {
        if arguments.len() < 4 || !arguments.len().is_multiple_of(2) {
            self.count(name, arguments, 0..0, "an even number of 4 or more")?;
        }
        let last = arguments.len() - 1;
        let branches = (1..last).step_by(2).map(|index| {
            let labels = self.at(index + 1)?.labels(&arguments[index])?;
            Ok(MatchBranch { labels, value: self.argument(arguments, index + 1)? })
        });
        Ok(Expression::Match {
            input: Box::new(self.argument(arguments, 0)?),
            branches: branches.collect::<Result<_, ExpressionError>>()?,
            otherwise: Box::new(self.argument(arguments, last)?),
        })
    }

    fn labels(&self, json: &Value) -> Result<Vec<ExpressionValue<'static>>, ExpressionError> {
        let items = match json {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        let label = |item: &Value| match item {
            Value::String(_) | Value::Number(_) => ExpressionValue::from_json(item),
            _ => None,
        };
        match items.iter().map(label).collect::<Option<Vec<_>>>() {
            Some(labels) if !labels.is_empty() => Ok(labels),
            _ => self.fault(ExpressionFault::Argument("a number, a text or a list of them")),
        }
    }

    fn step(&self, name: &str, arguments: &[Value]) -> Parsed {
        if arguments.len() < 2 || !arguments.len().is_multiple_of(2) {
            self.count(name, arguments, 0..0, "an even number of 2 or more")?;
        }
        Ok(Expression::Step {
            input: Box::new(self.argument(arguments, 0)?),
            below: Box::new(self.argument(arguments, 1)?),
            stops: self.stops(arguments, 2)?,
        })
    }

    fn interpolate(&self, name: &str, arguments: &[Value]) -> Parsed {
        if arguments.len() < 4 || !arguments.len().is_multiple_of(2) {
            self.count(name, arguments, 0..0, "an even number of 4 or more")?;
        }
        Ok(Expression::Interpolate {
            curve: self.at(1)?.curve(&arguments[0])?,
            input: Box::new(self.argument(arguments, 1)?),
            stops: self.stops(arguments, 2)?,
        })
    }

    fn curve(&self, json: &Value) -> Result<InterpolationCurve, ExpressionError> {
        let items = json.as_array().map(Vec::as_slice).unwrap_or_default();
        match items {
            [Value::String(name)] if name == "linear" => Ok(InterpolationCurve::Linear),
            [Value::String(name), base] if name == "exponential" => {
                let base = base.as_f64().filter(|base| *base > 0.0);
                match base {
                    Some(base) => Ok(InterpolationCurve::Exponential(base)),
                    None => self.at(1)?.fault(ExpressionFault::Argument("a number above 0")),
                }
            }
            _ => {
                let wanted = "[\"linear\"] or [\"exponential\", base]";
                self.fault(ExpressionFault::Argument(wanted))
            }
        }
    }

    /// Pairs of a number and a value, from the argument at `first` on.
    fn stops(&self, arguments: &[Value], first: usize) -> Result<Vec<Stop>, ExpressionError> {
        let mut stops: Vec<Stop> = Vec::with_capacity((arguments.len() - first) / 2);
        for index in (first..arguments.len()).step_by(2) {
            let Some(at) = arguments[index].as_f64() else {
                return self.at(index + 1)?.fault(ExpressionFault::Argument("a number"));
            };
            if stops.last().is_some_and(|last| last.at >= at) {
                return self.at(index + 1)?.fault(ExpressionFault::Stops);
            }
            stops.push(Stop { at, value: self.argument(arguments, index + 1)? });
        }
        Ok(stops)
    }

    /// The texts of `format`; its objects set fonts and sizes, which change no text.
    fn format(&self, arguments: &[Value]) -> Parsed {
        let indices = (0..arguments.len()).filter(|&index| !arguments[index].is_object());
        let texts = indices.map(|index| self.argument(arguments, index));
        Ok(Expression::Operation(Operator::Concatenate, texts.collect::<Result<_, _>>()?))
    }

    /// `number-format`, with its digits as further arguments: least and most.
    fn number_format(&self, name: &str, arguments: &[Value]) -> Parsed {
        self.count(name, arguments, 2..=2, "2")?;
        let Value::Object(options) = &arguments[1] else {
            return self.at(2)?.fault(ExpressionFault::Argument("an object of options"));
        };
        let digits = |key: &str, default: f64| match options.get(key) {
            None => Ok(Expression::Constant(ExpressionValue::Number(default))),
            Some(value) => self.at(2)?.expression(value),
        };
        // ECMA-402, section 15.1.2: a larger least raises the default of the most.
        let least = digits("min-fraction-digits", 0.0)?;
        let most = digits("max-fraction-digits", 3.0)?;
        let number = self.argument(arguments, 0)?;
        Ok(Expression::Operation(Operator::FormatNumber, vec![number, least, most]))
    }

    fn operation(&self, name: &str, arguments: &[Value]) -> Parsed {
        let known = Operator::from_name(name).filter(|known| *known != Operator::FormatNumber);
        let Some(operator) = known else {
            return self.fault(ExpressionFault::UnknownOperator(name.to_owned()));
        };
        if !operator.takes(arguments.len()) {
            self.count(name, arguments, 0..0, operator.arguments())?;
        }
        Ok(Expression::Operation(operator, self.arguments(arguments)?))
    }
}

/// The negation of an expression.
pub(super) fn not(expression: Expression) -> Expression {
    Expression::Operation(Operator::Not, vec![expression])
}

fn number(number: f64) -> Expression {
    Expression::Constant(ExpressionValue::Number(number))
}
