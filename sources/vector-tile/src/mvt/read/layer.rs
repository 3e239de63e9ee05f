//! A tile's layers (MVT 2.1, section 4.1), their keys and values (section 4.4).

use super::feature::TileFeature;
use super::wire::{WireField, WireMessage};
use super::{ReadError, feature};

/// Maximum number of features, keys or values of a layer. Each takes memory when its list
/// is made, ten times the two bytes that the smallest has in a tile.
const MOST: usize = 1 << 20;
/// Maximum number of layers of a tile. No map draws a hundred, and each takes memory
/// before it is decoded.
pub const MAX_LAYERS: usize = 1 << 10;

/// An undecoded layer: its name and its message.
#[derive(Debug, Clone, Copy)]
pub struct RawLayer<'a> {
    /// The name.
    pub name: &'a str,
    message: WireMessage<'a>,
}

/// Finds the layers of a tile, in order, without decoding them.
///
/// # Errors
/// Returns [`ReadError`] if the tile or a layer's own fields are broken, a layer lacks
/// its name, two have the same (section 4.1), or there are more than 1,024.
pub fn layers(tile: &[u8]) -> Result<Vec<RawLayer<'_>>, ReadError> {
    let mut message = WireMessage::new(tile);
    let mut found: Vec<RawLayer<'_>> = Vec::new();
    let mut names = std::collections::HashSet::new();
    loop {
        let at = message;
        match message.field()? {
            None => return Ok(found),
            // Field 3 `layers`.
            Some((3, WireField::Bytes(layer))) => {
                if found.len() == MAX_LAYERS {
                    return Err(at.error("more than 1,024 layers"));
                }
                let name = name_of(layer)?;
                if !names.insert(name) {
                    return Err(at.error("a second layer of the same name (section 4.1)"));
                }
                found.push(RawLayer { name, message: layer });
            }
            Some((3, _)) => return Err(at.error("a layer that is no message")),
            // Extensions, fields 16 to 8191.
            Some(_) => {}
        }
    }
}

fn name_of(layer: WireMessage<'_>) -> Result<&str, ReadError> {
    let mut fields = layer;
    let mut name = None;
    loop {
        match fields.field()? {
            None => break,
            Some((1, WireField::Bytes(text))) => name = Some(self::text(text)?),
            Some((1, _)) => return Err(fields.error("a layer's name that is no text")),
            Some(_) => {}
        }
    }
    name.ok_or(layer.error("a layer without a name (section 4.1)"))
}

fn text(message: WireMessage<'_>) -> Result<&str, ReadError> {
    std::str::from_utf8(message.bytes()).map_err(|_| message.error("text that is not UTF-8"))
}

impl<'a> RawLayer<'a> {
    /// The layer's fields, to be copied or left out one by one.
    pub(crate) fn message(self) -> WireMessage<'a> {
        self.message
    }

    /// Whether the layer has a feature. Reads the layer's own fields only.
    pub fn has_features(self) -> Result<bool, ReadError> {
        let mut fields = self.message;
        while let Some((number, _)) = fields.field()? {
            if number == 2 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Decodes keys and values, and finds the features.
    ///
    /// # Errors
    /// Returns [`ReadError`] if a field is broken, the extent is 0 (section 4.1), or
    /// there are more than 1,048,576 features, keys or values.
    pub fn decode(self) -> Result<TileLayer<'a>, ReadError> {
        let mut layer = TileLayer {
            name: self.name,
            extent: 4096,
            keys: Vec::new(),
            values: Vec::new(),
            features: Vec::new(),
        };
        let mut fields = self.message;
        loop {
            let at = fields;
            match fields.field()? {
                None => break,
                Some((2, WireField::Bytes(feature))) => layer.features.push(feature),
                Some((3, WireField::Bytes(key))) => layer.keys.push(text(key)?),
                Some((4, WireField::Bytes(value))) => layer.values.push(TagValue::read(value)?),
                Some((5, WireField::Varint(units))) => {
                    let units = u32::try_from(units).ok().filter(|&units| units > 0);
                    layer.extent = units.ok_or(at.error("an extent of 0 or past 32 bits"))?;
                }
                Some((2..=5, _)) => return Err(at.error("a layer's field of another type")),
                Some(_) => {}
            }
            if layer.features.len().max(layer.keys.len()).max(layer.values.len()) > MOST {
                return Err(at.error("more than 1,048,576 features, keys or values in a layer"));
            }
        }
        Ok(layer)
    }
}

/// A layer with its keys and values; features are decoded one at a time.
#[derive(Debug, Clone)]
pub struct TileLayer<'a> {
    /// The name.
    pub name: &'a str,
    /// Units along the tile's edge.
    pub extent: u32,
    /// Attribute names, by key number.
    pub keys: Vec<&'a str>,
    /// Attribute values, by value number; `None` for a value with extensions only.
    pub values: Vec<Option<TagValue<'a>>>,
    features: Vec<WireMessage<'a>>,
}

impl<'a> TileLayer<'a> {
    /// Decodes the features one after the other.
    pub fn features(&self) -> impl Iterator<Item = Result<TileFeature<'a>, ReadError>> {
        self.features.iter().map(|&message| feature::read(message))
    }

    /// Number of features.
    #[must_use]
    pub fn feature_count(&self) -> usize {
        self.features.len()
    }
}

/// An attribute's value, in its type in the tile (section 4.4).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TagValue<'a> {
    /// Field 1 `string_value`.
    Text(&'a str),
    /// Field 2 `float_value`.
    Float(f32),
    /// Field 3 `double_value`.
    Double(f64),
    /// Field 4 `int_value`.
    Int(i64),
    /// Field 5 `uint_value`.
    UInt(u64),
    /// Field 6 `sint_value`.
    SInt(i64),
    /// Field 7 `bool_value`.
    Bool(bool),
}

impl<'a> TagValue<'a> {
    /// Decodes exactly one of the fields 1 to 7; `None` for extensions only.
    fn read(mut message: WireMessage<'a>) -> Result<Option<Self>, ReadError> {
        let mut found = None;
        loop {
            let at = message;
            let value = match message.field()? {
                None => return Ok(found),
                Some((1, WireField::Bytes(bytes))) => Self::Text(text(bytes)?),
                Some((2, WireField::Fixed32(bytes))) => Self::Float(f32::from_le_bytes(bytes)),
                Some((3, WireField::Fixed64(bytes))) => Self::Double(f64::from_le_bytes(bytes)),
                Some((4, WireField::Varint(number))) => Self::Int(number as i64),
                Some((5, WireField::Varint(number))) => Self::UInt(number),
                Some((6, WireField::Varint(number))) => Self::SInt(unzigzag(number)),
                Some((7, WireField::Varint(flag))) => Self::Bool(flag != 0),
                Some((1..=7, _)) => return Err(at.error("a value's field of another type")),
                Some(_) => continue,
            };
            if found.replace(value).is_some() {
                return Err(at.error("a value of two types (section 4.1)"));
            }
        }
    }

    /// Appends the value as a `Value` message of the same type.
    pub fn write(self, out: &mut Vec<u8>) {
        let varint = |tag: u8, number: u64, out: &mut Vec<u8>| {
            let mut bytes = [0; 10];
            let length = crate::features::write_varint(number, &mut bytes);
            out.push(tag);
            out.extend_from_slice(&bytes[..length]);
        };
        match self {
            Self::Text(text) => {
                varint(1 << 3 | 2, text.len() as u64, out);
                out.extend_from_slice(text.as_bytes());
            }
            Self::Float(number) => {
                out.push(2 << 3 | 5);
                out.extend_from_slice(&number.to_le_bytes());
            }
            Self::Double(number) => {
                out.push(3 << 3 | 1);
                out.extend_from_slice(&number.to_le_bytes());
            }
            Self::Int(number) => varint(4 << 3, number as u64, out),
            Self::UInt(number) => varint(5 << 3, number, out),
            Self::SInt(number) => varint(6 << 3, ((number << 1) ^ (number >> 63)) as u64, out),
            Self::Bool(flag) => varint(7 << 3, u64::from(flag), out),
        }
    }
}

/// Decodes the zigzag encoding of a 64-bit number.
const fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}
