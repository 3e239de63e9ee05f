//! Metadata members that writers encode in different ways.
//!
//! A member of an unexpected JSON type counts as missing, and takes no memory.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Text, or a number or boolean as text; `None` for any other type.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct JsonScalar(Option<String>);

/// Attributes of a layer with their types; empty for anything but an object.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct LayerFields(pub(super) BTreeMap<String, JsonScalar>);

impl JsonScalar {
    pub(super) fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<'de> Deserialize<'de> for JsonScalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything).map(|found| match found {
            Found::Text(text) => Self(Some(text)),
            Found::Fields(_) | Found::Nothing => Self(None),
        })
    }
}

impl<'de> Deserialize<'de> for LayerFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Objects).map(|found| match found {
            Found::Fields(fields) => Self(fields),
            Found::Text(_) | Found::Nothing => Self::default(),
        })
    }
}

enum Found {
    Text(String),
    Fields(BTreeMap<String, JsonScalar>),
    Nothing,
}

struct Anything;
struct Objects;

/// Visitor methods of both for all types but objects.
macro_rules! scalars {
    () => {
        type Value = Found;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any JSON")
        }

        fn visit_str<E>(self, text: &str) -> Result<Found, E> {
            Ok(Found::Text(text.to_owned()))
        }

        fn visit_bool<E>(self, value: bool) -> Result<Found, E> {
            Ok(Found::Text(value.to_string()))
        }

        fn visit_i64<E>(self, number: i64) -> Result<Found, E> {
            Ok(Found::Text(number.to_string()))
        }

        fn visit_u64<E>(self, number: u64) -> Result<Found, E> {
            Ok(Found::Text(number.to_string()))
        }

        fn visit_f64<E>(self, number: f64) -> Result<Found, E> {
            Ok(Found::Text(number.to_string()))
        }

        fn visit_unit<E>(self) -> Result<Found, E> {
            Ok(Found::Nothing)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Found, A::Error> {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Found::Nothing)
        }
    };
}

impl<'de> Visitor<'de> for Anything {
    scalars!();

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Found, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Found::Nothing)
    }
}

impl<'de> Visitor<'de> for Objects {
    scalars!();

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Found, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some((name, kind)) = members.next_entry()? {
            fields.insert(name, kind);
        }
        Ok(Found::Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::text(r#""Base""#, Some("Base"))]
    #[case::whole("12", Some("12"))]
    #[case::negative("-3", Some("-3"))]
    #[case::fraction("10.5", Some("10.5"))]
    #[case::truth("true", Some("true"))]
    #[case::null("null", None)]
    #[case::list(r#"[1, {"a": [2]}]"#, None)]
    #[case::object(r#"{"en": "Base"}"#, None)]
    fn a_scalar_is_text_or_nothing(#[case] json: &str, #[case] expected: Option<&str>) {
        assert_eq!(serde_json::from_str::<JsonScalar>(json).unwrap().text(), expected);
    }

    #[rstest]
    #[case::object(r#"{"a": "Number", "b": null, "c": {"x": 1}}"#, &["a", "b", "c"])]
    #[case::null("null", &[])]
    #[case::list(r#"["a", "b"]"#, &[])]
    #[case::text(r#""a""#, &[])]
    fn fields_are_those_of_an_object(#[case] json: &str, #[case] names: &[&str]) {
        let fields: LayerFields = serde_json::from_str(json).unwrap();
        assert_eq!(fields.0.keys().collect::<Vec<_>>(), names);
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        assert!(serde_json::from_str::<JsonScalar>("{").is_err());
        assert!(serde_json::from_str::<LayerFields>("[1,").is_err());
    }
}
