//! What tables there are: read from the catalogs, which takes no lock on a table.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio_postgres::Client;

use super::attributes::Attributes;
use super::column::title_and_rest;
use super::crs::{Crs, CrsList, read_definitions};
use super::modifier::Modifier;
use super::sign::{self, CLOCK_SECONDS, Numbers};
use super::table::{SpatialType, Table, TableKind, TableSign, quoted};
use super::values::{self, RelationName, ValuesTable};

/// The server: when it began to count, whether it counts, where PostGIS is, and
/// which of the schemas `$1` are missing or closed.
const SERVER: &str = "
SELECT concat_ws(' ', current_database(), current_user, pg_postmaster_start_time(),
        pg_stat_get_db_stat_reset_time(d.oid), pg_stat_get_bgwriter_stat_reset_time()),
    current_setting('track_counts')::bool,
    pg_is_in_recovery(),
    (SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'postgis'),
    ARRAY(SELECT s FROM unnest($1::text[]) s
        WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = s)),
    ARRAY(SELECT nspname::text FROM pg_namespace
        WHERE nspname = ANY($1::text[]) AND NOT has_schema_privilege(oid, 'USAGE'))
FROM pg_database d WHERE d.datname = current_database()";

/// Geometry and geography, and domains over them; a query follows.
pub(super) const SPATIAL_TYPES: &str = "
WITH RECURSIVE spatial(oid, kind, modifier) AS (
    SELECT t.oid, t.typname::text, -1
    FROM pg_type t JOIN pg_extension e ON e.extname = 'postgis' AND t.typnamespace = e.extnamespace
    WHERE t.typname IN ('geometry', 'geography')
    UNION ALL
    SELECT t.oid, s.kind, CASE WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE s.modifier END
    FROM pg_type t JOIN spatial s ON t.typbasetype = s.oid WHERE t.typtype = 'd'
)";

/// The geometry columns of the schemas `$1`; a partition is part of its parent.
const GEOMETRIES: &str = "
SELECT c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text, a.attname::text, s.kind,
    (CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE s.modifier END)::int4,
    has_column_privilege(c.oid, a.attnum, 'SELECT'),
    obj_description(c.oid, 'pg_class'),
    EXISTS (SELECT FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
        JOIN pg_am am ON am.oid = ic.relam
        WHERE i.indrelid = c.oid AND i.indisvalid AND i.indkey[0] = a.attnum
            AND am.amname IN ('gist', 'spgist', 'brin')),
    (SELECT k.attname::text FROM pg_index i
        JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
        WHERE i.indrelid = c.oid AND i.indisprimary AND i.indisvalid AND i.indnkeyatts = 1
            AND k.atttypid IN (20, 21, 23))
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN spatial s ON s.oid = a.atttypid
WHERE n.nspname = ANY($1::text[]) AND has_schema_privilege(n.oid, 'USAGE')
    AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND c.relpersistence <> 't'
    AND NOT c.relispartition
ORDER BY array_position($1::text[], n.nspname::text), c.relname, a.attnum";

/// What one look at the catalogs found.
#[derive(Debug, Default)]
pub(super) struct Discovery {
    pub(super) tables: Vec<Found>,
    /// Of the tables without geometry, those asked for.
    pub(super) values: Vec<ValuesTable>,
    /// What the operator should know, said once: tables that may not be read, types
    /// that are left out.
    pub(super) notices: BTreeSet<String>,
    /// Why some of the schemas can't be used, and what to do: one line for each.
    pub(super) notes: Vec<String>,
    /// Quoted name of the schema of PostGIS.
    pub(super) extension: String,
}

/// A table, and what is asked of the server about it by oid.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) oid: u32,
    pub(super) table: Table,
}

/// Why a look found nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum DiscoveryError {
    /// The connection, or a query.
    #[error(transparent)]
    Query(#[from] tokio_postgres::Error),
    /// The database is not as it must be: what to do.
    #[error("{0}")]
    Database(String),
}

/// Looks at the catalogs once. Of tables without geometry those of the names `asked`
/// are looked for. `crs` are the CRS met before, and is added to.
pub(super) async fn discover(
    client: &Client,
    schemas: &[String],
    asked: &BTreeSet<RelationName>,
    crs: &parking_lot::Mutex<CrsList>,
) -> Result<Discovery, DiscoveryError> {
    let server = client.query_one(SERVER, &[&schemas]).await?;
    let database = |reason: String| DiscoveryError::Database(reason);
    let (since, counts, standby): (String, bool, bool) =
        (server.try_get(0)?, server.try_get(1)?, server.try_get(2)?);
    let Some(extension) = server.try_get::<_, Option<String>>(3)? else {
        let reason = "the database has no PostGIS: run CREATE EXTENSION postgis in it";
        return Err(database(reason.to_owned()));
    };
    let notes = unusable(&server.try_get::<_, Vec<String>>(4)?, &server.try_get::<_, Vec<_>>(5)?);
    let mut found = Discovery { extension: quoted(&extension), notes, ..Discovery::default() };
    for row in client.query(&format!("{SPATIAL_TYPES}{GEOMETRIES}"), &[&schemas]).await? {
        let geometry = Geometry {
            oid: u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default(),
            relation_kind: row.try_get(3)?,
            geography: row.try_get::<_, &str>(5)? == "geography",
            modifier: Modifier(row.try_get(6)?),
        };
        let table = geometry.table(&row, &found.extension)?;
        if row.try_get::<_, bool>(7)? {
            found.tables.push(Found { oid: geometry.oid, table });
        } else {
            found.notices.insert(values::unreadable(&table.full_name(), &table.relation()));
        }
    }
    let (values, notices) = values::find(client, schemas, asked).await?;
    found.values = values;
    found.notices.extend(notices);
    let oids = found.tables.iter().map(|found| found.oid);
    let oids: Vec<u32> = oids.chain(found.values.iter().map(|table| table.oid)).collect();
    add_columns(&mut found, &Attributes::read(client, &oids).await?);
    add_crs(client, &mut found, crs).await?;

    let numbers = sign::read_numbers(client, &oids).await?;
    let uncounted = match (counts, standby) {
        (false, _) => Some("track_counts is off"),
        (_, true) => Some("a standby server counts no changes"),
        _ => None,
    };
    add_signs(&mut found, &Counting { since: &since, uncounted, numbers });
    Ok(found)
}

/// Why schemas that are missing, or closed to the role, can't be used: one line for
/// each of them. They are schemas without tables, even where there is no other: a
/// right that is taken away unpublishes what it gave.
fn unusable(missing: &[String], closed: &[String]) -> Vec<String> {
    let missing = missing
        .iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|name| format!("the database has no schema {name:?}: create it, or name another"));
    let closed = closed.iter().map(|name| {
        format!(
            "the role of the URL may not use schema {name:?}: run GRANT USAGE ON SCHEMA {} TO \
             that role",
            quoted(name)
        )
    });
    missing.chain(closed).collect()
}

/// What a row of [`GEOMETRIES`] says in numbers.
struct Geometry {
    oid: u32,
    relation_kind: String,
    geography: bool,
    modifier: Modifier,
}

impl Geometry {
    fn table(
        &self,
        row: &tokio_postgres::Row,
        extension: &str,
    ) -> Result<Table, tokio_postgres::Error> {
        let (title, description) = title_and_rest(row.try_get::<_, Option<&str>>(8)?);
        let kind = TableKind::of(&self.relation_kind);
        let spatial_type =
            if self.geography { SpatialType::Geography } else { SpatialType::Geometry };
        let srid = self.modifier.srid();
        Ok(Table {
            schema: row.try_get(1)?,
            name: row.try_get(2)?,
            geometry_column: row.try_get(4)?,
            oid: self.oid,
            kind,
            columns: Vec::new(),
            id_column: row.try_get(10)?,
            geometry: self.modifier.kind(),
            spatial_type,
            srid: if self.geography { Some(srid.unwrap_or(4326)) } else { srid },
            title,
            description,
            estimated_rows: None,
            bytes_on_disk: None,
            estimated_bounds: None,
            has_spatial_index: row.try_get(9)?,
            sign: TableSign(0),
            crs: None,
            may_hold_arcs: !self.geography && self.modifier.may_hold_arcs(),
            extension: extension.to_owned(),
        })
    }
}

/// Gives every table its columns.
fn add_columns(found: &mut Discovery, attributes: &Attributes) {
    let Discovery { tables, values, notices, .. } = found;
    for Found { oid, table } in tables {
        table.columns = attributes.of(*oid, || table.full_name(), notices);
        let readable = |id: &String| table.columns.iter().any(|column| &column.column.name == id);
        table.id_column = table.id_column.take().filter(readable);
    }
    for table in values {
        table.columns = attributes.of(table.oid, || table.full_name(), notices);
    }
}

/// Finds the CRS of every declared SRID, and looks again at those met in rows.
async fn add_crs(
    client: &Client,
    found: &mut Discovery,
    list: &parking_lot::Mutex<CrsList>,
) -> Result<(), tokio_postgres::Error> {
    let declared = found.tables.iter().filter_map(|found| found.table.srid);
    let mut asked: BTreeSet<u32> = declared.filter(|&srid| Crs::known(srid).is_none()).collect();
    asked.extend(list.lock().defined());
    let asked: Vec<u32> = asked.into_iter().collect();
    // Where the table of definitions may not be read, no SRID of its own is known:
    // the tables that have one say so, and the others are served.
    let definitions = match read_definitions(client, &found.extension, &asked).await {
        Err(error) if error.is_closed() || error.code().is_none() => return Err(error),
        Err(error) => {
            found.notices.insert(format!("spatial_ref_sys can't be read: {error}"));
            Vec::new()
        }
        Ok(definitions) => definitions,
    };
    let mut list = list.lock();
    for crs in definitions {
        list.keep(crs);
    }
    for Found { table, .. } in &mut found.tables {
        table.crs = table.srid.and_then(|srid| match list.get(srid) {
            Some(crs) => Some(crs),
            None => Crs::known(srid).map(|crs| list.keep(crs)),
        });
        if let Some(Err(reason)) = table.crs.as_ref().map(|crs| crs.projection.as_ref()) {
            let name = table.full_name();
            found.notices.insert(format!("{name} has no place on the map: {reason}"));
        }
    }
    Ok(())
}

/// How a server counts, and why it does not where it does not.
struct Counting<'a> {
    /// Since when it counts.
    since: &'a str,
    uncounted: Option<&'static str>,
    numbers: HashMap<u32, Numbers>,
}

/// What is known by numbers of one relation.
struct Counted<'a> {
    numbers: &'a str,
    /// The number of the five minutes, where changes can't be counted.
    clock: Option<u64>,
    /// How many rows the planner believes there are.
    rows: Option<u64>,
}

impl Counting<'_> {
    fn of(&self, oid: u32, name: &str, notices: &mut BTreeSet<String>) -> Counted<'_> {
        // What was dropped since it was found has no numbers; the next look shows it.
        let numbers = self.numbers.get(&oid);
        let reason = match (self.uncounted, numbers) {
            (Some(reason), _) => Some(reason),
            (None, Some(numbers)) if numbers.uncounted => {
                Some("it reads a foreign table, the time, or functions")
            }
            _ => None,
        };
        if let Some(reason) = reason {
            notices.insert(format!(
                "{name}: changes can't be counted ({reason}); it counts as changed every 5 minutes"
            ));
        }
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let rows = numbers.and_then(|numbers| numbers.rows);
        Counted {
            numbers: numbers.map_or("", Numbers::text),
            clock: reason.map(|_| seconds / CLOCK_SECONDS),
            rows: rows.filter(|&rows| rows >= 0.0).map(|rows| rows as u64),
        }
    }
}

fn add_signs(found: &mut Discovery, counting: &Counting<'_>) {
    let Discovery { tables, values, notices, .. } = found;
    for Found { oid, table } in tables {
        let Counted { numbers, clock, rows } = counting.of(*oid, &table.full_name(), notices);
        table.estimated_rows = rows.filter(|_| table.kind != TableKind::View);
        table.sign = sign::sign(table, numbers, counting.since, clock);
    }
    for table in values {
        let Counted { numbers, clock, rows } = counting.of(table.oid, &table.full_name(), notices);
        table.estimated_rows = rows.filter(|_| table.kind != TableKind::View);
        table.sign = sign::sign_of_values(table, numbers, counting.since, clock);
    }
}

/// Two tables that differ in what costs more than a look at the catalogs.
pub(super) fn carry_over(new: &mut Table, old: &Table) {
    new.bytes_on_disk = old.bytes_on_disk;
    new.estimated_bounds = old.estimated_bounds;
}

/// Keeps the tables that are as they were, so that they are the same objects.
pub(super) fn shared_values(
    found: Vec<ValuesTable>,
    before: &[Arc<ValuesTable>],
) -> Vec<Arc<ValuesTable>> {
    let known = |table: &ValuesTable| before.iter().find(|old| ***old == *table).cloned();
    found.into_iter().map(|table| known(&table).unwrap_or_else(|| Arc::new(table))).collect()
}

/// Keeps the tables that are as they were, so that they are the same objects.
pub(super) fn shared(found: Vec<Table>, before: &[Arc<Table>]) -> Vec<Arc<Table>> {
    let known: HashMap<_, _> = before
        .iter()
        .map(|table| ((&table.schema, &table.name, &table.geometry_column), table))
        .collect();
    found
        .into_iter()
        .map(|table| match known.get(&(&table.schema, &table.name, &table.geometry_column)) {
            Some(old) if ***old == table => Arc::clone(old),
            _ => Arc::new(table),
        })
        .collect()
}
