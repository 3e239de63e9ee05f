//! Rows of one live tile: a query that ends with its request.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::{Duration, Instant};

use deadpool_postgres::{Object, PoolError, TimeoutType};
use futures_core::Stream;
use projection::ProjectedBounds;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{CancelToken, Row};

use crate::connection::connector::DatabaseConnector;
use crate::connection::server_error::{describe, is_broken};
use crate::database::byte_budget::BudgetShare;
use crate::database::inventory::DatabaseState;
use crate::database::shared_state::SharedState;
use crate::rows::raw_row::append_row;

/// Longest time for a connection to become idle after its query was cancelled.
const IDLE_TIMEOUT: Duration = Duration::from_secs(2);

/// Least statement timeout. The timeout of one query holds until the next one on its connection
/// has set its own: a late request must not leave too little time for that. The caller's own
/// deadline holds nevertheless.
const LEAST_LIMIT: Duration = Duration::from_millis(100);

/// Most bytes by which memory for rows grows ahead of them.
const MOST_AHEAD: usize = 16 << 20;

/// Rows as sent, one after the other in the form of a `COPY`.
#[derive(Debug)]
pub(crate) struct TileRows {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Share of the byte budget of all live tiles.
    share: BudgetShare,
}

/// Reason for which a row was not kept.
enum RowFault {
    Query(tokio_postgres::Error),
    /// The budget of all live tiles has no bytes left.
    Budget,
}

impl From<tokio_postgres::Error> for RowFault {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Query(error)
    }
}

impl TileRows {
    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of each row.
    pub(crate) fn rows(&self) -> Vec<&[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.bytes[start..end]).collect()
    }

    fn push(&mut self, row: &Row) -> Result<(), RowFault> {
        // The fields with their lengths, after a number of fields.
        let size = row.raw_size_bytes() + size_of::<i16>();
        let spare = self.bytes.capacity() - self.bytes.len();
        if spare < size {
            let more = size.max(self.bytes.len().clamp(1024, MOST_AHEAD));
            self.take_memory(more, 0)?;
            self.bytes.reserve_exact(more);
        }
        append_row(row, |bytes| {
            self.bytes.extend_from_slice(bytes);
            Ok::<_, RowFault>(())
        })?;
        if self.ends.len() == self.ends.capacity() {
            let more = self.ends.len().clamp(64, MOST_AHEAD / size_of::<usize>());
            self.take_memory(0, more)?;
            self.ends.reserve_exact(more);
        }
        self.ends.push(self.bytes.len());
        Ok(())
    }

    /// Takes memory for this many more bytes and ends from the budget.
    fn take_memory(&mut self, bytes: usize, ends: usize) -> Result<(), RowFault> {
        let ends = (self.ends.capacity() + ends) * size_of::<usize>();
        let is_available = self.share.grow_to(self.bytes.capacity() + bytes + ends);
        if is_available { Ok(()) } else { Err(RowFault::Budget) }
    }
}

/// The part of a transaction that failed.
enum TransactionFailure {
    /// The beginning: the query was not run as intended.
    Begin(tokio_postgres::Error),
    /// The query, or the end.
    Query(tokio_postgres::Error),
}

/// Reason for which there are no rows.
#[derive(Debug)]
pub(crate) enum QueryFault {
    /// The database can't be used now, or refuses the query.
    Unavailable(String),
    /// All connections were in use until the deadline, or other tiles hold all bytes of the
    /// budget.
    Overloaded,
    /// The query took too long.
    Deadline,
    /// The tile has more rows or bytes than allowed.
    TooMuch(String),
}

/// Runs `sql` with a box as its four parameters, or with none, until `deadline`.
///
/// Queries nothing while the database is lost, which its watcher decides. A connection that
/// turns out to have ended before the query was sent is replaced once. One that ends during the
/// query is not: an operator may have ended just this query. Dropping the future cancels the
/// query on the server.
pub(crate) async fn fetch(
    inner: &Arc<SharedState>,
    sql: &str,
    area: Option<ProjectedBounds>,
    deadline: Instant,
) -> Result<TileRows, QueryFault> {
    let inventory = inner.inventory();
    match &inventory.state {
        DatabaseState::Up => {}
        DatabaseState::Starting => {
            let reason = "the database has not been reached yet".to_owned();
            return Err(QueryFault::Unavailable(reason));
        }
        DatabaseState::Lost { reason } => return Err(QueryFault::Unavailable(reason.clone())),
    }
    // The watcher polls at once.
    let unavailable = |reason: String| {
        inner.poll_now.notify_one();
        QueryFault::Unavailable(reason)
    };
    let mut running = take(inner, deadline).await?;
    let mut replaced = false;
    let done = loop {
        let began = Instant::now();
        let left = deadline.saturating_duration_since(began);
        let limit = inner.options.statement_timeout.min(left).max(LEAST_LIMIT);
        let limits = inner.limits(limit, inner.options.lock_timeout);
        let begin = limits.begin();
        let run = running.rows(sql, area, &begin);
        let Ok(done) = tokio::time::timeout_at(deadline.into(), run).await else {
            return Err(QueryFault::Deadline);
        };
        match done {
            // Cancelled before its time: a request to cancel what ran on this
            // connection before has come late, and was not meant for this query.
            Err(TransactionFailure::Query(error))
                if is_cancelled(&error) && began.elapsed() < limit => {}
            // Then its query may run on, outside of any transaction.
            Err(TransactionFailure::Begin(error)) if !is_broken(&error) => {
                drop(running);
                // A late request may have hit the end of the transaction before.
                let is_of_another = is_cancelled(&error)
                    || error.code() == Some(&SqlState::IN_FAILED_SQL_TRANSACTION);
                if !is_of_another {
                    return Err(QueryFault::Unavailable(describe(&error)));
                }
                running = take(inner, deadline).await?;
            }
            Err(TransactionFailure::Begin(_)) if !replaced => {
                replaced = true;
                running.discard();
                inner.poll_now.notify_one();
                running = take(inner, deadline).await?;
            }
            Err(TransactionFailure::Begin(error) | TransactionFailure::Query(error)) => {
                break Err(error);
            }
            Ok(done) => break Ok(done),
        }
    };
    match done {
        Ok(Ok(rows)) => {
            inner.note_answer();
            running.return_to_pool();
            Ok(rows)
        }
        Ok(Err(too_much)) => Err(too_much),
        Err(error) if is_broken(&error) => {
            running.discard();
            Err(unavailable(describe(&error)))
        }
        Err(error) if is_cancelled(&error) => {
            running.return_to_pool();
            Err(QueryFault::Deadline)
        }
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
            running.return_to_pool();
            Err(QueryFault::Unavailable("the table is locked".to_owned()))
        }
        Err(error) => {
            running.return_to_pool();
            Err(QueryFault::Unavailable(describe(&error)))
        }
    }
}

/// Takes a connection from the pool.
async fn take(inner: &Arc<SharedState>, deadline: Instant) -> Result<RunningQuery<'_>, QueryFault> {
    let unavailable = |reason: String| {
        inner.poll_now.notify_one();
        QueryFault::Unavailable(reason)
    };
    match tokio::time::timeout_at(deadline.into(), inner.pool.get()).await {
        Err(_) | Ok(Err(PoolError::Timeout(TimeoutType::Wait))) => Err(QueryFault::Overloaded),
        Ok(Ok(client)) => {
            Ok(RunningQuery { token: client.cancel_token(), client: Some(client), inner })
        }
        Ok(Err(PoolError::Backend(error))) if !is_broken(&error) => {
            Err(QueryFault::Unavailable(describe(&error)))
        }
        Ok(Err(PoolError::Backend(error))) => Err(unavailable(describe(&error))),
        Ok(Err(_)) => Err(unavailable("it does not answer in time".to_owned())),
    }
}

/// Whether the server ended the query, by timeout or on request.
fn is_cancelled(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::QUERY_CANCELED)
}

/// A query that runs on a connection of the pool. If dropped before [`return_to_pool`](Self::return_to_pool), the
/// query is cancelled, and the connection returns to the pool once it is idle.
struct RunningQuery<'a> {
    inner: &'a Arc<SharedState>,
    client: Option<Object>,
    token: CancelToken,
}

impl RunningQuery<'_> {
    /// Runs a query in a transaction that `begin` begins.
    ///
    /// All three messages are sent at once: the rows cost one round trip, and the transaction
    /// ends after the query, successful or not.
    async fn rows(
        &self,
        sql: &str,
        area: Option<ProjectedBounds>,
        begin: &str,
    ) -> Result<Result<TileRows, QueryFault>, TransactionFailure> {
        let SharedState { options, budget, .. } = &**self.inner;
        let share = budget.share();
        let mut found = TileRows { bytes: Vec::new(), ends: Vec::new(), share };
        let Some(client) = &self.client else { return Ok(Ok(found)) };
        let area = area.map(ProjectedBounds::to_array);
        let parameters = area.iter().flatten().map(|bound| (bound, Type::FLOAT8));
        let mut ended = pin!(client.batch_execute("COMMIT"));
        // Polled once it is sent; its answer comes behind the rows.
        let sent = poll_fn(|context| {
            Poll::Ready(match ended.as_mut().poll(context) {
                Poll::Ready(failed) => Some(failed),
                Poll::Pending => None,
            })
        });
        let (begun, rows, sent) = tokio::join!(
            biased;
            client.batch_execute(begin),
            client.query_typed_raw(sql, parameters),
            sent,
        );
        begun.map_err(TransactionFailure::Begin)?;
        let mut rows = pin!(rows.map_err(TransactionFailure::Query)?);
        // A tile that would need more than there is at all is not to be tried again.
        let most_bytes = options.tile_bytes.min(budget.bytes() / 2);
        while let Some(row) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
            match found.push(&row.map_err(TransactionFailure::Query)?) {
                Ok(()) => {}
                Err(RowFault::Query(error)) => return Err(TransactionFailure::Query(error)),
                Err(RowFault::Budget) => return Ok(Err(QueryFault::Overloaded)),
            }
            let (count, bytes) = (found.ends.len(), found.bytes.len());
            if count > options.tile_rows || bytes > most_bytes {
                let reason = format!(
                    "more than {} rows or {} MiB are in one tile: declare a min_zoom for the \
                     layer, or publish it from memory",
                    options.tile_rows,
                    most_bytes >> 20
                );
                return Ok(Err(QueryFault::TooMuch(reason)));
            }
        }
        let ended = match sent {
            Some(ended) => ended,
            None => ended.await,
        };
        ended.map(|()| Ok(found)).map_err(TransactionFailure::Query)
    }

    /// Returns the connection to the pool: its query has ended.
    fn return_to_pool(&mut self) {
        self.client = None;
    }

    /// Closes the connection.
    fn discard(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}

impl Drop for RunningQuery<'_> {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            if self.inner.closes_to_cancel.load(Ordering::Relaxed) {
                // The server sees within a second that nobody waits for it any more.
                drop(Object::take(client));
                return;
            }
            let connector = self.inner.connector.clone();
            self.inner.runtime.spawn(cancel_and_return(client, self.token.clone(), connector));
        }
    }
}

/// Cancels the current query of a connection and returns it to the pool once it is idle; closes
/// it if that takes longer than [`IDLE_TIMEOUT`]. Until then it counts as one of the pool.
async fn cancel_and_return(client: Object, token: CancelToken, connector: DatabaseConnector) {
    let becoming_idle = async {
        connector.cancel(&token).await?;
        // The server does not confirm the request: it may hit this query, or
        // the next caller's, who tries again.
        match client.batch_execute("SELECT").await {
            // It may have hit the end of the transaction, which then is open still.
            Err(error) if error.as_db_error().is_some() => {
                match client.batch_execute("ROLLBACK").await {
                    Err(error) if is_cancelled(&error) => client.batch_execute("ROLLBACK").await,
                    ended => ended,
                }
            }
            ended => ended,
        }
    };
    match tokio::time::timeout(IDLE_TIMEOUT, becoming_idle).await {
        Ok(Ok(())) => {}
        _ => drop(Object::take(client)),
    }
}
