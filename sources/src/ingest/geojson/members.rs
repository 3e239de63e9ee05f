//! The members of a feature or a geometry, in whatever order they come.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use crate::feature::Geometry;
use crate::ingest::row::RawGeometry;

use super::coordinates::{Coordinates, ReadCoordinates};
use super::document::RawFeature;
use super::properties::Property;

/// The members that a feature or a geometry may have, in any order.
#[derive(Default)]
pub(super) struct Members {
    pub(super) kind: Option<String>,
    /// The member `geometry`, which may be `null`.
    pub(super) geometry: Option<Option<GeometryMembers>>,
    properties: Vec<(String, Property)>,
    id: Option<Property>,
    own: GeometryMembers,
    /// What makes the row one that can't be kept.
    fault: Option<String>,
}

impl Members {
    /// Reads the value of a member.
    pub(super) fn read<'de, A: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match key {
            "type" => self.kind = Some(map.next_value()?),
            "geometry" => self.geometry = Some(map.next_value_seed(ReadGeometry)?),
            "properties" => {
                self.properties = map.next_value_seed(ReadProperties { fault: &mut self.fault })?;
            }
            "id" => {
                let raw: Box<RawValue> = map.next_value()?;
                self.id = Some(property("id", &raw, &mut self.fault));
            }
            "coordinates" => self.own.coordinates = Some(map.next_value_seed(ReadCoordinates)?),
            "geometries" => self.own.geometries = map.next_value_seed(ReadGeometries)?,
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    /// What they make.
    pub(super) fn feature(self) -> RawFeature {
        let geometry = match self.kind.as_deref() {
            Some("Feature") => self.geometry.flatten(),
            // Some programs leave the type out.
            None if self.geometry.is_some() => self.geometry.flatten(),
            // A bare geometry stands for a feature without properties.
            kind => Some(GeometryMembers { kind: kind.map(str::to_owned), ..self.own }),
        };
        let mut raw = RawGeometry::default();
        if let Some(geometry) = geometry {
            geometry.put_into(&mut raw);
        }
        if self.fault.is_some() {
            raw.fault = self.fault;
        }
        let id = self.id.filter(|id| *id != Property::Null);
        RawFeature { geometry: raw, properties: self.properties, id }
    }
}

#[derive(Debug, Default)]
pub(super) struct GeometryMembers {
    kind: Option<String>,
    coordinates: Option<Coordinates>,
    geometries: Vec<GeometryMembers>,
}

impl GeometryMembers {
    fn put_into(self, raw: &mut RawGeometry) {
        let kind = self.kind.unwrap_or_default();
        if kind == "GeometryCollection" {
            for geometry in self.geometries {
                let mut member = RawGeometry::default();
                geometry.put_into(&mut member);
                raw.mixed |= member.mixed | raw.geometry.join(&member.geometry);
                raw.heights |= member.heights;
                raw.fault = raw.fault.take().or(member.fault);
            }
        } else if let Some(coordinates) = self.coordinates {
            match coordinates.shape(&kind, &mut raw.geometry) {
                Ok(heights) => raw.heights |= heights,
                Err(fault) => {
                    raw.fault.get_or_insert(fault);
                }
            }
        } else {
            raw.fault.get_or_insert_with(|| "its geometry has no coordinates".to_owned());
        }
        if raw.fault.is_some() {
            raw.geometry = Geometry::default();
        }
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
                "type" => members.kind = Some(map.next_value()?),
                "coordinates" => {
                    members.coordinates = Some(map.next_value_seed(ReadCoordinates)?);
                }
                "geometries" => members.geometries = map.next_value_seed(ReadGeometries)?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(members))
    }
}

struct ReadGeometries;

impl<'de> DeserializeSeed<'de> for ReadGeometries {
    type Value = Vec<GeometryMembers>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ReadGeometries {
    type Value = Vec<GeometryMembers>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of geometries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut geometries = Vec::new();
        while let Some(geometry) = array.next_element_seed(ReadGeometry)? {
            geometries.extend(geometry);
        }
        Ok(geometries)
    }
}

/// The value of a property; where it is none, what is wrong becomes the fault.
fn property(name: &str, raw: &RawValue, fault: &mut Option<String>) -> Property {
    Property::read(raw).unwrap_or_else(|found| {
        fault.get_or_insert_with(|| format!("its property {name:?} is {found}, which is no value"));
        Property::Null
    })
}

/// More properties than this are keys that are values.
pub(super) const MAX_PROPERTIES: usize = 4096;

/// Reads an object of properties, or `null`.
struct ReadProperties<'f> {
    fault: &'f mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for ReadProperties<'_> {
    type Value = Vec<(String, Property)>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadProperties<'_> {
    type Value = Vec<(String, Property)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of properties or null")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut properties = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            // Before they fill the memory, not after.
            if properties.len() == MAX_PROPERTIES {
                let reason = format!("a feature with more than {MAX_PROPERTIES} properties");
                return Err(A::Error::custom(reason));
            }
            let raw: Box<RawValue> = map.next_value()?;
            let value = property(&name, &raw, self.fault);
            properties.push((name, value));
        }
        Ok(properties)
    }
}
