//! Results of a search.

use catalog::Text;

/// The kind of thing that a name is of. Among equal fits the earlier comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HitKind {
    /// A map layer.
    Map,
    /// One of the areas that the district counts by.
    Area,
    /// A feature with a name.
    Place,
    /// A building's address.
    Address,
    /// A dataset behind a visible layer.
    Dataset,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Hit {
    /// What it is.
    pub kind: HitKind,
    /// The id of the layer or dataset; of a feature that of its layer.
    pub id: String,
    /// The feature's id in tiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<u64>,
    /// Its name; of a feature the same in both languages where no English one is known, of
    /// an address road and number.
    pub title: Text,
    /// Of an address what tells it apart beside road and number: dong, building.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where it is: longitude and latitude in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<[f64; 2]>,
    /// West, south, east, north in degrees, of what is more than a point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 4]>,
}

/// Metres within which two features of one address are the same: entrances of a building,
/// buildings of an estate.
const ONE_ADDRESS_METRES: f64 = 1000.0;

/// A hit with the text by which it is told from others of its kind.
#[derive(Debug)]
pub(super) struct TellableHit {
    pub(super) hit: Hit,
    pub(super) told_by: String,
    /// Whether position tells it apart too.
    pub(super) by_position: bool,
}

impl TellableHit {
    /// Whether two hits are the same thing.
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

/// Metres between two positions near each other, in longitude and latitude.
fn metres_between([ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> f64 {
    const METRES_A_DEGREE: f64 = 111_320.0;
    let width = f64::midpoint(ay, by).to_radians().cos();
    ((ax - bx) * width).hypot(ay - by) * METRES_A_DEGREE
}
