//! Clusters of a live table's points, made by the database.
//!
//! Points are grouped by square cells of a grid in the table's own CRS, that is the same for all
//! tiles of a zoom. A cell that a tile shows is read whole, so that its cluster is the same in every
//! tile. Counts are exact, and a group of one row is that row.
//!
//! Of a [sampled](super::sampling) zoom counts and sums are those of the sample, scaled to the
//! table.

use std::fmt::Write as _;

use crate::relation::geometry_table::GeometryTable;
use crate::relation::table_column::{TableColumn, WireFormat};
use data_model::Extent;
use data_model::feature::{
    AttributeValue, Column, ColumnType, FeatureSchema, FeatureVisitor, Geometry,
};
use data_model::tile::{TileCoord, TileGrid, WorldPoint};
use data_model::tiling::{PointClustering, Reduction, SUPPRESSED, abbreviated, added_columns};
use data_model::{GeographicBounds, VisitError, Zoom};
use projection::ProjectedBounds;

/// Zoom whose tile about the data the cells are measured by.
const MEASURED_ZOOM: u8 = 14;

/// Grid of cells in a table's CRS: width and height of a cell at [`MEASURED_ZOOM`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CellGrid([f64; 2]);

impl CellGrid {
    /// The grid of a rule over a table; `None` where its CRS has no place about the data.
    ///
    /// Measured at the middle of the data rounded to a degree, so that new statistics of the
    /// same data seldom give another grid.
    pub(super) fn new(
        table: &GeometryTable,
        bounds: Option<GeographicBounds>,
        rule: &PointClustering,
    ) -> Option<Self> {
        let [lon, lat] = bounds.map_or([0.0, 0.0], |bounds| bounds.center().map(f64::round));
        let zoom = Zoom::new(MEASURED_ZOOM).ok()?;
        let tile = TileCoord::covering(zoom, WorldPoint::from_lon_lat(lon, lat));
        let rect = TileGrid::new(tile, Extent::DEFAULT).world_rect(Extent::DEFAULT, 0);
        let projection = table.crs.as_ref()?.projection.as_ref().ok()?;
        let ProjectedBounds { west, south, east, north } = projection.box_around(&rect)?;
        let part = f64::from(rule.radius_px) / 512.0;
        Some(Self([(east - west) * part, (north - south) * part]))
    }

    /// Width and height of a cell at a zoom.
    pub(super) fn cell(self, zoom: Zoom) -> [f64; 2] {
        let times = 2f64.powi(i32::from(MEASURED_ZOOM) - i32::from(zoom.get()));
        self.0.map(|side| side * times)
    }

    /// A box widened to whole cells of a zoom.
    pub(super) fn whole_cells(self, area: ProjectedBounds, zoom: Zoom) -> ProjectedBounds {
        let ProjectedBounds { west, south, east, north } = area;
        let [width, height] = self.cell(zoom);
        let low = |at: f64, side: f64| (at / side).floor() * side;
        let high = |at: f64, side: f64| ((at / side).floor() + 1.0) * side;
        ProjectedBounds {
            west: low(west, width),
            south: low(south, height),
            east: high(east, width),
            north: high(north, height),
        }
    }

    /// Bytes that tell grids apart.
    pub(super) fn digest(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        for (place, side) in bytes.chunks_exact_mut(8).zip(self.0) {
            place.copy_from_slice(&side.to_le_bytes());
        }
        bytes
    }
}

/// Columns that the query of clusters fetches, in their order, with the form they have on the
/// wire: those of the table, the id and the count.
pub(super) fn fetched_columns(columns: &[TableColumn], rule: &PointClustering) -> Vec<TableColumn> {
    let mut fetched = columns.to_vec();
    for column in &mut fetched {
        if rule.sums.contains(&column.column.name) && column.column.kind.is_number() {
            let is_whole = column.wire == WireFormat::Int;
            column.wire = if is_whole { WireFormat::Number } else { WireFormat::Double };
        }
    }
    fetched.extend([GROUP_ID, COUNT].map(whole_number));
    fetched
}

/// Feature id among the fetched columns: an attribute of the same column is that of a row alone.
pub(super) const GROUP_ID: &str = "\0id";

/// Count among the fetched columns. No column of a table can have a name with a zero byte.
const COUNT: &str = "\0count";

fn whole_number(name: &str) -> TableColumn {
    let column =
        Column { name: name.to_owned(), kind: ColumnType::Int, title: None, description: None };
    TableColumn { column, expression: String::new(), wire: WireFormat::Int, may_be_wide: false }
}

/// The query of a zoom's clusters, with a box as its four parameters or without any.
pub(super) struct ClusterQuery<'a> {
    pub(super) table: &'a GeometryTable,
    /// Columns of the table that are fetched.
    pub(super) columns: &'a [TableColumn],
    pub(super) id_column: Option<&'a str>,
    pub(super) rule: &'a PointClustering,
    /// The table in SQL, perhaps sampled.
    pub(super) from: &'a str,
    /// Condition on the box.
    pub(super) condition: &'a str,
    pub(super) has_box: bool,
    /// Width and height of a cell.
    pub(super) cell: [f64; 2],
    /// Rows of the table for each row that is read; 1 without a sample.
    pub(super) scale: f64,
}

impl ClusterQuery<'_> {
    pub(super) fn sql(&self) -> String {
        let Self { table, from, condition, has_box, cell: [width, height], .. } = self;
        let (ext, srid) = (&table.extension, table.srid.unwrap_or_default());
        let geometry = table.geometry_sql();
        let mut rows = format!("SELECT {ext}.ST_Centroid({geometry}::{ext}.geometry) AS p");
        for (number, column) in self.columns.iter().enumerate() {
            let _ = write!(rows, ", {} AS v{number}", column.expression);
        }
        let _ = write!(rows, " FROM {from} WHERE {condition}");
        let within = if *has_box {
            // By the number of the cell, as rows are grouped: the index finds by boxes of `float4`,
            // which are a little larger, and the parameters are whole cells but for rounding.
            format!(
                "WHERE floor(x / {width:e}) >= round($1 / {width:e}) \
                 AND floor(y / {height:e}) >= round($2 / {height:e}) \
                 AND floor(x / {width:e}) < round($3 / {width:e}) \
                 AND floor(y / {height:e}) < round($4 / {height:e})"
            )
        } else {
            "WHERE x IS NOT NULL".to_owned()
        };
        let mean = |axis| format!("avg({axis}::numeric)::float8");
        let mut list = format!(
            "{ext}.ST_SetSRID({ext}.ST_MakePoint({}, {}), {srid})::bytea AS g",
            mean("x"),
            mean("y")
        );
        for (number, column) in self.columns.iter().enumerate() {
            let _ = write!(list, ", {} AS a{number}", self.aggregate(number, column));
        }
        let _ = write!(list, ", {} AS i, {} AS n", self.id(), self.count());
        format!(
            "SELECT {list} FROM (SELECT {ext}.ST_X(p) AS x, {ext}.ST_Y(p) AS y, r.* \
             FROM ({rows}) r) s {within} GROUP BY floor(x / {width:e}), floor(y / {height:e})"
        )
    }

    fn is_scaled(&self) -> bool {
        self.scale > 1.0
    }

    fn count(&self) -> String {
        if self.is_scaled() {
            format!("greatest(round(count(*) * {:e})::int8, 2)", self.scale)
        } else {
            "count(*)".to_owned()
        }
    }

    /// The value of a column in a group: its sum, or that of its only row.
    fn aggregate(&self, number: usize, column: &TableColumn) -> String {
        let name = &column.column.name;
        let value = format!("v{number}");
        if self.rule.sums.contains(name) && column.column.kind.is_number() {
            return self.sum(&value, column);
        }
        let of_any = match column.wire {
            WireFormat::Bool => format!("bool_or({value})"),
            WireFormat::Bytes => format!("decode(min(encode({value}, 'hex')), 'hex')"),
            _ => format!("min({value})"),
        };
        if name == SUPPRESSED {
            return of_any;
        }
        if self.is_scaled() {
            return format!("CASE WHEN false THEN {of_any} END");
        }
        format!("CASE WHEN count(*) = 1 THEN {of_any} END")
    }

    /// A sum; null where a suppressed row has no value.
    fn sum(&self, value: &str, column: &TableColumn) -> String {
        let scale = if self.is_scaled() { format!(" * {:e}", self.scale) } else { String::new() };
        // Sums of `numeric` do not depend on the order of rows.
        let sum = match column.wire {
            WireFormat::Int if self.is_scaled() => format!("round(sum({value}){scale})::text"),
            WireFormat::Int => format!("sum({value})::text"),
            _ => format!("round(sum({value}::numeric){scale}, 6)::float8"),
        };
        let marks = self.columns.iter().position(|column| column.column.name == SUPPRESSED);
        match marks {
            Some(marks) => format!(
                "CASE WHEN bool_or(v{marks}::text IN ('t', 'true') AND {value} IS NULL) \
                 THEN NULL ELSE {sum} END"
            ),
            None => sum,
        }
    }

    /// The id of a group: its row's, or 2⁵² and the least of its rows'. Null where ids reach as
    /// far, and without an id column.
    fn id(&self) -> String {
        const OWN_IDS: u64 = 1 << 52;
        let is_id = |column: &TableColumn| Some(column.column.name.as_str()) == self.id_column;
        let Some(number) = self.columns.iter().position(is_id) else {
            return "NULL::int8".to_owned();
        };
        let value = format!("v{number}");
        let several = format!(
            "CASE WHEN min({value}) >= 0 AND max({value}) < {OWN_IDS} \
             THEN {OWN_IDS} + min({value}) END"
        );
        if self.is_scaled() {
            return several;
        }
        format!("CASE WHEN count(*) = 1 THEN min({value}) ELSE {several} END")
    }
}

/// Passes groups on as features with the attributes of clusters.
pub(super) struct ClusterVisitor<'v, V> {
    inner: &'v mut V,
    rule: Reduction,
}

impl<'v, V: FeatureVisitor> ClusterVisitor<'v, V> {
    pub(super) fn new(inner: &'v mut V, rule: &PointClustering) -> Self {
        Self { inner, rule: Reduction::Cluster(rule.clone()) }
    }
}

impl<V: FeatureVisitor> FeatureVisitor for ClusterVisitor<'_, V> {
    fn begin(&mut self, schema: &FeatureSchema) {
        let mut schema = schema.clone();
        schema.columns.retain(|column| column.name != COUNT);
        schema.columns.extend(added_columns(&self.rule, data_model::feature::GeometryKind::Point));
        self.inner.begin(&schema);
    }

    fn feature(
        &mut self,
        row: u64,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), VisitError> {
        let (count, values) = match values.split_last() {
            Some((AttributeValue::Int(count), values)) => (*count, values),
            _ => return Err(VisitError::new(MissingGroupCount)),
        };
        let count = u64::try_from(count).unwrap_or_default();
        let text = abbreviated(count);
        let mut values = values.to_vec();
        if count > 1 {
            values.push(AttributeValue::Bool(true));
            values.push(AttributeValue::UInt(count));
            values.push(AttributeValue::Text(&text));
        } else {
            values.extend([AttributeValue::Null; 3]);
        }
        self.inner.feature(row, geometry, &values)
    }
}

/// Error: the query of groups gave a row without its number of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a group of rows has no count")]
struct MissingGroupCount;
