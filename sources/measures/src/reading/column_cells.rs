//! Columns of rows in memory: numbers as doubles, texts as indexes of distinct ones.

use std::collections::HashSet;

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

use super::time::{EpochHour, RowTime, parse, parse_in};
use catalog::{DistrictTimeZone, LogicalType};
use data_model::Period;
use data_model::feature::{AttributeValue, ColumnType};

/// Representations in which a column is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CellRepresentations {
    pub(crate) number: bool,
    pub(crate) text: bool,
    /// The native representation of the column's type: number or text.
    pub(crate) own: bool,
}

impl CellRepresentations {
    pub(crate) const NUMBER: Self = Self { number: true, text: false, own: false };
    pub(crate) const TEXT: Self = Self { number: false, text: true, own: false };
    pub(crate) const OWN: Self = Self { number: false, text: false, own: true };

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            number: self.number || other.number,
            text: self.text || other.text,
            own: self.own || other.own,
        }
    }

    pub(crate) fn covers(self, other: Self) -> bool {
        self.and(other) == self
    }
}

/// Type of a column's values: the declared type, otherwise the stored one.
pub(crate) fn type_of(declared: Option<LogicalType>, stored: ColumnType) -> ColumnType {
    match declared {
        None => stored,
        Some(LogicalType::Int) => ColumnType::Int,
        Some(LogicalType::Float) => ColumnType::Double,
        Some(LogicalType::Bool) => ColumnType::Bool,
        Some(LogicalType::Date | LogicalType::DateTime) => ColumnType::DateTime,
        Some(LogicalType::Json) => ColumnType::Json,
        Some(_) => ColumnType::Text,
    }
}

/// Whether values of a type are stored as numbers; booleans are 0 and 1.
pub(crate) fn is_number(kind: ColumnType) -> bool {
    use ColumnType::{Bool, Double, Float, Int, UInt};
    matches!(kind, Bool | Int | UInt | Float | Double)
}

/// Whether values of a type are integers.
pub(crate) fn is_integer(kind: ColumnType) -> bool {
    matches!(kind, ColumnType::Int | ColumnType::UInt)
}

/// One column of rows, in the representations that are wanted.
#[derive(Debug)]
pub(crate) struct ColumnCells {
    pub(crate) kind: ColumnType,
    /// Number of each row, NaN for no data; empty if not wanted.
    pub(crate) numbers: Vec<f64>,
    pub(crate) texts: Option<TextColumn>,
    /// Representations that are kept.
    representations: CellRepresentations,
}

impl ColumnCells {
    pub(crate) fn new(kind: ColumnType, wanted: CellRepresentations, rows: usize) -> Self {
        let number = wanted.number || wanted.own && is_number(kind);
        let text = wanted.text || wanted.own && !is_number(kind);
        Self {
            kind,
            numbers: Vec::with_capacity(if number { rows } else { 0 }),
            texts: text.then(|| TextColumn::with_capacity(rows)),
            representations: CellRepresentations { number, text, own: wanted.own },
        }
    }

    /// Converts a column wanted in its native representation to text, once it holds an
    /// integer that a double can't represent: two keys must not become one.
    fn make_text(&mut self) {
        self.kind = ColumnType::Text;
        if self.texts.is_some() {
            return;
        }
        let mut texts = TextColumn::with_capacity(self.numbers.capacity());
        for &number in &self.numbers {
            texts.push(if number.is_nan() {
                AttributeValue::Null
            } else {
                AttributeValue::Double(number)
            });
        }
        self.texts = Some(texts);
    }

    pub(crate) fn push(&mut self, value: AttributeValue<'_>) {
        if value.is_wide_integer() && self.representations.own && is_number(self.kind) {
            self.make_text();
        }
        if self.representations.number {
            self.numbers.push(number_of(value));
        }
        if let Some(texts) = &mut self.texts {
            texts.push(value);
        }
    }

    /// Reorders the rows.
    pub(crate) fn arrange(&mut self, order: &[u32]) {
        if self.representations.number {
            self.numbers = order.iter().map(|&row| self.numbers[row as usize]).collect();
        }
        if let Some(texts) = &mut self.texts {
            texts.rows = order.iter().map(|&row| texts.rows[row as usize]).collect();
        }
    }

    pub(crate) fn finish(&mut self) {
        if let Some(texts) = &mut self.texts {
            texts.rows.shrink_to_fit();
            texts.index = HashTable::new();
        }
        self.numbers.shrink_to_fit();
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.numbers.capacity() * 8 + self.texts.as_ref().map_or(0, TextColumn::memory_bytes)
    }
}

/// Converts a value to a number; NaN if it is none or not finite.
pub(crate) fn number_of(value: AttributeValue<'_>) -> f64 {
    let number = match value {
        AttributeValue::Null | AttributeValue::Binary(_) => f64::NAN,
        AttributeValue::Bool(flag) => f64::from(u8::from(flag)),
        AttributeValue::Int(number) => number as f64,
        AttributeValue::UInt(number) => number as f64,
        AttributeValue::Float(number) => f64::from(number),
        AttributeValue::Double(number) => number,
        AttributeValue::Text(text) => text.trim().parse().unwrap_or(f64::NAN),
    };
    // One zero, and NaN for all that is no number.
    if number.is_finite() { number + 0.0 } else { f64::NAN }
}

/// Texts of rows as indexes of the distinct texts; 0 is no text.
#[derive(Debug)]
pub(crate) struct TextColumn {
    /// For each row, one more than the index into `distinct`; 0 is no text.
    pub(crate) rows: Vec<u32>,
    /// The distinct texts, in order of first occurrence.
    pub(crate) distinct: Vec<Box<str>>,
    index: HashTable<u32>,
    last: Option<u32>,
}

impl TextColumn {
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self {
            rows: Vec::with_capacity(rows),
            distinct: Vec::new(),
            index: HashTable::new(),
            last: None,
        }
    }

    pub(crate) fn push(&mut self, value: AttributeValue<'_>) {
        let id = match value {
            AttributeValue::Null | AttributeValue::Binary(_) => 0,
            AttributeValue::Text(text) => self.id(text),
            AttributeValue::Bool(flag) => self.id(if flag { "true" } else { "false" }),
            AttributeValue::Int(number) => self.id(&number.to_string()),
            AttributeValue::UInt(number) => self.id(&number.to_string()),
            AttributeValue::Float(number) => self.id(&number.to_string()),
            AttributeValue::Double(number) => self.id(&number.to_string()),
        };
        self.rows.push(id);
    }

    fn id(&mut self, text: &str) -> u32 {
        // Rows often come sorted: the one before is the likeliest.
        let same =
            |id: u32| self.distinct.get(id as usize - 1).is_some_and(|known| **known == *text);
        if let Some(last) = self.last.filter(|&last| same(last)) {
            return last;
        }
        let hash = xxh3_64(text.as_bytes());
        if let Some(&id) = self.index.find(hash, |&id| same(id)) {
            self.last = Some(id);
            return id;
        }
        self.distinct.push(text.into());
        let id = self.distinct.len() as u32;
        let distinct = &self.distinct;
        self.index.insert_unique(hash, id, |&id| {
            xxh3_64(distinct.get(id as usize - 1).map_or(&[], |text| text.as_bytes()))
        });
        self.last = Some(id);
        id
    }

    /// The text of a number in `rows`; `None` for 0.
    pub(crate) fn text(&self, id: u32) -> Option<&str> {
        self.distinct.get((id as usize).checked_sub(1)?).map(|text| &**text)
    }

    fn memory_bytes(&self) -> usize {
        let texts: usize = self.distinct.iter().map(|text| text.len() + 16).sum();
        self.rows.capacity() * 4 + texts
    }
}

/// Times of rows: the distinct moments, and the index of each row's moment.
#[derive(Debug)]
pub(crate) struct TimeColumn {
    /// Ascending.
    pub(crate) moments: Vec<EpochHour>,
    /// Index into `moments` of each row; [`NO_TIME`] for none.
    pub(crate) rows: Vec<u32>,
    /// Length of a row's time.
    pub(crate) period: Period,
    /// Number of rows whose time can't be read; rows without a time do not count.
    pub(crate) unreadable: u64,
}

/// Marks a row without a time.
pub(crate) const NO_TIME: u32 = u32::MAX;

/// A text and its parsed time; `None` if the text is no time.
#[derive(Debug)]
struct ParsedText {
    text: String,
    time: Option<RowTime>,
}

/// Reads times row by row.
#[derive(Debug)]
pub(crate) struct TimeReader {
    rows: Vec<EpochHour>,
    declared: Option<Period>,
    finest: Option<Period>,
    last: ParsedText,
    unreadable: u64,
    zone: DistrictTimeZone,
}

const NONE: EpochHour = EpochHour::MIN;

impl TimeReader {
    /// Reads times of a declared length, in the given time zone.
    pub(crate) fn new(declared: Option<Period>, zone: DistrictTimeZone, rows: usize) -> Self {
        let last = ParsedText { text: String::new(), time: None };
        Self { rows: Vec::with_capacity(rows), declared, finest: None, last, unreadable: 0, zone }
    }

    /// Adds a row: its time, and its hour if that is a column of its own.
    pub(crate) fn push(&mut self, time: AttributeValue<'_>, hour: Option<AttributeValue<'_>>) {
        let parsed = match time {
            AttributeValue::Text(text) => {
                if self.last.text != text {
                    let time = parse_in(text, &self.zone);
                    self.last = ParsedText { text: text.to_owned(), time };
                }
                self.last.time
            }
            AttributeValue::Int(number) => parse(&number.to_string()),
            AttributeValue::UInt(number) => parse(&number.to_string()),
            _ => None,
        };
        let moment = parsed.and_then(|RowTime { moment, period }| {
            if self.finest.is_none_or(|finest| length(period) < length(finest)) {
                self.finest = Some(period);
            }
            match hour {
                None => Some(moment),
                Some(hour) => {
                    let hour = number_of(hour);
                    let is_hour = (0.0..24.0).contains(&hour) && hour.fract() == 0.0;
                    is_hour.then_some(moment.div_euclid(24) * 24 + hour as EpochHour)
                }
            }
        });
        let is_given = match time {
            AttributeValue::Null => false,
            AttributeValue::Text(text) => !text.trim().is_empty(),
            _ => true,
        };
        self.unreadable += u64::from(is_given && moment.is_none());
        self.rows.push(moment.unwrap_or(NONE));
    }

    pub(crate) fn arrange(&mut self, order: &[u32]) {
        self.rows = order.iter().map(|&row| self.rows[row as usize]).collect();
    }

    pub(crate) fn finish(self) -> TimeColumn {
        let mut moments: Vec<EpochHour> = Vec::new();
        let mut seen = HashSet::new();
        for &moment in self.rows.iter().filter(|&&moment| moment != NONE) {
            if moments.last() != Some(&moment) && seen.insert(moment) {
                moments.push(moment);
            }
        }
        moments.sort_unstable();
        let mut last = (NONE, NO_TIME);
        let rows = self.rows.iter().map(|&moment| {
            if moment != last.0 {
                last = (moment, moments.binary_search(&moment).map_or(NO_TIME, |at| at as u32));
            }
            last.1
        });
        let rows = rows.collect();
        let period = self.declared.or(self.finest).unwrap_or(Period::Day);
        TimeColumn { moments, rows, period, unreadable: self.unreadable }
    }
}

impl TimeColumn {
    pub(crate) fn memory_bytes(&self) -> usize {
        self.moments.capacity() * 4 + self.rows.capacity() * 4
    }
}

/// Approximate length of a period in hours.
fn length(period: Period) -> u32 {
    match period {
        Period::Year => 8766,
        Period::HalfYear => 4383,
        Period::Quarter => 2191,
        Period::Month => 730,
        Period::Week => 168,
        Period::Day => 24,
        Period::MonthHour => 2,
        Period::Hour => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_a_double_can_not_represent_stay_distinct() {
        let mut cells = ColumnCells::new(ColumnType::Int, CellRepresentations::OWN, 0);
        for number in [12, 1_120_011_400_100_010_001, 1_120_011_400_100_010_002] {
            cells.push(AttributeValue::Int(number));
        }
        cells.push(AttributeValue::Null);
        cells.finish();
        let texts = cells.texts.as_ref().unwrap();
        let found: Vec<_> = texts.rows.iter().map(|&id| texts.text(id)).collect();
        let expected = ["12", "1120011400100010001", "1120011400100010002"].map(Some);
        assert_eq!((cells.kind, &found[..3], found[3]), (ColumnType::Text, &expected[..], None));
    }
}
