//! Errors of writing a table.

use crate::connection::connection_fault::ConnectionFault;
use data_model::StoreError;
use korean_text::{Bilingual, Sentence};

use crate::writer::server_fault::ServerFault;
use crate::writer::step::WriteStep;

/// Error of writing a table. The database is as it was, but perhaps for
/// [`Uncertain`](Self::Uncertain).
#[derive(Debug, thiserror::Error)]
pub enum PostgisError {
    /// The URL can't be read.
    #[error("the database URL can't be used: {source}")]
    Url {
        /// The fault and its remedy, without a password.
        #[from]
        source: ConnectionFault,
    },
    /// There is no connection.
    #[error("{address}: no connection to the database: {}", reason.en())]
    Connect {
        /// User, host, port and database.
        address: String,
        /// Error of the system or the database.
        #[source]
        reason: ServerFault,
    },
    /// The connection broke before the commit.
    #[error("{table}: the connection to the database was lost: {}; nothing was changed", reason.en())]
    Lost {
        /// Table that was to be written.
        table: String,
        /// Cause, as far as known.
        #[source]
        reason: ServerFault,
    },
    /// The connection broke during the commit.
    #[error(
        "{table}: the connection to the database was lost while the new rows were put in force \
         ({}): they are there whole or not at all; run this again",
        reason.en()
    )]
    Uncertain {
        /// Table that was to be written.
        table: String,
        /// Cause, as far as known.
        #[source]
        reason: ServerFault,
    },
    /// An obstacle or a missing privilege prevents writing.
    #[error("{table}: {}; nothing was changed", reason.en())]
    Refused {
        /// Table that was to be written.
        table: String,
        /// Obstacle, and what to do.
        reason: Sentence,
    },
    /// The database refused a step.
    #[error("{table}: {}: {}; nothing was changed", step.en(), reason.en())]
    Step {
        /// Table that was to be written.
        table: String,
        /// Step that failed.
        step: WriteStep,
        /// Error of the database.
        #[source]
        reason: ServerFault,
    },
    /// The file can't be read.
    #[error(transparent)]
    File(#[from] StoreError),
}

impl Bilingual for PostgisError {
    fn ko(&self) -> String {
        match self {
            Self::Url { source } => format!("데이터베이스 URL을 쓸 수 없습니다: {}", source.ko()),
            Self::Connect { address, reason } => {
                format!("{address}: 데이터베이스에 연결할 수 없습니다: {}", reason.ko())
            }
            Self::Lost { table, reason } => format!(
                "{table}: 데이터베이스와의 연결이 끊어졌습니다: {}. 아무것도 바꾸지 않았습니다",
                reason.ko()
            ),
            Self::Uncertain { table, reason } => format!(
                "{table}: 새 행을 적용하다가 데이터베이스와의 연결이 끊어졌습니다({}). 전부 있거나 \
                 하나도 없습니다. 다시 하십시오",
                reason.ko()
            ),
            Self::Refused { table, reason } => {
                format!("{table}: {}. 아무것도 바꾸지 않았습니다", reason.ko())
            }
            Self::Step { table, step, reason } => format!(
                "{table}: {}에 실패했습니다: {}. 아무것도 바꾸지 않았습니다",
                step.ko(),
                reason.ko()
            ),
            Self::File(error) => error.ko(),
        }
    }

    fn en(&self) -> String {
        self.to_string()
    }
}
