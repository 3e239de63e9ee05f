//! Connections with a database: for polls, scans, live tiles, their cancelling, and writing.

use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use tokio_postgres::error::SqlState;
use tokio_postgres::{CancelToken, Client, Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::connection::connection_fault::ConnectionFault;
use crate::connection::connection_string;
use crate::connection::tls::{TlsMode, client_config, handshake_error};
use crate::connection::url_parameters::UrlParameters;

/// Name of connections in `pg_stat_activity`, unless the URL gives another.
const APPLICATION: &str = "tile-server";

/// Makes connections, with TLS as the URL requires.
#[derive(Clone)]
pub(crate) struct DatabaseConnector {
    config: Config,
    tls: MakeRustlsConnect,
    /// The same configuration without TLS, if TLS is optional.
    plain: Option<Config>,
}

/// Reason for which a URL can't be used; holds no part of it that may be a password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UrlFault {
    /// The text is not written as a URL. The library's error may quote a password.
    #[error("it is not written as a URL")]
    Syntax(#[source] Error),
    /// A parameter is invalid or not supported.
    #[error(transparent)]
    Parameter(#[from] ConnectionFault),
}

/// Reads a URL, or `key=value` pairs, except for the TLS settings. A connection without a name
/// is named after this program.
///
/// # Errors
/// [`UrlFault`].
pub(crate) fn read(text: &str) -> Result<(Config, UrlParameters), UrlFault> {
    let (rest, parameters) = connection_string::split(text)?;
    let mut config = Config::from_str(&rest).map_err(UrlFault::Syntax)?;
    if config.get_application_name().is_none() {
        let name = parameters.application.as_deref().unwrap_or(APPLICATION);
        config.application_name(name);
    }
    Ok((config, parameters))
}

impl DatabaseConnector {
    /// Creates a connector; reads the certificates that the parameters name.
    ///
    /// # Errors
    /// [`UrlFault::Parameter`].
    pub(crate) fn new(mut config: Config, parameters: &UrlParameters) -> Result<Self, UrlFault> {
        let mut mode = TlsMode::of(parameters)?;
        let hosts = config.get_hosts();
        // As in libpq, a socket of this machine needs no TLS, and has none.
        if !hosts.is_empty() && hosts.iter().all(|host| matches!(host, Host::Unix(_))) {
            mode = TlsMode::Disable;
        }
        if hosts.is_empty() {
            // A handshake needs a name, if only that of the address.
            for address in config.get_hostaddrs().to_vec() {
                config.host(address.to_string());
            }
        }
        let root = parameters.root.as_deref();
        let mut tls = client_config(mode, root)?;
        if config.get_ssl_negotiation() == SslNegotiation::Direct {
            tls.alpn_protocols = vec![b"postgresql".to_vec()];
        }
        config.ssl_mode(match mode {
            TlsMode::Disable => SslMode::Disable,
            TlsMode::Prefer => SslMode::Prefer,
            TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => SslMode::Require,
        });
        let plain = (mode == TlsMode::Prefer).then(|| {
            let mut plain = config.clone();
            plain.ssl_mode(SslMode::Disable).clone()
        });
        Ok(Self { config, tls: MakeRustlsConnect::new(tls), plain })
    }

    /// The configuration: host, user and database among others.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// Connects. The task that serves the connection runs on the runtime of the caller, and
    /// ends when the client is dropped.
    ///
    /// # Errors
    /// The error of the attempt with TLS, or of the one without if a handshake failed.
    pub(crate) async fn connect(&self) -> Result<(Client, JoinHandle<()>), Error> {
        let refused = SqlState::INVALID_AUTHORIZATION_SPECIFICATION;
        match (self.connect_by(&self.config).await, &self.plain) {
            // Its TLS may be too old, or its certificate.
            (Err(error), Some(plain)) if handshake_error(&error).is_some() => {
                self.connect_by(plain).await
            }
            // It may want none from here; if it is not that, its first answer says more.
            (Err(error), Some(plain)) if error.code() == Some(&refused) => {
                self.connect_by(plain).await.map_err(|_| error)
            }
            (connected, _) => connected,
        }
    }

    async fn connect_by(&self, config: &Config) -> Result<(Client, JoinHandle<()>), Error> {
        let (client, connection) = config.connect(self.tls.clone()).await?;
        // The queries of a broken connection report its error.
        let serving = tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok((client, serving))
    }

    /// Whether a pooler stands between the URL and a server that listens on this port (`None`:
    /// on a socket of its machine).
    pub(crate) fn is_pooled(&self, port: Option<u16>) -> bool {
        let by_network = self.config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(_)));
        let ports = self.config.get_ports();
        let is_asked = |port: u16| ports.contains(&port) || (ports.is_empty() && port == 5432);
        by_network && !port.is_some_and(is_asked)
    }

    /// Asks the server to cancel the current query of a connection.
    pub(crate) async fn cancel(&self, token: &CancelToken) -> Result<(), Error> {
        token.cancel_query(self.tls.clone()).await
    }
}

impl deadpool_postgres::Connect for DatabaseConnector {
    fn connect(
        &self,
        _: &Config,
    ) -> Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + '_>> {
        Box::pin(self.connect())
    }
}
