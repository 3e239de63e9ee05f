//! One session with the database, for one command.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::Client;
use tokio_postgres::config::{Config, Host};

use crate::connection::connection_fault::ConnectionFault;
use crate::connection::connector::{self, DatabaseConnector, UrlFault};
use crate::connection::tls;
use crate::writer::PostgisError;
use korean_text::{Bilingual as _, Sentence};

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
            .map_err(|error| failed(Sentence::new(error.ko(), error.en())))?;
        let (client, _) =
            runtime.block_on(connector.connect()).map_err(|error| failed(reason(&error)))?;
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

/// Describes an error in both languages.
pub(super) fn reason(error: &tokio_postgres::Error) -> Sentence {
    Sentence::new(korean(error), in_english(error))
}

/// Korean text of an error, by its SQLSTATE or its cause: servers report in any language.
fn korean(error: &tokio_postgres::Error) -> String {
    if let Some(stated) = error.as_db_error() {
        let code = stated.code().code();
        let words = match code {
            "28P01" | "28000" => "로그인이 거부되었습니다. URL의 사용자와 비밀번호를 확인하십시오",
            "3D000" => "그런 데이터베이스가 없습니다",
            "42501" => "권한이 없습니다",
            "53100" => "서버의 디스크가 가득 찼습니다",
            "53300" => "서버에 남은 연결이 없습니다",
            "55P03" => "다른 작업이 잠그고 있습니다",
            "57014" => "시간이 지나거나 요청을 받아 취소되었습니다",
            "25006" => "읽기 전용 데이터베이스입니다",
            "40P01" => "다른 작업과 서로 기다리다 취소되었습니다",
            _ => match code.get(..2) {
                Some("08") => "연결에 문제가 있습니다",
                Some("22") => "값을 담을 수 없습니다",
                Some("23") => "테이블의 제약에 어긋납니다",
                Some("42") => "서버가 명령을 실행할 수 없습니다",
                Some("53") => "서버의 자원이 모자랍니다",
                Some("57") => "서버가 끝나는 중입니다",
                _ => "서버가 거부했습니다",
            },
        };
        return format!("{words}(SQLSTATE {code})");
    }
    if tls::describe(error).is_some() {
        return "서버와 TLS로 연결할 수 없습니다. URL의 sslmode와 sslrootcert를 확인하십시오"
            .to_owned();
    }
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return error.ko();
        }
        cause = error.source();
    }
    match error.is_closed() {
        true => "연결이 끊어졌습니다".to_owned(),
        false => "서버와 통신할 수 없습니다".to_owned(),
    }
}

/// English text of an error in one line; the library's own text only names the place.
fn in_english(error: &tokio_postgres::Error) -> String {
    if let Some(stated) = error.as_db_error() {
        let mut text = stated.message().to_owned();
        for more in [stated.detail(), stated.hint()].into_iter().flatten() {
            text.push_str(": ");
            text.push_str(more);
        }
        return text.replace('\n', " ");
    }
    if let Some(words) = tls::describe(error) {
        return words;
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
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
