//! Reports for the operator on rows of live tables that can't be drawn or read as stored.
//!
//! Every row of a table in memory is read; not so of a live table. So faults of rows that tiles
//! read are recorded, and the watcher searches for rows beyond the world of the table's CRS,
//! which no tile requests: by the spatial index if there is one, and within a time limit in any
//! case.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio_postgres::Error;

use crate::change_token::TableChangeToken;
use crate::connection::transaction::TransactionReader;
use crate::relation::geometry_table::{GeometryTable, SpatialType};
use crate::rows::copy::CopyRow;
use crate::rows::raw_row::append_row;
use crate::rows::row_reader::{RowRead, RowReader, UnreadTexts};
use data_model::feature::{AttributeValue, FeatureSchema, FeatureVisitor, Geometry};
use data_model::tile::{TileCoord, TileGrid};
use data_model::{Extent, VisitError};
use projection::ProjectedBounds;

/// Most rows beyond the world that are read.
const MOST_ROWS: usize = 1000;

/// Coordinate beyond which a projected CRS of a country has no place on earth, or few rows.
const FAR_UNITS: f64 = 4_000_000.0;

/// Easting of the 180th meridian in Web Mercator, and a little more.
const HALF_TURN: f64 = 20_037_510.0;

/// Coordinate beyond any box of PostGIS, whose numbers are `float4`.
const ENDLESS: f64 = 1e30;

/// Reports on the rows of live tables, by the relation's oid.
#[derive(Debug, Default)]
pub(crate) struct RowReports(Mutex<BTreeMap<u32, RowReport>>);

#[derive(Debug)]
struct RowReport {
    table: String,
    /// Token of the state that the report is about.
    token: TableChangeToken,
    /// Number of rows without a place on earth that the watcher found, and the first.
    misplaced: Option<(usize, String)>,
    /// Row without a place on earth that a tile read.
    seen: Option<String>,
    unread: UnreadTexts,
    /// Whether the watcher has searched the table.
    searched: bool,
}

impl RowReports {
    /// Registers a live table in the state of its change token.
    pub(crate) fn register(&self, table: &GeometryTable) {
        let mut reports = self.0.lock();
        if reports.get(&table.oid).is_none_or(|report| report.token != table.change_token) {
            let before = reports.remove(&table.oid);
            let misplaced = before.and_then(|report| report.misplaced);
            let report = RowReport {
                table: table.full_name(),
                token: table.change_token,
                // Rows found before are likely there still.
                misplaced,
                seen: None,
                unread: UnreadTexts::default(),
                searched: false,
            };
            reports.insert(table.oid, report);
        }
    }

    /// Whether a table is live and has not been searched.
    pub(crate) fn is_unsearched(&self, oid: u32) -> bool {
        self.0.lock().get(&oid).is_some_and(|report| !report.searched)
    }

    /// Records the result of a search.
    pub(crate) fn found(&self, oid: u32, misplaced: Option<(usize, String)>) {
        if let Some(report) = self.0.lock().get_mut(&oid) {
            report.misplaced = misplaced;
            report.searched = true;
        }
    }

    /// Records the faults of the rows of a tile.
    pub(crate) fn report(
        &self,
        table: &GeometryTable,
        misplaced: Option<String>,
        unread: UnreadTexts,
    ) {
        if misplaced.is_none() && unread.first.is_none() {
            return;
        }
        if let Some(report) =
            self.0.lock().get_mut(&table.oid).filter(|report| report.token == table.change_token)
        {
            if report.seen.is_none() {
                report.seen = misplaced;
            }
            if report.unread.first.is_none() {
                report.unread = unread;
            }
        }
    }

    /// Removes the tables that are gone.
    pub(crate) fn retain(&self, is_there: impl Fn(u32) -> bool) {
        self.0.lock().retain(|&oid, _| is_there(oid));
    }

    /// One line for each fault of a table.
    pub(crate) fn notes(&self) -> Vec<String> {
        let reports = self.0.lock();
        let notes = reports.values().flat_map(|report| {
            let name = &report.table;
            let misplaced = report.misplaced.as_ref().map(|(count, first)| {
                let more = if *count >= MOST_ROWS { " or more" } else { "" };
                format!(
                    "table {name}: {count}{more} row(s) have no place on earth and are not drawn; \
                     the first is {first}"
                )
            });
            let seen = report.seen.as_ref().filter(|_| report.misplaced.is_none()).map(|row| {
                format!("table {name}: a row has no place on earth and is not drawn: {row}")
            });
            misplaced.into_iter().chain(seen).chain(report.unread.note(name))
        });
        notes.collect()
    }
}

/// Visitor without effect, for reading rows whose results alone are used.
struct IgnoredFeatures;

impl FeatureVisitor for IgnoredFeatures {
    fn begin(&mut self, _: &FeatureSchema) {}

    fn feature(
        &mut self,
        _: u64,
        _: &Geometry,
        _: &[AttributeValue<'_>],
    ) -> Result<(), VisitError> {
        Ok(())
    }
}

/// Searches a table for rows beyond the world; returns the number of rows without a place on
/// earth, and the first.
pub(crate) async fn search(
    reader: TransactionReader<'_>,
    table: &Arc<GeometryTable>,
) -> Result<Option<(usize, String)>, Error> {
    let Some(sql) = beyond_the_world(table) else { return Ok(None) };
    let rows = reader.rows(&sql, &[]).await?;
    let mut count = 0;
    let mut first = None;
    let mut read = RowReader::new(table, id_columns(table));
    for row in &rows {
        let mut bytes = Vec::new();
        let appended = append_row(row, |part| {
            bytes.extend_from_slice(part);
            Ok::<(), Error>(())
        });
        if appended.is_err() {
            continue;
        }
        let mut fields = Vec::new();
        let Ok(row) = CopyRow::parse(&bytes, read.fields(), &mut fields) else { continue };
        if let Ok(RowRead::Misplaced(misplaced)) =
            read.read(count as u64, row, &mut IgnoredFeatures)
        {
            count += 1;
            first.get_or_insert_with(|| misplaced.named());
        }
    }
    Ok(first.map(|first| (count, first)))
}

/// The id column, if there is one.
fn id_columns(table: &GeometryTable) -> impl Iterator<Item = &crate::TableColumn> {
    let id = table.id_column.as_ref();
    table.columns.iter().filter(move |column| Some(&column.column.name) == id)
}

/// Query for the rows whose boxes reach beyond the world of the table's CRS; `None` if the
/// table can't be searched.
fn beyond_the_world(table: &GeometryTable) -> Option<String> {
    // Geography has no positions beyond it.
    if table.spatial_type == SpatialType::Geography {
        return None;
    }
    let srid = table.srid?;
    let projection = table.crs.as_ref()?.projection.as_ref().ok()?;
    let world = TileGrid::new(TileCoord::new(0, 0, 0).ok()?, Extent::DEFAULT);
    let rect = world.world_rect(Extent::DEFAULT, 0);
    // The box is widened, for clients that draw beyond the edge; a world is not.
    let [west, south, east, north] = match projection.box_around(&rect) {
        None => [-FAR_UNITS, -FAR_UNITS, FAR_UNITS, FAR_UNITS],
        Some(_) if projection.is_geographic() => [-180.0001, -90.0001, 180.0001, 90.0001],
        Some(ProjectedBounds { south, north, .. }) => [-HALF_TURN, south, HALF_TURN, north],
    };
    let sides = [
        [-ENDLESS, -ENDLESS, west, ENDLESS],
        [east, -ENDLESS, ENDLESS, ENDLESS],
        [-ENDLESS, -ENDLESS, ENDLESS, south],
        [-ENDLESS, north, ENDLESS, ENDLESS],
    ];
    let (ext, column) = (&table.extension, table.geometry_sql());
    let sides = sides.map(|[west, south, east, north]| {
        format!(
            "{column} OPERATOR({ext}.&&) {ext}.ST_MakeEnvelope({west}::float8, {south}::float8, \
             {east}::float8, {north}::float8, {srid})"
        )
    });
    Some(format!(
        "SELECT {} FROM {} WHERE {} LIMIT {MOST_ROWS}",
        table.select_list(id_columns(table)),
        table.source_sql(),
        sides.join(" OR ")
    ))
}
