//! Tables with geometry, as discovered, before a row is read.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use data_model::GeographicBounds;
use data_model::feature::GeometryKind;

use super::relation::Relation;
use super::srid_crs::SridCrs;
use super::table_column::{TableColumn, select_list};

/// Type of a geometry column: in a plane or on the ellipsoid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpatialType {
    /// `geometry`.
    Geometry,
    /// `geography`.
    Geography,
}

/// One geometry column of one table, view or the like: a feature store.
///
/// A relation with two geometry columns is two of these. Dereferences to its [`Relation`].
#[derive(Debug, Clone, PartialEq)]
pub struct GeometryTable {
    /// Name, columns and change token.
    pub relation: Relation,
    /// Name of the geometry column, not quoted.
    pub geometry_column: String,
    /// Column of an integer primary key of one column. Its values may be negative, or 2⁵³ and
    /// more. `None` for views.
    pub id_column: Option<String>,
    /// Whether every value of the id column is a feature id that browsers keep: from 0 to below
    /// 2⁵³. `None` until the table has answered, and for types that hold no wider integer.
    pub ids_are_exact: Option<bool>,
    /// Declared kind of the geometry column; [`GeometryKind::Mixed`] if none is declared.
    pub geometry: GeometryKind,
    /// Position of the geometry column among the columns, from 1.
    pub(crate) geometry_position: usize,
    /// Geometry or geography.
    pub spatial_type: SpatialType,
    /// Declared SRID of the geometry column. `None` if the SRID may differ by row; 0, which is
    /// longitude and latitude here, counts as not declared too.
    pub srid: Option<u32>,
    /// West, south, east, north in degrees by the planner's statistics; may be smaller than the
    /// data. `None` without statistics.
    pub estimated_bounds: Option<GeographicBounds>,
    /// Whether a spatial index can find the rows of a box.
    pub has_spatial_index: bool,
    /// Declared CRS, ready to use.
    pub(crate) crs: Option<Arc<SridCrs>>,
    /// Whether the type modifier allows arcs, which have to be converted to lines.
    pub(crate) may_hold_arcs: bool,
    /// Quoted name of the schema of PostGIS.
    pub(crate) extension: String,
}

impl GeometryTable {
    /// The geometry column in SQL.
    pub(crate) fn geometry_sql(&self) -> String {
        self.fetching.naming.column(&self.geometry_column, self.geometry_position)
    }

    /// Select list: the geometry, then `columns`.
    pub(crate) fn select_list<'a>(
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
        select_list(geometry, columns)
    }
}

impl Deref for GeometryTable {
    type Target = Relation;

    fn deref(&self) -> &Relation {
        &self.relation
    }
}

impl DerefMut for GeometryTable {
    fn deref_mut(&mut self) -> &mut Relation {
        &mut self.relation
    }
}
