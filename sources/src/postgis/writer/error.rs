//! Why a table is not written.

use crate::source::StoreError;

/// Why a table is not written. The database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum PostgisError {
    /// The URL can't be read.
    #[error(
        "the database URL can't be used: {reason}; write \
         postgresql://user:password@host:5432/database"
    )]
    Url {
        /// What is wrong with it, without its password.
        reason: String,
    },
    /// There is no connection.
    #[error("{address}: no connection to the database: {reason}")]
    Connect {
        /// User, host, port and database.
        address: String,
        /// What the system or the database said.
        reason: String,
    },
    /// The connection broke before the end.
    #[error("{table}: the connection to the database was lost: {reason}; nothing was changed")]
    Lost {
        /// Which table was to be written.
        table: String,
        /// What is known of it.
        reason: String,
    },
    /// The connection broke at the very end.
    #[error(
        "{table}: the connection to the database was lost while the new rows were put in force \
         ({reason}): they are there whole or not at all; run this again"
    )]
    Uncertain {
        /// Which table.
        table: String,
        /// What is known of it.
        reason: String,
    },
    /// Something stands in the way, or a right is missing.
    #[error("{table}: {reason}; nothing was changed")]
    Refused {
        /// Which table was to be written.
        table: String,
        /// What, and what to do.
        reason: String,
    },
    /// The database refused a step.
    #[error("{table}: {step}: {reason}; nothing was changed")]
    Step {
        /// Which table was to be written.
        table: String,
        /// What was being done.
        step: &'static str,
        /// What the database said.
        reason: String,
    },
    /// The file can't be read.
    #[error(transparent)]
    File(#[from] StoreError),
}
