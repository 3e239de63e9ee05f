//! The columns of relations, from the catalogs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tokio_postgres::Error;
use tokio_postgres::types::Type;

use crate::connection::transaction::TransactionReader;
use crate::relation::column_naming::{ColumnNaming, FetchOptions};
use crate::relation::stored_text::{CatalogText, OddTexts, StoredEncoding};
use crate::relation::table_column::{StoredType, TableColumn, WireFormat};

/// Query for the columns of the relations `$1`, domains resolved to their base types.
fn query(encoding: StoredEncoding) -> String {
    // The position among the columns that were not dropped, and the count of these.
    let positions = match encoding {
        StoredEncoding::Unknown => {
            "(SELECT count(*) FILTER (WHERE p.attnum <= a.attnum) FROM pg_attribute p
                WHERE p.attrelid = a.attrelid AND p.attnum > 0 AND NOT p.attisdropped),
            (SELECT count(*) FROM pg_attribute p
                WHERE p.attrelid = a.attrelid AND p.attnum > 0 AND NOT p.attisdropped)"
        }
        _ => "0::int8, 0::int8",
    };
    format!(
        "
WITH RECURSIVE domains(oid, base, modifier) AS (
    SELECT oid, typbasetype, typtypmod FROM pg_type WHERE typtype = 'd'
    UNION ALL
    SELECT d.oid, t.typbasetype, CASE WHEN d.modifier >= 0 THEN d.modifier ELSE t.typtypmod END
    FROM domains d JOIN pg_type t ON t.oid = d.base WHERE t.typtype = 'd'
), resolved AS (
    SELECT d.oid, d.base, d.modifier FROM domains d
    JOIN pg_type t ON t.oid = d.base WHERE t.typtype <> 'd'
)
SELECT a.attrelid::int8, {name}, {comment},
    {type_name}, n.nspname = 'pg_catalog', t.typtype::text, t.typcategory::text,
    coalesce(r.modifier, a.atttypmod)::int4, {positions}
FROM pg_attribute a
LEFT JOIN resolved r ON r.oid = a.atttypid
JOIN pg_type t ON t.oid = coalesce(r.base, a.atttypid)
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attrelid, a.attnum",
        name = encoding.bytes("a.attname::text"),
        comment = encoding.bytes("col_description(a.attrelid, a.attnum)"),
        type_name = encoding.bytes("t.typname::text"),
    )
}

/// A column as stored in the catalog.
struct StoredColumn {
    name: CatalogText,
    comment: Option<CatalogText>,
    type_name: String,
    built_in: bool,
    kind: String,
    category: String,
    modifier: i32,
    position: usize,
    count: usize,
}

/// Columns that the role may read, by the relation's oid.
#[derive(Debug, Default)]
pub(crate) struct ReadableColumns {
    read: HashMap<u32, Vec<TableColumn>>,
    /// Columns of a type that is no attribute, by the relation's oid.
    left_out: HashMap<u32, Vec<String>>,
    fetching: HashMap<u32, FetchOptions>,
    texts: HashMap<u32, OddTexts>,
}

impl ReadableColumns {
    /// Reads the columns of relations by oid.
    pub(crate) async fn read(
        reader: TransactionReader<'_>,
        encoding: StoredEncoding,
        relations: &[u32],
    ) -> Result<Self, Error> {
        let mut stored: BTreeMap<u32, Vec<StoredColumn>> = BTreeMap::new();
        for row in reader.rows(&query(encoding), &[(&relations, Type::OID_ARRAY)]).await? {
            let oid = u32::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default();
            let number = |at| {
                let number: i64 = row.try_get(at)?;
                Ok::<_, Error>(usize::try_from(number).unwrap_or_default())
            };
            let comment: Option<&[u8]> = row.try_get(2)?;
            let column = StoredColumn {
                name: CatalogText::read(encoding, row.try_get(1)?),
                comment: comment.map(|comment| CatalogText::read(encoding, comment)),
                type_name: CatalogText::read(encoding, row.try_get(3)?).text,
                built_in: row.try_get(4)?,
                kind: row.try_get(5)?,
                category: row.try_get(6)?,
                modifier: row.try_get(7)?,
                position: number(8)?,
                count: number(9)?,
            };
            stored.entry(oid).or_default().push(column);
        }
        let mut found = Self::default();
        for (oid, columns) in stored {
            found.add(oid, columns, encoding);
        }
        Ok(found)
    }

    fn add(&mut self, oid: u32, columns: Vec<StoredColumn>, encoding: StoredEncoding) {
        let count = columns.first().map_or(0, |column| column.count);
        let by_position = count > 0 && columns.iter().any(|column| !column.name.is_writable);
        let naming = if by_position { ColumnNaming::Positions(count) } else { ColumnNaming::Names };
        self.fetching.insert(oid, FetchOptions { naming, encoding });
        let texts = self.texts.entry(oid).or_default();
        for column in columns {
            let CatalogText { text: name, is_whole, .. } = column.name.clone();
            let location = format!("column {name:?}");
            texts.add(&location, &column.name);
            if let Some(comment) = &column.comment {
                texts.add(&format!("comment of {location}"), comment);
            }
            // Under a name that nobody can write it can't be asked for.
            if !is_whole {
                continue;
            }
            let stored = StoredType {
                name: &column.type_name,
                built_in: column.built_in,
                kind: &column.kind,
                category: &column.category,
                modifier: column.modifier,
            };
            let sql_name = match naming {
                ColumnNaming::Names => name.clone(),
                ColumnNaming::Positions(_) => format!("c{}", column.position),
            };
            let comment = column.comment.filter(|comment| comment.is_whole);
            let comment = comment.as_ref().map(|comment| &*comment.text);
            match TableColumn::new(sql_name, comment, &stored) {
                Some(mut column) => {
                    column.column.name = name;
                    if column.wire == WireFormat::Text {
                        column.expression = encoding.fetched(column.expression);
                    }
                    self.read.entry(oid).or_default().push(column);
                }
                // Another geometry is a table of its own.
                None if matches!(stored.name, "geometry" | "geography") => {}
                None => {
                    let left_out = self.left_out.entry(oid).or_default();
                    left_out.push(format!("{name} ({})", stored.name));
                }
            }
        }
    }

    /// Column naming and text encoding of a relation in SQL.
    pub(crate) fn fetching(&self, oid: u32) -> FetchOptions {
        self.fetching.get(&oid).copied().unwrap_or_default()
    }

    /// Texts of a relation's columns that are not UTF-8.
    pub(crate) fn texts(&self, oid: u32) -> OddTexts {
        self.texts.get(&oid).cloned().unwrap_or_default()
    }

    /// Columns of one relation; adds a notice if some of them are left out.
    pub(crate) fn of(
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
