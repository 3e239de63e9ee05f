//! The members of a geometry, as read.

use data_model::feature::Geometry;

use super::coordinates::CoordinateArray;
use crate::input::row_source::RawGeometry;
use crate::rejects::reject_reason::RejectReason;

/// The member `geometry` of an object.
#[derive(Debug, Default)]
#[allow(clippy::large_enum_variant, reason = "one exists at a time, and most are the large one")]
pub(super) enum GeometryMember {
    /// The object has no such member.
    #[default]
    Missing,
    /// The member is `null`.
    Null,
    /// The members of the geometry.
    Members(GeometryMembers),
}

impl GeometryMember {
    /// Whether the object has the member, `null` or not.
    pub(super) fn is_present(&self) -> bool {
        !matches!(self, Self::Missing)
    }

    pub(super) fn into_members(self) -> Option<GeometryMembers> {
        match self {
            Self::Missing | Self::Null => None,
            Self::Members(members) => Some(members),
        }
    }
}

impl From<Option<GeometryMembers>> for GeometryMember {
    fn from(members: Option<GeometryMembers>) -> Self {
        members.map_or(Self::Null, Self::Members)
    }
}

/// Members of a geometry.
#[derive(Debug, Default)]
pub(super) struct GeometryMembers {
    pub(super) kind: Option<String>,
    pub(super) coordinates: Option<CoordinateArray>,
    pub(super) geometries: Vec<GeometryMembers>,
    /// Fault of a member with a value of a wrong type.
    pub(super) fault: Option<RejectReason>,
}

impl GeometryMembers {
    pub(super) fn copy_into(self, raw: &mut RawGeometry) {
        if let Some(fault) = self.fault {
            raw.fault.get_or_insert(fault);
        }
        let kind = self.kind.unwrap_or_default();
        if kind == "GeometryCollection" {
            for geometry in self.geometries {
                let mut member = RawGeometry::default();
                geometry.copy_into(&mut member);
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
            raw.fault.get_or_insert(RejectReason::NoCoordinates);
        }
        if raw.fault.is_some() {
            raw.geometry = Geometry::default();
        }
    }
}
