//! Statistics of relations by which changes are detected.

use std::collections::HashMap;

use tokio_postgres::types::Type;

use crate::connection::transaction::TransactionReader;

/// Seconds that a token made of the clock lasts.
pub(crate) const CLOCK_SECONDS: u64 = 300;

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
pub(crate) struct RelationStatistics {
    text: String,
    /// Whether rows may change without a change of the statistics.
    pub(crate) uncounted: bool,
    /// Planner's estimate of the number of rows; `None` if there is none.
    pub(crate) rows: Option<f64>,
}

/// Reads the statistics of relations by oid.
pub(crate) async fn read_numbers(
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

impl RelationStatistics {
    /// Statistics as one text, for a digest.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}
