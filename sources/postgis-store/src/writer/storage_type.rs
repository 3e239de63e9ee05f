//! Types of columns in a table, by logical type and content.
//!
//! A table must be published as its file is. So a date or time has a type of its own only if
//! every value is in the form in which that type is published, and JSON is stored as `json`,
//! which keeps the text unchanged: `jsonb` would write it anew, with other spaces, another
//! order and without repeated keys.

use data_model::VisitError;
use data_model::feature::{
    AttributeValue, ColumnType, FeatureSchema, FeatureVisitor, Geometry, ShapeKind,
};

use crate::writer::names::fit;
use crate::writer::timestamp;

/// Storage type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StorageType {
    Bool,
    Int,
    UInt,
    Float,
    Double,
    Text,
    Json,
    Date,
    Timestamp,
    Utc,
    Binary,
}

impl StorageType {
    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Bool => "boolean",
            Self::Int => "bigint",
            Self::UInt => "numeric(20,0)",
            Self::Float => "real",
            Self::Double => "double precision",
            Self::Text => "text",
            Self::Json => "json",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Utc => "timestamptz",
            Self::Binary => "bytea",
        }
    }
}

/// Storage type of the geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GeometryStorage {
    Point,
    MultiPoint,
    MultiLine,
    MultiPolygon,
    Any,
}

impl GeometryStorage {
    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Point => "Point",
            Self::MultiPoint => "MultiPoint",
            Self::MultiLine => "MultiLineString",
            Self::MultiPolygon => "MultiPolygon",
            Self::Any => "Geometry",
        }
    }
}

/// Result of a first pass over the file.
#[derive(Debug, Default)]
pub(super) struct ColumnSurvey {
    pub(super) schema: FeatureSchema,
    /// Name of each column in the table.
    pub(super) names: Vec<String>,
    pub(super) features: u64,
    pub(super) with_geometry: u64,
    columns: Vec<PossibleTypes>,
    kinds: [bool; 3],
    multipoints: bool,
}

/// Types that every text of a column can be stored as, so far.
#[derive(Debug, Clone, Copy)]
struct PossibleTypes {
    any: bool,
    date: bool,
    timestamp: bool,
    utc: bool,
    json: bool,
}

impl ColumnSurvey {
    pub(super) fn storage_types(&self) -> Vec<StorageType> {
        let types = self.schema.columns.iter().map(|column| column.kind);
        types.zip(&self.columns).map(|(kind, found)| found.storage_type(kind)).collect()
    }

    pub(super) fn shape(&self) -> GeometryStorage {
        match self.kinds {
            [true, false, false] if self.multipoints => GeometryStorage::MultiPoint,
            [true, false, false] => GeometryStorage::Point,
            [false, true, false] => GeometryStorage::MultiLine,
            [false, false, true] => GeometryStorage::MultiPolygon,
            _ => GeometryStorage::Any,
        }
    }

    /// Columns that have another name in the table: the name in the file and in the table.
    pub(super) fn renamed(&self) -> Vec<(String, String)> {
        let pairs = self.schema.columns.iter().zip(&self.names);
        pairs
            .filter(|(column, name)| column.name != **name)
            .map(|(column, name)| (column.name.clone(), name.clone()))
            .collect()
    }
}

impl PossibleTypes {
    const ALL: Self = Self { any: false, date: true, timestamp: true, utc: true, json: true };

    fn storage_type(self, kind: ColumnType) -> StorageType {
        match kind {
            ColumnType::Bool => StorageType::Bool,
            ColumnType::Int => StorageType::Int,
            ColumnType::UInt => StorageType::UInt,
            ColumnType::Float => StorageType::Float,
            ColumnType::Double => StorageType::Double,
            ColumnType::Json if self.json => StorageType::Json,
            ColumnType::DateTime if self.any && self.date => StorageType::Date,
            ColumnType::DateTime if self.any && self.timestamp => StorageType::Timestamp,
            ColumnType::DateTime if self.any && self.utc => StorageType::Utc,
            ColumnType::Text | ColumnType::Json | ColumnType::DateTime => StorageType::Text,
            ColumnType::Binary => StorageType::Binary,
        }
    }

    fn narrow(&mut self, kind: ColumnType, text: &str) {
        self.any = true;
        match kind {
            ColumnType::DateTime => {
                self.date = self.date && timestamp::date(text).is_some();
                self.timestamp = self.timestamp && timestamp::timestamp(text).is_some();
                self.utc = self.utc && timestamp::utc(text).is_some();
            }
            ColumnType::Json => {
                self.json =
                    self.json && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
            }
            _ => {}
        }
    }
}

impl FeatureVisitor for ColumnSurvey {
    fn begin(&mut self, schema: &FeatureSchema) {
        self.schema = schema.clone();
        self.columns = vec![PossibleTypes::ALL; schema.columns.len()];
        self.names = fit(schema.columns.iter().map(|column| column.name.as_str()));
    }

    fn feature(
        &mut self,
        _: u64,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), VisitError> {
        self.features += 1;
        if let Some(kind) = geometry.kind.filter(|_| !geometry.is_empty()) {
            check_part_lengths(geometry, kind).map_err(VisitError::new)?;
            self.with_geometry += 1;
            self.kinds[kind as usize - 1] = true;
            self.multipoints |= kind == ShapeKind::Point && geometry.coordinates.len() > 1;
        }
        let columns = self.schema.columns.iter().zip(&mut self.columns);
        for ((column, found), value) in columns.zip(values) {
            if let AttributeValue::Text(text) = value {
                if let Some(reason) = unfit_text(text) {
                    let column = column.name.clone();
                    return Err(VisitError::new(UnfitText { column, reason }));
                }
                found.narrow(column.kind, text);
            }
        }
        Ok(())
    }
}

/// Reason for which PostgreSQL can't hold a text; `None` if it can.
#[must_use]
pub fn unfit_text(text: &str) -> Option<&'static str> {
    text.contains('\0').then_some("its text has the character U+0000, which PostgreSQL can't hold")
}

/// A text that PostgreSQL can't hold.
#[derive(Debug, thiserror::Error)]
#[error("column {column:?}: {reason}")]
struct UnfitText {
    column: String,
    reason: &'static str,
}

/// A line or ring with too few positions.
#[derive(Debug, thiserror::Error)]
#[error(
    "a {part} of {positions} position(s), and PostGIS takes none of less than {least}; repair the \
     file (ogr2ogr -makevalid)"
)]
struct ShortPart {
    part: &'static str,
    positions: usize,
    least: usize,
}

/// Checks that each line has two positions and each ring four: PostGIS refuses others without
/// naming the feature.
fn check_part_lengths(geometry: &Geometry, kind: ShapeKind) -> Result<(), ShortPart> {
    let (least, kind_name) = match kind {
        ShapeKind::Point => return Ok(()),
        ShapeKind::Line => (2, "line"),
        ShapeKind::Polygon => (4, "ring"),
    };
    for part in geometry.parts() {
        let open = kind == ShapeKind::Polygon && part.first() != part.last();
        let positions = part.len() + usize::from(open);
        if positions < least {
            return Err(ShortPart { part: kind_name, positions, least });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_model::feature::Column;
    use rstest::rstest;

    fn survey(kind: ColumnType, values: &[AttributeValue<'_>]) -> Result<StorageType, VisitError> {
        let column = Column { name: "a".to_owned(), kind, title: None, description: None };
        let mut survey = ColumnSurvey::default();
        survey.begin(&FeatureSchema { columns: vec![column], ..FeatureSchema::default() });
        for value in values {
            survey.feature(0, &Geometry::default(), &[*value])?;
        }
        Ok(survey.storage_types()[0])
    }

    #[rstest]
    #[case::date(ColumnType::DateTime, &["2024-01-31", "1999-12-01"], StorageType::Date)]
    #[case::timestamp(ColumnType::DateTime, &["2024-01-31T00:00:00"], StorageType::Timestamp)]
    #[case::utc(ColumnType::DateTime, &["2024-01-31T00:00:00Z"], StorageType::Utc)]
    #[case::both(ColumnType::DateTime, &["2024-01-31", "2024-01-31T00:00:00"], StorageType::Text)]
    #[case::offset(ColumnType::DateTime, &["2024-01-31T00:00:00+09:00"], StorageType::Text)]
    #[case::no_date(ColumnType::DateTime, &["2024-01-31", "2024-02-31"], StorageType::Text)]
    #[case::none(ColumnType::DateTime, &[], StorageType::Text)]
    #[case::json(ColumnType::Json, &["{\"a\":  1}", "null"], StorageType::Json)]
    #[case::no_json(ColumnType::Json, &["{\"a\": 1}", "{a: 1}"], StorageType::Text)]
    #[case::text(ColumnType::Text, &["2024-01-31"], StorageType::Text)]
    fn types_are_by_what_every_value_is(
        #[case] kind: ColumnType,
        #[case] texts: &[&str],
        #[case] expected: StorageType,
    ) {
        let mut values: Vec<_> = texts.iter().map(|text| AttributeValue::Text(text)).collect();
        values.push(AttributeValue::Null);
        assert_eq!(survey(kind, &values).unwrap(), expected);
    }

    #[test]
    fn a_text_with_a_null_character_is_refused() {
        let error = survey(ColumnType::Text, &[AttributeValue::Text("a\0")]).unwrap_err();
        assert!(error.cause::<UnfitText>().is_some_and(|text| text.column == "a"), "{error:?}");
        assert!(error.to_string().contains("U+0000"), "{error}");
    }

    #[rstest]
    #[case::line(ShapeKind::Line, 1, false)]
    #[case::line_of_two(ShapeKind::Line, 2, true)]
    #[case::open_ring_of_two(ShapeKind::Polygon, 2, false)]
    #[case::open_ring_of_three(ShapeKind::Polygon, 3, true)]
    fn short_parts_are_refused(#[case] kind: ShapeKind, #[case] count: u32, #[case] fits: bool) {
        let mut geometry = Geometry { kind: Some(kind), ..Geometry::default() };
        geometry.coordinates.extend((0..count).map(|n| [f64::from(n), f64::from(n * n)]));
        geometry.end_part();
        assert_eq!(check_part_lengths(&geometry, kind).is_ok(), fits);
    }
}
