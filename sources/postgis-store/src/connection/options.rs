//! Options of a database: its URL, schemas and limits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::connection::connection_fault::ConnectionFault;
use crate::connection::connector::{self, DatabaseConnector, UrlFault};

/// URL, schemas and limits of a database.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseOptions {
    /// `postgresql://user:password@host:port/database`, or the same as
    /// `key=value` pairs; `sslmode` and `sslrootcert` as in libpq. Never shown.
    pub url: String,
    /// The schemas whose tables are read, in the order in which they are listed.
    pub schemas: Vec<String>,
    /// Most connections that live tiles use at once. The watcher and each scan
    /// have one of their own. 0 counts as 1.
    pub pool_size: usize,
    /// Longest that the query of a live tile may run.
    pub statement_timeout: Duration,
    /// Longest that a query waits for a lock.
    pub lock_timeout: Duration,
    /// Longest that a scan may run.
    pub scan_timeout: Duration,
    /// Longest that a poll of the catalogs may take. What is known is served meanwhile.
    pub poll_timeout: Duration,
    /// Longest that connecting and logging in may take.
    pub login_timeout: Duration,
    /// Interval between polls of the catalogs.
    pub poll_interval: Duration,
    /// Most rows of a live tile.
    pub tile_rows: usize,
    /// Most bytes of the rows of a live tile, as sent.
    pub tile_bytes: usize,
    /// Most bytes of the rows of all live tiles together, from the first row until the tile is
    /// encoded. Memory for encoding comes on top, for as many tiles as are encoded at once. A
    /// tile that finds no bytes left is refused as overload.
    pub live_bytes: usize,
}

impl DatabaseOptions {
    /// The defaults for a database and its schema `public`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            schemas: vec!["public".to_owned()],
            pool_size: 8,
            statement_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(2),
            scan_timeout: Duration::from_secs(600),
            poll_timeout: Duration::from_secs(60),
            login_timeout: Duration::from_secs(3),
            poll_interval: Duration::from_secs(1),
            tile_rows: 1_000_000,
            tile_bytes: 256 << 20,
            live_bytes: 512 << 20,
        }
    }
}

impl DatabaseOptions {
    /// Checks the options as far as possible without connecting.
    ///
    /// # Errors
    /// [`DatabaseError`] for the first invalid option.
    pub fn check(&self) -> Result<(), DatabaseError> {
        connection(self).map(|_| ())
    }
}

impl fmt::Debug for DatabaseOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseOptions")
            .field("schemas", &self.schemas)
            .field("pool_size", &self.pool_size)
            .field("statement_timeout", &self.statement_timeout)
            .finish_non_exhaustive()
    }
}

/// Invalid options. Never holds the URL or any part of it that may be a password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DatabaseError {
    /// The URL can't be read.
    #[error(
        "the database's URL can't be used: {0}; write postgresql://user:password@host:port/database, \
         and in a password %25 for %, %40 for @, %3A for :, %2F for /, %3F for ? and %23 for #"
    )]
    Url(String),
    /// A parameter of the URL is invalid, or the certificates can't be read.
    #[error("the database's URL can't be used: {0}")]
    Parameter(#[source] Arc<ConnectionFault>),
    /// No schema is named.
    #[error("no schema of the database is named; name at least one, such as public")]
    NoSchema,
}

/// Options of a connection whose names may be shown when their values are wrong.
const OPTION_NAMES: &[&str] = &[
    "port",
    "sslnegotiation",
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "hostaddr",
    "target_session_attrs",
    "channel_binding",
    "load_balance_hosts",
];

/// Reads a URL and sets the options of every connection.
pub(crate) fn connection(options: &DatabaseOptions) -> Result<DatabaseConnector, DatabaseError> {
    let url = |reason: &str| DatabaseError::Url(reason.to_owned());
    if options.schemas.is_empty() {
        return Err(DatabaseError::NoSchema);
    }
    let refused = |fault: UrlFault| {
        let error = match fault {
            UrlFault::Parameter(fault) => return DatabaseError::Parameter(Arc::new(fault)),
            UrlFault::Syntax(error) => error,
        };
        // The reason quotes the text it stumbled over, which may be a password:
        // only the name of an option is shown.
        let reason = std::error::Error::source(&error).map(ToString::to_string);
        let reason = reason.unwrap_or_default();
        match OPTION_NAMES.iter().find(|name| reason.ends_with(&format!("option `{name}`"))) {
            Some(name) => DatabaseError::Parameter(Arc::new(ConnectionFault::Value { name })),
            None => url("it is not written as one"),
        }
    };
    let (mut config, parameters) = connector::read(&options.url).map_err(refused)?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(url("it names no host"));
    }
    // The rest of a password that has an @ is not to be taken for a host's name.
    let odd = |host: &Host| matches!(host, Host::Tcp(name) if name.contains(['@', ':', '%']));
    if config.get_hosts().iter().any(odd) || options.url.matches('@').count() > 1 {
        return Err(url("its host is not the name of one"));
    }
    if config.get_user().is_none() {
        return Err(url("it names no user"));
    }
    let patience = options.login_timeout.mul_f32(0.7);
    config.connect_timeout(config.get_connect_timeout().copied().unwrap_or(patience));
    // A host that vanished is noticed within half a minute, also by a scan that
    // waits for rows.
    if !parameters.keepalives {
        config
            .keepalives(true)
            .keepalives_idle(Duration::from_secs(10))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(3);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(25));
    }
    DatabaseConnector::new(config, &parameters).map_err(refused)
}

/// Host, port and database, for a log line; nothing to log in with.
pub(crate) fn server_address(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => config.get_hostaddrs().first().map(ToString::to_string).unwrap_or_default(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let database = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("{host}:{port}/{database}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("postgresql://u:secret@h:x/db", "port")]
    #[case("postgresql://u:a@secret@h/db", "%40 for @")]
    #[case("postgresql://u:a@sec/ret@h/db", "%40 for @")]
    #[case("postgresql://u@h/db?secret", "not written as one")]
    #[case("secret", "not written as one")]
    #[case("postgresql:///db?user=u&password=secret", "no host")]
    #[case("postgresql://h/db?password=secret", "no user")]
    #[case("postgresql://u:secret@h/db?sslmode=secret", "verify-full")]
    #[case("postgresql://u:secret@h/db?sslmode=verify-full&sslrootcert=/none/ca", "/none/ca")]
    #[case("postgresql://u:secret@h/db?sslcert=/client.crt", "sslcert")]
    #[case("postgresql://u:secret@h/db?sslmode=allow", "sslmode")]
    #[case("postgresql://u:secret@h/db?gssencmode=require", "gssencmode")]
    #[case("postgresql://u:secret@h/db?connection_limit=5", "connection_limit")]
    #[case("host=h user=u password=secret statement_cache=secret", "statement_cache")]
    #[case("host=h user=u password=secret keepalives_idle=secret", "keepalives_idle")]
    #[case("postgresql://u:p@x?secret=secret@h/db", "%40 for @")]
    fn a_url_that_can_not_be_used_is_said_to_be_without_its_password(
        #[case] text: &str,
        #[case] message: &str,
    ) {
        let error = connection(&DatabaseOptions::new(text)).err().unwrap().to_string();
        assert!(error.contains(message), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }

    #[rstest]
    #[case("postgresql://u@h/db?gssencmode=disable&pgbouncer=true&target_session_attrs=primary")]
    #[case("host=h user=u dbname=db gssencmode=prefer keepalives_count=3 tcp_user_timeout=1000")]
    fn a_parameter_of_libpq_does_not_make_a_url_unreadable(#[case] text: &str) {
        assert!(connection(&DatabaseOptions::new(text)).is_ok());
    }

    #[test]
    fn the_address_has_host_and_database_alone() {
        let options = DatabaseOptions::new("postgresql://u:secret@db.example:5433/map");
        assert_eq!(server_address(connection(&options).unwrap().config()), "db.example:5433/map");
        assert!(!format!("{options:?}").contains("secret"));
    }
}
