//! Joins rows to features, by key or by location.

use std::collections::HashMap;

use crate::geometry::bounding_box::BoxTree;
use crate::geometry::distance::{PlaneDistance, between};
use crate::geometry::overlap::TriangulatedPolygon;
use crate::geometry::plane::{MercatorPlane, stretch};
use crate::geometry::row_outline::{PointPosition, RowOutline};
use crate::reading::part_rows::PartRows;
use catalog::Dataset;
use data_model::feature::ShapeKind;

/// Lists of features, one for each unit of rows.
#[derive(Debug, Default)]
pub(crate) struct FeatureLists {
    ends: Vec<u32>,
    items: Vec<u32>,
}

/// The number of pairs of rows and features exceeds the limit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooManyPairs;

/// Maximum number of pairs: 256 MB.
const MOST_PAIRS: usize = 1 << 26;

impl FeatureLists {
    pub(crate) fn push(&mut self, items: &[u32]) -> Result<(), TooManyPairs> {
        if self.items.len() + items.len() > MOST_PAIRS {
            return Err(TooManyPairs);
        }
        self.items.extend_from_slice(items);
        self.ends.push(self.items.len() as u32);
        Ok(())
    }

    /// Builds lists of at most one feature each.
    pub(crate) fn single(items: impl Iterator<Item = Option<u32>>) -> Result<Self, TooManyPairs> {
        let mut lists = Self::default();
        for item in items {
            lists.push(item.as_slice())?;
        }
        Ok(lists)
    }

    pub(crate) fn of(&self, unit: usize) -> &[u32] {
        let Some(&end) = self.ends.get(unit) else { return &[] };
        let start = unit.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.items[start as usize..end as usize]
    }

    /// Number of pairs in all, which no feature's number of units exceeds.
    pub(crate) fn pairs(&self) -> usize {
        self.items.len()
    }

    /// For each unit, the list of the unit that it refers to; empty for `None`.
    pub(crate) fn through(
        &self,
        units: impl Iterator<Item = Option<u32>>,
    ) -> Result<Self, TooManyPairs> {
        let mut lists = Self::default();
        for unit in units {
            lists.push(unit.map_or(&[], |unit| self.of(unit as usize)))?;
        }
        Ok(lists)
    }
}

/// Features that each row belongs to.
pub(crate) struct RowMembership<'t> {
    pub(crate) units: RowUnits<'t>,
    pub(crate) lists: std::sync::Arc<FeatureLists>,
}

/// Mapping of rows to units of the lists.
pub(crate) enum RowUnits<'t> {
    /// The row number.
    Row,
    /// The index of the row's text, or another number from 1.
    Text(&'t [u32]),
}

impl RowMembership<'_> {
    #[inline]
    pub(crate) fn of(&self, row: usize) -> &[u32] {
        let unit = match &self.units {
            RowUnits::Row => row,
            RowUnits::Text(rows) => rows.get(row).map_or(0, |&id| id as usize),
        };
        self.lists.of(unit)
    }
}

/// Features by any of their keys; the first of those that share a key.
pub(crate) fn by_key<'r>(dataset: &Dataset, rows: &'r PartRows) -> HashMap<&'r str, u32> {
    let mut found = HashMap::new();
    for key in &dataset.key {
        let Some(texts) = rows.columns.get(key).and_then(|cells| cells.texts.as_ref()) else {
            continue;
        };
        for (row, &id) in texts.rows.iter().enumerate() {
            if let Some(text) = texts.text(id) {
                found.entry(text).or_insert(row as u32);
            }
        }
    }
    found
}

/// Polygons that contain each feature.
///
/// A polygon belongs to each one that covers more than half of it, otherwise to the one
/// that covers most of it. A line or point belongs to those that contain its
/// representative point; if that lies on borders only, to the first of those.
pub(crate) fn inside(
    features: &PartRows,
    polygons: &PartRows,
) -> Result<FeatureLists, TooManyPairs> {
    let tree = polygons.box_tree();
    let mut lists = FeatureLists::default();
    let (mut near, mut found) = (Vec::new(), Vec::new());
    let of = |row: u32| polygons.outlines.get(row as usize);
    for row in 0..features.outlines.len() {
        near.clear();
        found.clear();
        let outline = features.outlines.get(row);
        let polygon = outline.filter(|outline| outline.kind == ShapeKind::Polygon);
        if let Some(overlap) = polygon.and_then(TriangulatedPolygon::new) {
            tree.query(overlap.bounds(), |row| near.push(row));
            near.sort_unstable();
            overlap.push_areas(&near, of, &mut found);
        } else if let Some(at) = features.representative_points().get(row).copied().flatten() {
            tree.query(&[at[0], at[1], at[0], at[1]], |row| near.push(row));
            near.sort_unstable();
            push_containing(at, &near, of, &mut found);
        }
        lists.push(&found)?;
    }
    Ok(lists)
}

/// Polygons that contain each position; if it lies on borders only, the first of those.
pub(crate) fn inside_at(
    places: impl Iterator<Item = Option<[f64; 2]>>,
    polygons: &PartRows,
) -> Result<FeatureLists, TooManyPairs> {
    let tree = polygons.box_tree();
    let mut lists = FeatureLists::default();
    let (mut near, mut found) = (Vec::new(), Vec::new());
    for place in places {
        near.clear();
        found.clear();
        if let Some(at) = place {
            tree.query(&[at[0], at[1], at[0], at[1]], |row| near.push(row));
            near.sort_unstable();
            push_containing(at, &near, |row| polygons.outlines.get(row as usize), &mut found);
        }
        lists.push(&found)?;
    }
    Ok(lists)
}

/// Collects the polygons of `near` that contain a point.
fn push_containing<'o>(
    at: [f64; 2],
    near: &[u32],
    outline: impl Fn(u32) -> Option<RowOutline<'o>>,
    found: &mut Vec<u32>,
) {
    let mut border = None;
    for &row in near {
        match outline(row).map_or(PointPosition::Outside, |outline| outline.locate(at)) {
            PointPosition::Outside => {}
            PointPosition::Border => border = border.or(Some(row)),
            PointPosition::Inside => found.push(row),
        }
    }
    if found.is_empty() {
        found.extend(border);
    }
}

/// Features of `others` within this many metres of each feature.
pub(crate) fn within(
    features: &PartRows,
    others: &PartRows,
    metres: f64,
    plane: MercatorPlane,
) -> Result<FeatureLists, TooManyPairs> {
    let (on, other_on) = (features.on_plane(plane), others.on_plane(plane));
    let tree = BoxTree::new((0..).zip(other_on.bounds.iter().copied()));
    let mut lists = FeatureLists::default();
    let (mut near, mut found) = (Vec::new(), Vec::new());
    for (row, bounds) in on.bounds.iter().enumerate() {
        near.clear();
        found.clear();
        if let Some(outline) = features.outlines.on(&on.coordinates, row) {
            // The plane stretches distances, the more the farther from the meridian.
            let farthest = bounds[0].abs().max(bounds[2].abs()) + metres;
            let limit = metres * stretch(farthest) + 1e-6;
            let [west, south, east, north] = *bounds;
            let around = [west - limit, south - limit, east + limit, north + limit];
            tree.query(&around, |other| near.push(other));
            near.sort_unstable();
            for &other in &near {
                let at = other as usize;
                let Some(shape) = others.outlines.on(&other_on.coordinates, at) else { continue };
                let apart = between((outline, bounds), (shape, &other_on.bounds[at]), limit);
                if apart.is_some_and(|apart| apart.on_ground() <= metres + 1e-7) {
                    found.push(other);
                }
            }
        }
        lists.push(&found)?;
    }
    Ok(lists)
}

/// The nearest feature and its distance on the ground.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NearestFeature {
    pub(crate) row: u32,
    pub(crate) metres: f64,
}

/// Nearest of `candidates` to each feature; the first of equally near ones.
/// `exclude_itself` is set if both are features of one dataset.
pub(crate) fn nearest(
    features: &PartRows,
    others: &PartRows,
    candidates: &[u32],
    exclude_itself: bool,
    plane: MercatorPlane,
) -> Vec<Option<NearestFeature>> {
    let (on, other_on) = (features.on_plane(plane), others.on_plane(plane));
    let boxes =
        candidates.iter().filter_map(|&row| Some((row, *other_on.bounds.get(row as usize)?)));
    let tree = BoxTree::new(boxes);
    let nearest = |(row, bounds): (usize, &[f64; 4])| {
        let outline = features.outlines.on(&on.coordinates, row)?;
        let mut east = f64::NAN;
        let mut shortest = f64::INFINITY;
        let (other, _) = tree.nearest(bounds, |other, limit| {
            let at = other as usize;
            if exclude_itself && at == row {
                return None;
            }
            let shape = others.outlines.on(&other_on.coordinates, at)?;
            let apart = between((outline, bounds), (shape, &other_on.bounds[at]), limit)?;
            if apart.metres < shortest {
                (shortest, east) = (apart.metres, apart.east);
            }
            Some(apart.metres)
        })?;
        let apart = PlaneDistance { metres: shortest, east };
        Some(NearestFeature { row: other, metres: apart.on_ground() })
    };
    on.bounds.iter().enumerate().map(nearest).collect()
}
