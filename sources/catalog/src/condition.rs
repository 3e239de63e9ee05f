//! Relations between conditions: inclusion and exclusion.

use std::cmp::Ordering;

use super::{ColumnCondition, ScalarValue};
use data_model::feature::AttributeValue;

impl ColumnCondition {
    /// Whether every value that meets `other` meets this condition as well.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let of_span =
            |own: &Option<ScalarValue>, other: &Option<ScalarValue>, order: Ordering| match own {
                None => true,
                Some(own) => other.as_ref().is_some_and(|other| {
                    own.compare(other.value()).is_some_and(|found| found != order)
                }),
            };
        match (self, other) {
            (_, Self::Is(scalar)) => self.holds(scalar.value()),
            (_, Self::In(list)) => list.iter().all(|scalar| self.holds(scalar.value())),
            (Self::Between(own), Self::Between(other)) => {
                of_span(&own.from, &other.from, Ordering::Greater)
                    && of_span(&own.to, &other.to, Ordering::Less)
            }
            (_, Self::Between(_)) => false,
        }
    }
}

impl ColumnCondition {
    /// Whether no value meets both conditions.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        let past = |to: &Option<ScalarValue>, from: &Option<ScalarValue>| match (to, from) {
            (Some(to), Some(from)) => to.compare(from.value()) == Some(Ordering::Less),
            _ => false,
        };
        match (self, other) {
            (Self::Is(scalar), wanted) | (wanted, Self::Is(scalar)) => {
                !wanted.holds(scalar.value())
            }
            (Self::In(list), wanted) | (wanted, Self::In(list)) => {
                !list.iter().any(|scalar| wanted.holds(scalar.value()))
            }
            (Self::Between(own), Self::Between(other)) => {
                past(&own.to, &other.from) || past(&other.to, &own.from)
            }
        }
    }
}

impl ScalarValue {
    fn value(&self) -> AttributeValue<'_> {
        match self {
            Self::Bool(flag) => AttributeValue::Bool(*flag),
            Self::Int(number) => AttributeValue::Int(*number),
            Self::Float(number) => AttributeValue::Double(*number),
            Self::Text(text) => AttributeValue::Text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::RowFilter;
    use rstest::rstest;

    #[rstest]
    #[case("'가'", "'나'", true)]
    #[case("'가'", "['나', '가']", false)]
    #[case("['나', '다']", "'가'", true)]
    #[case("['가', '나']", "['나', '다']", false)]
    #[case("{ to = 19 }", "{ from = 20 }", true)]
    #[case("{ from = 20 }", "{ to = 20 }", false)]
    #[case("{ from = 20 }", "{ from = 30 }", false)]
    #[case("{ from = 20 }", "19", true)]
    #[case("true", "false", true)]
    fn conditions_exclude_each_other(
        #[case] one: &str,
        #[case] other: &str,
        #[case] excludes: bool,
    ) {
        let read = |text: &str| {
            let filter: RowFilter = toml::from_str(&format!("column = {text}")).unwrap();
            filter["column"].clone()
        };
        assert_eq!(read(one).excludes(&read(other)), excludes);
        assert_eq!(read(other).excludes(&read(one)), excludes);
    }

    #[rstest]
    #[case("['가', '나']", "'가'", true)]
    #[case("'가'", "['가', '나']", false)]
    #[case("{ to = 29 }", "{ to = 19 }", true)]
    #[case("{ from = 20, to = 29 }", "{ from = 20, to = 29 }", true)]
    #[case("{ from = 20 }", "{ to = 30 }", false)]
    #[case("{ from = 20, to = 29 }", "[20, 29]", true)]
    #[case("{ from = 20, to = 29 }", "{ from = 19, to = 29 }", false)]
    #[case("{ }", "{ from = 1 }", true)]
    #[case("20", "{ from = 20, to = 20 }", false)]
    fn a_condition_covers_narrower_ones(
        #[case] one: &str,
        #[case] other: &str,
        #[case] covers: bool,
    ) {
        let read = |text: &str| {
            let filter: RowFilter = toml::from_str(&format!("column = {text}")).unwrap();
            filter["column"].clone()
        };
        assert_eq!(read(one).covers(&read(other)), covers);
    }
}
