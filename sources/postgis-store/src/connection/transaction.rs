//! Read-only transactions that leave nothing behind on a connection.
//!
//! A pooler such as PgBouncer lends one connection of the server to many clients, to
//! each for the length of one transaction. So every setting here is `SET LOCAL`, which
//! ends with the transaction, and every statement is unnamed: a named one would be
//! missing on the next connection, or be there already. The messages of a transaction
//! are sent together and cost one round trip.

use std::time::Duration;

use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row, Statement};

/// Most attempts with the next name where a name is taken on the server's connection.
const MOST_NAMES: usize = 64;

/// Limits of the statements of one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatementLimits {
    /// Longest that a statement may run.
    pub(crate) statement: Duration,
    /// Longest that a statement waits for a lock.
    pub(crate) lock: Duration,
    /// Whether the server checks every second that its client is still connected.
    pub(crate) checks_client: bool,
}

impl StatementLimits {
    /// SQL that begins a read-only transaction whose text forms do not depend on the server's
    /// configuration.
    pub(crate) fn begin(self) -> String {
        let check = if self.checks_client { CHECK_CLIENT } else { "" };
        format!(
            "BEGIN READ ONLY; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; \
             SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL extra_float_digits = 1; \
             SET LOCAL xmloption = 'content'; \
             SET LOCAL client_min_messages = error; SET LOCAL lock_timeout = {}; \
             SET LOCAL statement_timeout = {}{check}",
            self.lock.as_millis(),
            self.statement.as_millis().max(1),
        )
    }
}

/// SQL that makes the server end a statement whose client is gone, from PostgreSQL 14 on.
const CHECK_CLIENT: &str = "; SET LOCAL client_connection_check_interval = '1s'";

/// Whether the server can check for its client: an older one lacks the setting, and not every
/// system supports it.
pub(crate) async fn can_check_client(client: &Client) -> Result<bool, Error> {
    let tried = client.batch_execute(&format!("BEGIN READ ONLY{CHECK_CLIENT}")).await;
    let ended = client.batch_execute("ROLLBACK").await;
    match tried {
        Ok(()) => ended.map(|()| true),
        Err(error) if error.as_db_error().is_some() && ended.is_ok() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Port that the server itself was reached on; `None` for a socket of its machine.
pub(crate) async fn server_port(reader: TransactionReader<'_>) -> Result<Option<u16>, Error> {
    let row = reader.first("SELECT pg_catalog.inet_server_port()", &[]).await?;
    let port: Option<i32> = row.map(|row| row.try_get(0)).transpose()?.flatten();
    Ok(port.and_then(|port| u16::try_from(port).ok()))
}

/// A parameter of a statement, with its type.
pub(crate) type StatementParameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// Runs single statements, each in a read-only transaction of its own.
#[derive(Clone, Copy)]
pub(crate) struct TransactionReader<'a> {
    pub(crate) client: &'a Client,
    pub(crate) limits: StatementLimits,
}

impl TransactionReader<'_> {
    /// All rows of a statement. Their columns must have built-in types.
    pub(crate) async fn rows(
        &self,
        sql: &str,
        parameters: &[StatementParameter<'_>],
    ) -> Result<Vec<Row>, Error> {
        let begin = self.limits.begin();
        let (begun, rows, ended) = tokio::join!(
            biased;
            self.client.batch_execute(&begin),
            self.client.query_typed(sql, parameters),
            self.client.batch_execute("COMMIT"),
        );
        begun?;
        let rows = rows?;
        ended.map(|()| rows)
    }

    /// The first row of a statement.
    pub(crate) async fn first(
        &self,
        sql: &str,
        parameters: &[StatementParameter<'_>],
    ) -> Result<Option<Row>, Error> {
        let mut rows = self.rows(sql, parameters).await?;
        Ok(if rows.is_empty() { None } else { Some(rows.swap_remove(0)) })
    }
}

/// Prepares a `COPY` inside a transaction; drop the statement before the transaction ends.
///
/// The library names statements by a count of its own; behind a pooler a name may be taken by a
/// statement of another program, and then the next name is tried.
pub(crate) async fn prepare_copy(client: &Client, sql: &str) -> Result<Statement, Error> {
    client.batch_execute("SAVEPOINT named").await?;
    let mut tries = 0;
    let statement = loop {
        match client.prepare(sql).await {
            Err(error)
                if error.code() == Some(&SqlState::DUPLICATE_PSTATEMENT) && tries < MOST_NAMES =>
            {
                tries += 1;
                client.batch_execute("ROLLBACK TO SAVEPOINT named").await?;
            }
            prepared => break prepared?,
        }
    };
    client.batch_execute("RELEASE SAVEPOINT named").await?;
    Ok(statement)
}
