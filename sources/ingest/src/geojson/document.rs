//! Reads a GeoJSON document feature by feature: a collection, one feature, a bare
//! geometry, or a GeoJSON text sequence of these.

use std::fmt;
use std::io::Read;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::rejects::reject_reason::{ExpectedMember, RejectReason};

use crate::geojson::crs::ReadCrs;
use crate::geojson::fault::DocumentFault;
use crate::geojson::members::{ObjectMembers, anything_else};
use crate::geojson::raw_feature::RawFeature;

/// Receives each feature; an error stops the reading.
pub(super) type FeatureReceiver<'t> = dyn FnMut(&mut RawFeature) -> Result<(), ReadingStopped> + 't;

/// Stops the reading of a document; the receiver has the reason.
#[derive(Debug, thiserror::Error)]
#[error("the receiver of features stopped the reading")]
pub(super) struct ReadingStopped;

/// Members of a document beside its features.
#[derive(Debug, Default)]
pub(super) struct DocumentMembers {
    /// The name in the member `crs` of GeoJSON 2008.
    pub(super) crs: Option<String>,
}

/// Reads all documents of a text; returns the first member `crs`.
///
/// # Errors
/// Returns serde_json's error with line and column; its message is that of [`ReadingStopped`] if
/// the receiver stopped.
pub(super) fn read<R: Read>(
    reader: R,
    take: &mut FeatureReceiver<'_>,
) -> serde_json::Result<DocumentMembers> {
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let mut preamble = DocumentMembers::default();
    let mut documents = 0u64;
    // `end` fails where another document follows.
    while documents == 0 || deserializer.end().is_err() {
        Document { preamble: &mut preamble, take }.deserialize(&mut deserializer)?;
        documents += 1;
    }
    Ok(preamble)
}

/// Visits the members of a collection, feature or geometry.
struct Document<'a, 't> {
    preamble: &'a mut DocumentMembers,
    take: &'a mut FeatureReceiver<'t>,
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
        let mut members = ObjectMembers::default();
        let mut features = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" if !features => {
                    features = true;
                    map.next_value_seed(Features { take: &mut *self.take })?;
                }
                "features" => return Err(A::Error::custom(DocumentFault::FeaturesTwice)),
                "crs" => {
                    let crs = map.next_value_seed(ReadCrs)?;
                    self.preamble.crs = self.preamble.crs.take().or(crs);
                }
                _ => {
                    members.read(&key, &mut map)?;
                    if members.kind.as_deref() == Some("Topology") {
                        return Err(A::Error::custom(DocumentFault::TopoJson));
                    }
                }
            }
        }
        match (members.kind.as_deref(), features) {
            (Some("FeatureCollection"), true) => Ok(()),
            (Some("FeatureCollection"), false) => Err(A::Error::custom(DocumentFault::NoFeatures)),
            (None, false) if members.geometry.is_present() => {
                (self.take)(&mut members.feature()).map_err(A::Error::custom)
            }
            (Some(_), true) | (None, _) => Err(A::Error::custom(DocumentFault::OtherType)),
            (Some(_), false) => (self.take)(&mut members.feature()).map_err(A::Error::custom),
        }
    }
}

struct Features<'a, 't> {
    take: &'a mut FeatureReceiver<'t>,
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
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadFeature {
    type Value = RawFeature;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feature")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawFeature, A::Error> {
        let mut members = ObjectMembers::default();
        while let Some(key) = map.next_key::<String>()? {
            members.read(&key, &mut map)?;
        }
        Ok(members.feature())
    }

    anything_else!(RawFeature, no_feature());
}

/// A row for a value that is no feature.
fn no_feature() -> RawFeature {
    let mut feature = RawFeature::default();
    let expected = ExpectedMember::Feature;
    feature.geometry.fault = Some(RejectReason::WrongMember { member: "features", expected });
    feature
}
