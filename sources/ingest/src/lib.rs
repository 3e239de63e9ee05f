//! Import of foreign files: Shapefile (plain or zipped) and GeoJSON, to FlatGeobuf or
//! PostGIS.
//!
//! Each file is read twice. The *survey* determines columns, encoding and the location of
//! the data; the *import* projects, repairs and writes. A file that is refused leaves the
//! data directory unchanged; rows that can't be kept are written to a rejects file with
//! their row number and the reason.
//!
//! | module | content |
//! |---|---|
//! | [`mod@import`] | the two passes, and their result |
//! | `input` | files to import: listing, opening, rows, faults |
//! | `archive` | datasets inside a zip |
//! | [`shapefile`] | `.shp`, `.shx` and `.dbf` read together |
//! | [`geojson`] | one feature after the other, never the whole document |
//! | `text` | encodings of a DBF, ASCII names for Korean columns |
//! | `crs` | the CRS, the expected region, and a check of the data's location |
//! | `repair` | repair of rings that are open, nested wrongly or cross themselves |
//! | `rejects` | rows that could not be kept, and their CSV |
//! | `destination` | destination of a dataset: a file, or a table |
//! | `summary` | notes for the user, counts of repaired rows |
//! | `error` | errors of an import |
//!
//! Shapefile and DBF are read by our own small parsers. Both are flat records, and the
//! `shapefile` and `dbase` crates allocate by counts in the file and keep attributes in
//! hash maps, which lose the order of columns.

#![forbid(unsafe_code)]

mod archive;
mod crs;
mod destination;
mod error;
pub mod geojson;
pub mod import;
mod input;
mod rejects;
mod repair;
pub mod shapefile;
mod summary;
mod text;

pub use crs::crs_fault::{CrsAdvice, CrsFault, CrsSource};
pub use crs::import_region::ImportRegion;
pub use destination::data_file::DataFile;
pub use destination::destination_table::{DestinationTable, load_notes};
pub use destination::import_destination::{
    DatasetLocation, FinishedDataset, ImportDestination, WrittenDataset,
};
pub use error::IngestError;
pub use import::{ImportOptions, ImportProgress, ImportSummary, import, import_to};
pub use input::file_fault::{FileFault, FileLocation, JsonCause};
pub use input::import_input::ImportInput;
pub use input::input_listing::inputs;
pub use rejects::reject_reason::{ExpectedMember, RejectReason};
pub use summary::import_note::{EncodingSource, FeatureRepair, ImportNote, ValueReplacement};
pub use text::dbf_encoding::DbfEncoding;
