//! Change tokens of discovered tables.

use std::collections::{BTreeSet, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

use xxhash_rust::xxh3::Xxh3;

use super::discovery_result::{DiscoveredTable, DiscoveryResult};
use crate::change_token::TableChangeToken;
use crate::change_token::relation_statistics::{CLOCK_SECONDS, RelationStatistics};
use crate::relation::geometry_table::GeometryTable;
use crate::relation::relation_kind::TableKind;
use crate::relation::table_column::TableColumn;
use crate::relation::values_table::ValuesTable;

/// Statistics of a server, and the reason if it does not count changes.
pub(super) struct ChangeCounting<'a> {
    /// Start of the counting.
    pub(super) since: &'a str,
    pub(super) uncounted: Option<&'static str>,
    pub(super) numbers: HashMap<u32, RelationStatistics>,
}

/// Statistics of one relation.
struct CountedChanges<'a> {
    numbers: &'a str,
    /// Number of the current five minutes, if changes can't be counted.
    clock: Option<u64>,
    /// Planner's estimate of the number of rows.
    rows: Option<u64>,
}

impl ChangeCounting<'_> {
    fn of(&self, oid: u32, name: &str, notices: &mut BTreeSet<String>) -> CountedChanges<'_> {
        // A relation dropped since the discovery has no statistics; the next poll shows it.
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
        CountedChanges {
            numbers: numbers.map_or("", RelationStatistics::text),
            clock: reason.map(|_| seconds / CLOCK_SECONDS),
            rows: rows.filter(|&rows| rows >= 0.0).map(|rows| rows as u64),
        }
    }
}

/// Adds change tokens and row counts to all tables.
pub(super) fn add_change_tokens(found: &mut DiscoveryResult, counting: &ChangeCounting<'_>) {
    let DiscoveryResult { tables, values, notices, .. } = found;
    for DiscoveredTable { oid, table, .. } in tables {
        let CountedChanges { numbers, clock, rows } =
            counting.of(*oid, &table.full_name(), notices);
        table.estimated_rows = rows.filter(|_| table.kind != TableKind::View);
        table.change_token = of_geometry_table(table, numbers, counting.since, clock);
    }
    for table in values {
        let CountedChanges { numbers, clock, rows } =
            counting.of(table.oid, &table.full_name(), notices);
        table.estimated_rows = rows.filter(|_| table.kind != TableKind::View);
        table.change_token = of_values_table(table, numbers, counting.since, clock);
    }
}

/// Change token of a table: a digest of all that decides the result of a scan. `server` is a
/// digest of the start of the counting, `clock` the number of the five minutes if changes can't
/// be counted.
fn of_geometry_table(
    table: &GeometryTable,
    numbers: &str,
    server: &str,
    clock: Option<u64>,
) -> TableChangeToken {
    let mut texts = TextDigest::of(numbers, server, clock);
    for name in [&table.schema, &table.name, &table.geometry_column] {
        texts.add(name);
    }
    texts.add(word(table.kind));
    texts.add(&format!("{:?} {:?} {:?}", table.geometry, table.spatial_type, table.srid));
    for part in [&table.id_column, &table.title, &table.description] {
        texts.add(part.as_deref().unwrap_or_default());
    }
    texts.add(table.crs.as_ref().map_or("", |crs| &crs.definition));
    texts.add_columns(&table.columns);
    texts.digest()
}

/// Change token of a table without geometry.
fn of_values_table(
    table: &ValuesTable,
    numbers: &str,
    server: &str,
    clock: Option<u64>,
) -> TableChangeToken {
    let mut texts = TextDigest::of(numbers, server, clock);
    for part in [&*table.schema, &*table.name, "values", word(table.kind)] {
        texts.add(part);
    }
    for part in [&table.title, &table.description] {
        texts.add(part.as_deref().unwrap_or_default());
    }
    texts.add_columns(&table.columns);
    texts.digest()
}

const fn word(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Table => "table",
        TableKind::View => "view",
        TableKind::MaterializedView => "materialized view",
        TableKind::Foreign => "foreign",
        TableKind::Partitioned => "partitioned",
    }
}

/// Digest of texts, each with its length.
struct TextDigest(Xxh3);

impl TextDigest {
    fn of(numbers: &str, server: &str, clock: Option<u64>) -> Self {
        let mut texts = Self(Xxh3::new());
        texts.add(server);
        texts.add(numbers);
        texts.add(&clock.map(|clock| clock.to_string()).unwrap_or_default());
        texts
    }

    fn add(&mut self, text: &str) {
        self.0.update(&(text.len() as u64).to_le_bytes());
        self.0.update(text.as_bytes());
    }

    fn add_columns(&mut self, columns: &[TableColumn]) {
        for column in columns {
            self.add(&column.column.name);
            self.add(&column.expression);
            self.add(&format!("{:?} {:?}", column.column.kind, column.wire));
            self.add(column.column.title.as_deref().unwrap_or_default());
            self.add(column.column.description.as_deref().unwrap_or_default());
        }
    }

    fn digest(&self) -> TableChangeToken {
        TableChangeToken(self.0.digest128())
    }
}
