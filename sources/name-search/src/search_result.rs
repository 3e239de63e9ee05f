//! Results of a search.

use catalog::LocalizedText;
use data_model::GeographicBounds;

/// Kind of a hit; among equal match ranks, the earlier kind comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HitKind {
    /// A map layer.
    Map,
    /// An area of the district's `stats_areas`.
    Area,
    /// A named feature.
    Place,
    /// A building's address.
    Address,
    /// A dataset behind a visible layer.
    Dataset,
}

/// A search result.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SearchResult {
    /// The kind.
    pub kind: HitKind,
    /// Id of the layer or dataset; for a feature, of its layer.
    pub id: String,
    /// The feature's id in tiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<u64>,
    /// The name.
    ///
    /// A feature without a known English name has the same in both languages; an address
    /// has road and number.
    pub title: LocalizedText,
    /// Further parts of an address that distinguish it: dong, building.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Position: longitude and latitude in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<[f64; 2]>,
    /// West, south, east, north in degrees; `None` for points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<GeographicBounds>,
}

/// Distance in metres within which features with one address are one hit, such as entrances
/// of a building or buildings of an estate.
const ONE_ADDRESS_METRES: f64 = 1000.0;

/// A hit with its key for de-duplication.
#[derive(Debug)]
pub(super) struct TellableHit {
    pub(super) hit: SearchResult,
    pub(super) told_by: String,
    /// Whether hits with this key are also distinguished by position.
    pub(super) by_position: bool,
}

impl TellableHit {
    /// Whether two hits are of the same thing.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let near = || match (self.hit.point, other.hit.point) {
            (Some(a), Some(b)) => metres_between(a, b) <= ONE_ADDRESS_METRES,
            _ => true,
        };
        self.hit.kind == other.hit.kind
            && self.told_by == other.told_by
            && (!self.by_position || near())
    }
}

/// Distance in metres between two close positions, given as longitude and latitude.
fn metres_between([ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> f64 {
    const METRES_A_DEGREE: f64 = 111_320.0;
    let width = f64::midpoint(ay, by).to_radians().cos();
    ((ax - bx) * width).hypot(ay - by) * METRES_A_DEGREE
}
