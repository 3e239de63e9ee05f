//! Figures: what a layer computes over datasets, one operation each.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::declaration::Text;
use data_model::DatasetId;
use data_model::feature::Value;

/// One figure of a layer, a column of its tiles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// Its name, a column's.
    pub name: String,
    /// Its name for people; the column's own where a figure takes one over.
    pub title: Text,
    /// The unit of its values.
    pub unit: Option<String>,
    /// Decimals that are kept; those that the operation has by itself where `None`.
    pub decimals: Option<u8>,
    /// Whether it is published, or only serves other figures.
    pub publish: bool,
    /// How values of features become one of the area in which these lie, where it is
    /// not as the operation does by itself.
    pub areas: Option<InAreas>,
    /// Earlier figures: where one of these is held back from the public, so is this.
    pub held_with: Vec<String>,
    /// What is computed.
    pub operation: Operation,
}

impl Figure {
    /// How values of features become one of the area in which these lie; `None` where
    /// they don't: the same is asked of the area instead, or of such figures.
    #[must_use]
    pub fn in_areas(&self) -> Option<InAreas> {
        match &self.operation {
            Operation::Own(_)
            | Operation::Nearest(_)
            | Operation::NearestValue(_)
            | Operation::At(_) => Some(self.areas.unwrap_or(InAreas::Mean)),
            Operation::Aggregate(Aggregate { how, rows, .. }) => {
                if self.areas.is_some() {
                    return self.areas;
                }
                let within = matches!(rows.join, Some(Join::Within { .. }));
                if rows.key.is_none() && !within && !matches!(rows.join, Some(Join::Key)) {
                    return None;
                }
                let adds = matches!(how, AggregateKind::Count | AggregateKind::Sum) && !within;
                Some(if adds { InAreas::Sum } else { InAreas::Mean })
            }
            _ => None,
        }
    }
}

/// How values of features become one of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InAreas {
    /// They are added up: seats, residents.
    Sum,
    /// They are averaged: prices, ages, distances.
    Mean,
}

/// What a figure is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Rows of a dataset that belong to the feature, made one number or text.
    Aggregate(Aggregate),
    /// A column of the feature itself.
    Own(String),
    /// The first figure over the second, times `factor`: 1 for a ratio, 100 for a
    /// share, 1,000 for a rate by thousand.
    Ratio {
        /// Above the line.
        over: String,
        /// Below the line; where it is zero there is no data.
        under: String,
        /// What the quotient is multiplied by.
        factor: f64,
    },
    /// A figure by square kilometre of the feature.
    PerKm2(String),
    /// The sum of figures.
    Plus(Vec<String>),
    /// The first figure less the second.
    Minus(String, String),
    /// The product of two figures.
    Times(String, String),
    /// A figure times a number.
    Scale {
        /// Which.
        of: String,
        /// The number.
        by: f64,
    },
    /// A figure against an earlier slice.
    Change {
        /// Which.
        of: String,
        /// How many slices earlier.
        back: u32,
        /// Whether in percent of the earlier one.
        percent: bool,
    },
    /// A figure in percent of its sum over all features of the slice.
    ShareOfTotal(String),
    /// Figures brought to a scale from 0 to 100 and averaged by weight.
    Index(Vec<IndexPart>),
    /// Metres to the nearest feature of a dataset.
    Nearest(Rows),
    /// A value of the nearest feature.
    NearestValue(Rows),
    /// A value of the polygon that holds the feature's point.
    At(Rows),
    /// A figure in classes.
    Class {
        /// Which.
        of: String,
        /// Where the classes part, ascending: a number belongs above a break that
        /// equals it.
        breaks: Vec<f64>,
        /// The classes, one more than breaks.
        titles: Vec<Text>,
    },
}

impl Operation {
    /// The rows that it looks at, where it does.
    #[must_use]
    pub const fn rows(&self) -> Option<&Rows> {
        match self {
            Self::Aggregate(Aggregate { rows, .. })
            | Self::Nearest(rows)
            | Self::NearestValue(rows)
            | Self::At(rows) => Some(rows),
            _ => None,
        }
    }

    /// The key that declares it.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Aggregate(aggregate) => match aggregate.how {
                AggregateKind::Count => "count",
                AggregateKind::Sum => "sum",
                AggregateKind::Mean => "mean",
                AggregateKind::Min => "min",
                AggregateKind::Max => "max",
                AggregateKind::Median => "median",
                AggregateKind::Most => "most",
            },
            Self::Own(_) => "own",
            Self::Ratio { factor, .. } if *factor == 100.0 => "share",
            Self::Ratio { factor, .. } if *factor == 1000.0 => "per_1000",
            Self::Ratio { .. } => "ratio",
            Self::PerKm2(_) => "per_km2",
            Self::Plus(_) => "plus",
            Self::Minus(..) => "minus",
            Self::Times(..) => "times",
            Self::Scale { .. } => "scale",
            Self::Change { .. } => "change",
            Self::ShareOfTotal(_) => "share_of_total",
            Self::Index(_) => "index",
            Self::Nearest(_) => "nearest",
            Self::NearestValue(_) => "nearest_value",
            Self::At(_) => "at",
            Self::Class { .. } => "class",
        }
    }

    /// The figures that it uses, in the order written.
    #[must_use]
    pub fn inputs(&self) -> Vec<&str> {
        let names: Vec<&String> = match self {
            Self::Aggregate(_)
            | Self::Own(_)
            | Self::Nearest(_)
            | Self::NearestValue(_)
            | Self::At(_) => Vec::new(),
            Self::Ratio { over: a, under: b, .. } | Self::Minus(a, b) | Self::Times(a, b) => {
                vec![a, b]
            }
            Self::PerKm2(a) | Self::ShareOfTotal(a) => vec![a],
            Self::Scale { of, .. } | Self::Change { of, .. } | Self::Class { of, .. } => vec![of],
            Self::Plus(names) => names.iter().collect(),
            Self::Index(parts) => parts.iter().map(|part| &part.of).collect(),
        };
        names.into_iter().map(String::as_str).collect()
    }
}

/// One part of an index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexPart {
    /// The figure.
    pub of: String,
    /// How much it counts.
    pub weight: f64,
    /// Whether little of it makes the index high.
    #[serde(default)]
    pub invert: bool,
}

/// Rows of a dataset made one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Aggregate {
    /// How.
    pub how: AggregateKind,
    /// Which rows, and which column of them.
    pub rows: Rows,
    /// The column by which a mean is weighted.
    pub weight: Option<String>,
}

/// How rows are made one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum AggregateKind {
    Count,
    Sum,
    Mean,
    Min,
    Max,
    Median,
    /// The most frequent text.
    Most,
}

/// Rows of a dataset, and how they belong to a feature.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rows {
    /// The dataset.
    pub dataset: DatasetId,
    /// The column that is looked at; none where rows are counted or a distance is
    /// measured.
    pub column: Option<String>,
    /// Which of its rows.
    pub filter: Filter,
    /// How they belong to the feature; by key where they have one of it, otherwise by
    /// place.
    pub join: Option<Join>,
    /// The column of the rows that holds the key, where it is not the declared one.
    pub key: Option<String>,
    /// Only what happened in this many months up to the newest.
    pub last_months: Option<u32>,
}

/// How rows belong to a feature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// By a key of the feature.
    Key,
    /// By lying in it.
    Inside,
    /// By lying within so many metres of it.
    Within {
        /// How far.
        metres: f64,
    },
}

/// Conditions on columns, all of which must hold.
pub type Filter = BTreeMap<String, Condition>;

/// A condition on one column. A row without a value meets none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Condition {
    /// Equal to this.
    Is(Scalar),
    /// Equal to one of these.
    In(Vec<Scalar>),
    /// Between these, both included.
    Between(Span),
}

impl Condition {
    /// Whether a stored value meets it. Numbers are compared with numbers and texts,
    /// dates among them, with texts. A code is text, so an integer is compared with a
    /// text by its digits, and an integer that no browser holds with what it became when
    /// it was stored as text; nothing else is ever equal.
    #[must_use]
    pub fn holds(&self, value: Value<'_>) -> bool {
        match self {
            Self::Is(wanted) => wanted.equals(value),
            Self::In(list) => list.iter().any(|wanted| wanted.equals(value)),
            Self::Between(Span { from, to }) => {
                let starts = from.as_ref().map(|from| from.compare(value));
                let ends = to.as_ref().map(|to| to.compare(value));
                value != Value::Null
                    && starts.is_none_or(|order| order.is_some_and(Ordering::is_le))
                    && ends.is_none_or(|order| order.is_some_and(Ordering::is_ge))
            }
        }
    }
}

/// From one value to another, both included; either may be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// From here on.
    #[serde(default)]
    pub from: Option<Scalar>,
    /// Up to here.
    #[serde(default)]
    pub to: Option<Scalar>,
}

/// A value as a catalog writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text, also dates.
    Text(String),
}

impl Scalar {
    /// Whether a stored value is the same, or the same code in the other form.
    fn equals(&self, value: Value<'_>) -> bool {
        match (self, value) {
            (Self::Text(wanted), Value::Int(_) | Value::UInt(_)) => {
                value.as_text(&mut String::new()) == Value::Text(wanted)
            }
            (Self::Int(wanted), Value::Text(held)) => {
                Value::Int(*wanted).is_wide_integer() && held.parse() == Ok(*wanted)
            }
            _ => self.compare(value) == Some(Ordering::Equal),
        }
    }

    /// How it compares to a stored value; `None` where they are of different kinds.
    pub(super) fn compare(&self, value: Value<'_>) -> Option<Ordering> {
        match (self, value) {
            (Self::Bool(wanted), Value::Bool(held)) => Some(wanted.cmp(&held)),
            (Self::Int(wanted), Value::Int(held)) => Some(wanted.cmp(&held)),
            (Self::Int(wanted), Value::UInt(held)) => {
                Some(i128::from(*wanted).cmp(&i128::from(held)))
            }
            (Self::Int(wanted), held) => (*wanted as f64).partial_cmp(&held.number()?),
            (Self::Float(wanted), held) => wanted.partial_cmp(&held.number()?),
            (Self::Text(wanted), Value::Text(held)) => Some(wanted.as_str().cmp(held)),
            (Self::Bool(_) | Self::Text(_), _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("true", Value::Bool(true), true)]
    #[case("true", Value::Int(1), false)]
    #[case("3", Value::Double(3.0), true)]
    #[case("3", Value::UInt(3), true)]
    #[case("3", Value::Text("3"), false)]
    #[case("1120011400100010001", Value::Int(1_120_011_400_100_010_001), true)]
    #[case("1120011400100010001", Value::UInt(1_120_011_400_100_010_002), false)]
    #[case("1120011400100010001", Value::Text("1120011400100010001"), true)]
    #[case("'1120011400100010001'", Value::Int(1_120_011_400_100_010_001), true)]
    #[case("'1120011400100010001'", Value::Int(1_120_011_400_100_010_002), false)]
    #[case("['11', '12']", Value::UInt(12), true)]
    #[case("{ from = '1', to = '2' }", Value::Int(1), false)]
    #[case("['영업', '휴업']", Value::Text("휴업"), true)]
    #[case("['영업', '휴업']", Value::Null, false)]
    #[case("{ from = 1, to = 3 }", Value::Int(3), true)]
    #[case("{ from = 1, to = 3 }", Value::Float(3.5), false)]
    #[case("{ from = '2025-01' }", Value::Text("2025-01-01"), true)]
    #[case("{ to = '2025-01' }", Value::Text("2025-01-01"), false)]
    #[case("{ }", Value::Null, false)]
    fn conditions_hold_by_kind_and_order(
        #[case] written: &str,
        #[case] value: Value<'_>,
        #[case] holds: bool,
    ) {
        let filter: Filter = toml::from_str(&format!("column = {written}")).unwrap();
        assert_eq!(filter["column"].holds(value), holds);
    }
}
