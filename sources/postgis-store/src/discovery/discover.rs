//! Discovery of tables from the catalogs, which takes no lock on a table.

use std::collections::{BTreeMap, BTreeSet};

use super::catalog_queries::{SERVER, SchemaNames, geometries, schemas_query};
use super::change_tokens::{ChangeCounting, add_change_tokens};
use super::discovery_result::{DiscoveredTable, DiscoveryResult};
use super::geometry_column::GeometryColumn;
use super::left_out::{unnameable, unreadable};
use super::readable_columns::ReadableColumns;
use super::values_query;
use crate::change_token::relation_statistics::read_numbers;
use crate::connection::transaction::TransactionReader;
use crate::relation::relation_name::RelationName;
use crate::relation::sql_name::quoted;
use crate::relation::srid_crs::{CrsList, SridCrs, read_definitions};
use crate::relation::stored_text::{OddTexts, StoredEncoding};

/// Error of a poll of the catalogs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DiscoveryError {
    /// Error of the connection or of a query.
    #[error(transparent)]
    Query(#[from] tokio_postgres::Error),
    /// The database lacks a requirement: what to do.
    #[error("{0}")]
    Database(String),
}

/// Reads the catalogs once. Of tables without geometry, only those of the names `requested` are
/// looked for. `crs` holds the CRS found before, and new ones are added to it.
pub(crate) async fn discover(
    reader: TransactionReader<'_>,
    schemas: &[String],
    requested: &BTreeSet<RelationName>,
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
    let names = SchemaNames::of(schemas.iter().map(String::as_str), encoding);
    let mut usable: BTreeMap<usize, bool> = BTreeMap::new();
    for row in reader.rows(&schemas_query(encoding), &names.parameters()).await? {
        let number = usize::try_from(row.try_get::<_, i32>(0)?).unwrap_or_default();
        *usable.entry(number).or_default() |= row.try_get::<_, bool>(1)?;
    }
    let notes = unusable(schemas, &usable);
    let mut found =
        DiscoveryResult { extension: quoted(&extension), notes, ..DiscoveryResult::default() };
    for row in reader.rows(&geometries(encoding), &names.parameters()).await? {
        let geometry = GeometryColumn::read(&row, schemas, encoding)?;
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
            found.notices.insert(unreadable(&table.full_name(), &table.quoted_name()));
        }
    }
    let (values, notices) =
        values_query::find(reader, encoding, &names, schemas, requested).await?;
    found.values = values;
    found.notices.extend(notices);
    let oids = found.tables.iter().map(|found| found.oid);
    let oids: Vec<u32> = oids.chain(found.values.iter().map(|table| table.oid)).collect();
    add_columns(&mut found, &ReadableColumns::read(reader, encoding, &oids).await?);
    add_crs(reader, &mut found, encoding, crs).await?;

    let numbers = read_numbers(reader, &oids).await?;
    let uncounted = match (counts, standby) {
        (false, _) => Some("track_counts is off"),
        (_, true) => Some("a standby server counts no changes"),
        _ => None,
    };
    add_change_tokens(&mut found, &ChangeCounting { since: &since, uncounted, numbers });
    Ok(found)
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

/// Adds its columns to every table.
fn add_columns(found: &mut DiscoveryResult, attributes: &ReadableColumns) {
    let DiscoveryResult { tables, values, notices, notes, .. } = found;
    for DiscoveredTable { oid, table, texts } in tables {
        table.columns = attributes.of(*oid, || table.full_name(), notices);
        table.fetching = attributes.fetching(*oid);
        texts.extend(attributes.texts(*oid));
        notes.extend(texts.notes(&table.full_name()));
        let columns = &table.relation.columns;
        let readable = |id: &String| columns.iter().any(|column| &column.column.name == id);
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
    let mut srids: BTreeSet<u32> =
        declared.filter(|&srid| SridCrs::known(srid).is_none()).collect();
    srids.extend(list.lock().defined());
    let srids: Vec<u32> = srids.into_iter().collect();
    // Without the right to read the table of definitions its SRIDs are unknown: tables with
    // one get a notice, and the others are served.
    let definitions = match read_definitions(reader, &found.extension, encoding, &srids).await {
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
