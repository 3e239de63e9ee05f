//! Which table to write, and what became of it.

use std::collections::BTreeMap;

use data_model::id::DatasetId;

/// Texts for people that become the comments of a table; those of the file are
/// used where there are none here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Labels {
    /// The first line of the table's comment.
    pub title: Option<String>,
    /// What follows it.
    pub description: Option<String>,
    /// Titles of columns, by the name they have in the file.
    pub columns: BTreeMap<String, String>,
}

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rows<'a> {
    /// What the file has them for: values where it has rows, none of them has a
    /// geometry, and it names no kind of geometry; otherwise features.
    #[default]
    AsStored,
    /// Features: with a geometry column, though no row may have a geometry.
    Features,
    /// Values: without a geometry column.
    Values {
        /// The columns that rows are found by, by the name they have in the file, in the
        /// order of an index.
        index: &'a [String],
    },
}

/// Which table to write, and how.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Its schema, made where it is missing.
    pub schema: &'a str,
    /// The dataset, and the name of its table.
    pub id: &'a DatasetId,
    /// Its comments.
    pub labels: &'a Labels,
    /// What its rows are.
    pub rows: Rows<'a>,
    /// Whether to keep a record of the file in [`RECORD_TABLE`](super::RECORD_TABLE),
    /// and to do nothing where it says that this file was loaded already. Of values the
    /// record is kept in any case: it tells their table from those of others.
    pub recorded: bool,
}

/// What became of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was loaded from this very file before.
    Unchanged,
    /// There was none.
    Created,
    /// Its rows are other ones; all else is as it was.
    RowsReplaced,
    /// It is another table, with other columns.
    TableReplaced,
}

/// What was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// What became of the table.
    pub outcome: Outcome,
    /// Rows of the table.
    pub features: u64,
    /// Whether it has a geometry column.
    pub geometry: bool,
    /// Columns whose names PostgreSQL does not take, or that are taken: the name
    /// in the file, and in the table.
    pub renamed: Vec<(String, String)>,
    /// Columns that were to be part of the index of values and can't be.
    pub unindexed: Vec<String>,
    /// Indexes of the old table that the new one does not have.
    pub lost_indexes: Vec<String>,
}
