//! Queries of live tiles by zoom: all rows, a sample, or clusters made by the database.

use crate::live::clustered_rows::{CellGrid, ClusterQuery};
use crate::live::sampling::{MOST_ROWS, TableSample};
use crate::relation::geometry_table::{GeometryTable, SpatialType};
use crate::relation::table_column::TableColumn;
use data_model::tiling::{PointClustering, Reduction};
use data_model::{GeographicBounds, Zoom};
use projection::ProjectedBounds;

/// Queries of a table's tiles.
#[derive(Debug)]
pub(super) struct LiveQueries {
    /// Select list of rows as they are.
    select: String,
    /// The table in SQL.
    source: String,
    /// Condition on the box of a tile, whose bounds are four parameters.
    in_box: String,
    /// Condition that holds for all rows with a geometry.
    has_geometry: String,
    /// Sample at low zooms; `None` if all zooms are made of all rows.
    pub(super) sample: Option<TableSample>,
    /// Rule and grid of clusters; `None` without clusters.
    pub(super) clusters: Option<(PointClustering, CellGrid)>,
}

impl LiveQueries {
    /// The queries of `table` for these columns, with a rule of its tiles.
    pub(super) fn new(
        table: &GeometryTable,
        columns: &[TableColumn],
        bounds: Option<GeographicBounds>,
        reduction: Option<&Reduction>,
    ) -> Self {
        let (ext, stored) = (&table.extension, table.geometry_sql());
        // See "Geography" in `live_source`.
        let searched = match table.spatial_type {
            SpatialType::Geometry => stored.clone(),
            SpatialType::Geography => format!("{stored}::{ext}.geometry"),
        };
        let srid = table.srid.unwrap_or_default();
        let clusters = match reduction {
            Some(Reduction::Cluster(rule)) => {
                CellGrid::new(table, bounds, rule).map(|grid| (rule.clone(), grid))
            }
            _ => None,
        };
        Self {
            select: format!("SELECT {}", table.select_list(columns.iter())),
            source: table.source_sql(),
            in_box: format!(
                "{searched} OPERATOR({ext}.&&) {ext}.ST_MakeEnvelope($1, $2, $3, $4, {srid})"
            ),
            has_geometry: format!("{stored} IS NOT NULL"),
            sample: TableSample::of(table, bounds, MOST_ROWS),
            clusters,
        }
    }

    /// Rule of the clusters at a zoom; `None` where rows are fetched as they are.
    pub(super) fn clusters_at(&self, zoom: Zoom) -> Option<&PointClustering> {
        let rule = self.clusters.as_ref().map(|(rule, _)| rule);
        rule.filter(|rule| zoom < rule.below_zoom)
    }

    /// Zoom below which tiles are made of a sample.
    pub(super) fn sampled_below(&self) -> Option<Zoom> {
        self.sample.map(|sample| sample.below)
    }

    /// The query of a tile in this box, and the box to give it as parameters.
    pub(super) fn of_tile(
        &self,
        table: &GeometryTable,
        columns: &[TableColumn],
        id_column: Option<&str>,
        zoom: Zoom,
        area: Option<ProjectedBounds>,
    ) -> (String, Option<ProjectedBounds>) {
        let sample = self.sample.filter(|sample| zoom < sample.below);
        let from = self.source.clone() + &sample.map(TableSample::clause).unwrap_or_default();
        let condition = if area.is_some() { &self.in_box } else { &self.has_geometry };
        let Some((rule, grid)) = self.clusters.as_ref().filter(|(rule, _)| zoom < rule.below_zoom)
        else {
            return (format!("{} FROM {from} WHERE {condition}", self.select), area);
        };
        let query = ClusterQuery {
            table,
            columns,
            id_column,
            rule,
            from: &from,
            condition,
            has_box: area.is_some(),
            cell: grid.cell(zoom),
            scale: sample.map_or(1.0, TableSample::scale),
        };
        (query.sql(), area.map(|area| grid.whole_cells(area, zoom)))
    }

    /// Bytes that tell the tiles of these queries from others of the same rows; empty where they
    /// hold all rows as they are.
    pub(super) fn digest(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.sample.iter().flat_map(|sample| sample.digest()));
        bytes.extend(self.clusters.iter().flat_map(|(_, grid)| grid.digest()));
        bytes
    }
}
