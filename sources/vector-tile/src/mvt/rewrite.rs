//! Rewrites one layer of a foreign tile: unchanged, renamed, or with some attributes
//! only.
//!
//! Geometry is copied unchanged.

use std::collections::{HashMap, HashSet};

use super::read::{RawLayer, ReadError, TileFeature, WireField, WireMessage};
use crate::features::write_varint;

// Field numbers and wire types of `Tile`, `Layer` and `TileFeature`.
const TILE_LAYERS: u8 = 3 << 3 | 2;
const LAYER_NAME: u8 = 1 << 3 | 2;
const LAYER_FEATURES: u8 = 2 << 3 | 2;
const LAYER_KEYS: u8 = 3 << 3 | 2;
const LAYER_VALUES: u8 = 4 << 3 | 2;
const LAYER_EXTENT: u8 = 5 << 3;
const LAYER_VERSION: u8 = 15 << 3;
const FEATURE_ID: u8 = 1 << 3;
const FEATURE_TAGS: u8 = 2 << 3 | 2;
const FEATURE_TYPE: u8 = 3 << 3;
const FEATURE_GEOMETRY: u8 = 4 << 3 | 2;

/// Appends `layer` to a tile under its own name.
pub fn copy(layer: RawLayer<'_>, out: &mut Vec<u8>) {
    bytes(TILE_LAYERS, layer.message().bytes(), out);
}

/// Appends `layer` to a tile under `name`. Nothing is decoded: all fields but the name
/// are copied.
///
/// # Errors
/// Returns [`ReadError`] if one of the layer's own fields is broken.
pub fn rename(layer: RawLayer<'_>, name: &str, out: &mut Vec<u8>) -> Result<(), ReadError> {
    let mut body = Vec::with_capacity(layer.message().bytes().len() + name.len() + 8);
    let mut fields = layer.message();
    loop {
        let rest = fields;
        match fields.field()? {
            None => break,
            Some((1, _)) => bytes(LAYER_NAME, name.as_bytes(), &mut body),
            Some(_) => {
                let length = rest.bytes().len() - fields.bytes().len();
                body.extend_from_slice(&rest.bytes()[..length]);
            }
        }
    }
    bytes(TILE_LAYERS, &body, out);
    Ok(())
}

/// Appends `layer` to a tile under `name` with only the attributes of `columns`.
///
/// Nothing else remains: neither the keys of other attributes, nor values that no
/// attribute of `columns` has, nor fields unknown to the specification.
///
/// # Errors
/// Returns [`ReadError`] if the layer or a feature is broken, or a tag is past the keys
/// and values (section 4.4).
pub fn restrict(
    layer: RawLayer<'_>,
    name: &str,
    columns: &[String],
    out: &mut Vec<u8>,
) -> Result<(), ReadError> {
    let decoded = layer.decode()?;
    let columns: HashSet<&str> = columns.iter().map(String::as_str).collect();
    let mut restricted = Restricted {
        listed: decoded.keys.iter().map(|key| columns.contains(key)).collect(),
        values: value_messages(layer.message())?,
        key_numbers: Renumbered::default(),
        value_numbers: Renumbered::default(),
    };
    let mut body = Vec::with_capacity(layer.message().bytes().len());
    varint(LAYER_VERSION, version_of(layer.message())?, &mut body);
    bytes(LAYER_NAME, name.as_bytes(), &mut body);
    let mut feature = Vec::new();
    for read in decoded.features() {
        feature.clear();
        restricted.feature(&read?, &mut feature)?;
        bytes(LAYER_FEATURES, &feature, &mut body);
    }
    for &key in &restricted.key_numbers.order {
        bytes(LAYER_KEYS, decoded.keys[key].as_bytes(), &mut body);
    }
    for &value in &restricted.value_numbers.order {
        bytes(LAYER_VALUES, restricted.values[value], &mut body);
    }
    varint(LAYER_EXTENT, u64::from(decoded.extent), &mut body);
    bytes(TILE_LAYERS, &body, out);
    Ok(())
}

/// The field `version` (15), whose default is 1 (section 4.1).
fn version_of(mut fields: WireMessage<'_>) -> Result<u64, ReadError> {
    let mut version = 1;
    while let Some((number, field)) = fields.field()? {
        if let (15, WireField::Varint(found)) = (number, field) {
            version = found;
        }
    }
    Ok(version)
}

/// The undecoded `Value` messages, by value number.
fn value_messages(mut fields: WireMessage<'_>) -> Result<Vec<&[u8]>, ReadError> {
    let mut values = Vec::new();
    while let Some((number, field)) = fields.field()? {
        if let (4, WireField::Bytes(value)) = (number, field) {
            values.push(value.bytes());
        }
    }
    Ok(values)
}

/// Assigns new numbers in the order of first use.
#[derive(Debug, Default)]
struct Renumbered {
    order: Vec<usize>,
    numbers: HashMap<usize, u64>,
}

impl Renumbered {
    fn number(&mut self, old: usize) -> u64 {
        *self.numbers.entry(old).or_insert_with(|| {
            self.order.push(old);
            self.order.len() as u64 - 1
        })
    }
}

struct Restricted<'a> {
    /// Whether each of the layer's keys is listed.
    listed: Vec<bool>,
    values: Vec<&'a [u8]>,
    key_numbers: Renumbered,
    value_numbers: Renumbered,
}

impl Restricted<'_> {
    fn feature(&mut self, feature: &TileFeature<'_>, out: &mut Vec<u8>) -> Result<(), ReadError> {
        if let Some(id) = feature.id {
            varint(FEATURE_ID, id, out);
        }
        let mut tags = Vec::new();
        for tag in feature.tags() {
            let (key, value) = tag?;
            let key = usize::try_from(key).ok().filter(|&key| key < self.listed.len());
            let value = usize::try_from(value).ok().filter(|&value| value < self.values.len());
            let (Some(key), Some(value)) = (key, value) else {
                return Err(feature.error("a tag past the layer's keys or values (section 4.4)"));
            };
            if self.listed[key] {
                number(self.key_numbers.number(key), &mut tags);
                number(self.value_numbers.number(value), &mut tags);
            }
        }
        if !tags.is_empty() {
            bytes(FEATURE_TAGS, &tags, out);
        }
        varint(FEATURE_TYPE, feature.kind.map_or(0, |kind| kind as u64), out);
        bytes(FEATURE_GEOMETRY, feature.geometry_bytes(), out);
        Ok(())
    }
}

fn number(number: u64, out: &mut Vec<u8>) {
    let mut bytes = [0; 10];
    let length = write_varint(number, &mut bytes);
    out.extend_from_slice(&bytes[..length]);
}

fn varint(tag: u8, value: u64, out: &mut Vec<u8>) {
    out.push(tag);
    number(value, out);
}

fn bytes(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    number(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}
