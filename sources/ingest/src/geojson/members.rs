//! The members of a feature or a geometry, in any order.

use std::fmt;

use serde::Deserialize as _;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use crate::input::row_source::RawGeometry;
use crate::rejects::reject_reason::{ExpectedMember, RejectReason};
use korean_text::bilingual::excerpt;

use crate::geojson::coordinates::ReadCoordinates;
use crate::geojson::fault::DocumentFault;
use crate::geojson::geometry_members::{GeometryMember, GeometryMembers};
use crate::geojson::properties::PropertyValue;
use crate::geojson::raw_feature::RawFeature;

/// Visits every JSON value except an object, and returns the same for each: one invalid
/// feature must not end the import of the file.
macro_rules! anything_else {
    ($value:ty, $made:expr) => {
        anything_else!($value, $made, null);

        fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<$value, A::Error> {
            while array.next_element::<IgnoredAny>()?.is_some() {}
            Ok($made)
        }

        fn visit_unit<E>(self) -> Result<$value, E> {
            Ok($made)
        }
    };
    ($value:ty, $made:expr, null) => {
        fn visit_bool<E>(self, _: bool) -> Result<$value, E> {
            Ok($made)
        }

        fn visit_i64<E>(self, _: i64) -> Result<$value, E> {
            Ok($made)
        }

        fn visit_u64<E>(self, _: u64) -> Result<$value, E> {
            Ok($made)
        }

        fn visit_f64<E>(self, _: f64) -> Result<$value, E> {
            Ok($made)
        }

        fn visit_str<E>(self, _: &str) -> Result<$value, E> {
            Ok($made)
        }
    };
}

pub(super) use anything_else;

/// Members of a feature or of a geometry, in any order.
#[derive(Default)]
pub(super) struct ObjectMembers {
    pub(super) kind: Option<String>,
    pub(super) geometry: GeometryMember,
    properties: Vec<(String, PropertyValue)>,
    id: Option<PropertyValue>,
    own: GeometryMembers,
    faults: Faults,
}

/// Faults of a feature's members.
#[derive(Debug, Default)]
struct Faults {
    /// The first reason for which the row can't be kept.
    first: Option<RejectReason>,
    /// Number of values that are NaN or infinite.
    not_numbers: u64,
}

impl Faults {
    fn add(&mut self, reason: RejectReason) {
        self.first.get_or_insert(reason);
    }
}

impl ObjectMembers {
    /// Reads the value of a member.
    pub(super) fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match key {
            "type" => {
                self.kind = map.next_value_seed(ReadType)?;
                if self.kind.is_none() {
                    self.faults.add(wrong("type", ExpectedMember::Text));
                }
            }
            "geometry" => self.geometry = map.next_value_seed(ReadGeometry)?.into(),
            "properties" => {
                self.properties =
                    map.next_value_seed(ReadProperties { faults: &mut self.faults })?;
            }
            "id" => {
                let raw: Box<RawValue> = map.next_value()?;
                self.id = Some(property("id", &raw, &mut self.faults));
            }
            "coordinates" => self.own.coordinates = Some(map.next_value_seed(ReadCoordinates)?),
            "geometries" => map.next_value_seed(ReadGeometries { of: &mut self.own })?,
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    /// Whether the members are those of a feature or of no known object, while the type
    /// is not `Feature`.
    fn is_of_another_type(&self, kind: &str) -> bool {
        let own = &self.own;
        let is_bare = own.coordinates.is_some() || kind == "GeometryCollection";
        kind != "Feature" && (self.geometry.is_present() || !is_bare)
    }

    /// The feature of these members.
    pub(super) fn feature(mut self) -> RawFeature {
        if let Some(kind) = self.kind.as_deref().filter(|kind| self.is_of_another_type(kind)) {
            let kind = excerpt(kind);
            self.faults.add(RejectReason::NoFeatureType(kind));
        }
        let geometry = match self.kind.as_deref() {
            Some("Feature") => self.geometry.into_members(),
            // Some programs leave the type out.
            None if self.geometry.is_present() => self.geometry.into_members(),
            // A bare geometry stands for a feature without properties.
            kind => Some(GeometryMembers { kind: kind.map(str::to_owned), ..self.own }),
        };
        let mut raw = RawGeometry::default();
        if let Some(geometry) = geometry {
            geometry.copy_into(&mut raw);
        }
        if self.faults.first.is_some() {
            raw.fault = self.faults.first;
        }
        let id = self.id.filter(|id| *id != PropertyValue::Null);
        let not_numbers = self.faults.not_numbers;
        RawFeature { geometry: raw, properties: self.properties, id, not_numbers }
    }
}

struct ReadGeometry;

impl<'de> DeserializeSeed<'de> for ReadGeometry {
    type Value = Option<GeometryMembers>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadGeometry {
    type Value = Option<GeometryMembers>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a geometry or null")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = GeometryMembers::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => {
                    members.kind = map.next_value_seed(ReadType)?;
                    if members.kind.is_none() {
                        members.fault = Some(wrong("type", ExpectedMember::Text));
                    }
                }
                "coordinates" => {
                    members.coordinates = Some(map.next_value_seed(ReadCoordinates)?);
                }
                "geometries" => map.next_value_seed(ReadGeometries { of: &mut members })?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Some(no_geometry()))
    }

    anything_else!(Option<GeometryMembers>, Some(no_geometry()), null);
}

fn no_geometry() -> GeometryMembers {
    let fault = Some(wrong("geometry", ExpectedMember::Geometry));
    GeometryMembers { fault, ..GeometryMembers::default() }
}

fn wrong(member: &'static str, expected: ExpectedMember) -> RejectReason {
    RejectReason::WrongMember { member, expected }
}

/// Reads a text; `None` for anything else.
struct ReadType;

impl<'de> DeserializeSeed<'de> for ReadType {
    type Value = Option<String>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(serde_json::from_str(raw.get()).ok())
    }
}

/// Reads the members of a GeometryCollection into `of`.
struct ReadGeometries<'g> {
    of: &'g mut GeometryMembers,
}

impl<'de> DeserializeSeed<'de> for ReadGeometries<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { of } = self;
        let is_array = deserializer.deserialize_any(GeometriesVisitor { of: &mut *of })?;
        if !is_array {
            of.fault = Some(wrong("geometries", ExpectedMember::Geometries));
        }
        Ok(())
    }
}

/// Reads an array of geometries; the result is whether it is an array.
struct GeometriesVisitor<'g> {
    of: &'g mut GeometryMembers,
}

impl<'de> Visitor<'de> for GeometriesVisitor<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of geometries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<bool, A::Error> {
        while let Some(geometry) = array.next_element_seed(ReadGeometry)? {
            self.of.geometries.extend(geometry);
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    anything_else!(bool, false, null);
}

/// The value of a property; an invalid value is null and adds a fault.
fn property(name: &str, raw: &RawValue, faults: &mut Faults) -> PropertyValue {
    match PropertyValue::read(raw) {
        Ok((value, not_numbers)) => {
            faults.not_numbers += not_numbers;
            value
        }
        Err(fault) => {
            let (property, found) = (name.to_owned(), fault.into_found());
            faults.add(RejectReason::NoValue { property, found });
            PropertyValue::Null
        }
    }
}

/// Maximum number of properties: in files with more, keys are values.
pub(super) const MAX_PROPERTIES: usize = 4096;

/// Reads an object of properties, or `null`.
struct ReadProperties<'f> {
    faults: &'f mut Faults,
}

impl<'de> DeserializeSeed<'de> for ReadProperties<'_> {
    type Value = Vec<(String, PropertyValue)>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let Self { faults } = self;
        let found = deserializer.deserialize_any(PropertiesVisitor { faults: &mut *faults })?;
        Ok(found.unwrap_or_else(|| {
            faults.add(wrong("properties", ExpectedMember::Properties));
            Vec::new()
        }))
    }
}

/// Visits an object of properties, or `null`; `None` for anything else.
struct PropertiesVisitor<'f> {
    faults: &'f mut Faults,
}

impl<'de> Visitor<'de> for PropertiesVisitor<'_> {
    type Value = Option<Vec<(String, PropertyValue)>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of properties or null")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Some(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut properties = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            // Before they fill the memory, not after.
            if properties.len() == MAX_PROPERTIES {
                return Err(A::Error::custom(DocumentFault::TooManyProperties));
            }
            let raw: Box<RawValue> = map.next_value()?;
            let value = property(&name, &raw, self.faults);
            properties.push((name, value));
        }
        Ok(Some(properties))
    }

    anything_else!(Option<Vec<(String, PropertyValue)>>, None, null);
}
