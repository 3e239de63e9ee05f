//! Watcher of a database: looks at the catalogs again and again, and publishes the result.

use std::collections::{BTreeSet, HashMap};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::Client;

use super::database::{CatalogPoll, DatabaseLook, DatabaseState, SharedState};
use super::discover::{self, DiscoveredTable, DiscoveryError, DiscoveryResult};
use super::fault::{describe, is_broken};
use super::measurements::{
    MEASURE_TIMEOUT, MeasurementRound, TableKey, TableMeasurement, has_exact_ids, key, measure_one,
    size,
};
use super::row_reports;
use super::table::GeometryTable;
use super::transaction::{self, TransactionReader};
use super::values::{RelationName, ValuesTable};

/// Time that a look may take before the server is checked to answer at all.
const PROBE_AFTER: Duration = Duration::from_secs(3);
/// Longest that a look waits for a lock: a locked table delays no look.
const LOCK_TIMEOUT: Duration = Duration::from_millis(100);
/// Longest search of a live table for rows without a place on earth, and the least interval
/// between two.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(2);
const SEARCH_INTERVAL: Duration = Duration::from_secs(60);
/// Delay before a lost database is looked for again, at first and at most.
const FIRST_RETRY: Duration = Duration::from_millis(250);
const LAST_RETRY: Duration = Duration::from_secs(1);
/// Reason for which nothing new is noticed, while the known tables are served.
const SLOW: &str = "looking at the tables of the database takes long";

/// Watches until it is aborted.
pub(super) async fn watch(inner: Arc<SharedState>) {
    let mut watcher = Watcher {
        inner,
        client: None,
        measured: HashMap::new(),
        searched: HashMap::new(),
        said: BTreeSet::new(),
    };
    let mut retry = FIRST_RETRY;
    loop {
        let wait = match Box::pin(watcher.look()).await {
            Ok(()) => {
                retry = FIRST_RETRY;
                watcher.inner.options.poll_interval
            }
            Err(fault) => {
                match fault {
                    LookFault::Unseen(reason) => watcher.inner.unseen(reason),
                    LookFault::Connection(reason) | LookFault::Database(reason) => {
                        watcher.inner.lost(reason);
                    }
                }
                let wait = retry;
                retry = (retry * 2).min(LAST_RETRY);
                wait
            }
        };
        if watcher.client.is_none() {
            tokio::time::sleep(wait).await;
        } else {
            // A request that met a broken connection asks for a look at once. Whether the
            // database is lost is decided here alone: one connection is no sign of it.
            let _ = tokio::time::timeout(wait, watcher.inner.poll_now.notified()).await;
        }
    }
}

struct Watcher {
    inner: Arc<SharedState>,
    client: Option<Client>,
    measured: HashMap<TableKey, TableMeasurement>,
    /// Time at which each table was last searched, by the relation's oid.
    searched: HashMap<u32, Instant>,
    /// Notices that have been logged.
    said: BTreeSet<String>,
}

/// Names of the requested tables without geometry.
type Asked = BTreeSet<RelationName>;

/// Reason for which a look failed, in words for people.
enum LookFault {
    /// There is no connection, or it ended; another one may work.
    Connection(String),
    /// The database can't be used now.
    Database(String),
    /// The catalogs can't be read now, though the database answers.
    Unseen(String),
}

impl Watcher {
    async fn look(&mut self) -> Result<(), LookFault> {
        let began = Instant::now();
        let asked = self.inner.asked();
        let kept = self.client.take().filter(|client| !client.is_closed());
        let found = match kept {
            // The end of the watcher's own connection is no end of the database.
            Some(client) => match self.discover(client, &asked).await {
                Err(LookFault::Connection(_)) => self.discover_anew(&asked).await,
                found => found,
            },
            None => self.discover_anew(&asked).await,
        };
        let (client, found) = match found {
            // The watcher may be the only one that gets no connection.
            Err(LookFault::Connection(reason)) if self.inner.answers(began).await => {
                return Err(LookFault::Unseen(reason));
            }
            found => found?,
        };
        let before = self.inner.look();
        let mut notes = found.notes.clone();
        let (tables, values) = self.measure(&client, found, &before).await;
        let tables = discover::shared(tables, &before.tables);
        self.search_rows(&client, &tables).await;
        notes.extend(self.inner.rows.notes());
        self.client = Some(client);
        self.inner.found(CatalogPoll {
            tables,
            values: discover::shared_values(values, &before.values),
            asked,
            notes,
        });
        Ok(())
    }

    async fn discover_anew(
        &mut self,
        asked: &Asked,
    ) -> Result<(Client, DiscoveryResult), LookFault> {
        let client = self.inner.connect().await.map_err(LookFault::Connection)?;
        let failed = |error: tokio_postgres::Error| LookFault::Connection(describe(&error));
        let checks = transaction::can_check_client(&client).await.map_err(failed)?;
        self.inner.checks_client.store(checks, Ordering::Relaxed);
        let limits = self.inner.limits(self.inner.options.look_timeout, LOCK_TIMEOUT);
        let port = transaction::server_port(TransactionReader { client: &client, limits }).await;
        let is_pooled = self.inner.connector.is_pooled(port.map_err(failed)?);
        self.inner.closes_to_cancel.store(checks && is_pooled, Ordering::Relaxed);
        self.discover(client, asked).await
    }

    async fn discover(
        &mut self,
        client: Client,
        asked: &Asked,
    ) -> Result<(Client, DiscoveryResult), LookFault> {
        let found = self.read_catalogs(&client, asked).await?;
        match found {
            Err(DiscoveryError::Query(error)) if is_broken(&error) => {
                Err(LookFault::Connection(describe(&error)))
            }
            Err(DiscoveryError::Query(error)) => Err(LookFault::Unseen(describe(&error))),
            Err(DiscoveryError::Database(reason)) => {
                self.client = Some(client);
                Err(LookFault::Database(reason))
            }
            Ok(found) => Ok((client, found)),
        }
    }

    /// Reads the catalogs for as long as the database answers, within the timeout of a look.
    async fn read_catalogs(
        &self,
        client: &Client,
        asked: &Asked,
    ) -> Result<Result<DiscoveryResult, DiscoveryError>, LookFault> {
        let began = Instant::now();
        let SharedState { options, crs, .. } = &*self.inner;
        let limits = self.inner.limits(options.look_timeout, LOCK_TIMEOUT);
        let reader = TransactionReader { client, limits };
        let until = began + options.look_timeout;
        let mut looking = pin!(discover::discover(reader, &options.schemas, asked, crs));
        loop {
            let probed = (Instant::now() + PROBE_AFTER).min(until);
            match tokio::time::timeout_at(probed, looking.as_mut()).await {
                Ok(found) => return Ok(found),
                Err(_) if !self.inner.answers(began).await => {
                    let reason = "it does not answer in time".to_owned();
                    return Err(LookFault::Database(reason));
                }
                Err(_) if Instant::now() < until => {
                    let look = self.inner.look();
                    if look.complete && matches!(look.state, DatabaseState::Lost { .. }) {
                        self.inner.unseen(SLOW.to_owned());
                    }
                }
                Err(_) => {
                    if !self.inner.closes_to_cancel.load(Ordering::Relaxed) {
                        let token = client.cancel_token();
                        let cancelled = self.inner.connector.cancel(&token);
                        let _ = tokio::time::timeout(options.login_timeout, cancelled).await;
                    }
                    return Err(LookFault::Unseen(format!(
                        "{SLOW}: longer than {} s; name fewer schemas, or raise \
                         --database-poll-seconds",
                        options.look_timeout.as_secs_f32()
                    )));
                }
            }
        }
    }

    /// Searches a live table that was not searched yet for rows without a place on earth.
    async fn search_rows(&mut self, client: &Client, tables: &[Arc<GeometryTable>]) {
        self.inner.rows.retain(|oid| tables.iter().any(|table| table.oid == oid));
        let now = Instant::now();
        let limits = self.inner.limits(SEARCH_TIMEOUT, LOCK_TIMEOUT);
        for table in tables.iter().filter(|table| self.inner.rows.is_unsearched(table.oid)) {
            let last = self.searched.get(&table.oid);
            if last.is_some_and(|&last| now.duration_since(last) < SEARCH_INTERVAL) {
                continue;
            }
            self.searched.insert(table.oid, now);
            // One that takes long is given up until the table changes.
            let found = row_reports::search(TransactionReader { client, limits }, table).await;
            self.inner.rows.found(table.oid, found.unwrap_or_default());
            // One a look: looks are not held up by many tables.
            break;
        }
        self.searched.retain(|oid, _| tables.iter().any(|table| table.oid == *oid));
    }

    /// Adds sizes and bounds, and logs new notices.
    async fn measure(
        &mut self,
        client: &Client,
        found: DiscoveryResult,
        before: &DatabaseLook,
    ) -> (Vec<GeometryTable>, Vec<ValuesTable>) {
        let DiscoveryResult { tables, values, mut notices, notes, extension } = found;
        notices.extend(notes);
        for notice in notices.difference(&self.said) {
            tracing::warn!("{notice}");
        }
        self.said = notices;
        let known: HashMap<TableKey, &Arc<GeometryTable>> =
            before.tables.iter().map(|table| (key(table), table)).collect();
        let mut round = MeasurementRound::new(std::mem::take(&mut self.measured));
        let limits = self.inner.limits(MEASURE_TIMEOUT, LOCK_TIMEOUT);
        let reader = TransactionReader { client, limits };
        let mut out = Vec::with_capacity(tables.len());
        for DiscoveredTable { oid, mut table, .. } in tables {
            let key = key(&table);
            if let Some(old) = known.get(&key) {
                discover::carry_over(&mut table, old);
            }
            if table.ids_are_exact.is_none() && Instant::now() < round.until {
                // With every change, and not now and then as below: what is no id has to be
                // an attribute.
                let asked = tokio::time::timeout_at(round.until, has_exact_ids(reader, &table));
                table.ids_are_exact = asked.await.ok().and_then(Result::ok).flatten();
            }
            let sign = table.sign;
            round.ask(key, sign, measure_one(reader, oid, &extension, &mut table)).await;
            out.push(table);
        }
        let mut of_values = Vec::with_capacity(values.len());
        for mut table in values {
            // By its number: a table without geometry has no third part of a name.
            if let Some(old) = before.values.iter().find(|old| old.oid == table.oid) {
                table.bytes_on_disk = old.bytes_on_disk;
            }
            let key = (table.schema.clone(), table.name.clone(), String::new());
            let measuring = async {
                table.bytes_on_disk = size(reader, table.oid, table.kind).await?;
                Ok(())
            };
            round.ask(key, table.sign, measuring).await;
            of_values.push(table);
        }
        self.measured = round.measured;
        (out, of_values)
    }
}
