//! Features as rows of a binary `COPY`.
//!
//! Values are as PostgreSQL's `recv` functions read them, geometry as EWKB (the WKB of OGC
//! 06-103r4, section 8, with an SRID): little-endian inside, as its flag states, while
//! everything around it is big-endian.

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::writer::storage_type::{GeometryStorage, StorageType};
use crate::writer::timestamp;
use data_model::feature::{AttributeValue, Geometry, ShapeKind};

const SRID_FLAG: u32 = 0x2000_0000;
const SRID: u32 = 4326;
/// Digits of `numeric` are in base 10,000.
const NUMERIC_BASE: u64 = 10_000;

/// A value that is not of its column's storage type.
#[derive(Debug, thiserror::Error)]
#[error("{value} in a column of {storage_type:?}")]
struct MismatchedValue {
    value: String,
    storage_type: StorageType,
}

/// One field of a row.
#[derive(Debug)]
pub(super) enum RowField<'a> {
    Id(i64),
    Geometry(&'a Geometry, GeometryStorage),
    Value(StorageType, AttributeValue<'a>),
}

impl ToSql for RowField<'_> {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Id(id) => out.put_i64(*id),
            Self::Geometry(geometry, shape) => match geometry.kind {
                Some(kind) if !geometry.is_empty() => ewkb(geometry, kind, *shape, out),
                _ => return Ok(IsNull::Yes),
            },
            Self::Value(storage_type, value) => return Ok(encode(*storage_type, value, out)?),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn encode(
    storage_type: StorageType,
    value: &AttributeValue<'_>,
    out: &mut BytesMut,
) -> Result<IsNull, MismatchedValue> {
    let changed = || MismatchedValue { value: format!("{value:?}"), storage_type };
    match (storage_type, *value) {
        (_, AttributeValue::Null) => return Ok(IsNull::Yes),
        (StorageType::Bool, AttributeValue::Bool(flag)) => out.put_u8(u8::from(flag)),
        (StorageType::Int, AttributeValue::Int(number)) => out.put_i64(number),
        (StorageType::UInt, AttributeValue::UInt(number)) => numeric(number, out),
        (StorageType::Float, AttributeValue::Float(number)) => out.put_f32(number),
        (StorageType::Double, AttributeValue::Double(number)) => out.put_f64(number),
        (StorageType::Text | StorageType::Json, AttributeValue::Text(text)) => {
            out.put_slice(text.as_bytes());
        }
        (StorageType::Date, AttributeValue::Text(text)) => {
            out.put_i32(timestamp::date(text).ok_or_else(changed)?);
        }
        (StorageType::Timestamp, AttributeValue::Text(text)) => {
            out.put_i64(timestamp::timestamp(text).ok_or_else(changed)?);
        }
        (StorageType::Utc, AttributeValue::Text(text)) => {
            out.put_i64(timestamp::utc(text).ok_or_else(changed)?);
        }
        (StorageType::Binary, AttributeValue::Binary(bytes)) => out.put_slice(bytes),
        _ => return Err(changed()),
    }
    Ok(IsNull::No)
}

/// Writes count of digits, weight of the first, sign, digits behind the point, digits.
fn numeric(mut number: u64, out: &mut BytesMut) {
    let mut digits = [0i16; 5];
    let mut count = 0;
    while number > 0 {
        // Below the base, so it fits.
        digits[count] = (number % NUMERIC_BASE) as i16;
        number /= NUMERIC_BASE;
        count += 1;
    }
    out.put_i16(count as i16);
    out.put_i16((count as i16 - 1).max(0));
    out.put_i16(0);
    out.put_i16(0);
    digits[..count].iter().rev().for_each(|&digit| out.put_i16(digit));
}

fn ewkb(geometry: &Geometry, kind: ShapeKind, shape: GeometryStorage, out: &mut BytesMut) {
    let single = geometry.coordinates.len() == 1 && shape != GeometryStorage::MultiPoint;
    let code = match kind {
        ShapeKind::Point if single => 1,
        ShapeKind::Point => 4,
        ShapeKind::Line => 5,
        ShapeKind::Polygon => 6,
    };
    out.put_u8(1);
    out.put_u32_le(code | SRID_FLAG);
    out.put_u32_le(SRID);
    match kind {
        ShapeKind::Point if single => geometry.coordinates.iter().for_each(|at| position(*at, out)),
        ShapeKind::Point => {
            out.put_u32_le(geometry.coordinates.len() as u32);
            for &at in &geometry.coordinates {
                head(1, out);
                position(at, out);
            }
        }
        ShapeKind::Line => {
            out.put_u32_le(geometry.ends.len() as u32);
            for part in geometry.parts() {
                head(2, out);
                out.put_u32_le(part.len() as u32);
                part.iter().for_each(|&at| position(at, out));
            }
        }
        ShapeKind::Polygon => {
            out.put_u32_le(geometry.polygon_ends.len() as u32);
            let mut parts = geometry.parts();
            let mut first = 0;
            for &end in &geometry.polygon_ends {
                head(3, out);
                out.put_u32_le(end - first);
                for ring in parts.by_ref().take((end - first) as usize) {
                    let open = ring.first().filter(|&first| Some(first) != ring.last());
                    out.put_u32_le((ring.len() + usize::from(open.is_some())) as u32);
                    ring.iter().chain(open).for_each(|&at| position(at, out));
                }
                first = end;
            }
        }
    }
}

/// Writes the head of a part: byte order and type, without an SRID.
fn head(code: u32, out: &mut BytesMut) {
    out.put_u8(1);
    out.put_u32_le(code);
}

fn position([x, y]: [f64; 2], out: &mut BytesMut) {
    out.put_f64_le(x);
    out.put_f64_le(y);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// Example values as PostgreSQL's `numeric_send` gives them.
    #[rstest]
    #[case(0, &[0, 0, 0, 0])]
    #[case(1, &[1, 0, 0, 0, 1])]
    #[case(10_000, &[2, 1, 0, 0, 1, 0])]
    #[case(u64::MAX, &[5, 4, 0, 0, 1844, 6744, 737, 955, 1615])]
    fn numbers(#[case] number: u64, #[case] expected: &[i16]) {
        let mut out = BytesMut::new();
        numeric(number, &mut out);
        let words: Vec<i16> =
            out.chunks(2).map(|word| i16::from_be_bytes([word[0], word[1]])).collect();
        assert_eq!(words, expected);
    }

    #[test]
    fn a_value_of_another_type_is_an_error() {
        let mut out = BytesMut::new();
        assert!(encode(StorageType::Int, &AttributeValue::Text("1"), &mut out).is_err());
        assert!(encode(StorageType::Date, &AttributeValue::Text("soon"), &mut out).is_err());
        assert!(matches!(
            encode(StorageType::Date, &AttributeValue::Null, &mut out),
            Ok(IsNull::Yes)
        ));
        assert!(out.is_empty());
    }
}
