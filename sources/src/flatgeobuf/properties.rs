//! Property records: a column number and a value, one after the other.

use flatgeobuf::ColumnType as StoredType;

use crate::feature::Value;

/// Reads the records of one feature into one value per column; columns without
/// a record stay null.
///
/// # Errors
/// What is wrong with the records.
pub(super) fn read<'a>(
    mut bytes: &'a [u8],
    columns: &[StoredType],
    values: &mut [Value<'a>],
) -> Result<(), String> {
    while !bytes.is_empty() {
        let number = usize::from(u16::from_le_bytes(take(&mut bytes, "a column number")?));
        let Some(&stored) = columns.get(number) else {
            return Err(format!("column {number} of {} does not exist", columns.len()));
        };
        values[number] = value(&mut bytes, stored)?;
    }
    Ok(())
}

fn value<'a>(bytes: &mut &'a [u8], stored: StoredType) -> Result<Value<'a>, String> {
    const WHAT: &str = "a value";
    Ok(match stored {
        StoredType::Bool => Value::Bool(take::<1>(bytes, WHAT)?[0] != 0),
        StoredType::Byte => Value::Int(i8::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::UByte => Value::UInt(u8::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::Short => Value::Int(i16::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::UShort => Value::UInt(u16::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::Int => Value::Int(i32::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::UInt => Value::UInt(u32::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::Long => Value::Int(i64::from_le_bytes(take(bytes, WHAT)?)),
        StoredType::ULong => Value::UInt(u64::from_le_bytes(take(bytes, WHAT)?)),
        StoredType::Float => Value::Float(f32::from_le_bytes(take(bytes, WHAT)?)),
        StoredType::Double => Value::Double(f64::from_le_bytes(take(bytes, WHAT)?)),
        StoredType::Binary => Value::Binary(counted(bytes)?),
        // String, Json and DateTime; the header let no other type pass.
        _ => {
            let text = counted(bytes)?;
            Value::Text(std::str::from_utf8(text).map_err(|error| {
                format!("text that is not UTF-8 after {} bytes", error.valid_up_to())
            })?)
        }
    })
}

fn take<const N: usize>(bytes: &mut &[u8], what: &str) -> Result<[u8; N], String> {
    let Some((head, rest)) = bytes.split_first_chunk::<N>() else {
        return Err(format!("the properties end inside {what}"));
    };
    *bytes = rest;
    Ok(*head)
}

fn counted<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], String> {
    let count = u32::from_le_bytes(take(bytes, "a length")?) as usize;
    let Some((value, rest)) = bytes.split_at_checked(count) else {
        return Err(format!("a value of {count} bytes, but {} are left", bytes.len()));
    };
    *bytes = rest;
    Ok(value)
}
