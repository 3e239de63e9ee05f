//! Request to write a table, and its outcome.

use std::collections::BTreeMap;

use data_model::id::DatasetId;

/// Texts for people that become the comments of a table; missing ones are taken from the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TableComments {
    /// First line of the table's comment.
    pub title: Option<String>,
    /// Rest of the table's comment.
    pub description: Option<String>,
    /// Titles of columns, by their names in the file.
    pub columns: BTreeMap<String, String>,
}

/// Kind of a table's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowKind<'a> {
    /// By the file: values if it has rows, none of them with a geometry, and declares no
    /// geometry kind; otherwise features.
    #[default]
    AsStored,
    /// Features: with a geometry column, though no row may have a geometry.
    Features,
    /// Values: without a geometry column.
    Values {
        /// Columns of the index by which rows are found, by their names in the file, in the
        /// order of the index.
        index: &'a [String],
    },
}

/// Request to write a table.
#[derive(Debug, Clone, Copy)]
pub struct WriteRequest<'a> {
    /// Schema of the table; created if missing.
    pub schema: &'a str,
    /// The dataset, and the name of its table.
    pub id: &'a DatasetId,
    /// Comments of the table.
    pub labels: &'a TableComments,
    /// Kind of the table's rows.
    pub rows: RowKind<'a>,
    /// Whether to keep a record of the file in [`RECORD_TABLE`](crate::writer::RECORD_TABLE), and to do
    /// nothing if this file was loaded already by that record. For values the record is kept in
    /// any case: it distinguishes their table from those of others.
    pub recorded: bool,
}

/// Outcome for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    /// The table was loaded from this very file before.
    Unchanged,
    /// The table is new.
    Created,
    /// The rows are replaced; all else is as it was.
    RowsReplaced,
    /// The table is replaced by one with other columns.
    TableReplaced,
}

/// Summary of a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadSummary {
    /// Outcome for the table.
    pub outcome: WriteOutcome,
    /// Rows of the table.
    pub features: u64,
    /// Whether the table has a geometry column.
    pub geometry: bool,
    /// Renamed columns, whose names PostgreSQL does not take, or that are in use: the name in
    /// the file, and in the table.
    pub renamed: Vec<(String, String)>,
    /// Columns that were to be part of the index of values and can't be.
    pub unindexed: Vec<String>,
    /// Indexes of the old table that the new one does not have.
    pub lost_indexes: Vec<String>,
}
