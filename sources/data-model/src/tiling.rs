//! Declared reduction of a layer's tiles at low zooms.
//!
//! Nothing is left out by default. A rule below some zoom replaces features by fewer ones that
//! count those they stand for: see [`PointClustering`], [`Thinning`] and [`Merging`].

use std::collections::BTreeMap;

use crate::Zoom;
use crate::feature::{Column, ColumnType, GeometryKind};

/// Attribute of clusters: `true`; other features lack it.
pub const CLUSTER: &str = "cluster";
/// Attribute of clusters and of thinned features: the number of features that one stands for.
/// A feature without it stands for itself.
pub const POINT_COUNT: &str = "point_count";
/// Attribute of clusters: `point_count` as a short text, such as `1.2k`.
pub const POINT_COUNT_ABBREVIATED: &str = "point_count_abbreviated";
/// Attribute of merged lines and polygons: the number of features that one stands for.
pub const MERGED_COUNT: &str = "merged_count";
/// Attribute of merged polygons: their area on the ellipsoid in square metres, holes left out.
pub const MERGED_AREA: &str = "merged_area_m2";
/// Attribute of merged lines: their length on the ellipsoid in metres.
pub const MERGED_LENGTH: &str = "merged_length_m";

/// Attribute that marks features with suppressed values: a sum with one of them is suppressed.
pub const SUPPRESSED: &str = "suppressed";

/// Reduction of a layer's tiles; the default reduces nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Tiling {
    /// Rule of the features.
    pub reduction: Option<Reduction>,
    /// Lowest zoom of attributes that only near views need.
    pub attributes: BTreeMap<String, Zoom>,
}

/// Rule that replaces features by fewer ones; a layer has one at most.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Points become clusters.
    Cluster(PointClustering),
    /// The first features by rank stay.
    Thin(Thinning),
    /// Small lines or polygons of a category become one.
    Merge(Merging),
}

/// Clusters of points that lie closer together than a radius.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PointClustering {
    /// Zoom from which all points are single.
    pub below_zoom: Zoom,
    /// Radius in pixels, of 512 along a tile's edge.
    pub radius_px: u16,
    /// Columns whose sums clusters keep.
    pub sums: Vec<String>,
}

/// One feature in each square cell; it counts the others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Thinning {
    /// Zoom from which all features stay.
    pub below_zoom: Zoom,
    /// Column of the order; `None` orders by feature id.
    pub rank: Option<RankColumn>,
    /// Side of a cell in pixels, of 512 along a tile's edge.
    pub spacing_px: u16,
}

/// Column whose first value stays.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RankColumn {
    /// Name of the column.
    pub column: String,
    /// Whether the largest value is the first.
    pub descending: bool,
}

/// Small features of one category and one cell become one feature.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Merging {
    /// Zoom from which all features are single.
    pub below_zoom: Zoom,
    /// Column of the category; `None` merges without regard to any.
    pub by: Option<String>,
    /// Features shorter and narrower than this are merged, in cells of this side; in pixels, of
    /// 512 along a tile's edge.
    pub below_px: u16,
}

impl Tiling {
    /// Whether tiles hold all features with all attributes.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Zoom below which features are replaced; `None` without a rule.
    #[must_use]
    pub fn reduced_below(&self) -> Option<Zoom> {
        self.reduction.as_ref().map(Reduction::below_zoom)
    }

    /// The rule that holds at `zoom`.
    #[must_use]
    pub fn reduction_at(&self, zoom: Zoom) -> Option<&Reduction> {
        self.reduction.as_ref().filter(|rule| zoom < rule.below_zoom())
    }

    /// Columns whose sums clusters keep.
    #[must_use]
    pub fn sums(&self) -> &[String] {
        match &self.reduction {
            Some(Reduction::Cluster(rule)) => &rule.sums,
            _ => &[],
        }
    }

    /// Whether tiles of `zoom` hold the attribute `name`.
    #[must_use]
    pub fn has_attribute(&self, name: &str, zoom: Zoom) -> bool {
        self.attributes.get(name).is_none_or(|from| zoom >= *from)
    }
}

impl Reduction {
    /// The rule without columns that are not published: what an audience does not see plays no
    /// part in its tiles.
    #[must_use]
    pub fn restricted_to(&self, is_published: impl Fn(&str) -> bool) -> Self {
        let mut rule = self.clone();
        match &mut rule {
            Self::Cluster(rule) => rule.sums.retain(|name| is_published(name)),
            Self::Thin(rule) => {
                rule.rank = rule.rank.take().filter(|rank| is_published(&rank.column));
            }
            Self::Merge(rule) => {
                rule.by = rule.by.take().filter(|name| is_published(name));
            }
        }
        rule
    }

    /// Zoom from which the rule changes nothing.
    #[must_use]
    pub const fn below_zoom(&self) -> Zoom {
        match self {
            Self::Cluster(rule) => rule.below_zoom,
            Self::Thin(rule) => rule.below_zoom,
            Self::Merge(rule) => rule.below_zoom,
        }
    }
}

/// Attributes that a rule adds to features of this kind, in tile key order.
#[must_use]
pub fn added_columns(rule: &Reduction, geometry: GeometryKind) -> Vec<Column> {
    let column =
        |name: &str, kind| Column { name: name.to_owned(), kind, title: None, description: None };
    match rule {
        Reduction::Cluster(_) => vec![
            column(CLUSTER, ColumnType::Bool),
            column(POINT_COUNT, ColumnType::UInt),
            column(POINT_COUNT_ABBREVIATED, ColumnType::Text),
        ],
        Reduction::Thin(_) => vec![column(POINT_COUNT, ColumnType::UInt)],
        Reduction::Merge(_) => {
            let mut columns = vec![column(MERGED_COUNT, ColumnType::UInt)];
            if geometry != GeometryKind::Line {
                columns.push(column(MERGED_AREA, ColumnType::UInt));
            }
            if geometry != GeometryKind::Polygon {
                columns.push(column(MERGED_LENGTH, ColumnType::UInt));
            }
            columns
        }
    }
}

/// A count as supercluster abbreviates it: `999`, `1.2k`, `12k`.
#[must_use]
pub fn abbreviated(count: u64) -> String {
    // Rounded half up, in whole numbers: no double is near a half by accident.
    let rounded = |unit: u64| (count + unit / 2) / unit;
    match count {
        0..1_000 => count.to_string(),
        1_000..10_000 => {
            let tenths = rounded(100);
            if tenths.is_multiple_of(10) {
                format!("{}k", tenths / 10)
            } else {
                format!("{}.{}k", tenths / 10, tenths % 10)
            }
        }
        _ => format!("{}k", rounded(1_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(2, "2")]
    #[case(999, "999")]
    #[case(1_000, "1k")]
    #[case(1_049, "1k")]
    #[case(1_050, "1.1k")]
    #[case(9_949, "9.9k")]
    #[case(9_950, "10k")]
    #[case(10_499, "10k")]
    #[case(52_000, "52k")]
    fn counts_are_abbreviated_as_supercluster_does(#[case] count: u64, #[case] text: &str) {
        assert_eq!(abbreviated(count), text);
    }
}
