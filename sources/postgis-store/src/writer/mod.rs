//! Datasets into PostGIS: one FlatGeobuf file becomes one table.
//!
//! A table is replaced whole or not at all, in one transaction, and readers see the old rows
//! until the commit. Its `fid` is the number of the row in the file, so that features have the
//! same ids in tiles whether the file or the table is served. Rows without geometry become a
//! table without a geometry column.
//! Everything here blocks, and must not be called from async code.
//!
//! Out of scope: reading tables, deciding which of them are published, and making a database or
//! its PostGIS extension.
//!
//! | module | content |
//! |---|---|
//! | `connection` | one session with the database |
//! | `request` | the table to write, and the outcome |
//! | [`load`](load()) | the transaction |
//! | `target_table`, `existing_table` | the table to write, and the one that it replaces |
//! | `server_fault` | faults of a session, in both languages |
//! | `step` | the steps, as errors name them |
//! | `swap` | a new table in the place of an old one |
//! | `layout` | geometry column and index of a table |
//! | `storage_type` | types of columns, by their content |
//! | `encode` | features as rows of a binary `COPY` |
//! | `timestamp` | dates and times of ISO 8601 |
//! | `names` | names that PostgreSQL takes |
//! | `record` | record of the file that a table was loaded from |

mod connection;
mod encode;
mod error;
mod existing_table;
mod layout;
mod load;
mod names;
mod record;
mod request;
mod server_fault;
mod step;
mod storage_type;
mod swap;
mod target_table;
mod timestamp;

pub use connection::BlockingSession;
pub use error::PostgisError;
pub use existing_table::check;
pub use load::load;
pub use names::RECORD_TABLE;
pub use request::{LoadSummary, RowKind, TableComments, WriteOutcome, WriteRequest};
pub use server_fault::ServerFault;
pub use step::WriteStep;
pub use storage_type::unfit_text;
