//! Stored geometry to the flat form. Z, M and time coordinates are dropped; of a collection,
//! only the parts of the highest dimension are kept.

use flatgeobuf::{Geometry as Stored, GeometryType};

use data_model::feature::{Geometry, ShapeKind};

/// Fault of a stored geometry.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum GeometryFault {
    /// A type that is not drawn, such as a curve.
    #[error(
        "geometry of type {0} is not supported; convert it to points, lines or polygons (ogr2ogr \
         -nlt CONVERT_TO_LINEAR -explodecollections)"
    )]
    UnsupportedType(&'static str),
    /// A position that is infinite or no number.
    #[error("the position {0} {1} is not finite")]
    NotFinite(f64, f64),
    /// An odd count of numbers.
    #[error("{0} numbers do not make x, y pairs")]
    OddCount(usize),
    /// A part that ends before its predecessor, or past the positions.
    #[error("part end {end} is not between {previous} and {count}")]
    PartEnd {
        /// End of the part.
        end: u32,
        /// End of the part before.
        previous: u32,
        /// Number of positions.
        count: usize,
    },
    /// Positions after the last part.
    #[error("its parts end at {end}, but it has {count} positions")]
    PositionsAfterEnd {
        /// End of the last part.
        end: u32,
        /// Number of positions.
        count: usize,
    },
}

/// Reads a verified geometry into `out`, which is cleared first. `declared` is
/// the header's geometry type, `Unknown` where features differ.
///
/// # Errors
/// [`GeometryFault`].
pub(super) fn read(
    stored: Stored<'_>,
    declared: GeometryType,
    out: &mut Geometry,
) -> Result<(), GeometryFault> {
    out.clear();
    let kind = if declared == GeometryType::Unknown { stored.type_() } else { declared };
    match kind {
        GeometryType::Point | GeometryType::MultiPoint => {
            out.kind = Some(ShapeKind::Point);
            coordinates(stored, out)?;
            // Some writers store an empty point as a point that is nowhere.
            out.coordinates.retain(|[x, y]| !(x.is_nan() && y.is_nan()));
        }
        GeometryType::LineString | GeometryType::MultiLineString => {
            out.kind = Some(ShapeKind::Line);
            parts(stored, out)?;
        }
        GeometryType::Polygon | GeometryType::Triangle => {
            out.kind = Some(ShapeKind::Polygon);
            parts(stored, out)?;
            if !out.ends.is_empty() {
                out.end_polygon();
            }
        }
        GeometryType::MultiPolygon => {
            out.kind = Some(ShapeKind::Polygon);
            for polygon in stored.parts().iter().flatten() {
                let rings = out.ends.len();
                parts(polygon, out)?;
                if out.ends.len() > rings {
                    out.end_polygon();
                }
            }
        }
        GeometryType::GeometryCollection => {
            let mut member = Geometry::default();
            for stored in stored.parts().iter().flatten() {
                // The verifier bounds how deep collections lie in each other.
                read(stored, GeometryType::Unknown, &mut member)?;
                out.join(&member);
            }
        }
        // A feature without geometry, as the writer of the `flatgeobuf` crate has it.
        GeometryType::Unknown if is_empty(stored) => {}
        other => {
            let name = other.variant_name().unwrap_or("unknown");
            return Err(GeometryFault::UnsupportedType(name));
        }
    }
    if let Some(&[x, y]) = out.coordinates.iter().find(|[x, y]| !x.is_finite() || !y.is_finite()) {
        return Err(GeometryFault::NotFinite(x, y));
    }
    if out.coordinates.is_empty() {
        out.clear();
    }
    Ok(())
}

fn is_empty(stored: Stored<'_>) -> bool {
    stored.xy().is_none_or(|xy| xy.is_empty())
        && stored.parts().is_none_or(|parts| parts.is_empty())
}

fn coordinates(stored: Stored<'_>, out: &mut Geometry) -> Result<usize, GeometryFault> {
    let Some(flat) = stored.xy() else {
        return Ok(0);
    };
    if flat.len() % 2 != 0 {
        return Err(GeometryFault::OddCount(flat.len()));
    }
    let count = flat.len() / 2;
    out.coordinates.reserve(count);
    let mut numbers = flat.iter();
    while let (Some(x), Some(y)) = (numbers.next(), numbers.next()) {
        out.coordinates.push([x, y]);
    }
    Ok(count)
}

/// Reads the lines of a multiline or the rings of a polygon; one part if the file gives no
/// ends.
fn parts(stored: Stored<'_>, out: &mut Geometry) -> Result<(), GeometryFault> {
    let base = out.coordinates.len() as u32;
    let count = coordinates(stored, out)?;
    if count == 0 {
        return Ok(());
    }
    let Some(ends) = stored.ends().filter(|ends| !ends.is_empty()) else {
        out.end_part();
        return Ok(());
    };
    let mut previous = 0;
    for end in ends {
        if end < previous || end as usize > count {
            return Err(GeometryFault::PartEnd { end, previous, count });
        }
        if end > previous {
            out.ends.push(base + end);
        }
        previous = end;
    }
    if previous as usize != count {
        return Err(GeometryFault::PositionsAfterEnd { end: previous, count });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flatbuffers::FlatBufferBuilder;
    use flatgeobuf::GeometryArgs;

    #[test]
    fn a_collection_is_drawn_by_its_parts_of_the_highest_dimension() {
        let mut builder = FlatBufferBuilder::new();
        let mut member = |type_: GeometryType, xy: &[f64]| {
            let xy = Some(builder.create_vector(xy));
            Stored::create(&mut builder, &GeometryArgs { xy, type_, ..Default::default() })
        };
        let members = [
            member(GeometryType::Point, &[1.0, 2.0]),
            member(GeometryType::LineString, &[0.0, 0.0, 1.0, 1.0]),
            member(GeometryType::MultiPoint, &[5.0, 5.0]),
            member(GeometryType::LineString, &[2.0, 2.0, 3.0, 3.0]),
        ];
        let parts = Some(builder.create_vector(&members));
        let type_ = GeometryType::GeometryCollection;
        let whole =
            Stored::create(&mut builder, &GeometryArgs { parts, type_, ..Default::default() });
        builder.finish(whole, None);
        let stored = flatbuffers::root::<Stored<'_>>(builder.finished_data()).unwrap();
        for declared in [GeometryType::Unknown, GeometryType::GeometryCollection] {
            let mut read = Geometry::default();
            super::read(stored, declared, &mut read).unwrap();
            assert_eq!(read.kind, Some(ShapeKind::Line));
            assert_eq!(read.coordinates, [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]);
            assert_eq!(read.ends, [2, 4]);
        }
    }
}
