//! Tables without geometry: rows of values that refer to a feature by a key.
//!
//! A schema may hold thousands of tables that have nothing to do with a map. So tables without
//! geometry are looked for by name only, and kept apart from the tables that can be layers.

use std::collections::BTreeSet;

use tokio_postgres::Error;
use tokio_postgres::types::Type;

use super::catalog_queries::{AskedNames, SPATIAL_TYPES, asked_schemas};
use super::column::{TableColumn, title_and_rest};
use super::discover::unnameable;
use super::stored_text::{CatalogText, StoredEncoding};
use super::table::{FetchOptions, TableKind, TableSign, quoted};
use super::transaction::{StatementParameter, TransactionReader};
use super::writer::RECORD_TABLE;
use data_model::feature::FeatureSchema;

/// Name of a requested relation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationName {
    /// Schema; `None` for any of the schemas that are read.
    pub schema: Option<String>,
    /// Name of the relation.
    pub table: String,
}

/// A table, view or the like without any geometry column.
#[derive(Debug, Clone, PartialEq)]
pub struct ValuesTable {
    /// Name of the schema, not quoted.
    pub schema: String,
    /// Name of the relation, not quoted.
    pub name: String,
    /// Oid of the relation, which renaming does not change.
    pub oid: u32,
    /// Kind of the relation.
    pub kind: TableKind,
    /// Columns that the role may read, in the order of the table.
    pub columns: Vec<TableColumn>,
    /// First line of the table's comment.
    pub title: Option<String>,
    /// Rest of the table's comment.
    pub description: Option<String>,
    /// Planner's estimate of the number of rows; `None` for views, and before the first
    /// `ANALYZE`.
    pub estimated_rows: Option<u64>,
    /// Bytes of storage without indexes; `None` if the relation has none of its own.
    pub bytes_on_disk: Option<u64>,
    /// Digest that changes whenever rows may have changed.
    pub sign: TableSign,
    /// Column naming and text encoding in SQL.
    pub fetching: FetchOptions,
}

impl ValuesTable {
    /// Schema and name, for people: `public.resident_pop_dong`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// Schema that a scan passes to its visitor first.
    #[must_use]
    pub fn scan_schema(&self) -> FeatureSchema {
        FeatureSchema {
            columns: self.columns.iter().map(|column| column.column.clone()).collect(),
            feature_count: None,
            title: self.title.clone(),
            description: self.description.clone(),
        }
    }

    /// The relation, quoted.
    pub(super) fn relation(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }

    /// Relation as the source of a query.
    pub(super) fn source_sql(&self) -> String {
        self.relation() + &self.fetching.naming.alias()
    }
}

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
JOIN asked_schemas s ON asked.schema IS NULL OR asked.schema = s.number
JOIN pg_namespace n ON n.nspname::text = s.name
JOIN pg_class c ON c.relname = asked.name AND c.relnamespace = n.oid
WHERE has_schema_privilege(n.oid, 'USAGE') AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
    AND c.relpersistence <> 't' AND NOT c.relispartition AND c.relname <> '{RECORD_TABLE}'
    AND NOT EXISTS (SELECT FROM pg_attribute a JOIN spatial s ON s.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
ORDER BY s.number, c.relname",
        schemas = asked_schemas(encoding),
        encoding = encoding.name(),
        table = encoding.bytes("c.relname::text"),
        comment = encoding.bytes("obj_description(c.oid, 'pg_class')"),
    )
}

/// Finds the tables of these names, without columns and signs yet, in the order of the schemas;
/// and a notice for each that can't be read.
pub(super) async fn find(
    reader: TransactionReader<'_>,
    encoding: StoredEncoding,
    names: &AskedNames,
    schemas: &[String],
    asked: &BTreeSet<RelationName>,
) -> Result<(Vec<ValuesTable>, Vec<String>), Error> {
    let (mut found, mut notices) = (Vec::new(), Vec::new());
    let (mut tables, mut within) = (Vec::new(), Vec::new());
    // Names longer than PostgreSQL's are no relation's; cast, they would be cut.
    for name in asked {
        let number = |schema: &String| {
            let place = schemas.iter().position(|known| known == schema);
            place.and_then(|place| i32::try_from(place).ok()).unwrap_or(-1)
        };
        let schema = name.schema.as_ref().map(number);
        for form in encoding.forms(&name.table) {
            tables.push(form);
            within.push(schema);
        }
    }
    if tables.is_empty() {
        return Ok((found, notices));
    }
    let [bytes, numbers] = names.parameters();
    let parameters: [StatementParameter<'_>; 4] =
        [bytes, numbers, (&tables, Type::BYTEA_ARRAY), (&within, Type::INT4_ARRAY)];
    for row in reader.rows(&query(encoding), &parameters).await? {
        let comment: Option<&[u8]> = row.try_get(5)?;
        let comment = comment.map(|comment| CatalogText::read(encoding, comment));
        let comment = comment.filter(|comment| comment.is_whole);
        let (title, description) = title_and_rest(comment.as_ref().map(|comment| &*comment.text));
        let number = usize::try_from(row.try_get::<_, i32>(1)?).unwrap_or_default();
        let name = CatalogText::read(encoding, row.try_get(2)?);
        let table = ValuesTable {
            schema: schemas.get(number).cloned().unwrap_or_default(),
            name: name.text,
            oid: u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default(),
            kind: TableKind::of(row.try_get(3)?),
            columns: Vec::new(),
            title,
            description,
            estimated_rows: None,
            bytes_on_disk: None,
            sign: TableSign(0),
            fetching: FetchOptions::default(),
        };
        if !name.is_writable {
            notices.push(unnameable(&table.full_name()));
        } else if row.try_get(4)? {
            found.push(table);
        } else {
            notices.push(unreadable(&table.full_name(), &table.relation()));
        }
    }
    Ok((found, notices))
}

/// Notice of a relation that may not be read, and what to do.
pub(super) fn unreadable(name: &str, relation: &str) -> String {
    format!(
        "{name} is left out: the role of the URL may not read it; run GRANT SELECT ON \
         {relation} TO that role"
    )
}
