//! Builds a reduced table from groups of rows.

use std::sync::Arc;

use super::attributes::GroupValues;
use super::cells;
use super::groups::{GroupForm, RowGroup};
use super::shapes::GroupShapes;
use crate::features::draw_order::DrawOrder;
use crate::features::index::{HilbertIndex, hilbert};
use crate::features::{FeatureTable, NO_ID, RowGeometries, TableError, ValueId};
use data_model::tile::{WorldPoint, WorldRect};
use data_model::tiling::{Reduction, added_columns};

/// Ids of clusters and merged features begin here; those of a dataset's own lie below.
const OWN_IDS: u64 = 1 << 52;

pub(super) fn build(
    table: &FeatureTable,
    rule: &Reduction,
    mut groups: Vec<RowGroup>,
) -> Result<FeatureTable, TableError> {
    groups.sort_by_cached_key(|group| (hilbert(centre(table, group)), group.rows.first().copied()));
    let mut columns = table.columns().to_vec();
    columns.extend(added_columns(rule, table.geometry()));
    let mut values = GroupValues::new(table, rule);
    let mut found: Vec<Vec<ValueId>> = vec![Vec::with_capacity(groups.len()); columns.len()];
    for group in &groups {
        values.add(group, &mut found)?;
    }
    let (dictionary, new_ids) = values.finish();
    let values = found
        .into_iter()
        .map(|column| column.into_iter().map(|id| new_ids[id as usize]).collect())
        .collect();
    let ids: Arc<[u64]> = ids(table, &groups).into();
    let mut shapes = GroupShapes::new(table);
    groups.iter().for_each(|group| shapes.add(group));
    let shapes = shapes.finish()?;
    let order: Vec<u32> = (0..groups.len() as u32).collect();
    Ok(FeatureTable {
        columns: columns.into(),
        values,
        dictionary: Arc::new(dictionary),
        tile_ids: Arc::clone(&ids),
        drawn: Arc::new(DrawOrder::by_id(&ids, &order)),
        ids,
        index: Arc::new(index_of(&shapes)),
        shapes: Arc::new(shapes),
        geometry: table.geometry(),
        keeps_edges: table.keeps_edges(),
    })
}

fn index_of(shapes: &RowGeometries) -> HilbertIndex {
    match shapes {
        RowGeometries::Points(points) => {
            HilbertIndex::new(points.len(), |row| WorldRect { min: points[row], max: points[row] })
        }
        RowGeometries::Parts(shapes) => {
            HilbertIndex::new(shapes.kinds.len(), |row| *shapes.rect(row))
        }
    }
}

/// Middle of a group's bounding rectangle.
fn centre(table: &FeatureTable, group: &RowGroup) -> WorldPoint {
    match &group.form {
        GroupForm::Cluster(point) => *point,
        GroupForm::Row(row) => cells::row_centre(table, *row),
        GroupForm::Merged(shape) => cells::centre(&shape.rect()),
    }
}

/// Ids of the groups in tiles, each once. A group of several rows that has no row's form has
/// the least id of its rows, counted from [`OWN_IDS`]; none if the dataset's own reach as far.
fn ids(table: &FeatureTable, groups: &[RowGroup]) -> Vec<u64> {
    let own = table.tile_ids();
    let is_free = own.iter().all(|&id| id < OWN_IDS || id == NO_ID);
    let id = |group: &RowGroup| match group.form {
        GroupForm::Row(row) => own[row as usize],
        GroupForm::Cluster(_) | GroupForm::Merged(_) => {
            let ids = group.rows.iter().map(|&row| own[row as usize]).filter(|&id| id != NO_ID);
            ids.min().filter(|_| is_free).map_or(NO_ID, |id| OWN_IDS | id)
        }
    };
    groups.iter().map(id).collect()
}
