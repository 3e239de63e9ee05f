//! Sizes, ids and bounds of tables, which cost more than a poll of the catalogs.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::types::Type;

use crate::change_token::TableChangeToken;
use crate::connection::transaction::TransactionReader;
use crate::relation::geometry_table::{GeometryTable, SpatialType};
use crate::relation::relation_kind::TableKind;
use crate::relation::sql_name::quoted;
use crate::relation::table_column::TableColumn;
use data_model::GeographicBounds;
use data_model::feature::MOST_EXACT_INTEGER;
use projection::ProjectedBounds;

/// Longest time for sizes and bounds in one inventory.
pub(crate) const MEASURE_TIMEOUT: Duration = Duration::from_secs(5);
/// Least interval between measurements of a table that changes.
const MEASURE_INTERVAL: Duration = Duration::from_secs(60);
/// Least interval after a measurement without an answer, as of a locked table.
const MEASURE_RETRY: Duration = Duration::from_secs(5);

/// Schema, table and geometry column; the last is empty without a geometry.
pub(crate) type TableKey = (String, String, String);

pub(crate) fn key(table: &GeometryTable) -> TableKey {
    (table.schema.clone(), table.name.clone(), table.geometry_column.clone())
}

/// Time and result of a table's last measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableMeasurement {
    measured_at: Instant,
    /// Token of the table at that time; `None` if there was no answer.
    token: Option<TableChangeToken>,
}

impl TableMeasurement {
    /// Whether a table of this token is to be measured again.
    fn is_due(&self, token: TableChangeToken, now: Instant) -> bool {
        let interval = if self.token.is_some() { MEASURE_INTERVAL } else { MEASURE_RETRY };
        self.token != Some(token) && now.duration_since(self.measured_at) >= interval
    }
}

/// Measurements of one inventory.
pub(crate) struct MeasurementRound {
    /// Last measurement of each table before this inventory.
    last: HashMap<TableKey, TableMeasurement>,
    pub(crate) measured: HashMap<TableKey, TableMeasurement>,
    now: Instant,
    /// End of the measurements; tables left over are measured in later polls.
    pub(crate) until: Instant,
}

impl MeasurementRound {
    pub(crate) fn new(last: HashMap<TableKey, TableMeasurement>) -> Self {
        let now = Instant::now();
        Self { last, measured: HashMap::new(), now, until: now + MEASURE_TIMEOUT }
    }

    /// Measures a table if its turn has come.
    pub(crate) async fn ask(
        &mut self,
        key: TableKey,
        token: TableChangeToken,
        measuring: impl Future<Output = Result<(), tokio_postgres::Error>>,
    ) {
        let last = self.last.get(&key).copied();
        let due = last.is_none_or(|last| last.is_due(token, self.now));
        if due && Instant::now() < self.until {
            let answered = tokio::time::timeout_at(self.until, measuring).await;
            let token = matches!(answered, Ok(Ok(()))).then_some(token);
            self.measured.insert(key, TableMeasurement { measured_at: self.now, token });
        } else if let Some(last) = last {
            self.measured.insert(key, last);
        }
    }
}

/// Queries the bytes of storage of a relation; `None` if it has none of its own.
pub(crate) async fn size(
    reader: TransactionReader<'_>,
    oid: u32,
    kind: TableKind,
) -> Result<Option<u64>, tokio_postgres::Error> {
    let row = reader.first(kind.size_query(), &[(&oid, Type::OID)]).await?;
    let bytes: Option<i64> = row.map(|row| row.try_get(0)).transpose()?.flatten();
    Ok(bytes.and_then(|bytes| u64::try_from(bytes).ok()))
}

/// Queries whether all values of a table's id column are ids that browsers keep; `None` without
/// an id column that may hold wider ones. Reads the ends of the primary key's index, whatever
/// the number of rows.
pub(crate) async fn has_exact_ids(
    reader: TransactionReader<'_>,
    table: &GeometryTable,
) -> Result<Option<bool>, tokio_postgres::Error> {
    let Some(key) = &table.id_column else { return Ok(None) };
    // Smaller integers are never attributes beside the id: nothing depends on the answer.
    let is_key = |column: &&TableColumn| column.column.name == *key;
    if !table.columns.iter().find(is_key).is_some_and(TableColumn::may_be_wide) {
        return Ok(None);
    }
    let (key, relation) = (quoted(key), table.quoted_name());
    let sql = format!(
        "SELECT coalesce(min({key}) >= 0 AND max({key}) < {MOST_EXACT_INTEGER}, true) \
         FROM {relation}"
    );
    reader.first(&sql, &[]).await?.map(|row| row.try_get(0)).transpose()
}

/// Queries a table's size and bounds. Without an answer they stay as they were; `None` if the
/// server has no number.
pub(crate) async fn measure_one(
    reader: TransactionReader<'_>,
    oid: u32,
    extension: &str,
    table: &mut GeometryTable,
) -> Result<(), tokio_postgres::Error> {
    table.bytes_on_disk = size(reader, oid, table.kind).await?;
    // The statistics of geography are kept in another system.
    if table.spatial_type == SpatialType::Geography {
        return Ok(());
    }
    let sql = format!(
        "SELECT {extension}.ST_XMin(e), {extension}.ST_YMin(e), {extension}.ST_XMax(e), \
         {extension}.ST_YMax(e) FROM {extension}.ST_EstimatedExtent($1, $2, $3) AS e"
    );
    let names = [&table.schema, &table.name, &table.geometry_column];
    let parameters = names.map(|name| (name as _, Type::TEXT));
    let Some(row) = reader.first(&sql, &parameters).await? else { return Ok(()) };
    let part = |at| row.try_get::<_, Option<f64>>(at);
    let parts = [part(0)?, part(1)?, part(2)?, part(3)?];
    table.estimated_bounds = match parts {
        [Some(west), Some(south), Some(east), Some(north)] => {
            bounds_of(table, ProjectedBounds { west, south, east, north })
        }
        _ => None,
    };
    Ok(())
}

/// Bounds in degrees of a box in the table's CRS; `None` if part of it has no place on earth.
fn bounds_of(table: &GeometryTable, stored: ProjectedBounds) -> Option<GeographicBounds> {
    const STEPS: i32 = 16;
    let projection = table.crs.as_ref()?.projection.as_ref().ok()?;
    let ProjectedBounds { west, south, east, north } = stored;
    let mut edge: Vec<[f64; 2]> = (0..=STEPS)
        .flat_map(|step| {
            let part = f64::from(step) / f64::from(STEPS);
            let (x, y) = (west + (east - west) * part, south + (north - south) * part);
            [[x, south], [x, north], [west, y], [east, y]]
        })
        .collect();
    projection.to_lon_lat(&mut edge).ok()?;
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for [lon, lat] in edge {
        bounds = [bounds[0].min(lon), bounds[1].min(lat), bounds[2].max(lon), bounds[3].max(lat)];
    }
    GeographicBounds::clamped(bounds)
}
