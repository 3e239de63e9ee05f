//! Record of the file that each table of a schema was loaded from, so that a file that has not
//! changed is not loaded again.

use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};

use super::error::PostgisError;
use super::names::RECORD_TABLE;
use super::step::WriteStep;
use super::target_table::TargetTable;
use crate::relation::sql_name::quoted;

/// Prefix of the digests of tables without geometry.
pub(super) const VALUES: &str = "values ";

const STEP: WriteStep = WriteStep::KeepRecord;

fn sql(target: &TargetTable) -> String {
    format!("{}.{}", quoted(&target.schema), quoted(RECORD_TABLE))
}

async fn is_there(client: &Client, target: &TargetTable) -> Result<bool, PostgisError> {
    client
        .query_typed_one("SELECT to_regclass($1) IS NOT NULL", &[(&sql(target), Type::TEXT)])
        .await
        .map(|row| row.get(0))
        .map_err(|error| target.failed(client, STEP, error))
}

/// Digest of the last load of the table; `None` if there is no record.
pub(super) async fn digest(
    client: &Client,
    target: &TargetTable,
) -> Result<Option<String>, PostgisError> {
    if !is_there(client, target).await? {
        return Ok(None);
    }
    let sql = format!("SELECT digest FROM {} WHERE dataset = $1", sql(target));
    client
        .query_typed_opt(&sql, &[(&target.table, Type::TEXT)])
        .await
        .map(|row| row.map(|row| row.get(0)))
        .map_err(|error| target.failed(client, STEP, error))
}

/// Records a digest, inside the transaction that loads the table. `None` deletes the record:
/// the table was not loaded from a data directory.
pub(super) async fn keep(
    client: &Client,
    target: &TargetTable,
    digest: Option<&str>,
) -> Result<(), PostgisError> {
    let sql = sql(target);
    let failed = |error: tokio_postgres::Error| target.failed(client, STEP, error);
    let Some(digest) = digest else {
        if is_there(client, target).await? {
            let sql = format!("DELETE FROM {sql} WHERE dataset = $1");
            client.execute_typed(&sql, &[(&target.table, Type::TEXT)]).await.map_err(failed)?;
        }
        return Ok(());
    };
    if !is_there(client, target).await? {
        let create = format!(
            "CREATE TABLE {sql} (dataset text PRIMARY KEY, digest text NOT NULL,
                loaded timestamptz NOT NULL);
            COMMENT ON TABLE {sql} IS 'Which file each table was loaded from (tile-server load)'"
        );
        client.batch_execute(&create).await.map_err(failed)?;
    }
    let upsert = format!(
        "INSERT INTO {sql} VALUES ($1, $2, now())
        ON CONFLICT (dataset) DO UPDATE SET digest = excluded.digest, loaded = excluded.loaded"
    );
    let parameters: [(&(dyn ToSql + Sync), Type); 2] =
        [(&target.table, Type::TEXT), (&digest, Type::TEXT)];
    client.execute_typed(&upsert, &parameters).await.map(|_| ()).map_err(failed)
}
