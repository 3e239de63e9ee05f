//! One session with the database, for one command.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::Client;
use tokio_postgres::config::{Config, Host};

use crate::connection::connection_fault::ConnectionFault;
use crate::connection::connector::{self, DatabaseConnector, UrlFault};
use crate::writer::error::PostgisError;
use crate::writer::server_fault::ServerFault;

const CONNECT: Duration = Duration::from_secs(10);
/// Time after which a silent peer counts as gone.
const SILENCE: Duration = Duration::from_secs(30);

/// A session. Blocks: not for use in async code.
pub struct BlockingSession {
    runtime: Runtime,
    client: Client,
    address: String,
}

impl std::fmt::Debug for BlockingSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("address", &self.address).finish_non_exhaustive()
    }
}

impl BlockingSession {
    /// Connects to the server of a URL or a libpq connection string, with TLS by its `sslmode`
    /// and `sslrootcert`.
    ///
    /// # Errors
    /// [`PostgisError::Url`] and [`PostgisError::Connect`]; neither holds a password.
    pub fn connect(url: &str) -> Result<Self, PostgisError> {
        let refused = |fault| match fault {
            UrlFault::Syntax(source) => ConnectionFault::NoUrl { source }.into(),
            UrlFault::Parameter(fault) => PostgisError::from(fault),
        };
        let (mut config, parameters) = connector::read(url).map_err(refused)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(ConnectionFault::NoHost.into());
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if !parameters.keepalives {
            config.keepalives_idle(SILENCE);
        }
        let address = address(&config);
        let connector = DatabaseConnector::new(config, &parameters).map_err(refused)?;
        let failed = |reason| PostgisError::Connect { address: address.clone(), reason };
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| failed(ServerFault::System(error)))?;
        let (client, _) = runtime
            .block_on(connector.connect())
            .map_err(|error| failed(ServerFault::Server(error)))?;
        Ok(Self { runtime, client, address })
    }

    /// User, host, port and database; no password.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether the session has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

fn address(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => config.get_hostaddrs().first().map(ToString::to_string).unwrap_or_default(),
    };
    let user = config.get_user().map(|user| format!("{user}@")).unwrap_or_default();
    let port = config.get_ports().first().map(|port| format!(":{port}")).unwrap_or_default();
    let name = config.get_dbname().map(|name| format!("/{name}")).unwrap_or_default();
    format!("postgresql://{user}{host}{port}{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("postgresql://me:secret@db.example:5433/tiles", "postgresql://me@db.example:5433/tiles")]
    #[case("host=/run/postgresql user=me password=secret", "postgresql://me@/run/postgresql")]
    #[case("postgresql://me@10.0.0.1", "postgresql://me@10.0.0.1:5432")]
    fn an_address_has_no_password(#[case] url: &str, #[case] expected: &str) {
        assert_eq!(address(&url.parse().unwrap()), expected);
    }

    #[rstest]
    #[case("mysql://me:secret@localhost/tiles")]
    #[case("postgresql://me:secret@localhost:port/tiles")]
    #[case("postgresql://")]
    #[case("postgresql://me:secret@localhost/tiles?sslmode=sometimes")]
    fn a_url_that_can_not_be_used_is_an_error_without_its_password(#[case] url: &str) {
        let error = BlockingSession::connect(url).unwrap_err();
        assert!(matches!(error, PostgisError::Url { .. }), "{error:?}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
