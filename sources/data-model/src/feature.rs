//! One feature as stored: geometry in doubles and typed values.
//!
//! Common representation in stores, file readers, writers and the feature table. Reusable: a scan fills
//! one [`Geometry`] and one value list for all features.

use crate::visit_error::VisitError;

/// Kind of geometry of a layer's features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GeometryKind {
    /// Points and multipoints.
    Point,
    /// Lines and multilines.
    Line,
    /// Polygons and multipolygons.
    Polygon,
    /// More than one of the others.
    Mixed,
}

/// The shape of one feature: flat coordinates with part boundaries.
///
/// Points: every coordinate is a point. Lines: `ends[i]` is the end of line
/// `i` in `coordinates`. Polygons: `ends[i]` is the end of ring `i`, and
/// `polygon_ends[j]` the end of polygon `j` in `ends`; a polygon's first ring is
/// its exterior. Rings need not be closed and may wind either way: the feature
/// table closes and winds them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Geometry {
    /// Shape that the coordinates form; `None` for a feature without geometry.
    pub kind: Option<ShapeKind>,
    /// x, y: longitude and latitude in degrees, or the store's CRS before it
    /// is projected.
    pub coordinates: Vec<[f64; 2]>,
    /// End of each line or ring, an index into `coordinates`.
    pub ends: Vec<u32>,
    /// End of each polygon, an index into `ends`.
    pub polygon_ends: Vec<u32>,
}

/// The three geometry types of a vector tile (MVT 2.1, section 4.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ShapeKind {
    /// Points.
    Point = 1,
    /// Lines.
    Line = 2,
    /// Polygons.
    Polygon = 3,
}

impl Geometry {
    /// Empties the geometry for the next feature, keeping its memory.
    pub fn clear(&mut self) {
        self.kind = None;
        self.coordinates.clear();
        self.ends.clear();
        self.polygon_ends.clear();
    }

    /// Whether the geometry has no kind or no coordinates: nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kind.is_none() || self.coordinates.is_empty()
    }

    /// Merges another geometry as members of one collection, keeping the parts of the highest
    /// dimension. Returns whether parts of another dimension were left out.
    ///
    /// A vector tile's feature is of one kind (MVT 2.1, section 4.3.4), so a row of a
    /// store is one feature of one kind, with one id and counted once. PostGIS's
    /// `ST_AsMVTGeom` draws collections the same way.
    pub fn join(&mut self, other: &Self) -> bool {
        if other.is_empty() {
            return false;
        }
        let dimension = |geometry: &Self| match geometry.is_empty() {
            true => None,
            false => geometry.kind.map(|kind| kind as u8),
        };
        let (own, others) = (dimension(self), dimension(other));
        if own > others {
            return true;
        }
        if own < others {
            self.clone_from(other);
            return own.is_some();
        }
        let (points, parts) = (self.coordinates.len() as u32, self.ends.len() as u32);
        self.coordinates.extend_from_slice(&other.coordinates);
        self.ends.extend(other.ends.iter().map(|end| end + points));
        self.polygon_ends.extend(other.polygon_ends.iter().map(|end| end + parts));
        false
    }

    /// Ends the line or ring that the last coordinates belong to.
    pub fn end_part(&mut self) {
        self.ends.push(self.coordinates.len() as u32);
    }

    /// Ends the polygon that the last rings belong to.
    pub fn end_polygon(&mut self) {
        self.polygon_ends.push(self.ends.len() as u32);
    }

    /// Each line or ring as a slice of coordinates.
    pub fn parts(&self) -> impl Iterator<Item = &[[f64; 2]]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let part = &self.coordinates[start..end as usize];
            start = end as usize;
            part
        })
    }
}

/// The logical type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// `true` or `false`.
    Bool,
    /// A signed integer of up to 64 bits.
    Int,
    /// An unsigned integer of up to 64 bits.
    UInt,
    /// A 32-bit float.
    Float,
    /// A 64-bit float.
    Double,
    /// Text; codes are text too, so leading zeros stay.
    Text,
    /// A JSON document as text.
    Json,
    /// A date, time or both, in ISO 8601.
    DateTime,
    /// Bytes, published as lower-case hexadecimal text.
    Binary,
}

impl ColumnType {
    /// Whether values of the type are numbers.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::UInt | Self::Float | Self::Double)
    }

    /// TileJSON 3.0.0 field type (section 3.3.2), which decides what a style may compare with.
    #[must_use]
    pub const fn tilejson_type(self) -> &'static str {
        match self {
            Self::Bool => "Boolean",
            Self::Int | Self::UInt | Self::Float | Self::Double => "Number",
            Self::Text | Self::Json | Self::DateTime | Self::Binary => "String",
        }
    }
}

/// One attribute of a layer or dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name of the attribute in tiles.
    pub name: String,
    /// Type of the values.
    pub kind: ColumnType,
    /// Title for people; `None` if the store has none.
    pub title: Option<String>,
    /// Longer description; `None` if the store has none.
    pub description: Option<String>,
}

/// One attribute value, borrowed from the store's buffer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AttributeValue<'a> {
    /// No value: the feature lacks the attribute in a tile (MVT has no null).
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    UInt(u64),
    /// A 32-bit float.
    Float(f32),
    /// A 64-bit float.
    Double(f64),
    /// Text, JSON, or an ISO 8601 date or time.
    Text(&'a str),
    /// Bytes.
    Binary(&'a [u8]),
}

/// Largest magnitude up to which a double holds every integer (2⁵³). Browsers keep
/// numbers as doubles: beyond it two integers can become one.
pub const MOST_EXACT_INTEGER: u64 = 1 << 53;

impl AttributeValue<'_> {
    /// Whether the value is an integer of a magnitude above [`MOST_EXACT_INTEGER`].
    #[must_use]
    pub fn is_wide_integer(self) -> bool {
        match self {
            Self::Int(number) => number.unsigned_abs() > MOST_EXACT_INTEGER,
            Self::UInt(number) => number > MOST_EXACT_INTEGER,
            _ => false,
        }
    }

    /// Value as the text of a code. Numbers and flags are written to `buffer`, numbers that are
    /// not finite become null, and all else is returned unchanged.
    #[must_use]
    pub fn as_text<'b>(self, buffer: &'b mut String) -> AttributeValue<'b>
    where
        Self: 'b,
    {
        use std::fmt::Write as _;
        buffer.clear();
        // Writing to a String can't fail.
        let _ = match self {
            Self::Bool(flag) => write!(buffer, "{flag}"),
            Self::Int(number) => write!(buffer, "{number}"),
            Self::UInt(number) => write!(buffer, "{number}"),
            Self::Float(number) if number.is_finite() => write!(buffer, "{number}"),
            Self::Double(number) if number.is_finite() => write!(buffer, "{number}"),
            Self::Float(_) | Self::Double(_) => return AttributeValue::Null,
            other => return other,
        };
        AttributeValue::Text(buffer)
    }

    /// Value as a number; `None` if the value is not finite or no number.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        let number = match self {
            Self::Int(number) => number as f64,
            Self::UInt(number) => number as f64,
            Self::Float(number) => f64::from(number),
            Self::Double(number) => number,
            Self::Null | Self::Bool(_) | Self::Text(_) | Self::Binary(_) => return None,
        };
        number.is_finite().then_some(number)
    }
}

/// Schema of a scan, known before the first feature.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeatureSchema {
    /// The attributes, in the order in which features carry their values.
    pub columns: Vec<Column>,
    /// Number of features that follow; `None` if the store has no count.
    pub feature_count: Option<u64>,
    /// A title for people.
    pub title: Option<String>,
    /// A longer description.
    pub description: Option<String>,
}

/// Receives the features of a scan.
pub trait FeatureVisitor {
    /// Called once, before the first feature.
    fn begin(&mut self, schema: &FeatureSchema);

    /// Called for each feature in the store's order.
    ///
    /// `row` counts from 0; `geometry` is longitude and latitude in degrees and
    /// finite; `values` has one entry per column of the schema.
    ///
    /// # Errors
    /// The visitor's error, which ends the scan (a table full, for example).
    fn feature(
        &mut self,
        row: u64,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), VisitError>;
}
