//! Properties that tables with and without geometry share.

use data_model::feature::FeatureSchema;

use super::column_naming::FetchOptions;
use super::relation_kind::TableKind;
use super::sql_name::quoted;
use super::stored_text::CatalogText;
use super::table_column::{TableColumn, title_and_rest};
use crate::change_token::TableChangeToken;

/// A table, view or the like as discovered, before a row is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// Name of the schema, not quoted.
    pub schema: String,
    /// Name of the relation, not quoted.
    pub name: String,
    /// Oid of the relation, which renaming does not change.
    pub oid: u32,
    /// Kind of the relation.
    pub kind: TableKind,
    /// Attributes that are read, in the order of the table: the columns that the role may read,
    /// except geometries.
    pub columns: Vec<TableColumn>,
    /// First line of the table's comment.
    pub title: Option<String>,
    /// Rest of the table's comment.
    pub description: Option<String>,
    /// Planner's estimate of the number of rows; `None` for views, and before the first
    /// `ANALYZE`.
    pub estimated_rows: Option<u64>,
    /// Bytes of storage without indexes; `None` if the relation has none of its own.
    pub bytes_on_disk: Option<u64>,
    /// Digest that changes whenever rows may have changed.
    pub change_token: TableChangeToken,
    /// Column naming and text encoding in SQL.
    pub fetching: FetchOptions,
}

impl Relation {
    /// Creates a relation without columns and statistics yet; `comment` is that of the table.
    pub(crate) fn discovered(
        schema: String,
        name: String,
        oid: u32,
        kind: TableKind,
        comment: Option<CatalogText>,
    ) -> Self {
        let comment = comment.filter(|comment| comment.is_whole);
        let (title, description) = title_and_rest(comment.as_ref().map(|comment| &*comment.text));
        Self {
            schema,
            name,
            oid,
            kind,
            columns: Vec::new(),
            title,
            description,
            estimated_rows: None,
            bytes_on_disk: None,
            change_token: TableChangeToken(0),
            fetching: FetchOptions::default(),
        }
    }

    /// Schema and name, for people: `public.parcels`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// Schema that a scan passes to its visitor first.
    #[must_use]
    pub fn scan_schema(&self) -> FeatureSchema {
        FeatureSchema {
            columns: self.columns.iter().map(|column| column.column.clone()).collect(),
            feature_count: None,
            title: self.title.clone(),
            description: self.description.clone(),
        }
    }

    /// Schema and name in SQL, quoted.
    pub(crate) fn quoted_name(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }

    /// Relation as the source of a query.
    pub(crate) fn source_sql(&self) -> String {
        self.quoted_name() + &self.fetching.naming.alias()
    }
}
