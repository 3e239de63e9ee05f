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
//! | [`import`] | the two passes, and their result |
//! | `note`, `reject_reason`, `crs_fault`, `file_fault` | the messages |
//! | `destination` | destination of a dataset: a file, or a table |
//! | `files` | the files of a Shapefile |
//! | `archive`, `archive_fault` | datasets inside a zip, and faults of it |
//! | `shapefile` | `.shp`, `.shx` and `.dbf` read together |
//! | `geojson` | one feature after the other, never the whole document |
//! | `text` | encodings of a DBF |
//! | `names` | ASCII names for Korean columns |
//! | `placement` | the CRS, and a check of the data's location |
//! | `region` | the expected region, its land and the CRS to try |
//! | `repair` | repair of rings that are open, nested wrongly or cross themselves |
//! | `rejects` | the CSV of rows that could not be kept |
//! | `leftovers` | the former dataset, and leftovers in the data directory |
//! | `tally` | counts of repaired rows |
//!
//! Shapefile and DBF are read by our own small parsers. Both are flat records, and the
//! `shapefile` and `dbase` crates allocate by counts in the file and keep attributes in
//! hash maps, which lose the order of columns.

#![forbid(unsafe_code)]

mod archive_fault;
mod crs_conversion;
mod crs_fault;
mod dataset_archive;
mod destination;
mod error;
mod file_fault;
mod files;
pub mod geojson;
pub mod import;
mod import_note;
mod leftovers;
mod names;
mod region;
mod reject_reason;
mod rejects;
mod repair;
mod repair_tally;
mod row;
pub mod shapefile;
mod text;

pub use crs_fault::{CrsAdvice, CrsFault, CrsSource};
pub use destination::{
    DataFile, DatasetLocation, DestinationTable, FinishedDataset, ImportDestination, PlacedDataset,
    load_notes,
};
pub use error::IngestError;
pub use file_fault::{FileFault, FilePlace, JsonCause};
pub use files::{ImportInput, inputs};
pub use import::{ImportOptions, ImportProgress, ImportSummary, import, import_to};
pub use import_note::{EncodingSource, FeatureRepair, ImportNote, ValueReplacement};
pub use region::ImportRegion;
pub use reject_reason::{ExpectedMember, RejectReason};
pub use text::DbfEncoding;
