//! Names by which relations are requested.

/// Name of a requested relation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationName {
    /// Schema; `None` for any of the schemas that are read.
    pub schema: Option<String>,
    /// Name of the relation.
    pub table: String,
}
