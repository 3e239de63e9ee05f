//! Tables without geometry: rows of values, which name a feature by a key.
//!
//! A schema may hold thousands of tables that have nothing to do with a map. So these
//! are looked for by name alone, and are kept apart from the tables that can be layers.

use std::collections::BTreeSet;

use tokio_postgres::{Client, Error};

use super::column::{TableColumn, title_and_rest};
use super::discover::SPATIAL_TYPES;
use super::table::{TableKind, TableSign, quoted};
use super::writer::RECORD_TABLE;
use crate::feature::Schema;

/// A relation by name, as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationName {
    /// Its schema; any of those that are looked at where `None`.
    pub schema: Option<String>,
    /// Its name.
    pub table: String,
}

/// A table, view or the like without any geometry column.
#[derive(Debug, Clone, PartialEq)]
pub struct ValuesTable {
    /// The schema's name, as it is (not quoted).
    pub schema: String,
    /// The relation's name, as it is.
    pub name: String,
    /// The relation's number, which a change of its name does not change.
    pub oid: u32,
    /// What the relation is.
    pub kind: TableKind,
    /// The columns that the role may read, in the order of the table.
    pub columns: Vec<TableColumn>,
    /// The first line of the table's comment.
    pub title: Option<String>,
    /// The rest of the table's comment.
    pub description: Option<String>,
    /// How many rows the planner believes there are; `None` for views, and
    /// before the first `ANALYZE`.
    pub estimated_rows: Option<u64>,
    /// Bytes of storage without indexes; `None` for what has none of its own.
    pub bytes_on_disk: Option<u64>,
    /// Changes whenever rows may have changed.
    pub sign: TableSign,
}

impl ValuesTable {
    /// Schema and name, for people: `public.resident_pop_dong`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// What a scan tells its visitor first.
    #[must_use]
    pub fn scan_schema(&self) -> Schema {
        Schema {
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
}

/// The relations of the names `$1` (in the schemas `$2`, where not null) among the
/// schemas `$3` that have no geometry column, and whether the role may read any column
/// of them. They are found by the index of names, whatever else there is.
fn query() -> String {
    format!(
        "{SPATIAL_TYPES}
SELECT DISTINCT ON (array_position($3::text[], n.nspname::text), c.relname)
    c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text,
    has_any_column_privilege(c.oid, 'SELECT'), obj_description(c.oid, 'pg_class')
FROM unnest($1::text[], $2::text[]) AS asked(name, schema)
JOIN pg_namespace n ON n.nspname = ANY($3::text[])
    AND (asked.schema IS NULL OR n.nspname = asked.schema)
JOIN pg_class c ON c.relname = asked.name AND c.relnamespace = n.oid
WHERE has_schema_privilege(n.oid, 'USAGE') AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
    AND c.relpersistence <> 't' AND NOT c.relispartition AND c.relname <> '{RECORD_TABLE}'
    AND NOT EXISTS (SELECT FROM pg_attribute a JOIN spatial s ON s.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
ORDER BY array_position($3::text[], n.nspname::text), c.relname"
    )
}

/// The tables of these names, without columns and signs yet, in the order of the
/// schemas; and a notice for each that the role may not read.
pub(super) async fn find(
    client: &Client,
    schemas: &[String],
    asked: &BTreeSet<RelationName>,
) -> Result<(Vec<ValuesTable>, Vec<String>), Error> {
    // Names longer than PostgreSQL's are no relation's; cast, they would be cut.
    let names: Vec<&str> = asked.iter().map(|name| name.table.as_str()).collect();
    let within: Vec<Option<&str>> = asked.iter().map(|name| name.schema.as_deref()).collect();
    let (mut found, mut notices) = (Vec::new(), Vec::new());
    if asked.is_empty() {
        return Ok((found, notices));
    }
    for row in client.query(&query(), &[&names, &within, &schemas]).await? {
        let (title, description) = title_and_rest(row.try_get::<_, Option<&str>>(5)?);
        let table = ValuesTable {
            schema: row.try_get(1)?,
            name: row.try_get(2)?,
            oid: u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default(),
            kind: TableKind::of(row.try_get(3)?),
            columns: Vec::new(),
            title,
            description,
            estimated_rows: None,
            bytes_on_disk: None,
            sign: TableSign(0),
        };
        if row.try_get(4)? {
            found.push(table);
        } else {
            notices.push(unreadable(&table.full_name(), &table.relation()));
        }
    }
    Ok((found, notices))
}

/// Why a relation is left out, and what to do.
pub(super) fn unreadable(name: &str, relation: &str) -> String {
    format!(
        "{name} is left out: the role of the URL may not read it; run GRANT SELECT ON \
         {relation} TO that role"
    )
}
