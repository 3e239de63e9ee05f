//! The rows of one live tile: a query that ends with the request that asked for it.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool_postgres::{Object, PoolError, TimeoutType};
use futures_core::Stream;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{CancelToken, Row};

use super::connector::Connector;
use super::database::{DatabaseState, Inner, describe, is_broken};

/// How long a connection may take to come to rest after its query was cancelled.
const REST: Duration = Duration::from_secs(2);

/// Least time that the server gives a statement. The limit of one query holds until the
/// next one on its connection has set its own: a request that came late must not leave
/// so little behind that this can't be done. The caller waits no longer for it.
const LEAST_LIMIT: Duration = Duration::from_millis(100);

/// Rows as they came, one after the other in the form of a `COPY`.
#[derive(Debug, Default)]
pub(super) struct TileRows {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl TileRows {
    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Each row's bytes.
    pub(super) fn rows(&self) -> Vec<&[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.bytes[start..end]).collect()
    }

    fn push(&mut self, row: &Row) -> Result<(), tokio_postgres::Error> {
        let count = row.columns().len() as i16;
        self.bytes.extend_from_slice(&count.to_be_bytes());
        for field in 0..row.columns().len() {
            match row.try_get::<_, Option<Raw<'_>>>(field)? {
                None => self.bytes.extend_from_slice(&(-1i32).to_be_bytes()),
                Some(Raw(value)) => {
                    // A field of a message is shorter than 2^31 bytes.
                    self.bytes.extend_from_slice(&(value.len() as i32).to_be_bytes());
                    self.bytes.extend_from_slice(value);
                }
            }
        }
        self.ends.push(self.bytes.len());
        Ok(())
    }
}

/// A field as it was sent.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Why there are no rows.
#[derive(Debug)]
pub(super) enum QueryFault {
    /// The database can't be used now, or refuses.
    Unavailable(String),
    /// All connections stayed in use until the deadline.
    Overloaded,
    /// The query took too long.
    Deadline,
    /// More than a tile may hold.
    TooMuch(String),
}

/// Runs `sql` with a box as its four parameters, or with none, until `deadline`.
///
/// Asks nothing of a database that is lost. Dropping the future cancels the query on
/// the server.
pub(super) async fn fetch(
    inner: &Arc<Inner>,
    sql: &str,
    area: Option<[f64; 4]>,
    deadline: Instant,
) -> Result<TileRows, QueryFault> {
    let look = inner.look();
    match &look.state {
        DatabaseState::Up => {}
        DatabaseState::Starting => {
            let reason = "the database has not been reached yet".to_owned();
            return Err(QueryFault::Unavailable(reason));
        }
        DatabaseState::Lost { reason } => return Err(QueryFault::Unavailable(reason.clone())),
    }
    // A connection of before is no sign that the database is lost now.
    let lost = |reason: String| {
        inner.doubted(look.recoveries, &reason);
        QueryFault::Unavailable(reason)
    };
    let waiting = tokio::time::timeout_at(deadline.into(), inner.pool.get()).await;
    let client = match waiting {
        Err(_) | Ok(Err(PoolError::Timeout(TimeoutType::Wait))) => {
            return Err(QueryFault::Overloaded);
        }
        Ok(Ok(client)) => client,
        Ok(Err(PoolError::Backend(error))) if !is_broken(&error) => {
            return Err(QueryFault::Unavailable(describe(&error)));
        }
        Ok(Err(PoolError::Backend(error))) => return Err(lost(describe(&error))),
        Ok(Err(_)) => return Err(lost("it does not answer in time".to_owned())),
    };
    let mut running = Running { token: client.cancel_token(), client: Some(client), inner };
    let done = loop {
        let began = Instant::now();
        let left = deadline.saturating_duration_since(began);
        let limit = inner.options.statement_timeout.min(left).max(LEAST_LIMIT);
        let run = running.rows(sql, area, limit.as_millis());
        let Ok(done) = tokio::time::timeout_at(deadline.into(), run).await else {
            return Err(QueryFault::Deadline);
        };
        match done {
            // Cancelled before its time: a request to cancel what ran on this
            // connection before has come late, and was not meant for this query.
            Err(error) if is_cancelled(&error) && began.elapsed() < limit => {}
            done => break done,
        }
    };
    match done {
        Ok(Ok(rows)) => {
            running.rest();
            Ok(rows)
        }
        Ok(Err(too_much)) => Err(too_much),
        Err(error) if is_broken(&error) => {
            running.discard();
            Err(lost(describe(&error)))
        }
        Err(error) if is_cancelled(&error) => {
            running.rest();
            Err(QueryFault::Deadline)
        }
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
            running.rest();
            Err(QueryFault::Unavailable("the table is locked".to_owned()))
        }
        // The statement may be one of a table that has since been altered.
        Err(error) => {
            running.discard();
            Err(QueryFault::Unavailable(describe(&error)))
        }
    }
}

/// Whether the server ended the query: its time was up, or somebody asked for it.
fn is_cancelled(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::QUERY_CANCELED)
}

/// A query under way on a connection of the pool. Dropped before it has come to rest
/// it is cancelled, and the connection goes back once it is idle.
struct Running<'a> {
    inner: &'a Arc<Inner>,
    client: Option<Object>,
    token: CancelToken,
}

impl Running<'_> {
    async fn rows(
        &self,
        sql: &str,
        area: Option<[f64; 4]>,
        limit: u128,
    ) -> Result<Result<TileRows, QueryFault>, tokio_postgres::Error> {
        let mut found = TileRows::default();
        let Some(client) = &self.client else { return Ok(Ok(found)) };
        client.batch_execute(&format!("SET statement_timeout = {limit}")).await?;
        let statement = client.prepare_cached(sql).await?;
        let parameters = area.as_ref().map_or(&[][..], |area| &area[..]);
        let mut rows = pin!(client.query_raw(&statement, parameters.iter().copied()).await?);
        let options = &self.inner.options;
        while let Some(row) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
            found.push(&row?)?;
            let (count, bytes) = (found.ends.len(), found.bytes.len());
            if count > options.tile_rows || bytes > options.tile_bytes {
                let reason = format!(
                    "more than {} rows or {} MiB are in one tile: declare a min_zoom for the \
                     layer, or publish it from memory",
                    options.tile_rows,
                    options.tile_bytes >> 20
                );
                return Ok(Err(QueryFault::TooMuch(reason)));
            }
        }
        Ok(Ok(found))
    }

    /// Gives the connection back: its query has ended.
    fn rest(&mut self) {
        self.client = None;
    }

    /// Closes the connection.
    fn discard(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            let connector = self.inner.connector.clone();
            self.inner.runtime.spawn(settle(client, self.token.clone(), connector));
        }
    }
}

/// Cancels what a connection is doing and gives it back once it is idle; closes it
/// where that does not come soon. Until then it counts as one of the pool.
async fn settle(client: Object, token: CancelToken, connector: Connector) {
    let coming_to_rest = async {
        connector.cancel(&token).await?;
        // Nobody says when the request has reached the server: it may hit this one, or
        // the next caller's, who tries again.
        match client.batch_execute("").await {
            Err(error) if is_cancelled(&error) => client.batch_execute("").await,
            rested => rested,
        }
    };
    match tokio::time::timeout(REST, coming_to_rest).await {
        Ok(Ok(())) => {}
        _ => drop(Object::take(client)),
    }
}
