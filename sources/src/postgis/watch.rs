//! Looks at a database again and again, and keeps what it sees.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::Client;

use super::database::{Inner, describe};
use super::discover::{self, Discovery, DiscoveryError, Found};
use super::table::{SpatialType, Table, TableKind, TableSign};

/// A look that takes longer has met a server that hangs.
const LOOK_TIMEOUT: Duration = Duration::from_secs(5);
/// How soon a lost database is looked for again, at first and at most.
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LAST_RETRY: Duration = Duration::from_secs(1);
/// How often size and bounds of a table that changes are asked for.
const MEASURE_INTERVAL: Duration = Duration::from_secs(60);

/// Watches until it is aborted.
pub(super) async fn watch(inner: Arc<Inner>) {
    let mut watcher =
        Watcher { inner, client: None, measured: HashMap::new(), said: BTreeSet::new() };
    let mut retry = FIRST_RETRY;
    loop {
        let wait = match watcher.look().await {
            Ok(()) => {
                retry = FIRST_RETRY;
                watcher.inner.options.poll_interval
            }
            Err(reason) => {
                watcher.inner.lost(reason);
                let wait = retry;
                retry = (retry * 2).min(LAST_RETRY);
                wait
            }
        };
        if watcher.client.is_none() {
            tokio::time::sleep(wait).await;
        } else {
            // A request that met a broken connection asks for a look at once.
            let _ = tokio::time::timeout(wait, watcher.inner.doubt.notified()).await;
        }
    }
}

struct Watcher {
    inner: Arc<Inner>,
    client: Option<Client>,
    /// When size and bounds of a table were asked for, at which sign.
    measured: HashMap<TableKey, (Instant, TableSign)>,
    /// The notices that have been logged.
    said: BTreeSet<String>,
}

type TableKey = (String, String, String);

fn key(table: &Table) -> TableKey {
    (table.schema.clone(), table.name.clone(), table.geometry_column.clone())
}

impl Watcher {
    async fn look(&mut self) -> Result<(), String> {
        let client = match self.client.take() {
            Some(client) if !client.is_closed() => client,
            _ => self.inner.connect().await?,
        };
        let looking = async {
            // A locked table holds up no look, only its own size and bounds.
            client.batch_execute("SET lock_timeout = 100; SET statement_timeout = 5000").await?;
            discover::discover(&client, &self.inner.options.schemas, &self.inner.crs).await
        };
        let found = match tokio::time::timeout(LOOK_TIMEOUT, looking).await {
            Err(_) => return Err("it does not answer in time".to_owned()),
            Ok(Err(DiscoveryError::Query(error))) => return Err(describe(&error)),
            Ok(Err(DiscoveryError::Database(reason))) => {
                self.client = Some(client);
                return Err(reason);
            }
            Ok(Ok(found)) => found,
        };
        let before = self.inner.look();
        let notes = found.notes.clone();
        let tables = self.measure(&client, found, &before.tables).await;
        self.client = Some(client);
        self.inner.found(discover::shared(tables, &before.tables), notes);
        Ok(())
    }

    /// Adds sizes and bounds, and says what is new to say.
    async fn measure(
        &mut self,
        client: &Client,
        found: Discovery,
        before: &[Arc<Table>],
    ) -> Vec<Table> {
        let Discovery { tables, mut notices, notes, extension } = found;
        notices.extend(notes);
        for notice in notices.difference(&self.said) {
            tracing::warn!("{notice}");
        }
        self.said = notices;
        let known: HashMap<TableKey, &Arc<Table>> =
            before.iter().map(|table| (key(table), table)).collect();
        let now = Instant::now();
        let mut measured = HashMap::new();
        let mut out = Vec::with_capacity(tables.len());
        // What is slow to answer is asked for in later looks.
        let until = now + LOOK_TIMEOUT;
        for Found { oid, mut table } in tables {
            let key = key(&table);
            let last = self.measured.get(&key).copied();
            if let Some(old) = known.get(&key) {
                discover::carry_over(&mut table, old);
            }
            let due = last.is_none_or(|(at, sign)| {
                sign != table.sign && now.duration_since(at) >= MEASURE_INTERVAL
            });
            if due && Instant::now() < until {
                let measuring = measure_one(client, oid, &extension, &mut table);
                let _ = tokio::time::timeout_at(until, measuring).await;
                measured.insert(key, (now, table.sign));
            } else if let Some(last) = last {
                measured.insert(key, last);
            }
            out.push(table);
        }
        self.measured = measured;
        out
    }
}

/// Asks for a table's size and bounds; what the server does not tell stays unknown.
async fn measure_one(client: &Client, oid: u32, extension: &str, table: &mut Table) {
    let size = match table.kind {
        TableKind::Table | TableKind::MaterializedView => "SELECT pg_table_size($1::oid)",
        TableKind::Partitioned => {
            "SELECT sum(pg_table_size(relid))::int8 FROM pg_partition_tree($1::oid)"
        }
        TableKind::View | TableKind::Foreign => "SELECT NULL::int8 WHERE $1::oid IS NULL",
    };
    let row = client.query_opt(size, &[&oid]).await.ok().flatten();
    let bytes = row.and_then(|row| row.try_get::<_, Option<i64>>(0).ok().flatten());
    table.bytes_on_disk = bytes.and_then(|bytes| u64::try_from(bytes).ok());

    // The statistics of geography are kept in another system.
    if table.spatial_type == SpatialType::Geography {
        return;
    }
    let sql = format!(
        "SELECT {extension}.ST_XMin(e), {extension}.ST_YMin(e), {extension}.ST_XMax(e), \
         {extension}.ST_YMax(e) FROM {extension}.ST_EstimatedExtent($1, $2, $3) AS e"
    );
    let names = [&table.schema, &table.name, &table.geometry_column];
    let found = client.query_opt(&sql, &[names[0], names[1], names[2]]).await.ok().flatten();
    table.estimated_bounds = found.and_then(|row| {
        let part = |at| row.try_get::<_, Option<f64>>(at).ok().flatten();
        bounds_of(table, [part(0)?, part(1)?, part(2)?, part(3)?])
    });
}

/// The bounds in degrees of a box in the table's CRS; `None` where part of it has no
/// place on earth.
fn bounds_of(table: &Table, [west, south, east, north]: [f64; 4]) -> Option<[f64; 4]> {
    const STEPS: i32 = 16;
    let projection = table.crs.as_ref()?.projection.as_ref().ok()?;
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
    Some(bounds)
}
