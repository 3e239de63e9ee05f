//! Zero-copy reader of protobuf fields (protobuf encoding, "Message structure").

use super::ReadError;

/// A message whose fields are read one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WireMessage<'a> {
    bytes: &'a [u8],
    /// Position of `bytes` in the tile.
    at: usize,
}

/// A field's value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum WireField<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Bytes(WireMessage<'a>),
    Fixed32([u8; 4]),
}

impl<'a> WireMessage<'a> {
    /// The message of a whole tile.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The unread bytes.
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn error(self, what: &'static str) -> ReadError {
        ReadError { at: self.at, what }
    }

    /// Reads the next field's number and value; `None` at the end.
    pub(crate) fn field(&mut self) -> Result<Option<(u64, WireField<'a>)>, ReadError> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => WireField::Varint(self.varint()?),
            1 => WireField::Fixed64(self.fixed()?),
            2 => {
                let count = self.varint()?;
                let message = *self;
                let bytes = self.take(usize::try_from(count).unwrap_or(usize::MAX))?;
                WireField::Bytes(WireMessage { bytes, at: message.at })
            }
            5 => WireField::Fixed32(self.fixed()?),
            _ => return Err(self.error("a protobuf wire type that does not exist")),
        };
        if tag >> 3 == 0 {
            return Err(self.error("a protobuf field with number 0"));
        }
        Ok(Some((tag >> 3, value)))
    }

    /// Reads a varint of at most ten bytes; more than 64 bits are an error.
    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, ReadError> {
        let mut value = 0;
        for (index, &byte) in self.bytes.iter().take(10).enumerate() {
            if index == 9 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                self.bytes = &self.bytes[index + 1..];
                self.at += index + 1;
                return Ok(value);
            }
        }
        Err(self.error("a protobuf number that is cut off or over 64 bits"))
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        let Some((head, rest)) = self.bytes.split_at_checked(count) else {
            return Err(self.error("a length that reaches past its message's end"));
        };
        self.bytes = rest;
        self.at += count;
        Ok(head)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let Some((head, rest)) = self.bytes.split_first_chunk::<N>() else {
            return Err(self.error("a number that is cut off"));
        };
        self.bytes = rest;
        self.at += N;
        Ok(*head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::number_0(&[0x00, 0x00])]
    #[case::group(&[0x0b, 0x00])]
    #[case::cut_varint(&[0x08, 0xff])]
    #[case::overlong_varint(&[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2])]
    #[case::length_past_the_end(&[0x0a, 0x05, 1, 2])]
    #[case::huge_length(&[0x0a, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])]
    #[case::cut_double(&[0x09, 1, 2, 3])]
    #[case::cut_float(&[0x0d, 1])]
    fn broken_fields_are_errors(#[case] bytes: &[u8]) {
        assert!(WireMessage::new(bytes).field().is_err());
    }

    proptest! {
        #[test]
        fn numbers_survive(number: u64) {
            let mut bytes = [0; 10];
            let length = crate::features::write_varint(number, &mut bytes);
            let mut message = WireMessage::new(&bytes[..length]);
            prop_assert_eq!(message.varint(), Ok(number));
            prop_assert!(message.is_empty() && message.at == length);
        }
    }
}
