//! Search for requested tables without geometry.
//!
//! A schema may hold thousands of tables that have nothing to do with a map. So tables without
//! geometry are looked for by name only, and kept apart from the tables that can be layers.

use std::collections::BTreeSet;

use tokio_postgres::Error;
use tokio_postgres::types::Type;

use super::catalog_queries::{SPATIAL_TYPES, SchemaNames, requested_schemas};
use super::left_out::{unnameable, unreadable};
use crate::connection::transaction::{StatementParameter, TransactionReader};
use crate::relation::relation::Relation;
use crate::relation::relation_kind::TableKind;
use crate::relation::relation_name::RelationName;
use crate::relation::stored_text::{CatalogText, StoredEncoding};
use crate::relation::values_table::ValuesTable;
use crate::writer::RECORD_TABLE;

/// Query for the requested relations that have no geometry column, and whether the role may
/// read any column of them. Their names are the bytes `$3`, in the requested schemas, and in
/// that of the number `$4` only if not null. Relations are found by the index of names,
/// whatever else there is.
fn query(encoding: StoredEncoding) -> String {
    format!(
        "
WITH RECURSIVE {schemas}, {SPATIAL_TYPES}, asked(name, schema) AS (
    SELECT pg_catalog.convert_from(a.name, '{encoding}'), a.schema
    FROM unnest($3::bytea[], $4::int4[]) AS a(name, schema)
)
SELECT DISTINCT ON (s.number, c.relname)
    c.oid::int8, s.number, {table}, c.relkind::text,
    has_any_column_privilege(c.oid, 'SELECT'), {comment}
FROM asked
JOIN requested_schemas s ON asked.schema IS NULL OR asked.schema = s.number
JOIN pg_namespace n ON n.nspname::text = s.name
JOIN pg_class c ON c.relname = asked.name AND c.relnamespace = n.oid
WHERE has_schema_privilege(n.oid, 'USAGE') AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
    AND c.relpersistence <> 't' AND NOT c.relispartition AND c.relname <> '{RECORD_TABLE}'
    AND NOT EXISTS (SELECT FROM pg_attribute a JOIN spatial s ON s.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
ORDER BY s.number, c.relname",
        schemas = requested_schemas(encoding),
        encoding = encoding.name(),
        table = encoding.bytes("c.relname::text"),
        comment = encoding.bytes("obj_description(c.oid, 'pg_class')"),
    )
}

/// Finds the tables of these names, without columns and change tokens yet, in the order of the schemas;
/// and a notice for each that can't be read.
pub(crate) async fn find(
    reader: TransactionReader<'_>,
    encoding: StoredEncoding,
    names: &SchemaNames,
    schemas: &[String],
    requested: &BTreeSet<RelationName>,
) -> Result<(Vec<ValuesTable>, Vec<String>), Error> {
    let (mut found, mut notices) = (Vec::new(), Vec::new());
    let (mut tables, mut within) = (Vec::new(), Vec::new());
    // Names longer than PostgreSQL's are no relation's; cast, they would be cut.
    for name in requested {
        let number = |schema: &String| {
            let position = schemas.iter().position(|known| known == schema);
            position.and_then(|position| i32::try_from(position).ok()).unwrap_or(-1)
        };
        let schema = name.schema.as_ref().map(number);
        for bytes in encoding.encoded(&name.table) {
            tables.push(bytes);
            within.push(schema);
        }
    }
    if tables.is_empty() {
        return Ok((found, notices));
    }
    let [schema_bytes, numbers] = names.parameters();
    let parameters: [StatementParameter<'_>; 4] =
        [schema_bytes, numbers, (&tables, Type::BYTEA_ARRAY), (&within, Type::INT4_ARRAY)];
    for row in reader.rows(&query(encoding), &parameters).await? {
        let comment: Option<&[u8]> = row.try_get(5)?;
        let comment = comment.map(|comment| CatalogText::read(encoding, comment));
        let number = usize::try_from(row.try_get::<_, i32>(1)?).unwrap_or_default();
        let name = CatalogText::read(encoding, row.try_get(2)?);
        let schema = schemas.get(number).cloned().unwrap_or_default();
        let oid = u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default();
        let kind = TableKind::of(row.try_get(3)?);
        let relation = Relation::discovered(schema, name.text, oid, kind, comment);
        let table = ValuesTable { relation };
        if !name.is_writable {
            notices.push(unnameable(&table.full_name()));
        } else if row.try_get(4)? {
            found.push(table);
        } else {
            notices.push(unreadable(&table.full_name(), &table.quoted_name()));
        }
    }
    Ok((found, notices))
}
