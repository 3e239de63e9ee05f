//! The member `crs` of GeoJSON 2008: `{"type": "name", "properties": {"name": …}}`.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Maximum number of characters kept of a name: no CRS has a longer one.
const LONGEST: usize = 256;
/// Placeholder for a member without a name.
const NAMELESS: &str = "an object without a name";

/// Reads the name; `None` for `null`. Allocates for the name only.
pub(super) struct ReadCrs;

impl<'de> DeserializeSeed<'de> for ReadCrs {
    type Value = Option<String>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Ok(match Within(&["properties", "name"]).deserialize(deserializer)? {
            Found::Null => None,
            Found::Other => Some(NAMELESS.to_owned()),
            Found::Name(name) => Some(name),
        })
    }
}

enum Found {
    Null,
    Name(String),
    Other,
}

/// The text at the end of this path of members, or at any of its prefixes.
struct Within(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Within {
    type Value = Found;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Within {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CRS")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found::Other;
        while let Some(key) = map.next_key::<String>()? {
            match self.0.split_first() {
                Some((first, rest)) if key == *first => {
                    if let Found::Name(name) = map.next_value_seed(Within(rest))? {
                        found = Found::Name(name);
                    }
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Found, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Found::Other)
    }

    fn visit_str<E>(self, name: &str) -> Result<Found, E> {
        Ok(Found::Name(name.chars().take(LONGEST).collect()))
    }

    fn visit_unit<E>(self) -> Result<Found, E> {
        Ok(Found::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Found, E> {
        Ok(Found::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Found, E> {
        Ok(Found::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Found, E> {
        Ok(Found::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Found, E> {
        Ok(Found::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("null", None)]
    #[case(r#"{"type": "name", "properties": {"a": [1], "name": "EPSG:5186"}}"#, Some("EPSG:5186"))]
    #[case(r#""EPSG:5186""#, Some("EPSG:5186"))]
    #[case(r#"{"name": "EPSG:5186"}"#, Some(NAMELESS))]
    #[case(r#"{"properties": {"name": {"name": "x"}}}"#, Some(NAMELESS))]
    #[case("[[1.5, true], -2]", Some(NAMELESS))]
    fn a_crs_has_a_name(#[case] text: &str, #[case] expected: Option<&str>) {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let found = ReadCrs.deserialize(&mut deserializer).unwrap();
        assert_eq!(found.as_deref(), expected);
        deserializer.end().unwrap();
    }

    #[test]
    fn a_long_name_is_cut() {
        let text = format!("\"{}\"", "x".repeat(100_000));
        let found = ReadCrs.deserialize(&mut serde_json::Deserializer::from_str(&text)).unwrap();
        assert_eq!(found.map(|name| name.len()), Some(LONGEST));
    }
}
