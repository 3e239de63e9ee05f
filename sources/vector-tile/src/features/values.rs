//! Encoding of one attribute's value in a vector tile.
//!
//! The Vector Tile Specification 2.1, 4.4: a `Layer.values` message with one field.

use data_model::feature::AttributeValue;

/// `Layer.values`: field 4, length-delimited.
pub(super) const VALUES_TAG: u8 = 4 << 3 | 2;

/// Appends `value` as `Layer.values`; `false` if there is no data to write.
pub(super) fn encode_value(value: AttributeValue<'_>, out: &mut Vec<u8>) -> bool {
    // `AttributeValue` fields: string 1, float 2, double 3, int 4, uint 5, sint 6, bool 7.
    let mut message = [0u8; 11];
    let length = match value {
        AttributeValue::Null => return false,
        AttributeValue::Text(text) => {
            write_text(text.as_bytes(), out);
            return true;
        }
        AttributeValue::Binary(bytes) => {
            use std::fmt::Write;
            let mut hex = String::with_capacity(bytes.len() * 2);
            for byte in bytes {
                // Writing to a String can't fail.
                let _ = write!(hex, "{byte:02x}");
            }
            write_text(hex.as_bytes(), out);
            return true;
        }
        AttributeValue::Bool(flag) => {
            message[..2].copy_from_slice(&[7 << 3, u8::from(flag)]);
            2
        }
        AttributeValue::Int(number) if number < 0 => {
            message[0] = 6 << 3;
            let zigzag = ((number << 1) ^ (number >> 63)) as u64;
            1 + write_varint(zigzag, &mut message[1..])
        }
        AttributeValue::Int(number) => {
            message[0] = 5 << 3;
            1 + write_varint(number as u64, &mut message[1..])
        }
        AttributeValue::UInt(number) => {
            message[0] = 5 << 3;
            1 + write_varint(number, &mut message[1..])
        }
        AttributeValue::Float(number) if number.is_finite() => {
            message[0] = 2 << 3 | 5;
            message[1..5].copy_from_slice(&number.to_le_bytes());
            5
        }
        AttributeValue::Double(number) if number.is_finite() => {
            // A float where it is the same number: half the bytes.
            if f64::from(number as f32) == number {
                return encode_value(AttributeValue::Float(number as f32), out);
            }
            message[0] = 3 << 3 | 1;
            message[1..9].copy_from_slice(&number.to_le_bytes());
            9
        }
        AttributeValue::Float(_) | AttributeValue::Double(_) => return false,
    };
    out.extend_from_slice(&[VALUES_TAG, length as u8]);
    out.extend_from_slice(&message[..length]);
    true
}

fn write_text(text: &[u8], out: &mut Vec<u8>) {
    let mut length = [0u8; 10];
    let length_bytes = write_varint(text.len() as u64, &mut length);
    let mut total = [0u8; 10];
    let total_bytes = write_varint((1 + length_bytes + text.len()) as u64, &mut total);
    out.push(VALUES_TAG);
    out.extend_from_slice(&total[..total_bytes]);
    out.push(1 << 3 | 2);
    out.extend_from_slice(&length[..length_bytes]);
    out.extend_from_slice(text);
}

/// Writes a base-128 varint and returns its number of bytes (10 at most).
pub(crate) fn write_varint(mut number: u64, out: &mut [u8]) -> usize {
    let mut at = 0;
    while number >= 0x80 {
        out[at] = number as u8 | 0x80;
        number >>= 7;
        at += 1;
    }
    out[at] = number as u8;
    at + 1
}

/// Decodes the output of [`encode_value`]; `None` for anything else.
pub(super) fn decode_value(mut bytes: &[u8]) -> Option<AttributeValue<'_>> {
    (take_varint(&mut bytes)? == u64::from(VALUES_TAG)).then_some(())?;
    let length = take_varint(&mut bytes)?;
    (length == bytes.len() as u64).then_some(())?;
    let (&tag, mut bytes) = bytes.split_first()?;
    let value = match (tag >> 3, tag & 7) {
        (1, 2) => {
            let length = take_varint(&mut bytes)?;
            let text = std::mem::take(&mut bytes);
            (length == text.len() as u64).then_some(())?;
            AttributeValue::Text(std::str::from_utf8(text).ok()?)
        }
        (2, 5) => AttributeValue::Float(f32::from_le_bytes(*take_array(&mut bytes)?)),
        (3, 1) => AttributeValue::Double(f64::from_le_bytes(*take_array(&mut bytes)?)),
        (4, 0) => AttributeValue::Int(take_varint(&mut bytes)? as i64),
        (5, 0) => AttributeValue::UInt(take_varint(&mut bytes)?),
        (6, 0) => {
            let zigzag = take_varint(&mut bytes)?;
            AttributeValue::Int((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
        }
        (7, 0) => AttributeValue::Bool(take_varint(&mut bytes)? != 0),
        _ => return None,
    };
    bytes.is_empty().then_some(value)
}

fn take_array<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(head)
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for at in 0..10 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f).checked_shl(7 * at)?;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(AttributeValue::Text("동"), &[0x22, 5, 0x0a, 3, 0xeb, 0x8f, 0x99])]
    #[case(AttributeValue::Bool(true), &[0x22, 2, 0x38, 1])]
    #[case(AttributeValue::Int(300), &[0x22, 3, 0x28, 0xac, 0x02])]
    #[case(AttributeValue::Int(-1), &[0x22, 2, 0x30, 1])]
    #[case(AttributeValue::Int(i64::MIN), &[0x22, 11, 0x30, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])]
    #[case(AttributeValue::UInt(u64::MAX), &[0x22, 11, 0x28, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])]
    #[case(AttributeValue::Double(1.5), &[0x22, 5, 0x15, 0, 0, 0xc0, 0x3f])]
    #[case(AttributeValue::Double(0.1), &[0x22, 9, 0x19, 0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f])]
    #[case(AttributeValue::Binary(&[0, 0xff]), &[0x22, 6, 0x0a, 4, b'0', b'0', b'f', b'f'])]
    fn values_are_encoded_as_the_specification_says(
        #[case] value: AttributeValue<'_>,
        #[case] bytes: &[u8],
    ) {
        let mut out = Vec::new();
        assert!(encode_value(value, &mut out));
        assert_eq!(out, bytes);
    }
}
