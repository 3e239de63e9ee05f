//! Detection of changes in a table's rows, without reading them.
//!
//! PostgreSQL counts for each table the rows that were ever inserted, updated and deleted. A
//! table's sign is a digest of these numbers and of the number of its file (which `TRUNCATE`
//! and `REFRESH MATERIALIZED VIEW` replace), for the table and for all relations that it reads:
//! partitions, heirs, the relations of a view, and those of the policies of row level security.
//! The digest also covers the table as discovered, the text of the views and policies, owners
//! and privileges, since rows come and go by these too.
//!
//! Three times distinguish one counting from the next: start of the server, reset of the
//! statistics of the database, and reset of those of the whole server. Only the last changes at
//! a crash: if one process of the server is killed all counts begin at 0 again, though the
//! server has not started anew and nobody has reset anything.
//!
//! Relations whose changes can't be counted have a sign that changes every five minutes:
//! foreign tables, views and policies that ask for the time or call functions of their own, all
//! tables of a standby server or of a server with `track_counts = off`.
//!
//! # Order of reading
//!
//! A session adds to these numbers *after* it has committed: when it next waits for a command
//! and a second has passed since it last did, else within ten seconds, or when it ends. So a
//! client that reads a sign and then rows sees every commit that is counted in the sign, and
//! perhaps later ones. Rows filed under a sign are hence never older than the commit that made
//! it; a later commit that they already show makes a new sign, under which they are read again.
//! So the sign has to be read before the rows that are filed under it.

use std::collections::HashMap;

use tokio_postgres::types::Type;
use xxhash_rust::xxh3::Xxh3;

use super::column::TableColumn;
use super::table::{GeometryTable, TableKind, TableSign};
use super::transaction::TransactionReader;
use super::values::ValuesTable;

/// Seconds that a sign lasts that is made of the clock.
pub(super) const CLOCK_SECONDS: u64 = 300;

/// Query for the statistics of each relation and of everything that it reads.
///
/// `$1` are the oids of the relations. Reads catalogs only, so that no lock on a table delays
/// it. A view is resolved to its relations, a materialized view is not: it has rows of its own.
/// The functions are those of the SQL words for the time (1299 is `now()`), by which a view
/// changes though no row does. With row level security, the members of roles decide on rows
/// too.
const NUMBERS: &str = r"
WITH RECURSIVE reach(root, oid) AS (
    SELECT oid, oid FROM unnest($1::oid[]) AS asked(oid)
    UNION
    SELECT reach.root, next.oid
    FROM reach
    CROSS JOIN LATERAL (
        SELECT inhrelid AS oid FROM pg_inherits WHERE inhparent = reach.oid
        UNION ALL
        SELECT d.refobjid
        FROM pg_class v
        JOIN pg_rewrite w ON w.ev_class = v.oid AND w.ev_type = '1'
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
        WHERE v.oid = reach.oid AND v.relkind = 'v'
        UNION ALL
        SELECT d.refobjid
        FROM pg_class t
        JOIN pg_policy p ON p.polrelid = t.oid
        JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> t.oid
        WHERE t.oid = reach.oid AND t.relrowsecurity
    ) AS next
), numbers AS (
    SELECT reach.root, c.oid, c.relkind, c.relfilenode, c.reltuples,
        pg_stat_get_tuples_inserted(c.oid) AS inserted,
        pg_stat_get_tuples_updated(c.oid) AS updated,
        pg_stat_get_tuples_deleted(c.oid) AS deleted,
        CASE WHEN c.relkind = 'v' THEN (
            SELECT string_agg(md5(w.ev_action::text), '' ORDER BY w.oid)
            FROM pg_rewrite w WHERE w.ev_class = c.oid) END AS definition,
        concat_ws(' ', c.relowner, o.rolsuper, o.rolbypassrls, md5(c.relacl::text),
            n.nspowner, md5(n.nspacl::text), array_to_string(c.reloptions, ' '),
            (SELECT md5(string_agg(concat_ws(' ', a.attnum, a.attacl::text), ',' ORDER BY a.attnum))
                FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL)) AS rights,
        CASE WHEN c.relrowsecurity THEN concat_ws(' ', c.relforcerowsecurity,
            row_security_active(c.oid),
            (SELECT md5(string_agg(md5(p::text), '' ORDER BY p.oid))
                FROM pg_policy p WHERE p.polrelid = c.oid),
            (SELECT md5(string_agg(md5(m::text), '' ORDER BY m.roleid, m.member, m::text))
                FROM pg_auth_members m)) END AS policies,
        c.relkind = 'f' OR c.relkind = 'v' AND (
            EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = c.oid
                AND w.ev_action::text ~ '\{SQLVALUEFUNCTION |:funcid (1299|2647|2648|2649) ')
            OR EXISTS (SELECT FROM pg_rewrite w
                JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                    AND d.refclassid = 'pg_proc'::regclass
                JOIN pg_proc p ON p.oid = d.refobjid
                JOIN pg_language l ON l.oid = p.prolang
                WHERE w.ev_class = c.oid AND p.provolatile <> 'i'
                    AND l.lanname NOT IN ('c', 'internal')))
        OR c.relrowsecurity AND EXISTS (SELECT FROM pg_policy y WHERE y.polrelid = c.oid AND (
            y.polqual::text ~ '\{SQLVALUEFUNCTION |:funcid (1299|2647|2648|2649) '
            OR EXISTS (SELECT FROM pg_depend d
                JOIN pg_proc p ON p.oid = d.refobjid
                JOIN pg_language l ON l.oid = p.prolang
                WHERE d.classid = 'pg_policy'::regclass AND d.objid = y.oid
                    AND d.refclassid = 'pg_proc'::regclass AND p.provolatile <> 'i'
                    AND l.lanname NOT IN ('c', 'internal')))) AS uncounted
    FROM reach JOIN pg_class c ON c.oid = reach.oid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_roles o ON o.oid = c.relowner
    WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
)
SELECT root::int8,
    string_agg(concat_ws(':', oid, relfilenode, inserted, updated, deleted, definition, rights,
        policies), ',' ORDER BY oid)::text,
    bool_or(uncounted),
    (sum(reltuples) FILTER (WHERE relkind IN ('r', 'm') AND reltuples >= 0))::float8
FROM numbers GROUP BY root";

/// Statistics of one relation and all that it reads.
#[derive(Debug, Clone)]
pub(super) struct RelationStatistics {
    text: String,
    /// Whether rows may change without a change of the statistics.
    pub(super) uncounted: bool,
    /// Planner's estimate of the number of rows; `None` if there is none.
    pub(super) rows: Option<f64>,
}

/// Reads the statistics of relations by oid.
pub(super) async fn read_numbers(
    reader: TransactionReader<'_>,
    relations: &[u32],
) -> Result<HashMap<u32, RelationStatistics>, tokio_postgres::Error> {
    let mut numbers = HashMap::new();
    for row in reader.rows(NUMBERS, &[(&relations, Type::OID_ARRAY)]).await? {
        let oid = u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default();
        let number = RelationStatistics {
            text: row.try_get(1)?,
            uncounted: row.try_get(2)?,
            rows: row.try_get(3)?,
        };
        numbers.insert(oid, number);
    }
    Ok(numbers)
}

/// Sign of a table: a digest of all that decides the result of a scan. `server` is a digest of
/// the start of the counting, `clock` the number of the five minutes if changes can't be
/// counted.
pub(super) fn sign(
    table: &GeometryTable,
    numbers: &str,
    server: &str,
    clock: Option<u64>,
) -> TableSign {
    let mut texts = Texts::of(numbers, server, clock);
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
    texts.sign()
}

/// Sign of a table without geometry.
pub(super) fn sign_of_values(
    table: &ValuesTable,
    numbers: &str,
    server: &str,
    clock: Option<u64>,
) -> TableSign {
    let mut texts = Texts::of(numbers, server, clock);
    for part in [&*table.schema, &*table.name, "values", word(table.kind)] {
        texts.add(part);
    }
    for part in [&table.title, &table.description] {
        texts.add(part.as_deref().unwrap_or_default());
    }
    texts.add_columns(&table.columns);
    texts.sign()
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
struct Texts(Xxh3);

impl Texts {
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

    fn sign(&self) -> TableSign {
        TableSign(self.0.digest128())
    }
}

impl RelationStatistics {
    /// Statistics as one text, for a digest.
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}
