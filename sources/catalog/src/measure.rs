//! Measures: values that a layer computes over datasets, one operation each.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::declaration::LocalizedText;
use data_model::DatasetId;
use data_model::feature::AttributeValue;

/// A measure of a layer, published as a column of its tiles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    /// The name of the measure and of its column.
    pub name: String,
    /// The human-readable title; by default that of the column that the measure takes over.
    pub title: LocalizedText,
    /// Unit of the values.
    pub unit: Option<String>,
    /// Decimal places; `None` uses the operation's default.
    pub decimals: Option<u8>,
    /// Whether the measure is published, or only an input of other measures.
    pub publish: bool,
    /// Aggregation of the features' values by area; `None` uses the operation's default.
    pub area_aggregation: Option<InAreas>,
    /// Earlier measures whose suppression for the public suppresses this measure too.
    pub suppressed_with: Vec<String>,
    /// The operation.
    pub operation: MeasureOperation,
}

impl Measure {
    /// Aggregation of the features' values by area.
    ///
    /// `None` if the features' values are not aggregated: the measure is computed over the
    /// area itself, or from measures by area.
    #[must_use]
    pub fn in_areas(&self) -> Option<InAreas> {
        match &self.operation {
            MeasureOperation::CarrierColumn(_)
            | MeasureOperation::Nearest(_)
            | MeasureOperation::NearestValue(_)
            | MeasureOperation::ContainingValue(_) => {
                Some(self.area_aggregation.unwrap_or(InAreas::Mean))
            }
            MeasureOperation::Aggregate(RowAggregation { how, rows, .. }) => {
                if self.area_aggregation.is_some() {
                    return self.area_aggregation;
                }
                let within = matches!(rows.join, Some(RowJoin::Within { .. }));
                if rows.key.is_none() && !within && !matches!(rows.join, Some(RowJoin::Key)) {
                    return None;
                }
                let adds = matches!(how, AggregateKind::Count | AggregateKind::Sum) && !within;
                Some(if adds { InAreas::Sum } else { InAreas::Mean })
            }
            _ => None,
        }
    }
}

/// Aggregation of features' values by area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InAreas {
    /// Sum, as of seats or residents.
    Sum,
    /// Mean, as of prices, ages or distances.
    Mean,
}

/// Operation that computes a measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureOperation {
    /// Rows of a dataset that belong to the feature, aggregated to a number or text.
    Aggregate(RowAggregation),
    /// A column of the feature itself.
    CarrierColumn(String),
    /// Quotient of two measures, times `factor`: 1 for a ratio, 100 for a share, 1,000 for a
    /// rate per thousand.
    Ratio {
        /// The numerator.
        over: String,
        /// The denominator; a zero gives no data.
        under: String,
        /// Multiplier of the quotient.
        factor: f64,
    },
    /// A measure per square kilometre of the feature.
    PerKm2(String),
    /// The sum of measures.
    Plus(Vec<String>),
    /// The first measure minus the second.
    Minus(String, String),
    /// The product of two measures.
    Times(String, String),
    /// A measure times a number.
    Scale {
        /// The measure.
        of: String,
        /// The number.
        by: f64,
    },
    /// Change of a measure from an earlier slice.
    Change {
        /// The measure.
        of: String,
        /// Number of slices back.
        back: u32,
        /// Whether the change is in percent of the earlier value.
        percent: bool,
    },
    /// A measure in percent of its sum over all features of the slice.
    ShareOfTotal(String),
    /// Weighted mean of measures scaled from 0 to 100.
    Index(Vec<IndexPart>),
    /// Distance in metres to the nearest feature of a dataset.
    Nearest(JoinedRows),
    /// A column's value of the nearest feature.
    NearestValue(JoinedRows),
    /// A column's value of the polygon that contains the feature's point.
    ContainingValue(JoinedRows),
    /// Classes of a measure.
    Class {
        /// The measure.
        of: String,
        /// Class breaks, ascending; a number equal to a break belongs to the class above.
        breaks: Vec<f64>,
        /// Titles of the classes, one more than `breaks`.
        titles: Vec<LocalizedText>,
    },
}

impl MeasureOperation {
    /// The rows that the operation reads; `None` if it reads no dataset.
    #[must_use]
    pub const fn rows(&self) -> Option<&JoinedRows> {
        match self {
            Self::Aggregate(RowAggregation { rows, .. })
            | Self::Nearest(rows)
            | Self::NearestValue(rows)
            | Self::ContainingValue(rows) => Some(rows),
            _ => None,
        }
    }

    /// The key of the operation in a catalog file.
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
                AggregateKind::MostFrequent => "most_frequent",
            },
            Self::CarrierColumn(_) => "carrier_column",
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
            Self::ContainingValue(_) => "containing_value",
            Self::Class { .. } => "class",
        }
    }

    /// The names of the measures that the operation uses, in the order written.
    #[must_use]
    pub fn inputs(&self) -> Vec<&str> {
        let names: Vec<&String> = match self {
            Self::Aggregate(_)
            | Self::CarrierColumn(_)
            | Self::Nearest(_)
            | Self::NearestValue(_)
            | Self::ContainingValue(_) => Vec::new(),
            Self::Ratio { over: a, under: b, .. } | Self::Minus(a, b) | Self::Times(a, b) => {
                vec![a, b]
            }
            Self::PerKm2(a) | Self::ShareOfTotal(a) => vec![a],
            Self::Scale { of, .. } | Self::Change { of, .. } | Self::Class { of, .. } => vec![of],
            Self::Plus(names) => names.iter().collect(),
            Self::Index(parts) => parts.iter().map(|part| &part.measure).collect(),
        };
        names.into_iter().map(String::as_str).collect()
    }
}

/// One part of an index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexPart {
    /// The measure.
    pub measure: String,
    /// Weight of the measure in the mean.
    pub weight: f64,
    /// Whether the scale is inverted: low values make the index high.
    #[serde(default)]
    pub invert: bool,
}

/// Aggregation of a dataset's rows to one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowAggregation {
    /// The aggregate function.
    pub how: AggregateKind,
    /// The rows, and the column that is aggregated.
    pub rows: JoinedRows,
    /// The column with the weights of a mean.
    pub weight: Option<String>,
}

/// Aggregate function.
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
    MostFrequent,
}

/// Rows of a dataset, and their join to a feature.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JoinedRows {
    /// The dataset.
    pub dataset: DatasetId,
    /// The column that is read; `None` for a count or a distance.
    pub column: Option<String>,
    /// Conditions on the rows.
    pub filter: RowFilter,
    /// The join to the feature; `None` joins by key if the rows have a key of the feature,
    /// otherwise by place.
    pub join: Option<RowJoin>,
    /// The rows' column with the feature's key; `None` for the declared key.
    pub key: Option<String>,
    /// Limit to this number of months up to the newest row.
    pub last_months: Option<u32>,
}

/// Join of rows to a feature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowJoin {
    /// By a key of the feature.
    Key,
    /// By position inside the feature.
    Inside,
    /// By distance from the feature.
    Within {
        /// Largest distance in metres.
        metres: f64,
    },
}

/// Conditions on columns, all of which must hold.
pub type RowFilter = BTreeMap<String, ColumnCondition>;

/// A condition on one column; no condition is met by a row without a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ColumnCondition {
    /// Equal to the value.
    Is(ScalarValue),
    /// Equal to one of the values.
    In(Vec<ScalarValue>),
    /// In the range, both ends included.
    Between(ValueRange),
}

impl ColumnCondition {
    /// Whether a stored value meets the condition.
    ///
    /// Numbers are compared with numbers, and texts, including dates, with texts. Codes are
    /// texts, so an integer is compared with a text by its digits; an integer too wide for
    /// browsers is also compared with its stored text. Other types are never equal.
    #[must_use]
    pub fn holds(&self, value: AttributeValue<'_>) -> bool {
        match self {
            Self::Is(wanted) => wanted.equals(value),
            Self::In(list) => list.iter().any(|wanted| wanted.equals(value)),
            Self::Between(ValueRange { from, to }) => {
                let starts = from.as_ref().map(|from| from.compare(value));
                let ends = to.as_ref().map(|to| to.compare(value));
                value != AttributeValue::Null
                    && starts.is_none_or(|order| order.is_some_and(Ordering::is_le))
                    && ends.is_none_or(|order| order.is_some_and(Ordering::is_ge))
            }
        }
    }
}

/// A range of values, both ends included; either end may be open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueRange {
    /// Lower end.
    #[serde(default)]
    pub from: Option<ScalarValue>,
    /// Upper end.
    #[serde(default)]
    pub to: Option<ScalarValue>,
}

/// A value in a catalog file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ScalarValue {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text, including dates.
    Text(String),
}

impl ScalarValue {
    /// Whether a stored value is equal, or the same code as a text or an integer.
    fn equals(&self, value: AttributeValue<'_>) -> bool {
        match (self, value) {
            (Self::Text(wanted), AttributeValue::Int(_) | AttributeValue::UInt(_)) => {
                value.as_text(&mut String::new()) == AttributeValue::Text(wanted)
            }
            (Self::Int(wanted), AttributeValue::Text(held)) => {
                AttributeValue::Int(*wanted).is_wide_integer() && held.parse() == Ok(*wanted)
            }
            _ => self.compare(value) == Some(Ordering::Equal),
        }
    }

    /// Order relative to a stored value; `None` if the types are not comparable.
    pub(super) fn compare(&self, value: AttributeValue<'_>) -> Option<Ordering> {
        match (self, value) {
            (Self::Bool(wanted), AttributeValue::Bool(held)) => Some(wanted.cmp(&held)),
            (Self::Int(wanted), AttributeValue::Int(held)) => Some(wanted.cmp(&held)),
            (Self::Int(wanted), AttributeValue::UInt(held)) => {
                Some(i128::from(*wanted).cmp(&i128::from(held)))
            }
            (Self::Int(wanted), held) => (*wanted as f64).partial_cmp(&held.number()?),
            (Self::Float(wanted), held) => wanted.partial_cmp(&held.number()?),
            (Self::Text(wanted), AttributeValue::Text(held)) => Some(wanted.as_str().cmp(held)),
            (Self::Bool(_) | Self::Text(_), _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("true", AttributeValue::Bool(true), true)]
    #[case("true", AttributeValue::Int(1), false)]
    #[case("3", AttributeValue::Double(3.0), true)]
    #[case("3", AttributeValue::UInt(3), true)]
    #[case("3", AttributeValue::Text("3"), false)]
    #[case("1120011400100010001", AttributeValue::Int(1_120_011_400_100_010_001), true)]
    #[case("1120011400100010001", AttributeValue::UInt(1_120_011_400_100_010_002), false)]
    #[case("1120011400100010001", AttributeValue::Text("1120011400100010001"), true)]
    #[case("'1120011400100010001'", AttributeValue::Int(1_120_011_400_100_010_001), true)]
    #[case("'1120011400100010001'", AttributeValue::Int(1_120_011_400_100_010_002), false)]
    #[case("['11', '12']", AttributeValue::UInt(12), true)]
    #[case("{ from = '1', to = '2' }", AttributeValue::Int(1), false)]
    #[case("['영업', '휴업']", AttributeValue::Text("휴업"), true)]
    #[case("['영업', '휴업']", AttributeValue::Null, false)]
    #[case("{ from = 1, to = 3 }", AttributeValue::Int(3), true)]
    #[case("{ from = 1, to = 3 }", AttributeValue::Float(3.5), false)]
    #[case("{ from = '2025-01' }", AttributeValue::Text("2025-01-01"), true)]
    #[case("{ to = '2025-01' }", AttributeValue::Text("2025-01-01"), false)]
    #[case("{ }", AttributeValue::Null, false)]
    fn conditions_hold_by_kind_and_order(
        #[case] written: &str,
        #[case] value: AttributeValue<'_>,
        #[case] holds: bool,
    ) {
        let filter: RowFilter = toml::from_str(&format!("column = {written}")).unwrap();
        assert_eq!(filter["column"].holds(value), holds);
    }
}
