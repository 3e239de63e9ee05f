//! Evaluation of operators with plain arguments.

use super::evaluate::{Evaluated, flag, number};
use super::{
    EvaluationContext, EvaluationError, Expression, ExpressionValue, Operator, StyleColour,
};

impl Operator {
    /// Applies the operator to its arguments.
    pub(super) fn apply<'a>(
        self,
        arguments: &'a [Expression],
        context: &EvaluationContext<'a>,
    ) -> Evaluated<'a> {
        let evaluate = |argument: &'a Expression| argument.evaluate(context);
        match self {
            // These take the first argument that fits, and none of the later ones may fail.
            Self::Number | Self::Text | Self::Flag => self.assert(arguments, context),
            Self::ToNumber | Self::ToColor => self.convert(arguments, context),
            _ => {
                let values: Vec<_> = arguments.iter().map(evaluate).collect::<Result<_, _>>()?;
                match values.as_slice() {
                    [only] => self.of_one(only),
                    [first, second] => self.of_two(first, second),
                    _ => self.of_many(&values),
                }
            }
        }
    }

    /// The first argument of the type that the operator asserts.
    fn assert<'a>(
        self,
        arguments: &'a [Expression],
        context: &EvaluationContext<'a>,
    ) -> Evaluated<'a> {
        let mut found = "null";
        for argument in arguments {
            let value = argument.evaluate(context)?;
            found = value.type_name();
            if found == self.name() {
                return Ok(value);
            }
        }
        Err(EvaluationError::Type { operator: self.name(), expected: self.name(), found })
    }

    /// The first argument that can be converted.
    fn convert<'a>(
        self,
        arguments: &'a [Expression],
        context: &EvaluationContext<'a>,
    ) -> Evaluated<'a> {
        let mut last = String::new();
        for argument in arguments {
            let value = argument.evaluate(context)?;
            let converted = match self {
                Self::ToColor => value.colour().map(ExpressionValue::Colour),
                _ => value.to_number().map(ExpressionValue::Number),
            };
            if let Some(converted) = converted {
                return Ok(converted);
            }
            last = value.to_text().into_owned();
        }
        Err(EvaluationError::NotANumber(last))
    }

    fn of_one<'a>(self, value: &ExpressionValue<'a>) -> Evaluated<'a> {
        let operator = self.name();
        Ok(match self {
            Self::Not => (!flag(operator, value.clone())?).into(),
            Self::ToText | Self::Concatenate => ExpressionValue::Text(value.to_text()),
            Self::ToFlag => value.to_flag().into(),
            Self::TypeOf => value.type_name().into(),
            Self::Image => value.clone(),
            Self::Length => match value {
                ExpressionValue::List(items) => (items.len() as f64).into(),
                other => (text(operator, other)?.chars().count() as f64).into(),
            },
            Self::UpperCase => ExpressionValue::Text(text(operator, value)?.to_uppercase().into()),
            Self::LowerCase => ExpressionValue::Text(text(operator, value)?.to_lowercase().into()),
            _ => self.of_number(number(operator, value)?).into(),
        })
    }

    /// Functions of one number.
    fn of_number(self, number: f64) -> f64 {
        match self {
            Self::Subtract => -number,
            Self::SquareRoot => number.sqrt(),
            Self::NaturalLogarithm => number.ln(),
            Self::DecimalLogarithm => number.log10(),
            Self::BinaryLogarithm => number.log2(),
            Self::Absolute => number.abs(),
            Self::Round => number.round(),
            Self::Floor => number.floor(),
            Self::Ceiling => number.ceil(),
            // A sum, product or extreme of one number is that number.
            _ => number,
        }
    }

    fn of_two<'a>(
        self,
        first: &ExpressionValue<'a>,
        second: &ExpressionValue<'a>,
    ) -> Evaluated<'a> {
        match self {
            Self::In => contains(first, second),
            Self::Concatenate => Ok(concatenate(&[first.clone(), second.clone()])),
            Self::Slice => slice(first, second, None),
            _ => {
                let [left, right] = [number(self.name(), first)?, number(self.name(), second)?];
                Ok(self.of_numbers(left, right).into())
            }
        }
    }

    /// Functions of two numbers.
    fn of_numbers(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Remainder => left % right,
            Self::Power => left.powf(right),
            Self::Minimum => left.min(right),
            Self::Maximum => left.max(right),
            _ => left + right,
        }
    }

    fn of_many<'a>(self, values: &[ExpressionValue<'a>]) -> Evaluated<'a> {
        match (self, values) {
            (Self::Concatenate, _) => return Ok(concatenate(values)),
            (Self::Slice, [subject, from, to]) => return slice(subject, from, Some(to)),
            _ => {}
        }
        let numbers = values.iter().map(|value| number(self.name(), value));
        let numbers: Vec<f64> = numbers.collect::<Result<_, _>>()?;
        Ok(match (self, numbers.as_slice()) {
            (Self::Rgb, &[red, green, blue]) => colour(red, green, blue, 1.0),
            (Self::Rgba, &[red, green, blue, alpha]) => colour(red, green, blue, alpha),
            (Self::FormatNumber, &[number, least, most]) => {
                ExpressionValue::Text(format_number(number, least, most).into())
            }
            (_, &[first, ref rest @ ..]) => {
                rest.iter().fold(first, |left, &right| self.of_numbers(left, right)).into()
            }
            (_, []) => ExpressionValue::Null,
        })
    }
}

fn text<'v>(
    operator: &'static str,
    value: &'v ExpressionValue<'_>,
) -> Result<&'v str, EvaluationError> {
    let found = value.type_name();
    value.text().ok_or(EvaluationError::Type { operator, expected: "string", found })
}

fn concatenate<'a>(values: &[ExpressionValue<'_>]) -> ExpressionValue<'a> {
    let texts: Vec<_> = values.iter().map(ExpressionValue::to_text).collect();
    ExpressionValue::Text(texts.concat().into())
}

/// Whether `second` holds `first`; null holds nothing.
fn contains<'a>(first: &ExpressionValue<'_>, second: &ExpressionValue<'_>) -> Evaluated<'a> {
    match second {
        ExpressionValue::List(items) => Ok(items.contains(first).into()),
        ExpressionValue::Text(text) => Ok(text.contains(&*first.to_text()).into()),
        ExpressionValue::Null => Ok(false.into()),
        other => {
            let found = other.type_name();
            Err(EvaluationError::Type { operator: "in", expected: "array", found })
        }
    }
}

/// Characters from one place (inclusive) to another (exclusive); negative places count from the
/// end.
fn slice<'a>(
    subject: &ExpressionValue<'_>,
    from: &ExpressionValue<'_>,
    to: Option<&ExpressionValue<'_>>,
) -> Evaluated<'a> {
    let characters: Vec<char> = text("slice", subject)?.chars().collect();
    let place = |value: &ExpressionValue<'_>| {
        let place = number("slice", value)?;
        let place = if place < 0.0 { characters.len() as f64 + place } else { place };
        Ok(place.clamp(0.0, characters.len() as f64) as usize)
    };
    let end = to.map_or(Ok(characters.len()), place)?;
    let part: String = characters[..end].iter().skip(place(from)?).collect();
    Ok(ExpressionValue::Text(part.into()))
}

fn colour<'a>(red: f64, green: f64, blue: f64, alpha: f64) -> ExpressionValue<'a> {
    let [red, green, blue] = [red, green, blue].map(|part| (part / 255.0).clamp(0.0, 1.0));
    ExpressionValue::Colour(StyleColour { red, green, blue, alpha: alpha.clamp(0.0, 1.0) })
}

/// Number with thousands separators, as Korean and English write it.
fn format_number(number: f64, least: f64, most: f64) -> String {
    let [least, most] = [least, most].map(|digits| digits.clamp(0.0, 20.0) as usize);
    let text = format!("{number:.*}", most.max(least));
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let shown = fraction.trim_end_matches('0').len().max(least.min(fraction.len()));
    let mut formatted = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            formatted.push(',');
        }
        formatted.push(digit);
    }
    if shown > 0 {
        formatted.push('.');
        formatted.push_str(&fraction[..shown]);
    }
    formatted
}
