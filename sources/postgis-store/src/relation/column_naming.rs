//! Column naming and text encoding of a relation in SQL.

use super::sql_name::quoted;
use super::stored_text::StoredEncoding;

/// Column naming and text encoding of a relation in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FetchOptions {
    pub(crate) naming: ColumnNaming,
    pub(crate) encoding: StoredEncoding,
}

/// The naming of a relation's columns in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ColumnNaming {
    /// Columns by name.
    #[default]
    Names,
    /// Columns by position, of this many: some of their names can't be written in SQL.
    Positions(usize),
}

impl ColumnNaming {
    /// A column in SQL, by its name or its position from 1.
    pub(crate) fn column(self, name: &str, position: usize) -> String {
        match self {
            Self::Names => quoted(name),
            Self::Positions(_) => format!("c{position}"),
        }
    }

    pub(crate) fn alias(self) -> String {
        match self {
            Self::Names => String::new(),
            Self::Positions(count) => {
                let names: Vec<String> =
                    (1..=count).map(|position| format!("c{position}")).collect();
                format!(" AS t({})", names.join(", "))
            }
        }
    }
}
