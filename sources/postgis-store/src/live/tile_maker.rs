//! Encodes the rows of a live tile: a small feature table for the same encoder.

use std::sync::Arc;
use std::time::Instant;

use crate::database::row_reports::RowReports;
use crate::live::clustered_rows::{ClusterVisitor, GROUP_ID, fetched_columns};
use crate::live::live_queries::LiveQueries;
use crate::live::tile_query::TileRows;
use crate::relation::geometry_table::GeometryTable;
use crate::relation::table_column::TableColumn;
use crate::rows::copy::CopyRow;
use crate::rows::row_reader::{RowError, RowRead, RowReader};

use data_model::feature::FeatureVisitor;
use data_model::tile::TileGrid;
use data_model::tiling::{Reduction, added_columns};
use data_model::{TileCoord, Zoom};
use projection::ProjectedBounds;
use tile_source::table_source::{EncodeFault, LayerPublication, encode_fragment};
use tile_source::workers::WorkerState;
use vector_tile::features::reduction::{ClusterHierarchy, TILE_PIXELS, reduced_table};
use vector_tile::features::{FeatureTable, TableBuilder, TableError, TableOptions, TileScope};
use vector_tile::fragment::Fragment;
use vector_tile::mvt::LayerView;

/// Rows between two checks of the deadline.
const ROWS_PER_CHECK: usize = 1024;

/// Makes tiles of rows.
pub(super) struct TileMaker {
    pub(super) table: Arc<GeometryTable>,
    pub(super) publication: LayerPublication,
    /// Columns that are fetched: the published ones and the id column.
    pub(super) columns: Vec<TableColumn>,
    pub(super) published: Vec<String>,
    pub(super) options: TableOptions,
    pub(super) reports: Arc<RowReports>,
    pub(super) queries: LiveQueries,
    /// Rule of the tiles, of published columns alone.
    pub(super) reduction: Option<Reduction>,
}

impl TileMaker {
    /// Box in the table's CRS that holds all that is drawn in a tile; `None` if there is no
    /// such box.
    pub(super) fn search_box(&self, tile: TileCoord) -> Option<ProjectedBounds> {
        let LayerPublication { extent, buffer, .. } = self.publication;
        let buffer = u32::from(buffer) + self.cell_units(tile.zoom());
        let rect = TileGrid::new(tile, extent).world_rect(extent, buffer);
        self.table.crs.as_ref()?.projection.as_ref().ok()?.box_around(&rect)
    }

    /// Tile units of a cell within which a rule groups rows: these are read whole, so that a
    /// group is the same in all tiles. 0 without such a rule.
    fn cell_units(&self, zoom: Zoom) -> u32 {
        let pixels = match self.row_rule(zoom) {
            Some(Reduction::Thin(rule)) => rule.spacing_px,
            Some(Reduction::Merge(rule)) => rule.below_px,
            Some(Reduction::Cluster(_)) | None => return 0,
        };
        (u32::from(pixels) * self.publication.extent.units()).div_ceil(TILE_PIXELS)
    }

    /// The rule that a zoom's rows are reduced by here and not in the database.
    fn row_rule(&self, zoom: Zoom) -> Option<&Reduction> {
        let rule = self.reduction.as_ref().filter(|rule| zoom < rule.below_zoom());
        rule.filter(|rule| !matches!(rule, Reduction::Cluster(_)))
    }

    /// The query of a tile in this box, with the box as its parameters.
    pub(super) fn query(
        &self,
        tile: TileCoord,
        area: Option<ProjectedBounds>,
    ) -> (String, Option<ProjectedBounds>) {
        let id = self.options.id_column.as_deref();
        self.queries.of_tile(&self.table, &self.columns, id, tile.zoom(), area)
    }

    /// Scope of a tile's feature table; with labels, a name is placed by its whole polygon, as
    /// a reduced feature is by its own.
    fn scope(&self, tile: TileCoord, deadline: Instant) -> TileScope {
        let LayerPublication { extent, buffer, labels, .. } = self.publication;
        let whole = labels || self.row_rule(tile.zoom()).is_some();
        TileScope::new(tile, extent, buffer, whole, deadline)
    }

    /// Published columns of a zoom's tiles, with those that a rule adds.
    fn published_at(&self, zoom: Zoom) -> Vec<String> {
        let tiling = &self.publication.tiling;
        let own = self.published.iter().filter(|name| tiling.has_attribute(name, zoom)).cloned();
        let rule = self.reduction.as_ref().filter(|rule| zoom < rule.below_zoom());
        let added = rule.map(|rule| added_columns(rule, self.table.geometry)).unwrap_or_default();
        own.chain(added.into_iter().map(|column| column.name)).collect()
    }

    pub(super) fn encode(
        &self,
        rows: &TileRows,
        tile: TileCoord,
        deadline: Instant,
        state: &mut WorkerState,
    ) -> Result<Option<Fragment>, EncodeFault> {
        // The server gives rows in any order; a tile has but one.
        let mut rows = rows.rows();
        rows.sort_unstable();
        let scope = self.scope(tile, deadline);
        let zoom = tile.zoom();
        let table = match self.table_of(&rows, &self.options, scope, zoom)? {
            Ok(table) => table,
            // A key that is negative, or past what clients keep, is no id.
            Err(TableError::IdColumn { .. }) => {
                let options =
                    TableOptions { id_column: None, omit_ids: true, ..self.options.clone() };
                self.table_of(&rows, &options, scope, zoom)?
                    .map_err(|error| EncodeFault::Reason(error.to_string()))?
            }
            Err(error) => return Err(EncodeFault::Reason(error.to_string())),
        };
        let table = match self.row_rule(zoom) {
            Some(rule) => reduced_table(&table, rule, zoom, &ClusterHierarchy::none())
                .map_err(|error| EncodeFault::Reason(error.to_string()))?,
            None => table,
        };
        let LayerPublication { id, extent, buffer, labels, .. } = &self.publication;
        let published = self.published_at(zoom);
        let columns = Some(&published[..]);
        let view = LayerView::new(id, &table, columns, *extent, *buffer);
        let labels = labels.then(|| {
            let points = table.label_points();
            let name = format!("{id}{}", tile_source::source::LABEL_SUFFIX);
            // Without a buffer: a point beyond the edge is the neighbour's to label.
            let view = LayerView::labels(&name, &points, columns, *extent);
            (points, view)
        });
        let labels = labels.as_ref().map(|(points, view)| (points, view));
        encode_fragment(&table, &view, labels, tile, deadline, state)
    }

    /// Builds a feature table from the rows of one tile.
    fn table_of(
        &self,
        rows: &[&[u8]],
        options: &TableOptions,
        scope: TileScope,
        zoom: Zoom,
    ) -> Result<Result<FeatureTable, TableError>, EncodeFault> {
        let rule = self.queries.clusters_at(zoom);
        let mut options = options.clone();
        if rule.is_some() && options.id_column.is_some() {
            options.id_column = Some(GROUP_ID.to_owned());
        }
        let mut builder = TableBuilder::for_tile(options, scope);
        match rule {
            Some(rule) => {
                let columns = fetched_columns(&self.columns, rule);
                let mut visitor = ClusterVisitor::new(&mut builder, rule);
                self.read(rows, &columns, &mut visitor, scope.deadline())?;
            }
            None => self.read(rows, &self.columns, &mut builder, scope.deadline())?,
        }
        match builder.finish() {
            Err(TableError::OutOfTime) => Err(EncodeFault::Deadline),
            made => Ok(made),
        }
    }

    /// Passes the rows of a tile to `visitor`.
    fn read(
        &self,
        rows: &[&[u8]],
        columns: &[TableColumn],
        visitor: &mut dyn FeatureVisitor,
        deadline: Instant,
    ) -> Result<(), EncodeFault> {
        let mut schema = self.table.scan_schema();
        schema.columns = columns.iter().map(|column| column.column.clone()).collect();
        visitor.begin(&schema);
        let mut reader = RowReader::new(&self.table, columns.iter());
        let mut fields = Vec::new();
        let mut misplaced = None;
        for (number, bytes) in rows.iter().enumerate() {
            if number % ROWS_PER_CHECK == 0 && Instant::now() >= deadline {
                return Err(EncodeFault::Deadline);
            }
            let at = |part: &str, reason: String| {
                let table = self.table.full_name();
                EncodeFault::Reason(format!("table {table}: a row of the tile: {part} {reason}"))
            };
            let row = CopyRow::parse(bytes, reader.fields(), &mut fields);
            let row = row.map_err(|fault| at("", fault.to_string()))?;
            match reader.read(number as u64, row, visitor) {
                Ok(RowRead::Misplaced(row)) => {
                    misplaced.get_or_insert_with(|| row.named());
                }
                Ok(_) => {}
                // The builder says why when it is finished.
                Err(RowError::Refused(_)) => break,
                Err(error) => return Err(at(&error.part(), error.reason())),
            }
        }
        self.reports.report(&self.table, misplaced, reader.unread);
        Ok(())
    }
}
