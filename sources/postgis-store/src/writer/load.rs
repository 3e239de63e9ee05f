//! Transaction that loads a file's features as a table's rows.
//!
//! If the existing table has the same columns, its rows are deleted and the new ones written:
//! views, grants and indexes stay as they are, and readers see the old rows until the commit.
//! (`TRUNCATE` would lock them out, and show a table without rows to a transaction that began
//! before the commit.) Otherwise the new rows go to a table of their own, which replaces the
//! old one at the end. These rows are frozen, so that a transaction that began before sees them
//! too.

use std::fmt::Write as _;

use tokio_postgres::Client;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

use crate::connection::transaction::prepare_copy;
use crate::relation::sql_name::{literal, quoted};
use crate::writer::connection::BlockingSession;
use crate::writer::encode::RowField;
use crate::writer::existing_table::{
    ExistingTable, existing_table, has_rows, postgis, schema_is_there,
};
use crate::writer::layout::TableLayout;
use crate::writer::request::{LoadSummary, TableComments, WriteOutcome, WriteRequest};
use crate::writer::server_fault::ServerFault;
use crate::writer::storage_type::{ColumnSurvey, GeometryStorage, StorageType};
use crate::writer::swap::{
    dependent_objects, has_index, refuse_dependents, rename, replace, same_columns,
};
use crate::writer::target_table::TargetTable;
use crate::writer::{PostgisError, WriteStep, record};
use data_model::feature::{AttributeValue, FeatureSchema, FeatureVisitor, Geometry};
use data_model::{ContentDigest, StoreError, VisitError};
use flatgeobuf_store::FlatGeobuf;

/// Version of the loader, part of each digest: raise it when the same file would make another
/// table.
const VERSION: u32 = 1;

/// Loads a file into a table: whole, or not at all. `progress` receives the number of rows
/// sent, and of all rows.
///
/// Holds one feature at a time. Blocks.
///
/// # Errors
/// [`PostgisError`]; the database is then as it was.
pub fn load(
    connection: &mut BlockingSession,
    file: &FlatGeobuf,
    request: &WriteRequest<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<LoadSummary, PostgisError> {
    let target = TargetTable::of(request)?;
    let mut survey = ColumnSurvey::default();
    let summary = file.scan_and_digest(&mut survey)?;
    let layout = TableLayout::of(&target, request, &survey, summary.declared)?;
    let digest = digest(summary.digest, request.labels, &layout);
    let connection = &*connection;
    let client = connection.client();
    let load =
        Load { connection, client, target: &target, request, survey: &survey, layout: &layout };
    let result = load.transaction(file, summary.digest, &digest, progress);
    if matches!(&result, Err(error) if !matches!(error, PostgisError::Uncertain { .. })) {
        // A server that this does not reach rolls back by itself.
        let _ = connection.wait(client.batch_execute("ROLLBACK"));
    }
    result
}

/// Digest of the file, the texts and the layout of the table.
fn digest(file: ContentDigest, labels: &TableComments, layout: &TableLayout) -> String {
    let mut text = format!("{VERSION}\0{file}");
    for part in [&labels.title, &labels.description].into_iter().flatten() {
        let _ = write!(text, "\0{part}");
    }
    for (name, title) in &labels.columns {
        let _ = write!(text, "\0\0{name}\0{title}");
    }
    for name in &layout.index {
        let _ = write!(text, "\0\0\0{name}");
    }
    let number = xxhash_rust::xxh3::xxh3_128(text.as_bytes());
    let prefix = if layout.geometry { "" } else { record::VALUES };
    format!("{prefix}{number:032x}")
}

struct Load<'a> {
    connection: &'a BlockingSession,
    client: &'a Client,
    target: &'a TargetTable,
    request: &'a WriteRequest<'a>,
    survey: &'a ColumnSurvey,
    layout: &'a TableLayout,
}

/// Destination of the rows.
struct Prepared {
    /// The table that rows are written to, as a name in SQL.
    into: String,
    /// The existing table.
    existing: Option<ExistingTable>,
    same_columns: bool,
}

impl Load<'_> {
    fn transaction(
        &self,
        file: &FlatGeobuf,
        file_digest: ContentDigest,
        digest: &str,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<LoadSummary, PostgisError> {
        let Some(prepared) = self.connection.wait(self.prepare(digest))? else {
            return Ok(self.loaded(WriteOutcome::Unchanged, Vec::new()));
        };
        self.copy(file, file_digest, &prepared, progress)?;
        self.connection.wait(self.finish(prepared, digest))
    }

    fn loaded(&self, outcome: WriteOutcome, lost_indexes: Vec<String>) -> LoadSummary {
        let Self { survey, layout, .. } = *self;
        LoadSummary {
            outcome,
            features: survey.features,
            geometry: layout.geometry,
            renamed: survey.renamed(),
            unindexed: layout.unindexed.clone(),
            lost_indexes,
        }
    }

    async fn execute(&self, step: WriteStep, sql: &str) -> Result<(), PostgisError> {
        let done = self.client.batch_execute(sql).await;
        done.map_err(|error| self.target.failed(self.client, step, error))
    }

    /// Prepares the table before the rows; `None` if nothing is to be done.
    async fn prepare(&self, digest: &str) -> Result<Option<Prepared>, PostgisError> {
        let Self { client, target, .. } = *self;
        // One after the other, where two load the same table. What waits for others
        // gives up, and does not wait for good.
        self.execute(WriteStep::Begin, "BEGIN; SET LOCAL lock_timeout = '30s'").await?;
        let key = format!("tile-server load {}", target.shown);
        client
            .query_typed_one(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text",
                &[(&key, Type::TEXT)],
            )
            .await
            .map_err(|error| target.failed(client, WriteStep::WaitForLoad, error))?;
        let postgis = postgis(client, target).await?;
        if !schema_is_there(client, target).await? {
            let sql = format!("CREATE SCHEMA {}", quoted(&target.schema));
            self.execute(WriteStep::MakeSchema, &sql).await?;
        }
        let existing = existing_table(client, target, &postgis).await?;
        if self.request.recorded
            && existing.is_some()
            && record::digest(client, target).await?.as_deref() == Some(digest)
        {
            self.execute(WriteStep::End, "ROLLBACK").await?;
            return Ok(None);
        }
        if let Some(existing) = &existing {
            // It keeps its columns until the end; reading and writing go on.
            let sql = format!("LOCK TABLE {} IN SHARE UPDATE EXCLUSIVE MODE", target.sql);
            self.execute(WriteStep::ReserveTable, &sql).await?;
            self.refuse_loss(existing).await?;
        }
        let number = xxhash_rust::xxh3::xxh3_64(target.table.as_bytes());
        let name = format!("tile_server_new_{number:016x}");
        let new = format!("{}.{}", quoted(&target.schema), quoted(&name));
        let create = self.layout.create(&new, self.survey, &postgis);
        self.execute(WriteStep::MakeTable, &create).await?;
        let mut prepared = Prepared { into: new, existing, same_columns: false };
        if let Some(old) = &prepared.existing {
            let geometry = self.layout.geometry;
            prepared.same_columns =
                same_columns(client, target, old, &prepared.into, geometry).await?;
            refuse_dependents(client, target, old, prepared.same_columns).await?;
            if prepared.same_columns {
                let sql = format!(
                    "DROP TABLE {}; LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE;
                    SET LOCAL row_security = off; DELETE FROM {}",
                    prepared.into, target.sql, target.sql
                );
                self.execute(WriteStep::DeleteRows, &sql).await?;
                prepared.into.clone_from(&target.sql);
            }
        }
        Ok(Some(prepared))
    }

    /// Refuses to replace features by nothing, as for files.
    async fn refuse_loss(&self, existing: &ExistingTable) -> Result<(), PostgisError> {
        let ColumnSurvey { features, with_geometry, .. } = *self.survey;
        let no_loss = with_geometry > 0 || (features > 0 && !existing.geometry);
        if no_loss || !has_rows(self.client, self.target, features > 0).await? {
            return Ok(());
        }
        let (ko, en) = match features {
            0 => ("피처가", "no features"),
            _ => ("도형이", "not one geometry"),
        };
        Err(self.target.refused(
            format!(
                "파일에는 {ko} 하나도 없는데 테이블에는 있습니다. 비우려는 것이면 테이블을 먼저 \
                 지우십시오"
            ),
            format!(
                "the file has {en}, and the table has some. If it is meant to be empty, drop the \
                 table first"
            ),
        ))
    }

    /// Sends the rows.
    fn copy(
        &self,
        file: &FlatGeobuf,
        digest: ContentDigest,
        prepared: &Prepared,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), PostgisError> {
        const STEP: WriteStep = WriteStep::WriteRows;
        let Self { client, target, survey, layout, .. } = *self;
        let failed = |error: tokio_postgres::Error| target.failed(client, STEP, error);
        let columns = layout.columns(survey);
        // Only rows of a table that this transaction has made can be frozen.
        let freeze = if prepared.same_columns { "" } else { ", FREEZE" };
        let into = &prepared.into;
        let sql = format!("COPY {into} ({columns}) FROM STDIN (FORMAT binary{freeze})");
        let begun = self.connection.wait(async {
            let statement = prepare_copy(client, &sql).await?;
            // Until the transaction ends a pooler gives the connection to nobody else.
            client.copy_in(&statement).await
        });
        let sink = begun.map_err(failed)?;
        // Each field encodes its own type; the statement needs none.
        let types = vec![Type::BYTEA; survey.names.len() + 1 + usize::from(layout.geometry)];
        let mut rows = Rows {
            connection: self.connection,
            writer: Box::pin(BinaryCopyInWriter::new(sink, &types)),
            storage_types: survey.storage_types(),
            shape: layout.geometry.then(|| survey.shape()),
            total: survey.features,
            progress,
            error: None,
        };
        let scanned = file.scan_and_digest(&mut rows);
        if let Some(error) = rows.error {
            return Err(failed(error));
        }
        if scanned?.digest != digest {
            let reason = RowUnsent::FileChanged.into();
            return Err(StoreError::Unsupported { path: file.path().to_owned(), reason }.into());
        }
        let written = self.connection.wait(rows.writer.as_mut().finish());
        let written = written.map_err(failed)?;
        if written != survey.features {
            let reason = ServerFault::RowsLost { sent: survey.features, arrived: written };
            return Err(PostgisError::Step { table: target.shown.clone(), step: STEP, reason });
        }
        Ok(())
    }

    /// Completes the table after the rows, and commits.
    async fn finish(&self, prepared: Prepared, digest: &str) -> Result<LoadSummary, PostgisError> {
        let Self { client, target, layout, .. } = *self;
        let Prepared { into, existing, same_columns } = prepared;
        let indexed = same_columns
            && (layout.geometry || has_index(client, target, &into, &layout.index).await?);
        if let Some(sql) = layout.create_index(&into).filter(|_| !indexed) {
            self.execute(WriteStep::MakeIndex, &sql).await?;
        }
        self.execute(WriteStep::WriteComments, &self.comments(&into)).await?;
        self.execute(WriteStep::Count, &format!("ANALYZE {into}")).await?;
        let (outcome, lost_indexes) = match existing {
            None => {
                rename(client, target, &into, layout).await?;
                (WriteOutcome::Created, Vec::new())
            }
            Some(_) if same_columns => (WriteOutcome::RowsReplaced, Vec::new()),
            Some(old) => {
                let dependents = dependent_objects(client, target, &old, &into, layout).await?;
                replace(client, target, &into, &dependents, layout).await?;
                (WriteOutcome::TableReplaced, dependents.indexes)
            }
        };
        let recorded = self.request.recorded || !layout.geometry;
        record::keep(client, target, recorded.then_some(digest)).await?;
        match client.batch_execute("COMMIT").await {
            Ok(()) => Ok(self.loaded(outcome, lost_indexes)),
            Err(error)
                if error
                    .as_db_error()
                    .is_some_and(|stated| !stated.code().code().starts_with("57P")) =>
            {
                Err(target.failed(client, WriteStep::PutInForce, error))
            }
            Err(error) => Err(PostgisError::Uncertain {
                table: target.shown.clone(),
                reason: ServerFault::Server(error),
            }),
        }
    }

    fn comments(&self, table: &str) -> String {
        let Self { request, survey, .. } = *self;
        let labels = request.labels;
        // A file without a title has its name for one, and so has a table without a comment.
        let own = survey.schema.title.as_ref().filter(|title| **title != request.id.as_str());
        let title = labels.title.as_ref().or(own);
        let description = labels.description.as_ref().or(survey.schema.description.as_ref());
        let comment = match (title, description) {
            (Some(title), Some(description)) => literal(&format!("{title}\n{description}")),
            (Some(title), None) => literal(title),
            // The first line is the title.
            (None, Some(description)) => literal(&format!("{}\n{description}", request.id)),
            (None, None) => "NULL".to_owned(),
        };
        let mut sql = format!("COMMENT ON TABLE {table} IS {comment}");
        for (column, name) in survey.schema.columns.iter().zip(&survey.names) {
            let title = labels.columns.get(&column.name).or(column.title.as_ref());
            let comment = title.map_or_else(|| "NULL".to_owned(), |title| literal(title));
            let _ = write!(sql, "; COMMENT ON COLUMN {table}.{} IS {comment}", quoted(name));
        }
        sql
    }
}

/// Sends each feature of the file as a row.
struct Rows<'a> {
    connection: &'a BlockingSession,
    writer: std::pin::Pin<Box<BinaryCopyInWriter>>,
    storage_types: Vec<StorageType>,
    /// Storage type of the geometry; `None` without a geometry column.
    shape: Option<GeometryStorage>,
    total: u64,
    progress: &'a mut dyn FnMut(u64, u64),
    error: Option<tokio_postgres::Error>,
}

/// Reason for which a row is not sent.
#[derive(Debug, thiserror::Error)]
enum RowUnsent {
    /// Its columns are not those of the survey.
    #[error("the file changed while it was read; try again")]
    FileChanged,
    /// The connection failed; [`Rows::error`] has its error.
    #[error("it can't be written")]
    Connection,
}

impl FeatureVisitor for Rows<'_> {
    fn begin(&mut self, _: &FeatureSchema) {}

    fn feature(
        &mut self,
        row: u64,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), VisitError> {
        if values.len() != self.storage_types.len() {
            return Err(VisitError::new(RowUnsent::FileChanged));
        }
        let mut fields = Vec::with_capacity(values.len() + 2);
        fields.push(RowField::Id(i64::try_from(row).map_err(VisitError::new)?));
        fields.extend(
            self.storage_types
                .iter()
                .zip(values)
                .map(|(storage_type, value)| RowField::Value(*storage_type, *value)),
        );
        fields.extend(self.shape.map(|shape| RowField::Geometry(geometry, shape)));
        let written = self.connection.wait(self.writer.as_mut().write_raw(fields));
        if let Err(error) = written {
            self.error = Some(error);
            return Err(VisitError::new(RowUnsent::Connection));
        }
        (self.progress)(row + 1, self.total);
        Ok(())
    }
}
