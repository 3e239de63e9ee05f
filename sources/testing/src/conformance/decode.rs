//! A decoder of vector tiles that shares no code with the encoder, and a validator of the
//! geometry rules of MVT 2.1 (section 4.3).
//!
//! It panics on an invalid tile, which fails the test.

use std::collections::BTreeMap;

/// An attribute's value (section 4.4).
#[derive(Debug, Clone, PartialEq)]
pub enum DecodedValue {
    /// A string.
    Text(String),
    /// A float or double.
    Number(f64),
    /// An integer of any of the three kinds.
    Int(i128),
    /// A boolean.
    Bool(bool),
}

/// A feature (section 4.2).
#[derive(Debug, Clone, PartialEq)]
pub struct DecodedFeature {
    /// The id; `None` if the feature has none.
    pub id: Option<u64>,
    /// The geometry type: 1 points, 2 lines, 3 polygons.
    pub kind: u64,
    /// The attributes.
    pub tags: BTreeMap<String, DecodedValue>,
    /// Points as one part; lines; rings without the closing vertex.
    pub parts: Vec<Vec<[i64; 2]>>,
}

/// A layer (section 4.1).
#[derive(Debug, Clone, PartialEq)]
pub struct DecodedLayer {
    /// The name.
    pub name: String,
    /// Units along the tile's edge.
    pub extent: u64,
    /// The features, in order.
    pub features: Vec<DecodedFeature>,
}

struct Reader<'a>(&'a [u8]);

enum Field<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    Four([u8; 4]),
    Eight([u8; 8]),
}

impl<'a> Reader<'a> {
    fn varint(&mut self) -> u64 {
        let mut value = 0;
        for i in 0..10 {
            let byte = self.0[0];
            self.0 = &self.0[1..];
            value |= u64::from(byte & 0x7f) << (7 * i);
            if byte < 0x80 {
                return value;
            }
        }
        panic!("a varint of more than ten bytes");
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let (head, rest) = self.0.split_at(count);
        self.0 = rest;
        head
    }

    fn field(&mut self) -> Option<(u64, Field<'a>)> {
        if self.0.is_empty() {
            return None;
        }
        let tag = self.varint();
        let field = match tag & 7 {
            0 => Field::Varint(self.varint()),
            1 => Field::Eight(self.take(8).try_into().unwrap()),
            2 => {
                let count = self.varint() as usize;
                Field::Bytes(self.take(count))
            }
            5 => Field::Four(self.take(4).try_into().unwrap()),
            other => panic!("wire type {other}"),
        };
        Some((tag >> 3, field))
    }
}

/// Decodes the layers of a tile, in order.
///
/// # Panics
/// Panics if the tile is not valid.
#[must_use]
pub fn tile(bytes: &[u8]) -> Vec<DecodedLayer> {
    let mut reader = Reader(bytes);
    let mut layers = Vec::new();
    while let Some((number, field)) = reader.field() {
        let (3, Field::Bytes(bytes)) = (number, field) else { panic!("tile field {number}") };
        layers.push(layer(bytes));
    }
    layers
}

fn layer(bytes: &[u8]) -> DecodedLayer {
    let mut reader = Reader(bytes);
    let (mut name, mut extent, mut version) = (None, None, None);
    let (mut keys, mut values, mut raw) = (Vec::new(), Vec::new(), Vec::new());
    while let Some((number, field)) = reader.field() {
        match (number, field) {
            (1, Field::Bytes(bytes)) => name = Some(String::from_utf8(bytes.to_vec()).unwrap()),
            (2, Field::Bytes(bytes)) => raw.push(bytes),
            (3, Field::Bytes(bytes)) => keys.push(String::from_utf8(bytes.to_vec()).unwrap()),
            (4, Field::Bytes(bytes)) => values.push(value(bytes)),
            (5, Field::Varint(units)) => extent = Some(units),
            (15, Field::Varint(number)) => version = Some(number),
            (other, _) => panic!("layer field {other}"),
        }
    }
    assert_eq!(version, Some(2), "version");
    let unique: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!(unique.len(), keys.len(), "keys are unique");
    let features = raw.into_iter().map(|bytes| feature(bytes, &keys, &values)).collect();
    DecodedLayer { name: name.unwrap(), extent: extent.unwrap(), features }
}

fn value(bytes: &[u8]) -> DecodedValue {
    let mut reader = Reader(bytes);
    let (number, field) = reader.field().unwrap();
    assert!(reader.0.is_empty(), "a value has one field");
    let zigzag = |n: u64| i128::from((n >> 1) as i64 ^ -((n & 1) as i64));
    match (number, field) {
        (1, Field::Bytes(bytes)) => DecodedValue::Text(String::from_utf8(bytes.to_vec()).unwrap()),
        (2, Field::Four(bytes)) => DecodedValue::Number(f32::from_le_bytes(bytes).into()),
        (3, Field::Eight(bytes)) => DecodedValue::Number(f64::from_le_bytes(bytes)),
        (4, Field::Varint(n)) => DecodedValue::Int((n as i64).into()),
        (5, Field::Varint(n)) => DecodedValue::Int(n.into()),
        (6, Field::Varint(n)) => DecodedValue::Int(zigzag(n)),
        (7, Field::Varint(n)) => DecodedValue::Bool(n != 0),
        (other, _) => panic!("value field {other}"),
    }
}

fn feature(bytes: &[u8], keys: &[String], values: &[DecodedValue]) -> DecodedFeature {
    let mut reader = Reader(bytes);
    let mut out = DecodedFeature { id: None, kind: 0, tags: BTreeMap::new(), parts: Vec::new() };
    while let Some((number, field)) = reader.field() {
        match (number, field) {
            (1, Field::Varint(id)) => out.id = Some(id),
            (2, Field::Bytes(bytes)) => {
                let mut tags = Reader(bytes);
                while !tags.0.is_empty() {
                    let key = keys[tags.varint() as usize].clone();
                    let value = values[tags.varint() as usize].clone();
                    assert!(out.tags.insert(key, value).is_none(), "a key stands once");
                }
            }
            (3, Field::Varint(kind)) => out.kind = kind,
            (4, Field::Bytes(bytes)) => out.parts = geometry(bytes, out.kind),
            (other, _) => panic!("feature field {other}"),
        }
    }
    validate(&out);
    out
}

fn geometry(bytes: &[u8], kind: u64) -> Vec<Vec<[i64; 2]>> {
    let mut reader = Reader(bytes);
    let mut pen = [0i64; 2];
    let mut parts: Vec<Vec<[i64; 2]>> = Vec::new();
    let mut closed = true;
    while !reader.0.is_empty() {
        let command = reader.varint();
        let (id, count) = (command & 7, command >> 3);
        assert!(count > 0, "a command with a count of 0");
        match id {
            1 => {
                assert!(kind == 1 || count == 1, "MoveTo {count} in a line or polygon");
                assert!(kind != 3 || closed, "a ring is not closed");
                assert!(kind != 1 || parts.is_empty(), "points have one MoveTo");
                parts.push(Vec::new());
                closed = false;
            }
            2 => assert!(kind != 1 && parts.last().is_some_and(|part| part.len() == 1)),
            7 => {
                assert!(kind == 3 && count == 1 && !closed, "ClosePath");
                closed = true;
                continue;
            }
            other => panic!("command {other}"),
        }
        for _ in 0..count {
            for axis in &mut pen {
                let step = reader.varint();
                *axis += (step >> 1) as i64 ^ -((step & 1) as i64);
            }
            parts.last_mut().unwrap().push(pen);
        }
    }
    assert!(kind != 3 || closed, "the last ring is not closed");
    parts
}

/// Twice the area of a ring; positive for exterior rings (y down).
#[must_use]
pub fn doubled_area(ring: &[[i64; 2]]) -> i64 {
    (0..ring.len())
        .map(|i| {
            let ([ax, ay], [bx, by]) = (ring[i], ring[(i + 1) % ring.len()]);
            ax * by - bx * ay
        })
        .sum()
}

/// Checks the rules of section 4.3: enough vertices, no step of length 0 in lines and
/// rings, no ring without area, exterior ring first.
fn validate(feature: &DecodedFeature) {
    assert!(!feature.parts.is_empty(), "a feature without geometry");
    for (i, part) in feature.parts.iter().enumerate() {
        let moves = part.windows(2).all(|pair| pair[0] != pair[1]);
        match feature.kind {
            1 => assert!(!part.is_empty()),
            2 => assert!(part.len() >= 2 && moves, "{part:?}"),
            3 => {
                assert!(part.len() >= 3 && moves && part.first() != part.last(), "{part:?}");
                let area = doubled_area(part);
                assert!(area != 0, "a ring without area: {part:?}");
                assert!(i > 0 || area > 0, "the first ring is an interior one: {part:?}");
            }
            other => panic!("geometry type {other}"),
        }
    }
}
