//! Kinds of relations.

/// Kind of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableKind {
    /// An ordinary table.
    Table,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A table of a foreign server.
    Foreign,
    /// A partitioned table; its partitions are not tables of their own here.
    Partitioned,
}

impl TableKind {
    /// Kind by `pg_class.relkind`.
    pub(crate) fn of(kind: &str) -> Self {
        match kind {
            "v" => Self::View,
            "m" => Self::MaterializedView,
            "f" => Self::Foreign,
            "p" => Self::Partitioned,
            _ => Self::Table,
        }
    }

    /// Query for the bytes of storage of the relation `$1`; null if it has none.
    pub(crate) fn size_query(self) -> &'static str {
        match self {
            Self::Table | Self::MaterializedView => "SELECT pg_table_size($1::oid)",
            Self::Partitioned => {
                "SELECT sum(pg_table_size(relid))::int8 FROM pg_partition_tree($1::oid)"
            }
            Self::View | Self::Foreign => "SELECT NULL::int8 WHERE $1::oid IS NULL",
        }
    }
}
