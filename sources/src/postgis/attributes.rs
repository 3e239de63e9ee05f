//! The columns of relations, from the catalogs.

use std::collections::{BTreeSet, HashMap};

use tokio_postgres::{Client, Error};

use super::column::{StoredType, TableColumn};

/// The columns of the relations `$1`, domains resolved to what they are over.
const COLUMNS: &str = "
WITH RECURSIVE domains(oid, base, modifier) AS (
    SELECT oid, typbasetype, typtypmod FROM pg_type WHERE typtype = 'd'
    UNION ALL
    SELECT d.oid, t.typbasetype, CASE WHEN d.modifier >= 0 THEN d.modifier ELSE t.typtypmod END
    FROM domains d JOIN pg_type t ON t.oid = d.base WHERE t.typtype = 'd'
), resolved AS (
    SELECT d.oid, d.base, d.modifier FROM domains d
    JOIN pg_type t ON t.oid = d.base WHERE t.typtype <> 'd'
)
SELECT a.attrelid::int8, a.attname::text, col_description(a.attrelid, a.attnum),
    t.typname::text, n.nspname = 'pg_catalog', t.typtype::text, t.typcategory::text,
    coalesce(r.modifier, a.atttypmod)::int4
FROM pg_attribute a
LEFT JOIN resolved r ON r.oid = a.atttypid
JOIN pg_type t ON t.oid = coalesce(r.base, a.atttypid)
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attrelid, a.attnum";

/// The columns that the role may read, by the number of their relation.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    read: HashMap<u32, Vec<TableColumn>>,
    /// Those of a type that is no attribute.
    left_out: HashMap<u32, Vec<String>>,
}

impl Attributes {
    /// The columns of relations by oid.
    pub(super) async fn read(client: &Client, relations: &[u32]) -> Result<Self, Error> {
        let mut found = Self::default();
        for row in client.query(COLUMNS, &[&relations]).await? {
            let oid = u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default();
            let name: String = row.try_get(1)?;
            let stored = StoredType {
                name: row.try_get(3)?,
                built_in: row.try_get(4)?,
                kind: row.try_get(5)?,
                category: row.try_get(6)?,
                modifier: row.try_get(7)?,
            };
            match TableColumn::new(name.clone(), row.try_get(2)?, &stored) {
                Some(column) => found.read.entry(oid).or_default().push(column),
                // Another geometry is a table of its own.
                None if matches!(stored.name, "geometry" | "geography") => {}
                None => {
                    let left_out = found.left_out.entry(oid).or_default();
                    left_out.push(format!("{name} ({})", stored.name));
                }
            }
        }
        Ok(found)
    }

    /// The columns of one relation, and a notice where some of them are left out.
    pub(super) fn of(
        &self,
        oid: u32,
        full_name: impl FnOnce() -> String,
        notices: &mut BTreeSet<String>,
    ) -> Vec<TableColumn> {
        if let Some(names) = self.left_out.get(&oid) {
            let (table, names) = (full_name(), names.join(", "));
            notices.insert(format!("{table}: {names} left out: a type that is no attribute"));
        }
        self.read.get(&oid).cloned().unwrap_or_default()
    }
}
