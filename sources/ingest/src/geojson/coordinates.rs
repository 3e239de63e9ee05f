//! `coordinates` of a GeoJSON geometry (RFC 7946, section 3.1), of any depth.
//!
//! They may precede the geometry's `type`, so they are read independently of it: flat,
//! with the end of every array at each depth. Invalid coordinates are a fault of one
//! feature, not of the file: reading continues after them.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::rejects::reject_reason::RejectReason;
use data_model::feature::{Geometry, ShapeKind};

use crate::geojson::number_tokens::NOT_A_NUMBER_READ;

/// Coordinates as read.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct CoordinateArray {
    positions: Vec<[f64; 2]>,
    /// Ends of the arrays of positions, of arrays of those, and of arrays of those.
    ends: [Vec<u32>; 3],
    /// Number of arrays around a position; `None` without positions.
    depth: Option<usize>,
    heights: bool,
    /// Numbers of the polygons whose exterior has no positions.
    headless: Vec<usize>,
    fault: Option<RejectReason>,
}

/// Number of arrays around a position in a MultiPolygon.
const DEEPEST: usize = 3;

impl CoordinateArray {
    fn fault(&mut self, reason: RejectReason) {
        self.fault.get_or_insert(reason);
    }

    /// Moves the coordinates into `geometry` as a geometry of this type; returns whether
    /// heights were left out.
    pub(super) fn shape(self, kind: &str, geometry: &mut Geometry) -> Result<bool, RejectReason> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let (shape, depth) = match kind {
            "Point" => (ShapeKind::Point, 0),
            "MultiPoint" => (ShapeKind::Point, 1),
            "LineString" => (ShapeKind::Line, 1),
            "MultiLineString" => (ShapeKind::Line, 2),
            "Polygon" => (ShapeKind::Polygon, 2),
            "MultiPolygon" => (ShapeKind::Polygon, 3),
            other => {
                let name: String = other.chars().take(40).collect();
                return Err(RejectReason::UnknownGeometryType(name));
            }
        };
        let Some(found) = self.depth else { return Ok(false) };
        if found != depth {
            return Err(RejectReason::WrongDepth { kind: kind.to_owned(), expected: depth, found });
        }
        let mut ends = self.ends;
        if shape == ShapeKind::Polygon {
            keep_empty_exteriors(&mut ends, &self.headless);
        }
        let base = geometry.coordinates.len() as u32;
        let rings = geometry.ends.len() as u32;
        geometry.kind = Some(shape);
        geometry.coordinates.extend_from_slice(&self.positions);
        match (shape, depth) {
            (ShapeKind::Point, _) => {}
            (ShapeKind::Line, 1) => geometry.end_part(),
            _ => geometry.ends.extend(ends[0].iter().map(|end| end + base)),
        }
        match (shape, depth) {
            (ShapeKind::Polygon, 2) => geometry.end_polygon(),
            (ShapeKind::Polygon, _) => {
                geometry.polygon_ends.extend(ends[1].iter().map(|end| end + rings));
            }
            _ => {}
        }
        Ok(self.heights)
    }
}

/// Inserts an empty exterior before the holes of these polygons; otherwise the first hole
/// would become the exterior.
fn keep_empty_exteriors([rings, polygons, _]: &mut [Vec<u32>; 3], headless: &[usize]) {
    for &polygon in headless.iter().rev() {
        let first = polygon.checked_sub(1).map_or(0, |before| polygons[before] as usize);
        let start = first.checked_sub(1).map_or(0, |before| rings[before]);
        rings.insert(first, start);
        polygons[polygon..].iter_mut().for_each(|end| *end += 1);
    }
}

/// Reads coordinates.
pub(super) struct ReadCoordinates;

impl<'de> DeserializeSeed<'de> for ReadCoordinates {
    type Value = CoordinateArray;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<CoordinateArray, D::Error> {
        let mut coordinates = CoordinateArray::default();
        deserializer.deserialize_any(Level { into: &mut coordinates, depth: 0 })?;
        if coordinates.positions.len() > u32::MAX as usize / 2 {
            coordinates.fault(RejectReason::TooManyPositions);
        }
        Ok(coordinates)
    }
}

/// Kind of an array's element.
enum Element {
    Number(f64),
    /// An array, and the number of arrays in it above its positions; `None` without
    /// positions.
    Array(Option<usize>),
    /// NaN or an infinite number.
    NotFinite,
    Other,
}

/// One element, inside `depth` arrays.
struct Level<'c> {
    into: &'c mut CoordinateArray,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Level<'_> {
    type Value = Element;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Element, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level<'_> {
    type Value = Element;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("coordinates")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Element, A::Error> {
        let Self { into, depth } = self;
        if depth > DEEPEST {
            into.fault(RejectReason::TooDeep);
            while array.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Element::Other);
        }
        let mut numbers = [0.0; 2];
        let mut count = 0;
        let mut below: Option<usize> = None;
        let mut arrays = 0;
        let mut headless = false;
        while let Some(element) = array.next_element_seed(Level { into, depth: depth + 1 })? {
            match element {
                Element::Number(number) => {
                    if let Some(slot) = numbers.get_mut(count) {
                        *slot = number;
                    }
                    count += 1;
                }
                Element::Array(height) => {
                    headless |= arrays == 0 && height.is_none();
                    arrays += 1;
                    if height.is_some() && below.is_some() && below != height {
                        into.fault(RejectReason::UnevenDepth);
                    }
                    below = below.or(height);
                }
                // Still a number of its position, of which heights are left out.
                Element::NotFinite => {
                    if count < 2 {
                        into.fault(RejectReason::NotFinite);
                    }
                    count += 1;
                }
                Element::Other => into.fault(RejectReason::NotNumbers),
            }
        }
        if count > 0 {
            if arrays > 0 {
                into.fault(RejectReason::MixedArrays);
            }
            if count == 1 {
                into.fault(RejectReason::OneNumber);
            }
            into.heights |= count > 2;
            into.positions.push(numbers);
            if depth == 0 {
                into.depth = Some(0);
            }
            return Ok(Element::Array(Some(0)));
        }
        // An array of positions ends at height 1, of those at height 2, and so on.
        if let Some(height) = below {
            let end = match height {
                0 => into.positions.len(),
                _ => into.ends[height - 1].len(),
            };
            if headless && height == 1 {
                into.headless.push(into.ends[1].len());
            }
            into.ends[height].push(end as u32);
            if depth == 0 {
                into.depth = Some(height + 1);
            }
            return Ok(Element::Array(Some(height + 1)));
        }
        Ok(Element::Array(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Element, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Element::Other)
    }

    fn visit_f64<E>(self, number: f64) -> Result<Element, E> {
        Ok(Element::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Element, E> {
        Ok(Element::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Element, E> {
        Ok(Element::Number(number as f64))
    }

    fn visit_str<E>(self, text: &str) -> Result<Element, E> {
        Ok(if text == NOT_A_NUMBER_READ { Element::NotFinite } else { Element::Other })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Element, E> {
        Ok(Element::Other)
    }

    fn visit_unit<E>(self) -> Result<Element, E> {
        // `null`: no coordinates at the outside, a fault within.
        Ok(if self.depth == 0 { Element::Array(None) } else { Element::Other })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use korean_text::bilingual::Bilingual as _;
    use rstest::rstest;

    fn read(text: &str) -> CoordinateArray {
        ReadCoordinates.deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap()
    }

    #[rstest]
    #[case("Point", "[127, 37.5]", &[], &[])]
    #[case("MultiPoint", "[[127, 37.5], [127.1, 37.6]]", &[], &[])]
    #[case("LineString", "[[1, 2], [3, 4]]", &[2], &[])]
    #[case("MultiLineString", "[[[1, 2], [3, 4]], [[5, 6], [7, 8], [9, 9]]]", &[2, 5], &[])]
    #[case("Polygon", "[[[0,0],[1,0],[1,1]],[[0,0],[1,0],[1,1],[0,0]]]", &[3, 7], &[2])]
    #[case("MultiPolygon", "[[[[0,0],[1,0],[1,1]]],[[[0,0],[1,0],[1,1]],[[0,0],[1,0],[1,1]]]]",
        &[3, 6, 9], &[1, 3])]
    fn coordinates_of_every_type(
        #[case] kind: &str,
        #[case] text: &str,
        #[case] ends: &[u32],
        #[case] polygons: &[u32],
    ) {
        let mut geometry = Geometry::default();
        assert_eq!(read(text).shape(kind, &mut geometry), Ok(false));
        assert_eq!((&geometry.ends[..], &geometry.polygon_ends[..]), (ends, polygons));
        assert!(!geometry.is_empty());
    }

    #[rstest]
    #[case("Point", "[127]", "one number")]
    #[case("Point", "[127, \"37.5\"]", "not all numbers")]
    #[case("Point", "[127, null]", "not all numbers")]
    #[case("Point", "[127, \"\\u0000NaN\"]", "NaN or an infinite")]
    #[case("Point", "[[127, 37]]", "in 1")]
    #[case("Polygon", "[[1, 2], [3, 4]]", "in 2 arrays, and here they are in 1")]
    #[case("LineString", "[[1, 2], [[3, 4]]]", "unevenly")]
    #[case("LineString", "[[1, 2], 3]", "mix")]
    #[case("MultiPolygon", "[[[[[1,2]]]]]", "deeper")]
    #[case("Circle", "[1, 2]", "no geometry type")]
    fn faults_are_named(#[case] kind: &str, #[case] text: &str, #[case] expected: &str) {
        let error = read(text).shape(kind, &mut Geometry::default()).unwrap_err().en();
        assert!(error.contains(expected), "{error}");
    }

    #[rstest]
    #[case("Polygon", "[[], [[0,0],[1,0],[1,1]]]", &[0, 3], &[2])]
    #[case("Polygon", "[[[0,0],[1,0],[1,1]], []]", &[3], &[1])]
    #[case("MultiPolygon", "[[[[0,0],[1,0],[1,1]]], [[], [[0,0],[1,0],[1,1]]]]",
        &[3, 3, 6], &[1, 3])]
    #[case("MultiPolygon", "[[[], [[0,0],[1,0],[1,1]]], [[], [[0,0],[1,0],[1,1]]]]",
        &[0, 3, 3, 6], &[2, 4])]
    fn a_hole_in_nothing_is_no_exterior(
        #[case] kind: &str,
        #[case] text: &str,
        #[case] ends: &[u32],
        #[case] polygons: &[u32],
    ) {
        let mut geometry = Geometry::default();
        read(text).shape(kind, &mut geometry).unwrap();
        assert_eq!((&geometry.ends[..], &geometry.polygon_ends[..]), (ends, polygons));
    }

    #[rstest]
    #[case("[]")]
    #[case("null")]
    #[case("[[], []]")]
    fn nothing_is_an_empty_geometry(#[case] text: &str) {
        let mut geometry = Geometry::default();
        assert_eq!(read(text).shape("MultiLineString", &mut geometry), Ok(false));
        assert!(geometry.is_empty());
    }

    #[test]
    fn heights_are_noticed() {
        let mut geometry = Geometry::default();
        assert_eq!(read("[127, 37.5, 12]").shape("Point", &mut geometry), Ok(true));
        assert_eq!(geometry.coordinates, [[127.0, 37.5]]);
    }
}
