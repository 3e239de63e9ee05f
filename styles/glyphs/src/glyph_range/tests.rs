use std::collections::BTreeMap;

use super::*;

/// A field of a message: a number, or bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Number(u64),
    Bytes(Vec<u8>),
}

/// Fields of a protobuf message, by their wire types.
fn fields(mut message: &[u8]) -> Vec<(u64, Value)> {
    fn varint(message: &mut &[u8]) -> u64 {
        let length = message.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
        let (number, rest) = message.split_at(length);
        *message = rest;
        number.iter().rev().fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7f))
    }
    let mut fields = Vec::new();
    while !message.is_empty() {
        let key = varint(&mut message);
        let number = varint(&mut message);
        let value = match key & 7 {
            0 => Value::Number(number),
            2 => {
                let (bytes, rest) = message.split_at(usize::try_from(number).unwrap());
                message = rest;
                Value::Bytes(bytes.to_vec())
            }
            other => unreachable!("wire type {other}"),
        };
        fields.push((key >> 3, value));
    }
    fields
}

fn bytes(value: &Value) -> &[u8] {
    match value {
        Value::Bytes(bytes) => bytes,
        Value::Number(number) => unreachable!("{number} is no bytes"),
    }
}

fn numbers(glyph: &[u8]) -> BTreeMap<u64, i64> {
    let numbers = fields(glyph).into_iter().filter_map(|(field, value)| match value {
        // The bearings are sint32.
        Value::Number(n) if field == 5 || field == 6 => {
            let n = i64::try_from(n).unwrap();
            Some((field, n >> 1 ^ -(n & 1)))
        }
        Value::Number(n) => Some((field, i64::try_from(n).unwrap())),
        Value::Bytes(_) => None,
    });
    numbers.collect()
}

/// A point in pixels.
fn point(x: i16, y: i16) -> [i16; 2] {
    [x, y].map(|pixels| pixels * UNITS_PER_PIXEL as i16)
}

/// A box from (2, -3) to (12, 17) pixels, with an advance of 14.
fn letter() -> Outline {
    let segments = vec![
        Segment::Move(point(2, -3)),
        Segment::Line(point(12, -3)),
        Segment::Line(point(12, 17)),
        Segment::Line(point(2, 17)),
    ];
    Outline { code: 0xac00, advance: 14 * UNITS_PER_PIXEL, segments }
}

fn stack(message: &[u8]) -> Vec<(u64, Value)> {
    let outer = fields(message);
    assert_eq!(outer.len(), 1);
    assert_eq!(outer[0].0, 1);
    fields(bytes(&outer[0].1))
}

#[test]
fn a_range_has_its_stack_its_bounds_and_its_letters() {
    let space = Outline { code: 0xac01, advance: 6 * UNITS_PER_PIXEL, segments: Vec::new() };
    let message = encode_range("A B", 0xac00, &[letter(), space]).unwrap();
    let stack = stack(&message);
    assert_eq!(stack[0], (1, Value::Bytes(b"A B".to_vec())));
    assert_eq!(stack[1], (2, Value::Bytes(b"44032-44287".to_vec())));
    assert_eq!(stack.len(), 4);
    let box_glyph = numbers(bytes(&stack[2].1));
    // Id, width, height, left, top below the line 27 pixels above the baseline, advance.
    let expected = [(1, 0xac00), (3, 10), (4, 20), (5, 2), (6, 17 - 27), (7, 14)];
    assert_eq!(box_glyph, BTreeMap::from(expected));
    let space = numbers(bytes(&stack[3].1));
    assert_eq!(space, BTreeMap::from([(1, 0xac01), (3, 0), (4, 0), (5, 0), (6, 0), (7, 6)]));
    assert!(fields(bytes(&stack[3].1)).iter().all(|(field, _)| *field != 2));
}

#[test]
fn a_bitmap_is_the_distance_to_the_letter() {
    let message = encode_range("A", 0xac00, &[letter()]).unwrap();
    let stack = stack(&message);
    let glyph = fields(bytes(&stack[2].1));
    let bitmap =
        glyph.iter().find(|(field, _)| *field == 2).map(|(_, value)| bytes(value)).unwrap();
    assert_eq!(bitmap.len(), 16 * 26);
    let at = |x: usize, y: usize| i32::from(bitmap[y * 16 + x]);
    // The left edge lies between pixels 2 and 3; 32 levels a pixel, 192 at the edge.
    for (x, distance) in [(0, 2.5), (1, 1.5), (2, 0.5), (3, -0.5), (4, -1.5)] {
        let expected = (192.0_f64 - 32.0 * distance).min(255.0) as i32;
        assert!((at(x, 13) - expected).abs() <= 9, "{} at {x}, not {expected}", at(x, 13));
    }
    // Above the upper edge, outside at the corner.
    assert!(at(8, 2) < 192 && at(8, 3) > 192);
    assert!(at(0, 0) < at(0, 13));
}

#[test]
fn counters_stay_open() {
    let mut outline = letter();
    // A hole, wound the other way.
    outline.segments.extend([
        Segment::Move(point(5, 2)),
        Segment::Line(point(5, 12)),
        Segment::Line(point(9, 12)),
        Segment::Line(point(9, 2)),
    ]);
    let message = encode_range("A", 0xac00, &[outline]).unwrap();
    let stack = stack(&message);
    let glyph = fields(bytes(&stack[2].1));
    let bitmap =
        glyph.iter().find(|(field, _)| *field == 2).map(|(_, value)| bytes(value)).unwrap();
    // The middle of the hole: column 3 + 5, row 3 + 10.
    assert!(bitmap[13 * 16 + 8] < 150);
}

#[test]
fn an_empty_range_is_a_message_of_its_stack() {
    let message = encode_range("A", 65_280, &[]).unwrap();
    let stack = stack(&message);
    assert_eq!(stack.len(), 2);
    assert_eq!(stack[1], (2, Value::Bytes(b"65280-65535".to_vec())));
}
