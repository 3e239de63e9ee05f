//! Datasets into PostGIS: one FlatGeobuf file becomes one table.
//!
//! A table is replaced whole or not at all, in one transaction, and whoever reads
//! it meanwhile sees the old rows. Its `fid` is the number of the row in the file,
//! so that features have the same ids in tiles whichever of the two is served. Rows
//! without geometry become a table without a geometry column.
//! Everything here blocks, and must not be called from async code.
//!
//! What it does *not* do: read tables (nor know which of them are published), and
//! make a database or its PostGIS extension.
//!
//! | module | what it holds |
//! |---|---|
//! | `connection` | one session with the database |
//! | `request` | which table to write, and what became of it |
//! | [`load`](load()) | the transaction |
//! | `standing` | the table that is there before it |
//! | `step` | the steps, as errors name them |
//! | `swap` | a new table in the place of an old one |
//! | `layout` | whether a table has geometry, and its index |
//! | `forms` | which type a column gets, by what is in it |
//! | `encode` | features as rows of a binary `COPY` |
//! | `moment` | dates and times of ISO 8601 |
//! | `names` | column names that PostgreSQL takes |
//! | `record` | which file a table was loaded from |

mod connection;
mod encode;
mod error;
mod forms;
mod layout;
mod load;
mod moment;
mod names;
mod record;
mod request;
mod standing;
mod step;
mod swap;

pub use connection::Connection;
pub use error::PostgisError;
pub use forms::unfit_text;
pub use load::load;
pub use record::RECORD_TABLE;
pub use request::{Labels, Loaded, Outcome, Request, Rows};
pub use standing::check;
pub use step::Step;
