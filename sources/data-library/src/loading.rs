//! Loads an origin into a feature table.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use xxhash_rust::xxh3::xxh3_128;

use super::feature_origin::{FeatureOrigin, LoadRequest};
use super::published_view::ViewVisitor;
use super::union::load_union;
use data_model::StoreError;
use data_model::feature::{AttributeValue, FeatureSchema, FeatureVisitor, Geometry};
use flatgeobuf_store::FlatGeobuf;
use postgis_store::{GeometryTable, PostgisDatabase, ScanSummary};
use vector_tile::features::{FeatureTable, TableBuilder, TableError, TableOptions, ValueSummary};

/// A loaded dataset.
#[derive(Debug, Clone)]
pub(super) struct LoadedDataset {
    pub(super) table: Arc<FeatureTable>,
    /// Options that the table was built with: without the id column if its values can't be
    /// ids.
    pub(super) options: TableOptions,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// Digest of the data.
    pub(super) digest: u128,
    /// Warnings for the operator about data that is served.
    pub(super) note: Option<String>,
    pub(super) summaries: ColumnSummaries,
}

/// Summaries of a table's columns, computed on first use.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnSummaries(Arc<Mutex<BTreeMap<String, Option<ValueSummary>>>>);

impl LoadedDataset {
    /// Summary of a column's values; `None` if it has none.
    pub(super) fn summary(&self, column: &str) -> Option<ValueSummary> {
        let mut known = self.summaries.0.lock();
        let made = || ValueSummary::new([&*self.table].into_iter(), column);
        known.entry(column.to_owned()).or_insert_with(made).clone()
    }
}

/// Fault of an origin that can't be loaded.
#[derive(Debug)]
pub(super) enum LoadFault {
    /// A transient failure, such as too many open files or a lost connection.
    System(String),
    /// A fault of the data, which persists until the data changes.
    Data(String),
    /// The table exceeds its memory limit; the value is its size in bytes.
    TooLarge(u64),
}

/// Loads an origin; tables are read from `database`.
pub(super) fn load(
    wanted: &LoadRequest,
    database: Option<&PostgisDatabase>,
) -> Result<LoadedDataset, LoadFault> {
    match (&wanted.origin, database) {
        (FeatureOrigin::File(path), _) => load_file(path, wanted),
        (FeatureOrigin::Table(table), Some(database)) => load_table(database, table, wanted),
        (FeatureOrigin::Union(members), _) => load_union(members, wanted, database),
        (FeatureOrigin::Table(table), None) => {
            Err(LoadFault::System(format!("table {}: there is no database", table.full_name())))
        }
    }
}

/// Loads a file, whatever its size, as it can't be served otherwise.
fn load_file(path: &Path, wanted: &LoadRequest) -> Result<LoadedDataset, LoadFault> {
    let start = Instant::now();
    let mut visitor = ViewVisitor::new(Titled::new(&wanted.options, u64::MAX), &wanted.view);
    let summary = FlatGeobuf::new(path).scan_and_digest(&mut visitor).map_err(fault)?;
    let named = |error| LoadFault::Data(format!("{}: {error}", path.display()));
    let Titled { builder, title, description, .. } = visitor.into_inner();
    let table = builder.finish().map_err(named)?;
    log(&path.display().to_string(), &table, start);
    let (table, options) = (Arc::new(table), wanted.options.clone());
    let digest = seen(summary.digest, wanted);
    let summaries = ColumnSummaries::default();
    Ok(LoadedDataset { table, options, title, description, digest, note: None, summaries })
}

/// Digest of the data as a view shows it.
fn seen(digest: u128, wanted: &LoadRequest) -> u128 {
    match wanted.view.digest() {
        0 => digest,
        view => xxh3_128(&[digest.to_le_bytes(), view.to_le_bytes()].concat()),
    }
}

/// Loads a database table, up to its memory limit.
fn load_table(
    database: &PostgisDatabase,
    table: &GeometryTable,
    wanted: &LoadRequest,
) -> Result<LoadedDataset, LoadFault> {
    match scan_table(database, table, wanted, &wanted.options) {
        Err(TableFault::Ids(problem)) if !wanted.id_declared => {
            tracing::warn!(
                table = table.full_name(),
                problem,
                "its primary key can't be feature ids; its features have none"
            );
            let options =
                TableOptions { id_column: None, omit_ids: true, ..wanted.options.clone() };
            scan_table(database, table, wanted, &options).map_err(LoadFault::from)
        }
        result => result.map_err(LoadFault::from),
    }
}

enum TableFault {
    /// Values of the id column are not ids.
    Ids(String),
    Other(LoadFault),
}

impl From<TableFault> for LoadFault {
    fn from(fault: TableFault) -> Self {
        match fault {
            TableFault::Ids(problem) => Self::Data(problem),
            TableFault::Other(fault) => fault,
        }
    }
}

fn scan_table(
    database: &PostgisDatabase,
    table: &GeometryTable,
    wanted: &LoadRequest,
    options: &TableOptions,
) -> Result<LoadedDataset, TableFault> {
    let start = Instant::now();
    let mut visitor = ViewVisitor::new(Titled::new(options, wanted.most), &wanted.view);
    let scanned = database.scan(table, &mut visitor);
    let Titled { builder, past_limit, .. } = visitor.into_inner();
    if past_limit {
        return Err(TableFault::Other(LoadFault::TooLarge(builder.memory_bytes() as u64)));
    }
    let named = |error: TableError| match error {
        TableError::IdColumn { .. } => {
            TableFault::Ids(format!("table {}: {error}", table.full_name()))
        }
        error @ (TableError::TooLarge(_) | TableError::OutOfTime) => {
            TableFault::Other(LoadFault::Data(format!("table {}: {error}", table.full_name())))
        }
    };
    // If the builder ended the scan, it has the fault.
    let summary = match (scanned, builder.fault()) {
        (_, Some(error)) => return Err(named(error.clone())),
        (Err(error), None) => return Err(TableFault::Other(fault(error))),
        (Ok(summary), None) => summary,
    };
    let built = builder.finish().map_err(named)?;
    log(&table.full_name(), &built, start);
    Ok(LoadedDataset {
        table: Arc::new(built),
        options: options.clone(),
        title: table.title.clone(),
        description: table.description.clone(),
        // Row numbers depend on the order of the rows, ids do not.
        digest: match options.id_column {
            Some(_) => seen(summary.digest, wanted),
            None => seen(summary.ordered_digest, wanted),
        },
        note: note(&table.full_name(), &summary),
        summaries: ColumnSummaries::default(),
    })
}

/// Warnings about the rows of a table.
fn note(name: &str, summary: &ScanSummary) -> Option<String> {
    let misplaced = summary.first_misplaced.as_ref().map(|first| {
        let (rows, row, reason) = (summary.misplaced, first.row, &first.reason);
        format!(
            "table {name}: {rows} row(s) have no place on earth and are not drawn; the first \
             is row {row}: {reason}"
        )
    });
    let notes: Vec<String> = misplaced.into_iter().chain(summary.unread.note(name)).collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

pub(super) fn fault(error: StoreError) -> LoadFault {
    match error {
        StoreError::Io { .. } | StoreError::Unreachable { .. } => {
            LoadFault::System(error.to_string())
        }
        StoreError::Corrupt { .. } | StoreError::Unsupported { .. } | StoreError::Table { .. } => {
            LoadFault::Data(error.to_string())
        }
    }
}

pub(super) fn log(origin: &str, table: &FeatureTable, start: Instant) {
    tracing::info!(
        origin,
        features = table.feature_count(),
        memory_bytes = table.memory_bytes(),
        seconds = start.elapsed().as_secs_f64(),
        "dataset loaded"
    );
}

/// A table builder that keeps the store's title and description and stops at the memory
/// limit.
struct Titled {
    builder: TableBuilder,
    title: Option<String>,
    description: Option<String>,
    most: u64,
    past_limit: bool,
}

impl Titled {
    fn new(options: &TableOptions, most: u64) -> Self {
        Self {
            builder: TableBuilder::new(options.clone()),
            title: None,
            description: None,
            most,
            past_limit: false,
        }
    }
}

impl FeatureVisitor for Titled {
    fn begin(&mut self, schema: &FeatureSchema) {
        self.title.clone_from(&schema.title);
        self.description.clone_from(&schema.description);
        self.builder.begin(schema);
    }

    fn feature(
        &mut self,
        row: u64,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), String> {
        // Often enough, and seldom enough to cost nothing.
        if row.is_multiple_of(1024) && self.builder.memory_bytes() as u64 > self.most {
            self.past_limit = true;
            return Err("it takes more memory than feature tables may".to_owned());
        }
        self.builder.feature(row, geometry, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_can_not_be_opened_is_the_systems_fault() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.fgb");
        std::fs::write(&path, "a").unwrap();
        let look = super::super::directory_listing::DirectoryListing::at(
            dir.path(),
            &dir.path().join("catalog"),
        )
        .unwrap();
        let (path, signature) = look.files["a"].clone();
        std::fs::remove_file(&path).unwrap();
        let loaded = load(&LoadRequest::file(path, signature, TableOptions::default()), None);
        assert!(matches!(loaded, Err(LoadFault::System(_))), "{loaded:?}");
    }
}
