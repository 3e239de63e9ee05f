//! Encoding of one feature as the bytes of its frame.

use flatbuffers::FlatBufferBuilder;
use flatgeobuf::{Feature, FeatureArgs, Geometry as Stored, GeometryArgs, GeometryType};

use super::frame::MAX_FEATURE;
use data_model::feature::{AttributeValue, Column, ColumnType, Geometry, GeometryKind, ShapeKind};

/// Upper bounds in bytes: of the tables and fields of a frame, with or without a geometry, of
/// each polygon's table, and of each ring beside its positions.
const FRAME: u64 = 256;
const POLYGON: u64 = 128;
const RING: u64 = 24;

/// Reason for which a feature can't be encoded.
#[derive(Debug, PartialEq)]
pub(super) enum UnencodableFeature {
    /// A value or the geometry does not fit the layer.
    Mismatch(FeatureMismatch),
    /// The feature may take this many bytes, more than [`MAX_FEATURE`], the limit of readers.
    TooLarge(u64),
}

/// A value or a geometry that does not fit the layer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FeatureMismatch {
    /// Another number of values than the schema has columns.
    #[error("{values} values for {columns} columns")]
    ValueCount {
        /// Number of values.
        values: usize,
        /// Number of columns.
        columns: usize,
    },
    /// More columns than the format numbers.
    #[error("more than 65,536 columns")]
    ColumnCount,
    /// A text or bytes longer than the format counts.
    #[error("a value of 4 GiB or more")]
    LongValue,
    /// A value of another type than its column.
    #[error("column {column:?} is {kind:?}, not {value}")]
    ValueType {
        /// Name of the column.
        column: String,
        /// Type of the column.
        kind: ColumnType,
        /// The value, in Rust's notation.
        value: String,
    },
    /// A geometry in a file without.
    #[error("a {0:?} among rows without geometry")]
    UnexpectedGeometry(ShapeKind),
    /// A shape of another kind than the layer.
    #[error("a {shape:?} in a layer of {layer:?}")]
    GeometryKind {
        /// Kind of the shape.
        shape: ShapeKind,
        /// Geometry kind of the layer.
        layer: GeometryKind,
    },
    /// Parts that end out of order, or not with the coordinates.
    #[error("its part ends do not fit its coordinates")]
    PartEnds,
    /// A position that is infinite or no number.
    #[error("the position {0} {1} is not finite")]
    NotFinite(f64, f64),
}

impl From<FeatureMismatch> for UnencodableFeature {
    fn from(mismatch: FeatureMismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}

/// Encodes features of one layer, reusing one buffer.
pub(super) struct FeatureEncoder {
    /// Geometry kind of the features; `None` if they have no geometry.
    kind: Option<GeometryKind>,
    /// Whether any point geometry so far has more than one point.
    pub(super) multipoints: bool,
    builder: FlatBufferBuilder<'static>,
    properties: Vec<u8>,
}

impl FeatureEncoder {
    pub(super) fn new(kind: Option<GeometryKind>) -> Self {
        let (builder, properties) = (FlatBufferBuilder::new(), Vec::new());
        Self { kind, multipoints: false, builder, properties }
    }

    /// Encodes a feature as a frame, its length first.
    pub(super) fn feature(
        &mut self,
        columns: &[Column],
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<&[u8], UnencodableFeature> {
        // Before anything is written: a FlatBuffer of 2 GiB is a panic.
        let most = most_bytes(geometry, values);
        if most > MAX_FEATURE {
            return Err(UnencodableFeature::TooLarge(most));
        }
        self.encode_properties(columns, values)?;
        self.builder.reset();
        let stored = match geometry.kind {
            Some(kind) if !geometry.coordinates.is_empty() => {
                self.check_geometry(geometry, kind)?;
                Some(self.encode_geometry(geometry, kind))
            }
            _ => None,
        };
        let properties = self.builder.create_vector(&self.properties);
        let feature = Feature::create(
            &mut self.builder,
            &FeatureArgs { geometry: stored, properties: Some(properties), columns: None },
        );
        self.builder.finish_size_prefixed(feature, None);
        Ok(self.builder.finished_data())
    }

    fn encode_properties(
        &mut self,
        columns: &[Column],
        values: &[AttributeValue<'_>],
    ) -> Result<(), FeatureMismatch> {
        self.properties.clear();
        if values.len() != columns.len() {
            return Err(FeatureMismatch::ValueCount {
                values: values.len(),
                columns: columns.len(),
            });
        }
        for (number, (value, column)) in values.iter().zip(columns).enumerate() {
            if *value == AttributeValue::Null {
                continue;
            }
            let number = u16::try_from(number).map_err(|_| FeatureMismatch::ColumnCount)?;
            self.properties.extend_from_slice(&number.to_le_bytes());
            let out = &mut self.properties;
            let append_counted = |bytes: &[u8], out: &mut Vec<u8>| {
                let count = u32::try_from(bytes.len()).map_err(|_| FeatureMismatch::LongValue)?;
                out.extend_from_slice(&count.to_le_bytes());
                out.extend_from_slice(bytes);
                Ok::<(), FeatureMismatch>(())
            };
            match (column.kind, *value) {
                (ColumnType::Bool, AttributeValue::Bool(flag)) => out.push(u8::from(flag)),
                (ColumnType::Int, AttributeValue::Int(number)) => {
                    out.extend_from_slice(&number.to_le_bytes());
                }
                (ColumnType::UInt, AttributeValue::UInt(number)) => {
                    out.extend_from_slice(&number.to_le_bytes());
                }
                (ColumnType::Float, AttributeValue::Float(number)) => {
                    out.extend_from_slice(&number.to_le_bytes());
                }
                (ColumnType::Double, AttributeValue::Double(number)) => {
                    out.extend_from_slice(&number.to_le_bytes());
                }
                (
                    ColumnType::Text | ColumnType::Json | ColumnType::DateTime,
                    AttributeValue::Text(text),
                ) => {
                    append_counted(text.as_bytes(), out)?;
                }
                (ColumnType::Binary, AttributeValue::Binary(bytes)) => append_counted(bytes, out)?,
                (kind, value) => {
                    let (column, value) = (column.name.clone(), format!("{value:?}"));
                    return Err(FeatureMismatch::ValueType { column, kind, value });
                }
            }
        }
        Ok(())
    }

    fn check_geometry(&self, geometry: &Geometry, kind: ShapeKind) -> Result<(), FeatureMismatch> {
        let Some(layer) = self.kind else {
            return Err(FeatureMismatch::UnexpectedGeometry(kind));
        };
        let fits = match layer {
            GeometryKind::Mixed => true,
            GeometryKind::Point => kind == ShapeKind::Point,
            GeometryKind::Line => kind == ShapeKind::Line,
            GeometryKind::Polygon => kind == ShapeKind::Polygon,
        };
        if !fits {
            return Err(FeatureMismatch::GeometryKind { shape: kind, layer });
        }
        let ordered = |ends: &[u32], count: usize| {
            ends.is_sorted() && ends.last().is_none_or(|&end| end as usize == count)
        };
        let parts = geometry.ends.len();
        let sound = match kind {
            ShapeKind::Point => parts == 0,
            ShapeKind::Line => parts > 0 && ordered(&geometry.ends, geometry.coordinates.len()),
            ShapeKind::Polygon => {
                parts > 0
                    && !geometry.polygon_ends.is_empty()
                    && ordered(&geometry.ends, geometry.coordinates.len())
                    && ordered(&geometry.polygon_ends, parts)
            }
        };
        if !sound {
            return Err(FeatureMismatch::PartEnds);
        }
        match geometry.coordinates.iter().find(|[x, y]| !x.is_finite() || !y.is_finite()) {
            Some(&[x, y]) => Err(FeatureMismatch::NotFinite(x, y)),
            None => Ok(()),
        }
    }

    /// Encodes a geometry. Lines and polygons are always of a multi type, so that a layer has
    /// one type. A point and a multipoint of one point are the same bytes; the header gives the
    /// type.
    fn encode_geometry(
        &mut self,
        geometry: &Geometry,
        kind: ShapeKind,
    ) -> flatbuffers::WIPOffset<Stored<'static>> {
        match kind {
            ShapeKind::Point => {
                let single = geometry.coordinates.len() == 1;
                self.multipoints |= !single;
                let type_ = if single { GeometryType::Point } else { GeometryType::MultiPoint };
                self.flat(type_, &geometry.coordinates, &[])
            }
            ShapeKind::Line => {
                self.flat(GeometryType::MultiLineString, &geometry.coordinates, &geometry.ends)
            }
            ShapeKind::Polygon => {
                let mut polygons = Vec::with_capacity(geometry.polygon_ends.len());
                let (mut ring, mut vertex) = (0, 0);
                let mut closed = Vec::new();
                let mut ends = Vec::new();
                for &last_ring in &geometry.polygon_ends {
                    closed.clear();
                    ends.clear();
                    for &end in &geometry.ends[ring..last_ring as usize] {
                        let points = &geometry.coordinates[vertex..end as usize];
                        closed.extend_from_slice(points);
                        // Stored rings repeat their first vertex.
                        if let (Some(first), Some(last)) = (points.first(), points.last())
                            && first != last
                        {
                            closed.push(*first);
                        }
                        ends.push(closed.len() as u32);
                        vertex = end as usize;
                    }
                    ring = last_ring as usize;
                    let (closed, ends) = (std::mem::take(&mut closed), std::mem::take(&mut ends));
                    polygons.push(self.flat(GeometryType::Polygon, &closed, &ends));
                }
                let parts = self.builder.create_vector(&polygons);
                Stored::create(
                    &mut self.builder,
                    &GeometryArgs {
                        type_: GeometryType::MultiPolygon,
                        parts: Some(parts),
                        ..GeometryArgs::default()
                    },
                )
            }
        }
    }

    fn flat(
        &mut self,
        type_: GeometryType,
        coordinates: &[[f64; 2]],
        ends: &[u32],
    ) -> flatbuffers::WIPOffset<Stored<'static>> {
        let ends = (!ends.is_empty()).then(|| self.builder.create_vector(ends));
        let xy = self.builder.create_vector(coordinates.as_flattened());
        Stored::create(
            &mut self.builder,
            &GeometryArgs { ends, xy: Some(xy), type_, ..GeometryArgs::default() },
        )
    }
}

/// Upper bound of the bytes of a feature's frame.
fn most_bytes(geometry: &Geometry, values: &[AttributeValue<'_>]) -> u64 {
    let positions = geometry.coordinates.len() as u64 * 16;
    let rings = geometry.ends.len() as u64 * RING;
    let polygons = geometry.polygon_ends.len() as u64 * POLYGON;
    let values: u64 = values
        .iter()
        .map(|value| match value {
            AttributeValue::Text(text) => 6 + text.len() as u64,
            AttributeValue::Binary(bytes) => 6 + bytes.len() as u64,
            _ => 10,
        })
        .sum();
    FRAME + positions + rings + polygons + values
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(geometry: &Geometry, text: &str) -> Result<u64, UnencodableFeature> {
        let column =
            Column { name: "a".to_owned(), kind: ColumnType::Text, title: None, description: None };
        let mut encoder = FeatureEncoder::new(Some(GeometryKind::Mixed));
        encoder
            .feature(&[column], geometry, &[AttributeValue::Text(text)])
            .map(|bytes| bytes.len() as u64)
    }

    #[test]
    fn what_no_reader_takes_is_refused_before_it_is_encoded() {
        let large = Geometry {
            kind: Some(ShapeKind::Point),
            // Zeroes that are never touched take no memory.
            coordinates: vec![[0.0; 2]; (MAX_FEATURE / 16) as usize],
            ..Geometry::default()
        };
        assert!(matches!(encoded(&large, ""), Err(UnencodableFeature::TooLarge(_))));
        let text = String::from_utf8(vec![0; MAX_FEATURE as usize]).unwrap();
        assert!(matches!(
            encoded(&Geometry::default(), &text),
            Err(UnencodableFeature::TooLarge(_))
        ));
    }

    proptest! {
        #[test]
        fn a_frame_is_never_larger_than_foreseen(
            shape in 0usize..3,
            parts in prop::collection::vec(1usize..5, 1..12),
            text in ".{0,40}",
        ) {
            let kind = [ShapeKind::Point, ShapeKind::Line, ShapeKind::Polygon][shape];
            let mut geometry = Geometry { kind: Some(kind), ..Geometry::default() };
            for (part, &count) in parts.iter().enumerate() {
                for n in 0..count {
                    geometry.coordinates.push([part as f64, n as f64]);
                }
                if kind != ShapeKind::Point {
                    geometry.end_part();
                }
                if kind == ShapeKind::Polygon {
                    geometry.end_polygon();
                }
            }
            let bytes = encoded(&geometry, &text).unwrap();
            prop_assert!(bytes <= most_bytes(&geometry, &[AttributeValue::Text(&text)]), "{bytes}");
        }
    }
}
