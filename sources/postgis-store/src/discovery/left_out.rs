//! Notices of relations that are left out, and what to do.

/// Note on a table that is left out because no query can write its name.
pub(super) fn unnameable(table: &str) -> String {
    format!(
        "table {table} is left out: its name, or its schema's, is stored in CP949 in a database \
         without an encoding (SQL_ASCII), where no query in UTF-8 can name it; rename it (ALTER \
         TABLE … RENAME TO …), make a view of another name, or convert the database to UTF8"
    )
}

/// Notice of a relation that may not be read, and what to do.
pub(super) fn unreadable(name: &str, relation: &str) -> String {
    format!(
        "{name} is left out: the role of the URL may not read it; run GRANT SELECT ON \
         {relation} TO that role"
    )
}
