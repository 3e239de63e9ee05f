//! Catalog queries for schemas and geometry columns, which take no lock on a table.

use tokio_postgres::types::Type;

use crate::connection::transaction::StatementParameter;
use crate::relation::stored_text::StoredEncoding;

/// Query for the server: database encoding, digest of the start of its counting, whether it
/// counts changes, whether it is a standby, and the schema of PostGIS.
pub(crate) const SERVER: &str = "
SELECT pg_catalog.getdatabaseencoding()::text,
    md5(concat_ws(' ', current_database(), current_user, pg_postmaster_start_time(),
        pg_stat_get_db_stat_reset_time(d.oid), pg_stat_get_bgwriter_stat_reset_time())),
    current_setting('track_counts')::bool,
    pg_is_in_recovery(),
    (SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'postgis')
FROM pg_database d WHERE d.datname = current_database()";

/// Table expression of the requested schemas: the bytes `$1` of their names, each with its
/// number in `$2`.
pub(crate) fn requested_schemas(encoding: StoredEncoding) -> String {
    format!(
        "requested_schemas(name, number) AS (
    SELECT pg_catalog.convert_from(a.name, '{}'), a.number
    FROM unnest($1::bytea[], $2::int4[]) AS a(name, number)
)",
        encoding.name()
    )
}

/// Query for the requested schemas that exist, and whether the role may use them.
pub(crate) fn schemas_query(encoding: StoredEncoding) -> String {
    format!(
        "
WITH {}
SELECT a.number, has_schema_privilege(n.oid, 'USAGE')
FROM requested_schemas a JOIN pg_namespace n ON n.nspname::text = a.name",
        requested_schemas(encoding)
    )
}

/// Table expression, for a recursive `WITH`, of geometry, geography and domains over them.
pub(crate) const SPATIAL_TYPES: &str = "spatial(oid, kind, modifier) AS (
    SELECT t.oid, t.typname::text, -1
    FROM pg_type t JOIN pg_extension e ON e.extname = 'postgis' AND t.typnamespace = e.extnamespace
    WHERE t.typname IN ('geometry', 'geography')
    UNION ALL
    SELECT t.oid, s.kind, CASE WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE s.modifier END
    FROM pg_type t JOIN spatial s ON t.typbasetype = s.oid WHERE t.typtype = 'd'
)";

/// Query for the geometry columns of the requested schemas; a partition is part of its parent.
pub(crate) fn geometries(encoding: StoredEncoding) -> String {
    format!(
        "
WITH RECURSIVE {asked}, {SPATIAL_TYPES}
SELECT c.oid::int8, asked.number, {schema}, {table}, c.relkind::text, {column}, s.kind,
    (CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE s.modifier END)::int4,
    has_column_privilege(c.oid, a.attnum, 'SELECT'),
    {comment},
    EXISTS (SELECT FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
        JOIN pg_am am ON am.oid = ic.relam
        WHERE i.indrelid = c.oid AND i.indisvalid AND i.indkey[0] = a.attnum
            AND am.amname IN ('gist', 'spgist', 'brin')),
    (SELECT {key} FROM pg_index i
        JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = i.indkey[0]
        WHERE i.indrelid = c.oid AND i.indisprimary AND i.indisvalid AND i.indnkeyatts = 1
            AND k.atttypid IN (20, 21, 23)),
    (SELECT count(*) FROM pg_attribute p WHERE p.attrelid = c.oid AND p.attnum > 0
        AND p.attnum <= a.attnum AND NOT p.attisdropped)
FROM requested_schemas asked
JOIN pg_namespace n ON n.nspname::text = asked.name
JOIN pg_class c ON c.relnamespace = n.oid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN spatial s ON s.oid = a.atttypid
WHERE has_schema_privilege(n.oid, 'USAGE')
    AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND c.relpersistence <> 't'
    AND NOT c.relispartition
ORDER BY asked.number, c.relname, a.attnum",
        asked = requested_schemas(encoding),
        schema = encoding.bytes("n.nspname::text"),
        table = encoding.bytes("c.relname::text"),
        column = encoding.bytes("a.attname::text"),
        comment = encoding.bytes("obj_description(c.oid, 'pg_class')"),
        key = encoding.bytes("k.attname::text"),
    )
}

/// Names of schemas for a query, in each encoding that they may be stored in.
pub(crate) struct SchemaNames {
    pub(crate) bytes: Vec<Vec<u8>>,
    /// For each of `bytes`, the number of the name that it encodes.
    pub(crate) numbers: Vec<i32>,
}

impl SchemaNames {
    pub(crate) fn of<'n>(names: impl Iterator<Item = &'n str>, encoding: StoredEncoding) -> Self {
        let mut encoded_names = Self { bytes: Vec::new(), numbers: Vec::new() };
        for (number, name) in (0i32..).zip(names) {
            for bytes in encoding.encoded(name) {
                encoded_names.bytes.push(bytes);
                encoded_names.numbers.push(number);
            }
        }
        encoded_names
    }

    pub(crate) fn parameters(&self) -> [StatementParameter<'_>; 2] {
        [(&self.bytes, Type::BYTEA_ARRAY), (&self.numbers, Type::INT4_ARRAY)]
    }
}
