//! Watcher of a database: polls the catalogs again and again, and publishes the result.

use std::collections::{BTreeSet, HashMap};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::Client;

use resilience::{BackoffPolicy, LogOnce};

use super::inventory::{CatalogPoll, DatabaseInventory, DatabaseState};
use super::measurements::{
    MEASURE_TIMEOUT, MeasurementRound, TableKey, TableMeasurement, has_exact_ids, key, measure_one,
    size,
};
use super::row_reports;
use super::shared_state::SharedState;
use crate::connection::server_error::{describe, is_broken};
use crate::connection::transaction::{self, TransactionReader};
use crate::discovery::discover::{DiscoveryError, discover};
use crate::discovery::discovery_result::{DiscoveredTable, DiscoveryResult};
use crate::discovery::unchanged_tables;
use crate::relation::geometry_table::GeometryTable;
use crate::relation::relation_name::RelationName;
use crate::relation::values_table::ValuesTable;

/// Time that a poll may take before the server is checked to answer at all.
const PROBE_AFTER: Duration = Duration::from_secs(3);
/// Longest that a poll waits for a lock: a locked table delays no poll.
const LOCK_TIMEOUT: Duration = Duration::from_millis(100);
/// Longest search of a live table for rows without a place on earth, and the least interval
/// between two.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(2);
const SEARCH_INTERVAL: Duration = Duration::from_secs(60);
/// Delays before a lost database is polled again.
const RETRY_POLICY: BackoffPolicy =
    BackoffPolicy { first: Duration::from_millis(250), longest: Duration::from_secs(1) };
/// Reason for which nothing new is noticed, while the known tables are served.
const SLOW: &str = "looking at the tables of the database takes long";

/// Watches until it is aborted.
pub(crate) async fn watch(inner: Arc<SharedState>) {
    let mut watcher = Watcher {
        inner,
        client: None,
        measured: HashMap::new(),
        searched: HashMap::new(),
        log_once: LogOnce::default(),
    };
    let mut retry = None;
    loop {
        let wait = match Box::pin(watcher.poll()).await {
            Ok(()) => {
                retry = None;
                watcher.inner.options.poll_interval
            }
            Err(fault) => {
                match fault {
                    PollFault::Unseen(reason) => watcher.inner.unseen(reason),
                    PollFault::Connection(reason) | PollFault::Database(reason) => {
                        watcher.inner.lost(reason);
                    }
                }
                let backoff = RETRY_POLICY.after_failure(retry, std::time::Instant::now());
                retry = Some(backoff);
                backoff.delay()
            }
        };
        if watcher.client.is_none() {
            tokio::time::sleep(wait).await;
        } else {
            // A request that met a broken connection asks for a poll at once. Whether the
            // database is lost is decided here alone: one broken connection proves nothing.
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
    log_once: LogOnce,
}

/// Names of the requested tables without geometry.
type RequestedNames = BTreeSet<RelationName>;

/// Reason for which a poll failed, in words for people.
enum PollFault {
    /// There is no connection, or it ended; another one may work.
    Connection(String),
    /// The database can't be used now.
    Database(String),
    /// The catalogs can't be read now, though the database answers.
    Unseen(String),
}

impl Watcher {
    async fn poll(&mut self) -> Result<(), PollFault> {
        let began = Instant::now();
        let requested = self.inner.requested();
        let kept = self.client.take().filter(|client| !client.is_closed());
        let found = match kept {
            // The end of the watcher's own connection is no end of the database.
            Some(client) => match self.discover(client, &requested).await {
                Err(PollFault::Connection(_)) => self.discover_anew(&requested).await,
                found => found,
            },
            None => self.discover_anew(&requested).await,
        };
        let (client, found) = match found {
            // The watcher may be the only one that gets no connection.
            Err(PollFault::Connection(reason)) if self.inner.answers(began).await => {
                return Err(PollFault::Unseen(reason));
            }
            found => found?,
        };
        let before = self.inner.inventory();
        let mut notes = found.notes.clone();
        let (tables, values) = self.measure(&client, found, &before).await;
        let tables = unchanged_tables::shared(tables, &before.tables);
        self.search_rows(&client, &tables).await;
        notes.extend(self.inner.rows.notes());
        self.client = Some(client);
        self.inner.found(CatalogPoll {
            tables,
            values: unchanged_tables::shared_values(values, &before.values),
            requested,
            notes,
        });
        Ok(())
    }

    async fn discover_anew(
        &mut self,
        requested: &RequestedNames,
    ) -> Result<(Client, DiscoveryResult), PollFault> {
        let client =
            self.inner.connect().await.map_err(|error| PollFault::Connection(error.to_string()))?;
        let failed = |error: tokio_postgres::Error| PollFault::Connection(describe(&error));
        let checks = transaction::can_check_client(&client).await.map_err(failed)?;
        self.inner.checks_client.store(checks, Ordering::Relaxed);
        let limits = self.inner.limits(self.inner.options.poll_timeout, LOCK_TIMEOUT);
        let port = transaction::server_port(TransactionReader { client: &client, limits }).await;
        let is_pooled = self.inner.connector.is_pooled(port.map_err(failed)?);
        self.inner.closes_to_cancel.store(checks && is_pooled, Ordering::Relaxed);
        self.discover(client, requested).await
    }

    async fn discover(
        &mut self,
        client: Client,
        requested: &RequestedNames,
    ) -> Result<(Client, DiscoveryResult), PollFault> {
        let found = self.read_catalogs(&client, requested).await?;
        match found {
            Err(DiscoveryError::Query(error)) if is_broken(&error) => {
                Err(PollFault::Connection(describe(&error)))
            }
            Err(DiscoveryError::Query(error)) => Err(PollFault::Unseen(describe(&error))),
            Err(DiscoveryError::Database(reason)) => {
                self.client = Some(client);
                Err(PollFault::Database(reason))
            }
            Ok(found) => Ok((client, found)),
        }
    }

    /// Reads the catalogs for as long as the database answers, within the timeout of a inventory.
    async fn read_catalogs(
        &self,
        client: &Client,
        requested: &RequestedNames,
    ) -> Result<Result<DiscoveryResult, DiscoveryError>, PollFault> {
        let began = Instant::now();
        let SharedState { options, crs, .. } = &*self.inner;
        let limits = self.inner.limits(options.poll_timeout, LOCK_TIMEOUT);
        let reader = TransactionReader { client, limits };
        let until = began + options.poll_timeout;
        let mut discovering = pin!(discover(reader, &options.schemas, requested, crs));
        loop {
            let probed = (Instant::now() + PROBE_AFTER).min(until);
            match tokio::time::timeout_at(probed, discovering.as_mut()).await {
                Ok(found) => return Ok(found),
                Err(_) if !self.inner.answers(began).await => {
                    let reason = "it does not answer in time".to_owned();
                    return Err(PollFault::Database(reason));
                }
                Err(_) if Instant::now() < until => {
                    let inventory = self.inner.inventory();
                    if inventory.complete && matches!(inventory.state, DatabaseState::Lost { .. }) {
                        self.inner.unseen(SLOW.to_owned());
                    }
                }
                Err(_) => {
                    if !self.inner.closes_to_cancel.load(Ordering::Relaxed) {
                        let token = client.cancel_token();
                        let cancelled = self.inner.connector.cancel(&token);
                        let _ = tokio::time::timeout(options.login_timeout, cancelled).await;
                    }
                    return Err(PollFault::Unseen(format!(
                        "{SLOW}: longer than {} s; name fewer schemas, or raise \
                         --database-poll-seconds",
                        options.poll_timeout.as_secs_f32()
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
            // One per poll: polls are not delayed by many tables.
            break;
        }
        self.searched.retain(|oid, _| tables.iter().any(|table| table.oid == *oid));
    }

    /// Adds sizes and bounds, and logs new notices.
    async fn measure(
        &mut self,
        client: &Client,
        found: DiscoveryResult,
        before: &DatabaseInventory,
    ) -> (Vec<GeometryTable>, Vec<ValuesTable>) {
        let DiscoveryResult { tables, values, mut notices, notes, extension } = found;
        notices.extend(notes);
        for notice in notices {
            if self.log_once.first_time(notice.clone()) {
                tracing::warn!("{notice}");
            }
        }
        self.log_once.next_round();
        let known: HashMap<TableKey, &Arc<GeometryTable>> =
            before.tables.iter().map(|table| (key(table), table)).collect();
        let mut round = MeasurementRound::new(std::mem::take(&mut self.measured));
        let limits = self.inner.limits(MEASURE_TIMEOUT, LOCK_TIMEOUT);
        let reader = TransactionReader { client, limits };
        let mut out = Vec::with_capacity(tables.len());
        for DiscoveredTable { oid, mut table, .. } in tables {
            let key = key(&table);
            if let Some(old) = known.get(&key) {
                unchanged_tables::carry_over(&mut table, old);
            }
            if table.ids_are_exact.is_none() && Instant::now() < round.until {
                // With every change, and not now and then as below: what is no id has to be
                // an attribute.
                let asked = tokio::time::timeout_at(round.until, has_exact_ids(reader, &table));
                table.ids_are_exact = asked.await.ok().and_then(Result::ok).flatten();
            }
            let token = table.change_token;
            round.ask(key, token, measure_one(reader, oid, &extension, &mut table)).await;
            out.push(table);
        }
        let mut values_tables = Vec::with_capacity(values.len());
        for mut table in values {
            // By its number: a table without geometry has no third part of a name.
            if let Some(old) = before.values.iter().find(|old| old.oid == table.oid) {
                table.bytes_on_disk = old.bytes_on_disk;
            }
            let key = (table.schema.clone(), table.name.clone(), String::new());
            let (oid, kind, token) = (table.oid, table.kind, table.change_token);
            let measuring = async {
                table.bytes_on_disk = size(reader, oid, kind).await?;
                Ok(())
            };
            round.ask(key, token, measuring).await;
            values_tables.push(table);
        }
        self.measured = round.measured;
        (out, values_tables)
    }
}
