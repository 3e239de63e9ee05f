//! A GeoJSON document read feature by feature: a collection, one feature, a bare
//! geometry, or many of them one after the other (a GeoJSON text sequence).

use std::fmt;
use std::io::Read;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};

use crate::feature::{Geometry, ShapeKind};
use crate::ingest::row::RawGeometry;

use super::coordinates::{Coordinates, ReadCoordinates};

/// One feature as read.
#[derive(Debug, Default)]
pub(super) struct RawFeature {
    pub(super) geometry: RawGeometry,
    pub(super) properties: Map<String, Value>,
    pub(super) id: Option<Value>,
}

/// Receives each feature; an error stops the reading.
pub(super) type Take<'t> = dyn FnMut(&mut RawFeature) -> Result<(), String> + 't;

/// What a document says beside its features.
#[derive(Debug, Default)]
pub(super) struct Preamble {
    /// The name in the member `crs` of GeoJSON 2008.
    pub(super) crs: Option<String>,
}

/// Reads all documents of a text; returns what the first said.
///
/// # Errors
/// serde_json's, with line and column. What [`Take`] returned is its message.
pub(super) fn read<R: Read>(reader: R, take: &mut Take<'_>) -> serde_json::Result<Preamble> {
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let mut preamble = Preamble::default();
    let mut documents = 0u64;
    // `end` fails where another document follows.
    while documents == 0 || deserializer.end().is_err() {
        Document { preamble: &mut preamble, take }.deserialize(&mut deserializer)?;
        documents += 1;
    }
    Ok(preamble)
}

/// The members of a collection, feature or geometry, whatever it turns out to be.
struct Document<'a, 't> {
    preamble: &'a mut Preamble,
    take: &'a mut Take<'t>,
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut members = Members::default();
        let mut features = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" if !features => {
                    features = true;
                    map.next_value_seed(Features { take: &mut *self.take })?;
                }
                "features" => return Err(A::Error::custom("a second member \"features\"")),
                "crs" => {
                    let crs: Value = map.next_value()?;
                    self.preamble.crs = self.preamble.crs.take().or(match crs {
                        Value::Null => None,
                        crs => Some(crs_name(&crs)),
                    });
                }
                _ => members.read(&key, &mut map)?,
            }
        }
        match (members.kind.as_deref(), features) {
            (Some("FeatureCollection"), true) => Ok(()),
            (Some("FeatureCollection"), false) => {
                Err(A::Error::custom("a FeatureCollection without the member \"features\""))
            }
            (Some(_), true) | (None, _) => {
                Err(A::Error::custom("this is no GeoJSON: its \"type\" is not FeatureCollection"))
            }
            (Some(_), false) => (self.take)(&mut members.feature()).map_err(A::Error::custom),
        }
    }
}

/// `{"type": "name", "properties": {"name": …}}`, or the whole as text.
fn crs_name(crs: &Value) -> String {
    match crs.pointer("/properties/name").and_then(Value::as_str) {
        Some(name) => name.to_owned(),
        None => crs.to_string(),
    }
}

struct Features<'a, 't> {
    take: &'a mut Take<'t>,
}

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        while let Some(mut feature) = array.next_element_seed(ReadFeature)? {
            (self.take)(&mut feature).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

struct ReadFeature;

impl<'de> DeserializeSeed<'de> for ReadFeature {
    type Value = RawFeature;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawFeature, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ReadFeature {
    type Value = RawFeature;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feature")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawFeature, A::Error> {
        let mut members = Members::default();
        while let Some(key) = map.next_key::<String>()? {
            members.read(&key, &mut map)?;
        }
        Ok(members.feature())
    }
}

/// The members that a feature or a geometry may have, in any order.
#[derive(Default)]
struct Members {
    kind: Option<String>,
    geometry: Option<GeometryMembers>,
    properties: Map<String, Value>,
    id: Option<Value>,
    own: GeometryMembers,
}

impl Members {
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "type" => self.kind = Some(map.next_value()?),
            "geometry" => self.geometry = map.next_value_seed(ReadGeometry)?,
            "properties" => {
                self.properties = map.next_value::<Option<_>>()?.unwrap_or_default();
            }
            "id" => self.id = Some(map.next_value()?),
            "coordinates" => self.own.coordinates = Some(map.next_value_seed(ReadCoordinates)?),
            "geometries" => self.own.geometries = map.next_value_seed(ReadGeometries)?,
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn feature(self) -> RawFeature {
        let geometry = match self.kind.as_deref() {
            Some("Feature") => self.geometry,
            // A bare geometry stands for a feature without properties.
            kind => Some(GeometryMembers { kind: kind.map(str::to_owned), ..self.own }),
        };
        let mut raw = RawGeometry::default();
        if let Some(geometry) = geometry {
            geometry.put_into(&mut raw);
        }
        let id = self.id.filter(|id| !id.is_null());
        RawFeature { geometry: raw, properties: self.properties, id }
    }
}

#[derive(Debug, Default)]
struct GeometryMembers {
    kind: Option<String>,
    coordinates: Option<Coordinates>,
    geometries: Vec<GeometryMembers>,
}

impl GeometryMembers {
    fn put_into(self, raw: &mut RawGeometry) {
        let kind = self.kind.unwrap_or_default();
        if kind == "GeometryCollection" {
            // One kind of shape is one feature; several are not.
            let mut seen: Option<ShapeKind> = None;
            for geometry in self.geometries {
                geometry.put_into(raw);
                let now = raw.geometry.kind;
                if seen.is_some() && now != seen {
                    raw.fault.get_or_insert_with(|| {
                        "it is a GeometryCollection of several kinds; split it into features"
                            .to_owned()
                    });
                }
                seen = seen.or(now);
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
