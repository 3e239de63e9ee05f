//! Where a dataset is held, and the sign by which a change of it is seen.

use std::path::PathBuf;
use std::sync::Arc;

use super::look::Signature;
use crate::features::TableOptions;
use crate::postgis::{Table, TableSign};

/// Where the features of a dataset are.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// A FlatGeobuf file.
    File(PathBuf),
    /// A geometry column of a table of the database.
    Table(Arc<Table>),
}

/// What changes when an origin's features may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    File(Signature),
    Table(TableSign),
}

/// Names an origin, whatever state it is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OriginName {
    File(PathBuf),
    /// Schema, table, geometry column.
    Table(String, String, String),
}

/// One origin as it is now and how it is to be loaded.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) origin: Origin,
    pub(super) sign: Sign,
    pub(super) options: TableOptions,
    /// Whether the id column is the catalog's word. Otherwise it is a primary key,
    /// and where its values can't be feature ids, row numbers are.
    pub(super) id_declared: bool,
    /// Most bytes of memory that it may take.
    pub(super) most: u64,
}

/// What tells one feature table from every other: its origin and how it is built.
pub(super) type Key = (OriginName, Option<String>, bool);

impl Wanted {
    pub(super) fn file(path: PathBuf, signature: Signature, options: TableOptions) -> Self {
        let id_declared = options.id_column.is_some();
        let (origin, sign) = (Origin::File(path), Sign::File(signature));
        Self { origin, sign, options, id_declared, most: u64::MAX }
    }

    pub(super) fn table(table: &Arc<Table>, options: TableOptions, id_declared: bool) -> Self {
        let (origin, sign) = (Origin::Table(Arc::clone(table)), Sign::Table(table.sign));
        Self { origin, sign, options, id_declared, most: u64::MAX }
    }

    pub(super) fn key(&self) -> Key {
        (self.origin.name(), self.options.id_column.clone(), self.options.coverage)
    }

    /// Bytes of memory that loading it is expected to take, before it was ever
    /// loaded: its size on disk, or a guess by rows.
    pub(super) fn expected_bytes(&self) -> u64 {
        const BYTES_A_ROW: u64 = 160;
        match &self.origin {
            Origin::File(_) => 0,
            Origin::Table(table) => table
                .bytes_on_disk
                .or_else(|| table.estimated_rows.map(|rows| rows.saturating_mul(BYTES_A_ROW)))
                .unwrap_or(0),
        }
    }
}

impl Origin {
    fn name(&self) -> OriginName {
        match self {
            Self::File(path) => OriginName::File(path.clone()),
            Self::Table(table) => OriginName::Table(
                table.schema.clone(),
                table.name.clone(),
                table.geometry_column.clone(),
            ),
        }
    }
}
