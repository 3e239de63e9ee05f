//! Groups of rows: each becomes one row of a reduced table.

use super::own_shape::OwnShape;
use data_model::tile::WorldPoint;

/// Rows that one feature stands for.
#[derive(Debug)]
pub(super) struct RowGroup {
    /// Rows of the base table, ascending; at least one.
    pub(super) rows: Vec<u32>,
    /// Geometry of the group.
    pub(super) form: GroupForm,
}

/// Geometry and attributes of a group.
#[derive(Debug)]
pub(super) enum GroupForm {
    /// Those of one of its rows, which stays.
    Row(u32),
    /// A cluster at this point.
    Cluster(WorldPoint),
    /// A shape of its own, with its size in square metres or metres.
    Merged(OwnShape),
}
