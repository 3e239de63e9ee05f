use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::Value;

use super::*;
use crate::symbols::pictogram;

fn sheet(name: SpriteName, ratio: PixelRatio) -> (BTreeMap<String, Value>, Pixmap) {
    let sheet = SpriteSheet::draw(name, ratio).unwrap();
    let index = serde_json::from_slice(&sheet.index).unwrap();
    (index, Pixmap::decode_png(&sheet.picture).unwrap())
}

/// Left, top, right and bottom of an entry.
fn corners(entry: &Value) -> [u64; 4] {
    let number = |key: &str| entry[key].as_u64().unwrap();
    let (x, y) = (number("x"), number("y"));
    [x, y, x + number("width"), y + number("height")]
}

/// Alpha of a pixel of a symbol, counted from its left upper corner.
fn alpha(picture: &Pixmap, entry: &Value, x: u32, y: u32) -> u8 {
    let [left, top, ..] = corners(entry).map(|number| u32::try_from(number).unwrap());
    picture.pixel(left + x, top + y).unwrap().alpha()
}

#[rstest]
fn symbols_lie_in_the_picture_and_apart(
    #[values(SpriteName::Recoloured, SpriteName::White, SpriteName::Dark)] name: SpriteName,
    #[values(PixelRatio::Single, PixelRatio::Double)] ratio: PixelRatio,
) {
    let (index, picture) = sheet(name, ratio);
    assert_eq!(index.len(), pictograms().len() + patterns().len());
    let boxes: Vec<[u64; 4]> = index.values().map(corners).collect();
    for (number, [left, top, right, bottom]) in boxes.iter().enumerate() {
        assert!(*right <= picture.width().into() && *bottom <= picture.height().into());
        for [other_left, other_top, other_right, other_bottom] in &boxes[number + 1..] {
            let apart = right < other_left
                || other_right < left
                || bottom < other_top
                || other_bottom < top;
            assert!(apart, "{left} {top} and {other_left} {other_top}");
        }
    }
}

#[rstest]
fn a_symbol_is_as_large_in_every_sheet(
    #[values(SpriteName::Recoloured, SpriteName::White, SpriteName::Dark)] name: SpriteName,
    #[values(PixelRatio::Single, PixelRatio::Double)] ratio: PixelRatio,
) {
    let (index, _) = sheet(name, ratio);
    for (symbol, entry) in &index {
        let ratio = entry["pixelRatio"].as_u64().unwrap();
        let size = [&entry["width"], &entry["height"]].map(|side| side.as_u64().unwrap() / ratio);
        let expected = match symbol.as_str() {
            _ if pictogram(symbol).is_some() => 24,
            "hatch-suppressed" | "hatch-suppressed-dark" | "hatch-suppressed-contrast" => 12,
            _ => 8,
        };
        assert_eq!(size, [expected; 2], "{symbol}");
        let recoloured = name == SpriteName::Recoloured && pictogram(symbol).is_some();
        assert_eq!(entry.get("sdf").and_then(Value::as_bool), recoloured.then_some(true));
    }
}

#[test]
fn a_distance_field_tells_inside_from_outside() {
    let (index, picture) = sheet(SpriteName::Recoloured, PixelRatio::Single);
    // A circle of 7 units around the middle: radius 14 of 48 pixels.
    let circle = &index["circle"];
    let edge = 192_u8;
    assert_eq!(alpha(&picture, circle, 24, 24), 255);
    for (x, y) in [(24, 24 - 14), (24 + 13, 24), (24, 24 + 13), (24 - 14, 24)] {
        let value = alpha(&picture, circle, x, y);
        // Half a pixel inside the edge: a sixteenth of 256.
        assert!(value.abs_diff(edge + 16) <= 6, "{value} at {x}, {y}");
    }
    for (x, y) in [(24, 24 - 18), (24 - 18, 24)] {
        let value = alpha(&picture, circle, x, y);
        // Three and a half pixels outside: 3.5 / 8 of 256 below the edge.
        assert!(value.abs_diff(edge - 112) <= 6, "{value} at {x}, {y}");
    }
}

#[test]
fn sheets_of_fixed_colour_hold_the_colour() {
    for (name, ink) in [(SpriteName::White, [255; 3]), (SpriteName::Dark, [0x26, 0x2a, 0x30])] {
        let (index, picture) = sheet(name, PixelRatio::Double);
        let [left, top, ..] =
            corners(&index["circle"]).map(|number| u32::try_from(number).unwrap());
        let middle = picture.pixel(left + 24, top + 24).unwrap().demultiply();
        assert_eq!([middle.red(), middle.green(), middle.blue()], ink);
        assert_eq!(middle.alpha(), 255);
        assert_eq!(alpha(&picture, &index["circle"], 0, 0), 0);
    }
}

#[test]
fn a_halo_surrounds_dark_pictograms() {
    let (index, picture) = sheet(SpriteName::Dark, PixelRatio::Double);
    let [left, top, ..] = corners(&index["circle"]).map(|number| u32::try_from(number).unwrap());
    let outside = picture.pixel(left + 24, top + 24 - 15).unwrap().demultiply();
    assert_eq!([outside.red(), outside.alpha()], [255, 255]);
}

#[test]
fn patterns_repeat_without_a_seam() {
    for &(name, svg) in patterns() {
        let tile = draw(name, svg, 2.0, 0).unwrap();
        let size = svg.split('"').find(|text| text.starts_with("0 0 ")).unwrap();
        let side: u32 = size.rsplit(' ').next().unwrap().parse().unwrap();
        // The same drawing, moved by half a tile over a plane of nine: what lies in the middle
        // must be what a plane of tiles shows there.
        let body = svg.split_once('>').unwrap().1.rsplit_once("</svg>").unwrap().0;
        let mut plane =
            format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\">");
        for (x, y) in [(-1, -1), (0, -1), (-1, 0), (0, 0)] {
            let half = f64::from(side) / 2.0;
            let (x, y) =
                (f64::from(x) * f64::from(side) + half, f64::from(y) * f64::from(side) + half);
            plane += &format!(
                "<svg x=\"{x}\" y=\"{y}\" width=\"{side}\" height=\"{side}\" viewBox=\"0 0 {side} {side}\">{body}</svg>"
            );
        }
        plane += "</svg>";
        let plane = draw(name, &plane, 2.0, 0).unwrap();
        let moved = |x: u32, y: u32| tile.pixel((x + side) % (2 * side), (y + side) % (2 * side));
        for (x, y) in (0..2 * side).flat_map(|y| (0..2 * side).map(move |x| (x, y))) {
            let (seen, expected) = (plane.pixel(x, y).unwrap(), moved(x, y).unwrap());
            assert!(seen.red().abs_diff(expected.red()) <= 24, "{name} at {x}, {y}");
        }
    }
}

#[test]
fn sheets_are_found_by_their_names() {
    for name in SpriteName::ALL {
        assert_eq!(SpriteName::find(name.as_str()), Some(name));
    }
    assert_eq!(SpriteName::find("policy-map-pink"), None);
}

#[test]
fn a_sheet_is_the_same_whenever_it_is_drawn() {
    let draw = || SpriteSheet::draw(SpriteName::Recoloured, PixelRatio::Single).unwrap();
    assert_eq!(draw(), draw());
}
