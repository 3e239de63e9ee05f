//! Property records: a column number and a value, one after the other.

use flatgeobuf::ColumnType as StoredType;

use data_model::feature::AttributeValue;

/// The reason for which property records can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum PropertyFault {
    /// Records that end too early.
    #[error("the properties end inside {part}")]
    EndsInside {
        /// Part that the records end in.
        part: &'static str,
    },
    /// A column that the header does not have.
    #[error("column {number} of {columns} does not exist")]
    NoColumn {
        /// The column's number, from 0.
        number: usize,
        /// The number of columns.
        columns: usize,
    },
    /// A value that is longer than what is left.
    #[error("a value of {count} bytes, but {left} are left")]
    TooLong {
        /// The value's bytes.
        count: usize,
        /// The bytes that are left.
        left: usize,
    },
    /// A text in another encoding.
    #[error("text that is not UTF-8 after {} bytes", source.valid_up_to())]
    NoUtf8 {
        /// Error with the offset of the first invalid byte.
        source: std::str::Utf8Error,
    },
}

/// Reads the records of one feature into one value per column; columns without a record stay
/// null. Zero bytes behind the last record are skipped: the FlatGeobuf project's own test files
/// end with one.
///
/// # Errors
/// [`PropertyFault`].
pub(super) fn read<'a>(
    mut bytes: &'a [u8],
    columns: &[StoredType],
    values: &mut [AttributeValue<'a>],
) -> Result<(), PropertyFault> {
    while !bytes.is_empty() {
        let record = bytes;
        // A record of the first column may be of zeros alone, but there is one only.
        let again = columns.is_empty()
            || values.first().is_some_and(|value| *value != AttributeValue::Null);
        if again && is_filling(record) {
            return Ok(());
        }
        match one(&mut bytes, columns) {
            Ok((number, value)) => values[number] = value,
            Err(_) if is_filling(record) => return Ok(()),
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

fn is_filling(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}

/// Reads one record: the number of an existing column, and its value.
fn one<'a>(
    bytes: &mut &'a [u8],
    columns: &[StoredType],
) -> Result<(usize, AttributeValue<'a>), PropertyFault> {
    let number = usize::from(u16::from_le_bytes(take(bytes, "a column number")?));
    let Some(&stored) = columns.get(number) else {
        return Err(PropertyFault::NoColumn { number, columns: columns.len() });
    };
    Ok((number, value(bytes, stored)?))
}

fn value<'a>(
    bytes: &mut &'a [u8],
    stored: StoredType,
) -> Result<AttributeValue<'a>, PropertyFault> {
    const WHAT: &str = "a value";
    Ok(match stored {
        StoredType::Bool => AttributeValue::Bool(take::<1>(bytes, WHAT)?[0] != 0),
        StoredType::Byte => AttributeValue::Int(i8::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::UByte => AttributeValue::UInt(u8::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::Short => AttributeValue::Int(i16::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::UShort => AttributeValue::UInt(u16::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::Int => AttributeValue::Int(i32::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::UInt => AttributeValue::UInt(u32::from_le_bytes(take(bytes, WHAT)?).into()),
        StoredType::Long => AttributeValue::Int(i64::from_le_bytes(take(bytes, WHAT)?)),
        StoredType::ULong => AttributeValue::UInt(u64::from_le_bytes(take(bytes, WHAT)?)),
        StoredType::Float => AttributeValue::Float(f32::from_le_bytes(take(bytes, WHAT)?)),
        StoredType::Double => AttributeValue::Double(f64::from_le_bytes(take(bytes, WHAT)?)),
        StoredType::Binary => AttributeValue::Binary(counted(bytes)?),
        // String, Json and DateTime; the header let no other type pass.
        _ => {
            let text = counted(bytes)?;
            let text = std::str::from_utf8(text);
            AttributeValue::Text(text.map_err(|source| PropertyFault::NoUtf8 { source })?)
        }
    })
}

fn take<const N: usize>(bytes: &mut &[u8], part: &'static str) -> Result<[u8; N], PropertyFault> {
    let Some((head, rest)) = bytes.split_first_chunk::<N>() else {
        return Err(PropertyFault::EndsInside { part });
    };
    *bytes = rest;
    Ok(*head)
}

fn counted<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], PropertyFault> {
    let count = u32::from_le_bytes(take(bytes, "a length")?) as usize;
    let Some((value, rest)) = bytes.split_at_checked(count) else {
        return Err(PropertyFault::TooLong { count, left: bytes.len() });
    };
    *bytes = rest;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_bytes_behind_the_last_property_are_passed_over() {
        let columns = [StoredType::Int, StoredType::String];
        let first = [0, 0, 7, 0, 0, 0];
        let second = [1, 0, 1, 0, 0, 0, b'x'];
        let read_all = |records: &[&[u8]]| {
            let bytes = records.concat();
            let mut values = [AttributeValue::Null; 2];
            read(&bytes, &columns, &mut values).map(|()| format!("{values:?}"))
        };
        let whole = Ok("[Int(7), Text(\"x\")]".to_owned());
        assert_eq!(read_all(&[&first, &second]), whole);
        for filling in [1, 2, 3, 6, 7, 16] {
            // Six zeros would be a record of the first column, which has one.
            assert_eq!(read_all(&[&first, &second, &vec![0; filling]]), whole, "{filling}");
        }
        assert_eq!(read_all(&[&[0; 6]]), Ok("[Int(0), Null]".to_owned()));
        assert_eq!(read_all(&[&[0]]), Ok("[Null, Null]".to_owned()));
        assert!(read_all(&[&first, &[9]]).is_err());
        assert!(read_all(&[&first, &[1, 0, 9, 0, 0, 0]]).is_err());
    }
}
