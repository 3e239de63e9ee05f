//! Foreign files in: Shapefile (plain or zipped) and GeoJSON, to FlatGeobuf or PostGIS.
//!
//! Each file is read twice. The *survey* learns columns, encoding and where the
//! data lies; the *import* projects, repairs and writes. A file that is refused
//! leaves the data directory as it was; rows that can't be kept go to a rejects
//! file with their row number and the reason.
//!
//! | module | what it holds |
//! |---|---|
//! | [`import`] | the two passes, and what came of them |
//! | `note`, `reject_reason`, `crs_fault`, `file_fault` | the messages |
//! | `destination` | where a dataset goes: a file, or a table |
//! | `files` | what lies beside a Shapefile |
//! | `archive`, `archive_fault` | what lies inside a zip, and what is wrong with it |
//! | `shapefile` | `.shp`, `.shx` and `.dbf` read together |
//! | `geojson` | one feature after the other, never the whole document |
//! | `text` | which encoding a DBF is in |
//! | `names` | ASCII names for Korean columns |
//! | `number` | whether a double holds a number |
//! | `placement` | which CRS, and whether the result lies where it should |
//! | `land` | roughly where South Korea's land is |
//! | `repair` | rings that are open, nested wrongly or cross themselves |
//! | `rejects` | the CSV of rows that could not be kept |
//! | `standing` | what stands in the data directory before the import |
//! | `tally` | what happened to how many rows |
//!
//! Shapefile and DBF are read by our own small parsers. Both are flat records,
//! and the `shapefile` and `dbase` crates take memory by counts that stand in
//! the file and keep attributes in hash maps, which lose the order of columns.

#![forbid(unsafe_code)]

mod archive;
mod archive_fault;
mod crs_fault;
mod destination;
mod error;
mod file_fault;
mod files;
pub mod geojson;
pub mod import;
mod land;
mod names;
mod note;
mod placement;
mod reject_reason;
mod rejects;
mod repair;
mod row;
pub mod shapefile;
mod standing;
mod tally;
mod text;

pub use crs_fault::{Advice, CrsFault, CrsSource};
pub use destination::{DataFile, Destination, Finished, Place, Put, Table, load_notes};
pub use error::IngestError;
pub use file_fault::{FileFault, FilePlace, JsonCause};
pub use files::{Input, inputs};
pub use import::{ImportOptions, Imported, Progress, import, import_to};
pub use note::{Became, EncodingSource, Note, Repair};
pub use placement::KOREA;
pub use reject_reason::{Expected, RejectReason};
pub use text::Encoding;
