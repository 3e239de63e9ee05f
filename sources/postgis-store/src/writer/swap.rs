//! Replacement of a table by one with other columns, keeping its owner, grants and triggers.

use std::time::{Duration, Instant};

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use crate::relation::sql_name::quoted;
use crate::writer::existing_table::ExistingTable;
use crate::writer::layout::TableLayout;
use crate::writer::names::cut;
use crate::writer::target_table::TargetTable;
use crate::writer::{PostgisError, WriteStep};

const STEP: WriteStep = WriteStep::Replace;
/// Longest wait for readers. Readers that come while the swap waits for others wait behind it:
/// it waits for a moment at a time, and this long in all.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);

/// Refuses a table that other objects depend on. Views and policies hinder new columns, but not
/// new rows; foreign keys hinder both, since the rows that they refer to are deleted.
///
/// # Errors
/// [`PostgisError::Refused`] with the names of these objects.
pub(super) async fn refuse_dependents(
    client: &Client,
    target: &TargetTable,
    existing: &ExistingTable,
    same_columns: bool,
) -> Result<(), PostgisError> {
    const SQL: &str = "SELECT format('view %I.%I', n.nspname, c.relname), false
            FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
            JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid = $1 AND c.oid <> $1
        UNION SELECT format('foreign key of %I.%I', n.nspname, c.relname), true
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE k.confrelid = $1 AND k.contype = 'f' AND k.conrelid <> $1
        UNION SELECT format('row security policy %I', p.polname), false
            FROM pg_policy p WHERE p.polrelid = $1
        ORDER BY 1";
    let rows = client
        .query_typed(SQL, &[(&existing.oid, Type::OID)])
        .await
        .map_err(|error| target.failed(client, WriteStep::LookForDependents, error))?;
    let found: Vec<String> =
        rows.iter().filter(|row| !same_columns || row.get(1)).map(|row| row.get(0)).collect();
    if found.is_empty() {
        return Ok(());
    }
    let (ko, en) = match same_columns {
        true => ("행이 바뀌는데", "its rows are replaced"),
        false => ("열이 달라지는데", "its columns change"),
    };
    let found = found.join(", ");
    Err(target.refused(
        format!(
            "테이블의 {ko} 이것들이 딸려 있습니다: {found}. 먼저 지우고 나중에 다시 만드십시오"
        ),
        format!(
            "{en}, and these depend on it: {found}; drop them first and make them again afterwards"
        ),
    ))
}

/// Whether two tables have the same columns, and the old one has the key and, with a geometry,
/// the spatial index that a new one would have.
pub(super) async fn same_columns(
    client: &Client,
    target: &TargetTable,
    old: &ExistingTable,
    new: &str,
    geometry: bool,
) -> Result<bool, PostgisError> {
    const SQL: &str = "WITH c AS (SELECT attrelid, attname, atttypid, atttypmod, attnotnull,
                attgenerated = '' AND attidentity = '' AS plain,
                row_number() OVER (PARTITION BY attrelid ORDER BY attnum) AS place
            FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped),
        a AS (SELECT attname, atttypid, atttypmod, attnotnull, plain, place
            FROM c WHERE attrelid = $1),
        b AS (SELECT attname, atttypid, atttypmod, attnotnull, plain, place
            FROM c WHERE attrelid = $2::text::regclass)
        SELECT NOT EXISTS (SELECT FROM (TABLE a EXCEPT TABLE b) x)
            AND NOT EXISTS (SELECT FROM (TABLE b EXCEPT TABLE a) x)
            AND EXISTS (SELECT FROM pg_index i JOIN pg_attribute k
                ON k.attrelid = i.indrelid AND i.indnatts = 1 AND k.attnum = i.indkey[0]
                WHERE i.indrelid = $1 AND i.indisprimary AND k.attname = 'fid')
            AND (NOT $3 OR EXISTS (SELECT FROM pg_index i
                JOIN pg_class ic ON ic.oid = i.indexrelid
                JOIN pg_am m ON m.oid = ic.relam JOIN pg_attribute k
                ON k.attrelid = i.indrelid AND k.attnum = i.indkey[0]
                WHERE i.indrelid = $1 AND m.amname = 'gist' AND k.attname = 'geom'
                AND i.indpred IS NULL AND i.indisvalid))";
    client
        .query_typed_one(SQL, &[(&old.oid, Type::OID), (&new, Type::TEXT), (&geometry, Type::BOOL)])
        .await
        .map(|row| row.get(0))
        .map_err(|error| target.failed(client, WriteStep::CompareColumns, error))
}

/// SQL for the column names of an index `i`, in its order; null for expressions.
const INDEXED: &str = "(SELECT array_agg(k.attname::text ORDER BY c.place)
    FROM unnest(i.indkey) WITH ORDINALITY c(number, place)
    LEFT JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = c.number)";

/// Whether a table has an index on these columns.
pub(super) async fn has_index(
    client: &Client,
    target: &TargetTable,
    table: &str,
    columns: &[String],
) -> Result<bool, PostgisError> {
    let sql = format!(
        "SELECT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = $1::text::regclass
            AND i.indisvalid AND i.indpred IS NULL AND {INDEXED} = $2::text[])"
    );
    client
        .query_typed_one(&sql, &[(&table, Type::TEXT), (&columns, Type::TEXT_ARRAY)])
        .await
        .map(|row| row.get(0))
        .map_err(|error| target.failed(client, WriteStep::LookForIndex, error))
}

/// Statements to run for a table that replaces another, and the indexes that are lost.
pub(super) struct DependentObjects {
    statements: Vec<String>,
    /// Indexes that the new table won't have.
    pub(super) indexes: Vec<String>,
}

/// Reads owner, grants and triggers of a table as statements, and the lost indexes.
pub(super) async fn dependent_objects(
    client: &Client,
    target: &TargetTable,
    old: &ExistingTable,
    new: &str,
    layout: &TableLayout,
) -> Result<DependentObjects, PostgisError> {
    // To every grantee of the new table by default privileges, and from the old one.
    const REVOKE: &str = "SELECT DISTINCT format('REVOKE ALL ON TABLE %s FROM %s', $2::text,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = $1::text::regclass AND a.grantee <> c.relowner";
    const GRANT: &str = "SELECT format('GRANT %s ON TABLE %s TO %s%s', a.privilege_type, $2::text,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = $1 AND a.grantee <> c.relowner
        UNION ALL SELECT format('GRANT %s (%I) ON TABLE %s TO %s%s', a.privilege_type, o.attname,
            $2::text,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM pg_attribute o JOIN pg_attribute n ON n.attname = o.attname
            AND n.attrelid = $3::text::regclass AND NOT n.attisdropped,
            aclexplode(o.attacl) a
        WHERE o.attrelid = $1 AND o.attnum > 0 AND NOT o.attisdropped";
    const TRIGGERS: &str = "SELECT pg_get_triggerdef(oid) FROM pg_trigger
        WHERE tgrelid = $1 AND NOT tgisinternal ORDER BY tgname";
    let indexes = format!(
        "SELECT ic.relname::text FROM pg_index i
        JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am m ON m.oid = ic.relam
        LEFT JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = i.indkey[0]
        WHERE i.indrelid = $1 AND NOT i.indisprimary
        AND (m.amname <> 'gist' OR k.attname IS DISTINCT FROM 'geom')
        AND {INDEXED} IS DISTINCT FROM $2::text[] ORDER BY 1"
    );
    let failed = |error: tokio_postgres::Error| target.failed(client, STEP, error);
    let mut statements =
        vec![format!("ALTER TABLE {} OWNER TO {}", target.sql, quoted(&old.owner))];
    let sets = [
        client
            .query_typed(REVOKE, &[(&new, Type::TEXT), (&target.sql, Type::TEXT)])
            .await
            .map_err(failed)?,
        client
            .query_typed(
                GRANT,
                &[(&old.oid, Type::OID), (&target.sql, Type::TEXT), (&new, Type::TEXT)],
            )
            .await
            .map_err(failed)?,
        client.query_typed(TRIGGERS, &[(&old.oid, Type::OID)]).await.map_err(failed)?,
    ];
    statements.extend(sets.iter().flatten().map(|row| row.get::<_, String>(0)));
    let indexes = client
        .query_typed(&indexes, &[(&old.oid, Type::OID), (&layout.index, Type::TEXT_ARRAY)])
        .await
        .map_err(failed)?;
    Ok(DependentObjects { statements, indexes: indexes.iter().map(|row| row.get(0)).collect() })
}

/// Waits until nobody reads the old table, drops it, and gives its name and dependent objects to the
/// new one.
pub(super) async fn replace(
    client: &Client,
    target: &TargetTable,
    new: &str,
    dependents: &DependentObjects,
    layout: &TableLayout,
) -> Result<(), PostgisError> {
    let failed = |error: tokio_postgres::Error| target.failed(client, STEP, error);
    let until = Instant::now() + PATIENCE;
    let lock = format!(
        "SAVEPOINT before_lock; SET LOCAL lock_timeout = '1s';
        LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
        target.sql
    );
    while let Err(error) = client.batch_execute(&lock).await {
        if error.code() != Some(&SqlState::LOCK_NOT_AVAILABLE) {
            return Err(failed(error));
        }
        client.batch_execute("ROLLBACK TO SAVEPOINT before_lock").await.map_err(failed)?;
        if Instant::now() > until {
            let seconds = PATIENCE.as_secs();
            return Err(target.refused(
                format!(
                    "열이 달라지는데 다른 사용자가 {seconds}초째 읽고 있습니다. 끝난 뒤에 다시 \
                     하십시오(누구인지는 pg_locks에 있습니다)"
                ),
                format!(
                    "its columns change, and others have been reading it for {seconds} s; try \
                     again when they are done (pg_locks tells who they are)"
                ),
            ));
        }
        tokio::time::sleep(PAUSE).await;
    }
    client.batch_execute(&format!("DROP TABLE {}", target.sql)).await.map_err(failed)?;
    rename(client, target, new, layout).await?;
    client.batch_execute(&dependents.statements.join("; ")).await.map_err(failed)
}

/// Gives a new table its name, and its indexes the names that PostgreSQL would have chosen, if
/// these are free.
pub(super) async fn rename(
    client: &Client,
    target: &TargetTable,
    new: &str,
    layout: &TableLayout,
) -> Result<(), PostgisError> {
    let failed = |error: tokio_postgres::Error| target.failed(client, STEP, error);
    let sql = format!("ALTER TABLE {new} RENAME TO {}", quoted(&target.table));
    client.batch_execute(&sql).await.map_err(failed)?;
    const INDEXES: &str = "SELECT ic.relname::text, i.indisprimary FROM pg_index i
        JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = $1::text::regclass";
    for index in client.query_typed(INDEXES, &[(&target.sql, Type::TEXT)]).await.map_err(failed)? {
        let ending = if index.get(1) { "_pkey" } else { layout.index_ending() };
        // A name has at most 63 bytes.
        let name = format!("{}{ending}", cut(&target.table, 63 - ending.len()));
        let full_name = format!("{}.{}", quoted(&target.schema), quoted(&name));
        let taken: bool = client
            .query_typed_one("SELECT to_regclass($1) IS NOT NULL", &[(&full_name, Type::TEXT)])
            .await
            .map_err(failed)?
            .get(0);
        if !taken {
            let schema = quoted(&target.schema);
            let old = quoted(index.get(0));
            let sql = format!("ALTER INDEX {schema}.{old} RENAME TO {}", quoted(&name));
            client.batch_execute(&sql).await.map_err(failed)?;
        }
    }
    Ok(())
}
