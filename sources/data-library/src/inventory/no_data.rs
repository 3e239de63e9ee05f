//! Reasons that declared data can't be published.

use crate::database::schemas::SchemaNotDiscovered;
use catalog::TableName;
use postgis_store::DatabaseState;

/// Reason that declared data can't be published now; for operators, may name files and
/// tables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoData {
    /// In none of the files and tables that may contain the data.
    #[error("{0}")]
    Missing(String),
    /// Present but unusable, present earlier, or not known yet.
    #[error("{0}")]
    Unavailable(String),
}

impl NoData {
    /// Fault of a table if no database is configured.
    pub(crate) fn no_database(name: &TableName) -> Self {
        Self::Missing(format!(
            "table {name} is in a database, and none is named; start with --database-url"
        ))
    }

    /// Fault of a table whose existence the database has not confirmed or denied yet.
    pub(crate) fn not_discovered(database: &DatabaseState) -> Self {
        Self::Unavailable(match database {
            DatabaseState::Lost { reason } => format!("the database can't be used: {reason}"),
            DatabaseState::Starting | DatabaseState::Up => {
                "the database has not been polled yet".to_owned()
            }
        })
    }

    /// Rewords the reason, as for a larger whole.
    pub(crate) fn map_reason(self, reword: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Missing(reason) => Self::Missing(reword(reason)),
            Self::Unavailable(reason) => Self::Unavailable(reword(reason)),
        }
    }

    /// Combines the faults of two parts of a whole.
    ///
    /// Missing data takes precedence: the whole stays incomplete however long one waits.
    pub(crate) fn or_missing(self, other: Self) -> Self {
        if matches!(self, Self::Missing(_)) { self } else { other }
    }
}

impl From<SchemaNotDiscovered> for NoData {
    fn from(error: SchemaNotDiscovered) -> Self {
        Self::Missing(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_faults_the_missing_part_decides() {
        let missing = || NoData::Missing("gone".to_owned());
        let away = || NoData::Unavailable("away".to_owned());
        assert_eq!(missing().or_missing(away()), missing());
        assert_eq!(away().or_missing(missing()), missing());
        assert_eq!(away().or_missing(away()), away());
    }
}
