//! Tables as discovered, before a row is read.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use super::column::TableColumn;
use super::crs::SridCrs;
use super::stored_text::StoredEncoding;
use data_model::feature::{FeatureSchema, GeometryKind};

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
    pub(super) fn of(kind: &str) -> Self {
        match kind {
            "v" => Self::View,
            "m" => Self::MaterializedView,
            "f" => Self::Foreign,
            "p" => Self::Partitioned,
            _ => Self::Table,
        }
    }

    /// Query for the bytes of storage of the relation `$1`; null if it has none.
    pub(super) fn size_query(self) -> &'static str {
        match self {
            Self::Table | Self::MaterializedView => "SELECT pg_table_size($1::oid)",
            Self::Partitioned => {
                "SELECT sum(pg_table_size(relid))::int8 FROM pg_partition_tree($1::oid)"
            }
            Self::View | Self::Foreign => "SELECT NULL::int8 WHERE $1::oid IS NULL",
        }
    }
}

/// Type of a geometry column: in a plane or on the ellipsoid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpatialType {
    /// `geometry`.
    Geometry,
    /// `geography`.
    Geography,
}

/// Digest that changes whenever rows of a table may have changed: see [`sign`](super::change_token).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableSign(pub u128);

impl fmt::Display for TableSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// One geometry column of one table, view or the like: a feature store.
///
/// A relation with two geometry columns is two of these.
#[derive(Debug, Clone, PartialEq)]
pub struct GeometryTable {
    /// Name of the schema, not quoted.
    pub schema: String,
    /// Name of the relation, not quoted.
    pub name: String,
    /// Name of the geometry column, not quoted.
    pub geometry_column: String,
    /// Oid of the relation, which renaming does not change.
    pub oid: u32,
    /// Kind of the relation.
    pub kind: TableKind,
    /// Attributes that are read, in the order of the table: the columns that the role may read,
    /// except geometries.
    pub columns: Vec<TableColumn>,
    /// Column of an integer primary key of one column. Its values may be negative, or 2⁵³ and
    /// more. `None` for views.
    pub id_column: Option<String>,
    /// Whether every value of the id column is a feature id that browsers keep: from 0 to below
    /// 2⁵³. `None` until the table has answered, and for types that hold no wider integer.
    pub ids_are_exact: Option<bool>,
    /// Declared kind of the geometry column; [`GeometryKind::Mixed`] if none is declared.
    pub geometry: GeometryKind,
    /// Position of the geometry column among the columns, from 1.
    pub(super) geometry_position: usize,
    /// Geometry or geography.
    pub spatial_type: SpatialType,
    /// Declared SRID of the geometry column. `None` if the SRID may differ by row; 0, which is
    /// longitude and latitude here, counts as not declared too.
    pub srid: Option<u32>,
    /// First line of the table's comment.
    pub title: Option<String>,
    /// Rest of the table's comment.
    pub description: Option<String>,
    /// Planner's estimate of the number of rows; `None` for views, and before the first
    /// `ANALYZE`.
    pub estimated_rows: Option<u64>,
    /// Bytes of storage without indexes; `None` if the relation has none of its own.
    pub bytes_on_disk: Option<u64>,
    /// West, south, east, north in degrees by the planner's statistics; may be smaller than the
    /// data. `None` without statistics.
    pub estimated_bounds: Option<[f64; 4]>,
    /// Whether a spatial index can find the rows of a box.
    pub has_spatial_index: bool,
    /// Digest that changes whenever rows may have changed.
    pub sign: TableSign,
    /// Declared CRS, ready to use.
    pub(super) crs: Option<Arc<SridCrs>>,
    /// Whether the type modifier allows arcs, which have to be converted to lines.
    pub(super) may_hold_arcs: bool,
    /// Quoted name of the schema of PostGIS.
    pub(super) extension: String,
    /// Column naming and text encoding in SQL.
    pub(super) fetching: FetchOptions,
}

impl GeometryTable {
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

    /// The relation, quoted.
    pub(super) fn relation(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }

    /// Relation as the source of a query.
    pub(super) fn source_sql(&self) -> String {
        self.relation() + &self.fetching.naming.alias()
    }

    /// The geometry column in SQL.
    pub(super) fn geometry_sql(&self) -> String {
        self.fetching.naming.column(&self.geometry_column, self.geometry_position)
    }

    /// Select list: the geometry, then `columns`.
    pub(super) fn select_list<'a>(
        &'a self,
        columns: impl Iterator<Item = &'a TableColumn>,
    ) -> String {
        let column = self.geometry_sql();
        let ext = &self.extension;
        // As EWKB, which is what the type itself is sent as: the type of an extension is
        // one that has to be asked for first.
        let geometry = if self.may_hold_arcs {
            format!(
                "(CASE WHEN {ext}.ST_HasArc({column}::{ext}.geometry) \
                 THEN {ext}.ST_CurveToLine({column}::{ext}.geometry) \
                 ELSE {column}::{ext}.geometry END)::bytea"
            )
        } else {
            format!("{column}::bytea")
        };
        select(geometry, columns)
    }
}

/// Select list in which each item has a generated name: that of a column may be one that can't
/// be sent.
pub(super) fn select<'a>(
    geometry: String,
    columns: impl Iterator<Item = &'a TableColumn>,
) -> String {
    let mut list = geometry + " AS g";
    for (number, column) in columns.enumerate() {
        let _ = write!(list, ", {} AS v{number}", column.expression);
    }
    list
}

/// Column naming and text encoding of a relation in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FetchOptions {
    pub(super) naming: ColumnNaming,
    pub(super) encoding: StoredEncoding,
}

/// The naming of a relation's columns in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ColumnNaming {
    /// Columns by name.
    #[default]
    Names,
    /// Columns by position, of this many: some of their names can't be written in SQL.
    Places(usize),
}

impl ColumnNaming {
    /// A column in SQL, by its name or its position from 1.
    pub(super) fn column(self, name: &str, place: usize) -> String {
        match self {
            Self::Names => quoted(name),
            Self::Places(_) => format!("c{place}"),
        }
    }

    pub(super) fn alias(self) -> String {
        match self {
            Self::Names => String::new(),
            Self::Places(count) => {
                let names: Vec<String> = (1..=count).map(|place| format!("c{place}")).collect();
                format!(" AS t({})", names.join(", "))
            }
        }
    }
}

/// Quotes a name for SQL, in double quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
