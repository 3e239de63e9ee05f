//! Errors of the server and of connections, in words for people.

use tokio_postgres::error::SqlState;

use crate::connection::tls;

/// Reason for which there is no connection, in words for people.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// Connecting and logging in took too long.
    #[error("it does not answer in time")]
    Timeout(#[source] tokio::time::error::Elapsed),
    /// The server or the network refused.
    #[error("{}", describe(.0))]
    Server(#[source] tokio_postgres::Error),
}

/// Whether an error concerns the connection or the whole server, so that other queries fail
/// too.
pub(crate) fn is_broken(error: &tokio_postgres::Error) -> bool {
    let Some(code) = error.code() else { return true };
    let gone = [
        &SqlState::ADMIN_SHUTDOWN,
        &SqlState::CRASH_SHUTDOWN,
        &SqlState::CANNOT_CONNECT_NOW,
        &SqlState::DATABASE_DROPPED,
    ];
    gone.contains(&code) || code.code().starts_with("08")
}

/// Refusals of PgBouncer, by a part of the message, with the remedy.
const POOLER_REMEDIES: [(&str, &str); 3] = [
    (
        "statement pooling mode",
        "the connection pooler pools statements, and one tile takes a transaction: set \
         pool_mode = transaction or session for this database in pgbouncer.ini, or name the \
         server itself in the URL",
    ),
    (
        "unsupported startup parameter: options",
        "the connection pooler refuses `options` of the URL: remove it there and set it for the \
         role (ALTER ROLE … SET …), or add it to ignore_startup_parameters in pgbouncer.ini, \
         which ignores it",
    ),
    (
        "query_wait_timeout",
        "the connection pooler has no connection of the server to spare: raise its \
         default_pool_size, or lower --database-connections",
    ),
];

/// Describes an error for people, without address or credentials.
pub(crate) fn describe(error: &tokio_postgres::Error) -> String {
    if let Some(stated) = error.as_db_error() {
        return match *stated.code() {
            // A server that speaks another language has but the general answer.
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION
                if stated.message().contains("no encryption") =>
            {
                "the server takes no such connection without TLS: write sslmode=require, or better \
                 verify-full, in the URL, or allow it in the server's pg_hba.conf"
                    .to_owned()
            }
            SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                "the server refuses the login: check user and password in the URL".to_owned()
            }
            _ if POOLER_REMEDIES.iter().any(|(part, _)| stated.message().contains(part)) => {
                let remedies = POOLER_REMEDIES.iter();
                let found = remedies.filter(|(part, _)| stated.message().contains(part));
                found.map(|(_, remedy)| *remedy).collect()
            }
            SqlState::INVALID_CATALOG_NAME => "the server has no such database".to_owned(),
            SqlState::TOO_MANY_CONNECTIONS => {
                "the server has no connection to spare: raise its max_connections".to_owned()
            }
            _ => stated.message().to_owned(),
        };
    }
    if let Some(reason) = tls::describe(error) {
        return reason;
    }
    match std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<std::io::Error>())
    {
        Some(cause) => format!("it can't be reached: {cause}"),
        None if error.is_closed() => "the connection was closed".to_owned(),
        None if is_without_password(error) => {
            "the server asks for a password, and the URL has none: write user:password@".to_owned()
        }
        None => error.to_string(),
    }
}

/// Whether the server asks for a password and there is none; the library has no other mark of
/// it.
fn is_without_password(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.to_string() == "password missing")
}
