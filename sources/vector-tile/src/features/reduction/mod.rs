//! Reduced tables: a dataset's features as fewer ones, for the tiles of one zoom.
//!
//! A rule puts the rows of a table into groups, each row into one; a group becomes a row of a
//! new table, which the same encoder draws. Groups are those of a zoom and of no tile: a
//! feature near a border is the same in all tiles that show it.
//!
//! | module | groups |
//! |---|---|
//! | [`clusters`] | points by distance |
//! | [`thinning`] | features by cell, the first by rank stays |
//! | [`merging`] | small lines and polygons by cell and category |

mod attributes;
mod cells;
mod clusters;
mod ground;
mod groups;
mod merging;
mod own_shape;
mod reduced_table;
mod shapes;
mod thinning;

use super::{FeatureTable, TableError};
use data_model::Zoom;
use data_model::tiling::Reduction;

pub use self::cells::TILE_PIXELS;
pub use self::clusters::ClusterHierarchy;

/// Reduces `table` to the features of `zoom`, below which `rule` holds.
///
/// `clusters` are those of the table's points, used by [`Reduction::Cluster`]; tables with the
/// same geometry share them.
///
/// # Errors
/// [`TableError::TooLarge`] if the new features do not fit a table.
pub fn reduced_table(
    table: &FeatureTable,
    rule: &Reduction,
    zoom: Zoom,
    clusters: &ClusterHierarchy,
) -> Result<FeatureTable, TableError> {
    let groups = match rule {
        Reduction::Cluster(_) => clusters.groups(zoom),
        Reduction::Thin(rule) => thinning::groups(table, rule, zoom),
        Reduction::Merge(rule) => merging::groups(table, rule, zoom),
    };
    reduced_table::build(table, rule, groups)
}
