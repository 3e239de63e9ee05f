//! Discovery of tables from the catalogs, which takes no lock on a table.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::attributes::ReadableColumns;
use super::catalog_queries::{AskedNames, SERVER, geometries, schemas_query};
use super::change_token::{self, CLOCK_SECONDS, RelationStatistics};
use super::column::title_and_rest;
use super::crs::{CrsList, SridCrs, read_definitions};
use super::modifier::TypeModifier;
use super::stored_text::{CatalogText, OddTexts, StoredEncoding};
use super::table::{FetchOptions, GeometryTable, SpatialType, TableKind, TableSign, quoted};
use super::transaction::TransactionReader;
use super::values::{self, RelationName, ValuesTable};

/// Result of one look at the catalogs.
#[derive(Debug, Default)]
pub(super) struct DiscoveryResult {
    pub(super) tables: Vec<DiscoveredTable>,
    /// Requested tables without geometry.
    pub(super) values: Vec<ValuesTable>,
    /// Notices for the operator, logged once each: tables that may not be read, types that are
    /// left out.
    pub(super) notices: BTreeSet<String>,
    /// Schemas, tables and texts that can't be used, and what to do: one line for each.
    pub(super) notes: Vec<String>,
    /// Quoted name of the schema of PostGIS.
    pub(super) extension: String,
}

/// A table, and the oid by which the server is asked about it.
#[derive(Debug)]
pub(super) struct DiscoveredTable {
    pub(super) oid: u32,
    pub(super) table: GeometryTable,
    /// Texts of the table that are not UTF-8.
    texts: OddTexts,
}

/// Error of a look at the catalogs.
#[derive(Debug, thiserror::Error)]
pub(super) enum DiscoveryError {
    /// Error of the connection or of a query.
    #[error(transparent)]
    Query(#[from] tokio_postgres::Error),
    /// The database lacks a requirement: what to do.
    #[error("{0}")]
    Database(String),
}

/// Reads the catalogs once. Of tables without geometry, only those of the names `asked` are
/// looked for. `crs` holds the CRS found before, and new ones are added to it.
pub(super) async fn discover(
    reader: TransactionReader<'_>,
    schemas: &[String],
    asked: &BTreeSet<RelationName>,
    crs: &parking_lot::Mutex<CrsList>,
) -> Result<DiscoveryResult, DiscoveryError> {
    let Some(server) = reader.first(SERVER, &[]).await? else {
        return Err(DiscoveryError::Database("the server does not name the database".to_owned()));
    };
    let encoding = StoredEncoding::of(server.try_get(0)?);
    let database = |reason: String| DiscoveryError::Database(reason);
    let (since, counts, standby): (String, bool, bool) =
        (server.try_get(1)?, server.try_get(2)?, server.try_get(3)?);
    let Some(extension) = server.try_get::<_, Option<String>>(4)? else {
        let reason = "the database has no PostGIS: run CREATE EXTENSION postgis in it";
        return Err(database(reason.to_owned()));
    };
    let names = AskedNames::of(schemas.iter().map(String::as_str), encoding);
    let mut usable: BTreeMap<usize, bool> = BTreeMap::new();
    for row in reader.rows(&schemas_query(encoding), &names.parameters()).await? {
        let number = usize::try_from(row.try_get::<_, i32>(0)?).unwrap_or_default();
        *usable.entry(number).or_default() |= row.try_get::<_, bool>(1)?;
    }
    let notes = unusable(schemas, &usable);
    let mut found =
        DiscoveryResult { extension: quoted(&extension), notes, ..DiscoveryResult::default() };
    for row in reader.rows(&geometries(encoding), &names.parameters()).await? {
        let geometry = Geometry::read(&row, schemas, encoding)?;
        let full_name = format!("{}.{}", geometry.schema, geometry.name.text);
        if !geometry.is_nameable {
            found.notes.push(unnameable(&full_name));
            continue;
        }
        let readable = row.try_get::<_, bool>(8)?;
        let mut texts = OddTexts::default();
        if let Some(comment) = &geometry.comment {
            texts.add("comment", comment);
        }
        let table = geometry.table(&found.extension);
        if readable {
            found.tables.push(DiscoveredTable { oid: table.oid, table, texts });
        } else {
            found.notices.insert(values::unreadable(&table.full_name(), &table.relation()));
        }
    }
    let (values, notices) = values::find(reader, encoding, &names, schemas, asked).await?;
    found.values = values;
    found.notices.extend(notices);
    let oids = found.tables.iter().map(|found| found.oid);
    let oids: Vec<u32> = oids.chain(found.values.iter().map(|table| table.oid)).collect();
    add_columns(&mut found, &ReadableColumns::read(reader, encoding, &oids).await?);
    add_crs(reader, &mut found, encoding, crs).await?;

    let numbers = change_token::read_numbers(reader, &oids).await?;
    let uncounted = match (counts, standby) {
        (false, _) => Some("track_counts is off"),
        (_, true) => Some("a standby server counts no changes"),
        _ => None,
    };
    add_signs(&mut found, &Counting { since: &since, uncounted, numbers });
    Ok(found)
}

/// Note on a table that is left out because no query can write its name.
pub(super) fn unnameable(table: &str) -> String {
    format!(
        "table {table} is left out: its name, or its schema's, is stored in CP949 in a database \
         without an encoding (SQL_ASCII), where no query in UTF-8 can name it; rename it (ALTER \
         TABLE … RENAME TO …), make a view of another name, or convert the database to UTF8"
    )
}

/// Notes on schemas that are missing or closed to the role, one line for each. Such schemas
/// count as schemas without tables, even if there is no other: revoking a right unpublishes the
/// tables that it gave.
fn unusable(schemas: &[String], usable: &BTreeMap<usize, bool>) -> Vec<String> {
    let mut notes = BTreeSet::new();
    for (number, name) in schemas.iter().enumerate() {
        match usable.get(&number) {
            Some(true) => {}
            None => {
                let note = "create it, or name another";
                notes.insert(format!("the database has no schema {name:?}: {note}"));
            }
            Some(false) => {
                notes.insert(format!(
                    "the role of the URL may not use schema {name:?}: run GRANT USAGE ON SCHEMA {} \
                     TO that role",
                    quoted(name)
                ));
            }
        }
    }
    notes.into_iter().collect()
}

/// A geometry column as [`geometries`] finds it.
struct Geometry {
    oid: u32,
    schema: String,
    name: CatalogText,
    column: CatalogText,
    comment: Option<CatalogText>,
    key: Option<String>,
    /// Whether SQL can name the relation.
    is_nameable: bool,
    relation_kind: String,
    geography: bool,
    modifier: TypeModifier,
    has_index: bool,
    position: usize,
}

impl Geometry {
    fn read(
        row: &tokio_postgres::Row,
        schemas: &[String],
        encoding: StoredEncoding,
    ) -> Result<Self, tokio_postgres::Error> {
        let text = |at| {
            let bytes: Option<&[u8]> = row.try_get(at)?;
            Ok::<_, tokio_postgres::Error>(bytes.map(|bytes| CatalogText::read(encoding, bytes)))
        };
        let named = |at| {
            let bytes: &[u8] = row.try_get(at)?;
            Ok::<_, tokio_postgres::Error>(CatalogText::read(encoding, bytes))
        };
        let number = usize::try_from(row.try_get::<_, i32>(1)?).unwrap_or_default();
        let (schema, name) = (named(2)?, named(3)?);
        Ok(Self {
            oid: u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default(),
            is_nameable: schema.is_writable && name.is_writable,
            schema: schemas.get(number).cloned().unwrap_or(schema.text),
            name,
            relation_kind: row.try_get(4)?,
            column: named(5)?,
            geography: row.try_get::<_, &str>(6)? == "geography",
            modifier: TypeModifier(row.try_get(7)?),
            comment: text(9)?,
            has_index: row.try_get(10)?,
            key: text(11)?.map(|key| key.text),
            position: usize::try_from(row.try_get::<_, i64>(12)?).unwrap_or_default(),
        })
    }

    fn table(self, extension: &str) -> GeometryTable {
        let comment = self.comment.filter(|comment| comment.is_whole);
        let (title, description) = title_and_rest(comment.as_ref().map(|comment| &*comment.text));
        let kind = TableKind::of(&self.relation_kind);
        let spatial_type =
            if self.geography { SpatialType::Geography } else { SpatialType::Geometry };
        let srid = self.modifier.srid();
        GeometryTable {
            schema: self.schema,
            name: self.name.text,
            geometry_column: self.column.text,
            geometry_position: self.position,
            oid: self.oid,
            kind,
            columns: Vec::new(),
            id_column: self.key,
            ids_are_exact: None,
            geometry: self.modifier.kind(),
            spatial_type,
            srid: if self.geography { Some(srid.unwrap_or(4326)) } else { srid },
            title,
            description,
            estimated_rows: None,
            bytes_on_disk: None,
            estimated_bounds: None,
            has_spatial_index: self.has_index,
            sign: TableSign(0),
            crs: None,
            may_hold_arcs: !self.geography && self.modifier.may_hold_arcs(),
            extension: extension.to_owned(),
            fetching: FetchOptions::default(),
        }
    }
}

/// Adds its columns to every table.
fn add_columns(found: &mut DiscoveryResult, attributes: &ReadableColumns) {
    let DiscoveryResult { tables, values, notices, notes, .. } = found;
    for DiscoveredTable { oid, table, texts } in tables {
        table.columns = attributes.of(*oid, || table.full_name(), notices);
        table.fetching = attributes.fetching(*oid);
        texts.extend(attributes.texts(*oid));
        notes.extend(texts.notes(&table.full_name()));
        let readable = |id: &String| table.columns.iter().any(|column| &column.column.name == id);
        table.id_column = table.id_column.take().filter(readable);
    }
    for table in values {
        table.columns = attributes.of(table.oid, || table.full_name(), notices);
        table.fetching = attributes.fetching(table.oid);
        notes.extend(attributes.texts(table.oid).notes(&table.full_name()));
    }
}

/// Adds the CRS of every declared SRID, and reads those found in rows again.
async fn add_crs(
    reader: TransactionReader<'_>,
    found: &mut DiscoveryResult,
    encoding: StoredEncoding,
    list: &parking_lot::Mutex<CrsList>,
) -> Result<(), tokio_postgres::Error> {
    let declared = found.tables.iter().filter_map(|found| found.table.srid);
    let mut asked: BTreeSet<u32> =
        declared.filter(|&srid| SridCrs::known(srid).is_none()).collect();
    asked.extend(list.lock().defined());
    let asked: Vec<u32> = asked.into_iter().collect();
    // Where the table of definitions may not be read, no SRID of its own is known:
    // the tables that have one say so, and the others are served.
    let definitions = match read_definitions(reader, &found.extension, encoding, &asked).await {
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
    for DiscoveredTable { table, .. } in &mut found.tables {
        table.crs = table.srid.and_then(|srid| match list.get(srid) {
            Some(crs) => Some(crs),
            None => SridCrs::known(srid).map(|crs| list.keep(crs)),
        });
        if let Some(Err(reason)) = table.crs.as_ref().map(|crs| crs.projection.as_ref()) {
            let name = table.full_name();
            found.notices.insert(format!("{name} has no place on the map: {reason}"));
        }
    }
    Ok(())
}

/// Statistics of a server, and the reason if it does not count changes.
struct Counting<'a> {
    /// Start of the counting.
    since: &'a str,
    uncounted: Option<&'static str>,
    numbers: HashMap<u32, RelationStatistics>,
}

/// Statistics of one relation.
struct Counted<'a> {
    numbers: &'a str,
    /// Number of the current five minutes, if changes can't be counted.
    clock: Option<u64>,
    /// Planner's estimate of the number of rows.
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
            numbers: numbers.map_or("", RelationStatistics::text),
            clock: reason.map(|_| seconds / CLOCK_SECONDS),
            rows: rows.filter(|&rows| rows >= 0.0).map(|rows| rows as u64),
        }
    }
}

fn add_signs(found: &mut DiscoveryResult, counting: &Counting<'_>) {
    let DiscoveryResult { tables, values, notices, .. } = found;
    for DiscoveredTable { oid, table, .. } in tables {
        let Counted { numbers, clock, rows } = counting.of(*oid, &table.full_name(), notices);
        table.estimated_rows = rows.filter(|_| table.kind != TableKind::View);
        table.sign = change_token::sign(table, numbers, counting.since, clock);
    }
    for table in values {
        let Counted { numbers, clock, rows } = counting.of(table.oid, &table.full_name(), notices);
        table.estimated_rows = rows.filter(|_| table.kind != TableKind::View);
        table.sign = change_token::sign_of_values(table, numbers, counting.since, clock);
    }
}

/// Carries over what costs more than a look at the catalogs: size, bounds, exactness of ids.
pub(super) fn carry_over(new: &mut GeometryTable, old: &GeometryTable) {
    new.bytes_on_disk = old.bytes_on_disk;
    new.estimated_bounds = old.estimated_bounds;
    new.ids_are_exact = old.ids_are_exact.filter(|_| new.sign == old.sign);
}

/// Keeps the objects of tables that have not changed.
pub(super) fn shared_values(
    found: Vec<ValuesTable>,
    before: &[Arc<ValuesTable>],
) -> Vec<Arc<ValuesTable>> {
    let known = |table: &ValuesTable| before.iter().find(|old| ***old == *table).cloned();
    found.into_iter().map(|table| known(&table).unwrap_or_else(|| Arc::new(table))).collect()
}

/// Keeps the objects of tables that have not changed.
pub(super) fn shared(
    found: Vec<GeometryTable>,
    before: &[Arc<GeometryTable>],
) -> Vec<Arc<GeometryTable>> {
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
