//! Loads an origin into a feature table.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::loaded_dataset::{
    ColumnDistributions, ColumnSummaries, LoadFault, LoadedDataset, log_loaded,
};
use super::union_loader::load_union;
use crate::load_plan::load_request::{FeatureOrigin, LoadRequest};
use crate::load_plan::published_view::ViewVisitor;
use data_model::feature::{AttributeValue, FeatureSchema, FeatureVisitor, Geometry};
use data_model::{ContentDigest, VisitError};
use flatgeobuf_store::FlatGeobuf;
use postgis_store::{GeometryTable, PostgisDatabase, ScanSummary};
use vector_tile::features::{TableBuilder, TableError, TableOptions};

/// Loads an origin; tables are read from `database`.
pub(crate) fn load(
    request: &LoadRequest,
    database: Option<&PostgisDatabase>,
) -> Result<LoadedDataset, LoadFault> {
    match (&request.origin, database) {
        (FeatureOrigin::File(path), _) => load_file(path, request),
        (FeatureOrigin::Table(table), Some(database)) => load_table(database, table, request),
        (FeatureOrigin::Union(members), _) => load_union(members, request, database),
        (FeatureOrigin::Table(table), None) => {
            Err(LoadFault::System(format!("table {}: there is no database", table.full_name())))
        }
    }
}

/// Loads a file, whatever its size, as it can't be served otherwise.
fn load_file(path: &Path, request: &LoadRequest) -> Result<LoadedDataset, LoadFault> {
    let start = Instant::now();
    let builder = LimitedBuilder::new(&request.options, u64::MAX);
    let mut visitor = ViewVisitor::new(builder, &request.view);
    let summary = FlatGeobuf::new(path).scan_and_digest(&mut visitor)?;
    let LimitedBuilder { builder, title, description, .. } = visitor.into_inner();
    let named = |error| LoadFault::Data(format!("{}: {error}", path.display()));
    let table = builder.finish().map_err(named)?;
    log_loaded(&path.display().to_string(), &table, start);
    Ok(LoadedDataset {
        table: Arc::new(table),
        options: request.options.clone(),
        title,
        description,
        digest: viewed_digest(summary.digest, request),
        note: None,
        summaries: ColumnSummaries::default(),
        distributions: ColumnDistributions::default(),
    })
}

/// Digest of stored data as the request's view shows it.
fn viewed_digest(stored: ContentDigest, request: &LoadRequest) -> ContentDigest {
    match request.view.digest() {
        None => stored,
        Some(view) => ContentDigest::of_bytes(&[stored.to_le_bytes(), view.to_le_bytes()].concat()),
    }
}

/// Loads a database table, up to its memory limit.
fn load_table(
    database: &PostgisDatabase,
    table: &GeometryTable,
    request: &LoadRequest,
) -> Result<LoadedDataset, LoadFault> {
    match scan_table(database, table, request, &request.options) {
        Err(TableFault::InvalidIds(problem)) if !request.id_declared => {
            tracing::warn!(
                table = table.full_name(),
                problem,
                "its primary key can't be feature ids; its features have none"
            );
            let options =
                TableOptions { id_column: None, omit_ids: true, ..request.options.clone() };
            scan_table(database, table, request, &options).map_err(LoadFault::from)
        }
        result => result.map_err(LoadFault::from),
    }
}

enum TableFault {
    /// Values of the id column are not ids.
    InvalidIds(String),
    Load(LoadFault),
}

impl From<TableFault> for LoadFault {
    fn from(fault: TableFault) -> Self {
        match fault {
            TableFault::InvalidIds(problem) => Self::Data(problem),
            TableFault::Load(fault) => fault,
        }
    }
}

fn scan_table(
    database: &PostgisDatabase,
    table: &GeometryTable,
    request: &LoadRequest,
    options: &TableOptions,
) -> Result<LoadedDataset, TableFault> {
    let start = Instant::now();
    let builder = LimitedBuilder::new(options, request.memory_limit);
    let mut visitor = ViewVisitor::new(builder, &request.view);
    let scanned = database.scan(table, &mut visitor);
    let LimitedBuilder { builder, past_limit, .. } = visitor.into_inner();
    if past_limit {
        return Err(TableFault::Load(LoadFault::TooLarge(builder.memory_bytes() as u64)));
    }
    let named = |error: TableError| match error {
        TableError::IdColumn { .. } => {
            TableFault::InvalidIds(format!("table {}: {error}", table.full_name()))
        }
        error @ (TableError::TooLarge(_) | TableError::OutOfTime) => {
            TableFault::Load(LoadFault::Data(format!("table {}: {error}", table.full_name())))
        }
    };
    // If the builder ended the scan, it has the fault.
    let summary = match (scanned, builder.fault()) {
        (_, Some(error)) => return Err(named(error.clone())),
        (Err(error), None) => return Err(TableFault::Load(error.into())),
        (Ok(summary), None) => summary,
    };
    let built = builder.finish().map_err(named)?;
    log_loaded(&table.full_name(), &built, start);
    Ok(LoadedDataset {
        table: Arc::new(built),
        options: options.clone(),
        title: table.title.clone(),
        description: table.description.clone(),
        // Row numbers depend on the order of the rows, ids do not.
        digest: match options.id_column {
            Some(_) => viewed_digest(summary.digest, request),
            None => viewed_digest(summary.ordered_digest, request),
        },
        note: note(&table.full_name(), &summary),
        summaries: ColumnSummaries::default(),
        distributions: ColumnDistributions::default(),
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

/// A table builder that keeps the store's title and description and stops at the memory
/// limit.
struct LimitedBuilder {
    builder: TableBuilder,
    title: Option<String>,
    description: Option<String>,
    memory_limit: u64,
    past_limit: bool,
}

/// A table has reached its memory limit.
#[derive(Debug, thiserror::Error)]
#[error("it takes more memory than feature tables may")]
struct MemoryLimitReached;

impl LimitedBuilder {
    fn new(options: &TableOptions, memory_limit: u64) -> Self {
        Self {
            builder: TableBuilder::new(options.clone()),
            title: None,
            description: None,
            memory_limit,
            past_limit: false,
        }
    }
}

impl FeatureVisitor for LimitedBuilder {
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
    ) -> Result<(), VisitError> {
        // Often enough, and seldom enough to cost nothing.
        if row.is_multiple_of(1024) && self.builder.memory_bytes() as u64 > self.memory_limit {
            self.past_limit = true;
            return Err(VisitError::new(MemoryLimitReached));
        }
        self.builder.feature(row, geometry, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::directory_listing::DirectoryListing;

    #[test]
    fn a_file_that_can_not_be_opened_is_the_systems_fault() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.fgb");
        std::fs::write(&path, "a").unwrap();
        let listing =
            DirectoryListing::read(folder.path(), &folder.path().join("catalog")).unwrap();
        let (path, token) = listing.files["a"].clone();
        std::fs::remove_file(&path).unwrap();
        let loaded = load(&LoadRequest::file(path, token, TableOptions::default()), None);
        assert!(matches!(loaded, Err(LoadFault::System(_))), "{loaded:?}");
    }
}
