//! State of the database before a table is written: privileges, and the existing table.

use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};

use super::connection::BlockingSession;
use super::error::PostgisError;
use super::record;
use super::request::WriteRequest;
use super::step::WriteStep;
use super::target_table::TargetTable;
use crate::relation::sql_name::quoted;

/// Existing table that can be replaced.
#[derive(Debug)]
pub(super) struct ExistingTable {
    pub(super) oid: u32,
    pub(super) owner: String,
    /// Whether the table has a geometry column.
    pub(super) geometry: bool,
}

/// Checks that a table may be written, before minutes are spent on a file. Changes nothing.
///
/// # Errors
/// [`PostgisError`].
pub fn check(connection: &BlockingSession, request: &WriteRequest<'_>) -> Result<(), PostgisError> {
    let target = TargetTable::of(request)?;
    let client = connection.client();
    connection.wait(async {
        let postgis = postgis(client, &target).await?;
        schema_is_there(client, &target).await?;
        existing_table(client, &target, &postgis).await.map(|_| ())
    })
}

/// Whether the existing table has rows, or rows with geometry.
///
/// # Errors
/// [`PostgisError`].
pub(super) async fn has_rows(
    client: &Client,
    target: &TargetTable,
    with_geometry: bool,
) -> Result<bool, PostgisError> {
    let condition = if with_geometry { "geom IS NOT NULL" } else { "true" };
    let sql = format!("SELECT EXISTS (SELECT FROM {} WHERE {condition})", target.sql);
    let row = client.query_typed_one(&sql, &[]).await;
    row.map(|row| row.get(0)).map_err(|error| target.failed(client, WriteStep::LookAtTable, error))
}

/// Schema of PostGIS, as a name in SQL.
pub(super) async fn postgis(client: &Client, target: &TargetTable) -> Result<String, PostgisError> {
    const SQL: &str = "SELECT n.nspname::text FROM pg_extension e
        JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'";
    let row = client
        .query_typed_opt(SQL, &[])
        .await
        .map_err(|error| target.failed(client, WriteStep::LookForPostgis, error))?;
    let Some(row) = row else {
        return Err(target.refused(
            "데이터베이스에 PostGIS가 없습니다. 권한이 있는 사용자가 CREATE EXTENSION postgis를 \
             실행해야 합니다",
            "the database has no PostGIS; who may do so runs CREATE EXTENSION postgis in it",
        ));
    };
    Ok(quoted(row.get(0)))
}

/// Whether the schema exists. An error if the role can't create the table in it or, if missing,
/// the schema.
pub(super) async fn schema_is_there(
    client: &Client,
    target: &TargetTable,
) -> Result<bool, PostgisError> {
    const SQL: &str = "SELECT current_user::text, current_database()::text,
        has_database_privilege(current_database(), 'CREATE'),
        (SELECT has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid, 'CREATE')
            FROM pg_namespace WHERE nspname = $1)";
    let row = client
        .query_typed_one(SQL, &[(&target.schema, Type::TEXT)])
        .await
        .map_err(|error| target.failed(client, WriteStep::LookAtSchema, error))?;
    let (user, database): (String, String) = (row.get(0), row.get(1));
    let (user, schema) = (quoted(&user), quoted(&target.schema));
    match row.get(3) {
        Some(true) => Ok(true),
        Some(false) => Err(target.refused(
            format!(
                "역할 {user}은(는) 스키마 {schema}에 테이블을 만들 수 없습니다. 스키마의 소유자가 \
                 GRANT USAGE, CREATE ON SCHEMA {schema} TO {user}를 실행해야 합니다"
            ),
            format!(
                "the role {user} may not make tables in the schema {schema}; its owner runs \
                 GRANT USAGE, CREATE ON SCHEMA {schema} TO {user}"
            ),
        )),
        None if row.get(2) => Ok(false),
        None => {
            let database = quoted(&database);
            Err(target.refused(
                format!(
                    "스키마 {schema}이(가) 없고 역할 {user}은(는) 만들 수 없습니다. 권한이 있는 \
                     사용자가 데이터베이스 {database}에서 CREATE SCHEMA {schema} AUTHORIZATION \
                     {user}를 실행해야 합니다"
                ),
                format!(
                    "there is no schema {schema}, and the role {user} may not make one; who may \
                     runs CREATE SCHEMA {schema} AUTHORIZATION {user} in the database {database}"
                ),
            ))
        }
    }
}

/// The existing table; an error if it can't be replaced.
pub(super) async fn existing_table(
    client: &Client,
    target: &TargetTable,
    postgis: &str,
) -> Result<Option<ExistingTable>, PostgisError> {
    const SQL: &str = "SELECT c.oid, c.relkind::text, pg_get_userbyid(c.relowner)::text,
        pg_has_role(c.relowner, 'USAGE'),
        EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
            AND a.attname = 'fid' AND a.atttypid = 'pg_catalog.int8'::regtype),
        EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
            AND d.objid = c.oid AND d.deptype = 'e'),
        c.relispartition OR EXISTS (SELECT FROM pg_inherits i
            WHERE i.inhparent = c.oid OR i.inhrelid = c.oid),
        c.relforcerowsecurity,
        EXISTS (SELECT FROM pg_attribute a
            JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace tn ON tn.oid = t.typnamespace
            WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname = 'geom'
            AND t.typname = 'geometry' AND quote_ident(tn.nspname) = $3),
        EXISTS (SELECT FROM pg_index i JOIN pg_attribute k
            ON k.attrelid = i.indrelid AND i.indnatts = 1 AND k.attnum = i.indkey[0]
            WHERE i.indrelid = c.oid AND i.indisprimary AND k.attname = 'fid')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = $2";
    // As quote_ident writes it: without quotes where none are needed.
    let plain = postgis.trim_matches('"').to_owned();
    let simple = plain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let postgis = if simple { &plain } else { postgis };
    let parameters: [(&(dyn ToSql + Sync), Type); 3] =
        [(&target.schema, Type::TEXT), (&target.table, Type::TEXT), (&postgis, Type::TEXT)];
    let row = client
        .query_typed_opt(SQL, &parameters)
        .await
        .map_err(|error| target.failed(client, WriteStep::LookAtTable, error))?;
    let Some(row) = row else { return Ok(None) };
    let kind: String = row.get(1);
    let owner: String = row.get(2);
    let (has_fid, geometry, has_key): (bool, bool, bool) = (row.get(4), row.get(8), row.get(9));
    let is_replaceable = match geometry {
        true => has_fid,
        // Columns alone don't tell a table of values from anybody's: the record does.
        false if has_fid && has_key && kind == "r" => record::digest(client, target)
            .await?
            .is_some_and(|digest| digest.starts_with(record::VALUES)),
        false => false,
    };
    let (ko, en) = if kind != "r" {
        let (ko, en) = match &*kind {
            "v" | "m" => ("뷰", "a view"),
            "p" => ("분할 테이블", "a partitioned table"),
            "f" => ("외부 테이블", "a foreign table"),
            "S" => ("시퀀스", "a sequence"),
            "i" | "I" => ("색인", "an index"),
            _ => ("다른 종류의 것", "another kind of thing"),
        };
        (
            format!("같은 이름의 {ko}이(가) 있습니다. 다른 id나 다른 스키마를 쓰십시오"),
            format!("{en} has that name; use another id or another schema"),
        )
    } else if row.get(5) {
        (
            "확장에 딸린 테이블입니다. 다른 id나 다른 스키마를 쓰십시오".to_owned(),
            "that table belongs to an extension; use another id or another schema".to_owned(),
        )
    } else if !is_replaceable {
        (
            "같은 이름의 테이블을 이 프로그램이 쓰지 않았습니다(fid bigint와 geom geometry 열이 없고, \
             tile_server_loads에도 값의 테이블로 적혀 있지 않습니다). 다른 id나 다른 스키마를 쓰거나 \
             먼저 지우십시오"
                .to_owned(),
            "the table of that name was not written by this program (it has no columns fid bigint \
             and geom geometry, and tile_server_loads does not name it as one of values); use \
             another id or another schema, or drop it first"
                .to_owned(),
        )
    } else if row.get(6) {
        (
            "상속에 딸린 테이블입니다. 먼저 상속에서 빼십시오".to_owned(),
            "that table is part of an inheritance tree; take it out of it first".to_owned(),
        )
    } else if row.get(7) {
        (
            "소유자에게도 행 보안이 걸린 테이블이어서 통째로 바꿀 수 없습니다".to_owned(),
            "row security is forced on that table, even for its owner; it can't be replaced whole"
                .to_owned(),
        )
    } else if !row.get::<_, bool>(3) {
        let owner = quoted(&owner);
        (
            format!("역할 {owner}의 테이블입니다. {owner}(이)나 그 구성원으로 접속하십시오"),
            format!("that table belongs to the role {owner}; connect as {owner} or a member of it"),
        )
    } else {
        return Ok(Some(ExistingTable { oid: row.get(0), owner, geometry }));
    };
    Err(target.refused(ko, en))
}
