//! What is known of a table before a row of it is read.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use super::column::TableColumn;
use super::crs::Crs;
use super::stored_text::StoredEncoding;
use data_model::feature::{GeometryKind, Schema};

/// What kind of relation a table is.
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
    /// A partitioned table; its partitions are no tables of their own here.
    Partitioned,
}

impl TableKind {
    /// By `pg_class.relkind`.
    pub(super) fn of(kind: &str) -> Self {
        match kind {
            "v" => Self::View,
            "m" => Self::MaterializedView,
            "f" => Self::Foreign,
            "p" => Self::Partitioned,
            _ => Self::Table,
        }
    }

    /// Asks for the bytes of storage of the relation `$1`; null for what has none.
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

/// Whether positions lie in a plane or on the ellipsoid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpatialType {
    /// `geometry`.
    Geometry,
    /// `geography`.
    Geography,
}

/// A digest that changes whenever rows of a table may have changed: see
/// [`sign`](super::sign).
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
pub struct Table {
    /// The schema's name, as it is (not quoted).
    pub schema: String,
    /// The relation's name, as it is.
    pub name: String,
    /// The geometry column's name, as it is.
    pub geometry_column: String,
    /// The relation's number, which a change of its name does not change.
    pub oid: u32,
    /// What the relation is.
    pub kind: TableKind,
    /// The attributes that are read, in the order of the table: what the role may
    /// read and is no geometry.
    pub columns: Vec<TableColumn>,
    /// The column of an integer primary key of one column. Its values may be
    /// negative, or 2⁵³ and more. Views have none.
    pub id_column: Option<String>,
    /// Whether every value of the id column is a feature id that browsers keep: from 0 to below
    /// 2⁵³. `None` until the table has answered.
    pub ids_are_exact: Option<bool>,
    /// What the geometry column is declared to hold; [`GeometryKind::Mixed`]
    /// where it is not declared.
    pub geometry: GeometryKind,
    /// The place of the geometry column among the columns, from 1.
    pub(super) geometry_position: usize,
    /// Geometry or geography.
    pub spatial_type: SpatialType,
    /// The SRID that the geometry column is declared to have. `None` where it
    /// may differ by row; 0, which is longitude and latitude here, counts as
    /// not declared too.
    pub srid: Option<u32>,
    /// The first line of the table's comment.
    pub title: Option<String>,
    /// The rest of the table's comment.
    pub description: Option<String>,
    /// How many rows the planner believes there are; `None` for views, and
    /// before the first `ANALYZE`.
    pub estimated_rows: Option<u64>,
    /// Bytes of storage without indexes; `None` for what has none of its own.
    pub bytes_on_disk: Option<u64>,
    /// West, south, east, north in degrees by the planner's statistics; may be
    /// smaller than the data. `None` where there are none.
    pub estimated_bounds: Option<[f64; 4]>,
    /// Whether an index can find the rows of a box.
    pub has_spatial_index: bool,
    /// Changes whenever rows may have changed.
    pub sign: TableSign,
    /// The declared CRS, ready to use.
    pub(super) crs: Option<Arc<Crs>>,
    /// What the type modifier allows: arcs have to be made lines of.
    pub(super) may_hold_arcs: bool,
    /// Quoted name of the schema of PostGIS.
    pub(super) extension: String,
    /// The way that SQL reads it.
    pub(super) fetching: Fetching,
}

impl Table {
    /// Schema and name, for people: `public.parcels`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// What a scan tells its visitor first.
    #[must_use]
    pub fn scan_schema(&self) -> Schema {
        Schema {
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

    /// The relation as a query reads from it.
    pub(super) fn source_sql(&self) -> String {
        self.relation() + &self.fetching.naming.alias()
    }

    /// The geometry column in SQL.
    pub(super) fn geometry_sql(&self) -> String {
        self.fetching.naming.column(&self.geometry_column, self.geometry_position)
    }

    /// What is selected: the geometry, then `columns`.
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

/// A list of what is selected, each under a name of its own: that of a column may be one
/// that can't be sent.
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

/// Names of a relation's columns in SQL, and the way to fetch its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fetching {
    pub(super) naming: ColumnNaming,
    pub(super) encoding: StoredEncoding,
}

/// The naming of a relation's columns in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ColumnNaming {
    /// By their names.
    #[default]
    Names,
    /// By their place, of so many: some of their names can't be written in SQL.
    Places(usize),
}

impl ColumnNaming {
    /// A column by its name, or its place from 1.
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

/// A name as SQL has it: in double quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
