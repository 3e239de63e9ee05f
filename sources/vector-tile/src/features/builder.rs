//! Builds a table from a scan: projects, orders, repairs, and measures importance.

mod arrange;
mod column_forms;
mod column_values;
mod contact;
mod foreign;
mod polygons;
mod table_options;
mod tile_scope;

use std::sync::Arc;

use self::arrange::{geometry_kind, measure, ordered, unique_ids};
use self::column_forms::ColumnForms;
use self::contact::ContactFinder;
pub use self::table_options::{ColumnForm, TableOptions};
pub use self::tile_scope::TileScope;
use super::dictionary::{DictionaryBuilder, DictionaryFull};
use super::draw_order::DrawOrder;
use super::index::{HilbertIndex, hilbert};
use super::row_geometries::{PartShapes, RowGeometries};
use super::{FeatureTable, NO_ID, ValueId};
use data_model::VisitError;
use data_model::feature::{
    AttributeValue, Column, FeatureSchema, FeatureVisitor, Geometry, ShapeKind,
};
use data_model::tile::{WorldPoint, WorldRect};

/// Ids from here on are not exact in clients that hold numbers as doubles.
pub const ID_LIMIT: u64 = 1 << 53;

/// Error of building a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// More features, vertices or values than a table can number.
    #[error("it does not fit a feature table: {0}")]
    TooLarge(&'static str),
    /// The tile's deadline passed; for tables of one tile only.
    #[error("a polygon that crosses itself is not repaired before the tile's deadline")]
    OutOfTime,
    /// The declared id column is missing or has a value that is no id.
    #[error("id column {column:?}: {problem}")]
    IdColumn {
        /// The declared name.
        column: String,
        /// The fault of the column.
        problem: String,
    },
}

/// Builds a [`FeatureTable`] from a scan.
#[derive(Debug)]
pub struct TableBuilder {
    options: TableOptions,
    columns: Vec<Column>,
    forms: ColumnForms,
    id_column: Option<usize>,
    values: Vec<Vec<ValueId>>,
    dictionary: DictionaryBuilder,
    ids: Vec<u64>,
    /// Geometry in the order of the scan.
    shapes: PartShapes,
    /// Position in `shapes` of each scanned feature; `NO_SHAPE` without geometry.
    shape_of: Vec<u32>,
    /// Whether the features are those of one foreign tile: every vertex and the drawing
    /// order are kept.
    of_tile: bool,
    contacts: ContactFinder,
    /// The tile of a table for one tile; `None` for any other table.
    scope: Option<TileScope>,
    fault: Option<TableError>,
}

const NO_SHAPE: u32 = u32::MAX;

const TOO_MANY_VERTICES: TableError = TableError::TooLarge("more than 2^31 - 1 vertices");

impl TableBuilder {
    /// An empty builder.
    #[must_use]
    pub fn new(options: TableOptions) -> Self {
        Self {
            options,
            columns: Vec::new(),
            forms: ColumnForms::default(),
            id_column: None,
            values: Vec::new(),
            dictionary: DictionaryBuilder::new(0),
            ids: Vec::new(),
            shapes: PartShapes::default(),
            shape_of: Vec::new(),
            of_tile: false,
            contacts: ContactFinder::default(),
            scope: None,
            fault: None,
        }
    }

    /// An empty builder of the table for one tile.
    pub fn for_tile(options: TableOptions, scope: TileScope) -> Self {
        Self { scope: Some(scope), ..Self::new(options) }
    }

    /// The first error so far; `None` if there is none.
    #[must_use]
    pub fn fault(&self) -> Option<&TableError> {
        self.fault.as_ref()
    }

    /// Bytes of memory used so far, without allocator overhead.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let values: usize = self.values.iter().map(|column| column.capacity() * 4).sum();
        values
            + self.ids.capacity() * 8
            + self.shape_of.capacity() * 4
            + self.shapes.memory_bytes()
            + self.dictionary.memory_bytes()
    }

    /// Orders and indexes the rows, and returns the table.
    ///
    /// # Errors
    /// Returns the first [`TableError`] of the scan.
    pub fn finish(mut self) -> Result<FeatureTable, TableError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let mut shapes = std::mem::take(&mut self.shapes);
        if self.of_tile || self.options.keep_every_vertex {
            shapes.importance = vec![0; shapes.coordinates.len()];
        } else {
            measure(&mut shapes, self.options.coverage);
        }
        let order = self.row_order(&shapes.boxes);
        let drawn: Vec<u32> = order
            .iter()
            .map(|&scanned| self.shape_of[scanned as usize])
            .take_while(|&shape| shape != NO_SHAPE)
            .collect();
        let geometry = geometry_kind(&shapes);
        let shapes = ordered(&shapes, &drawn);
        let index = index_of(&shapes);
        let (dictionary, new_ids) = self.dictionary.finish();
        let value = |column: &[ValueId], scanned: u32| new_ids[column[scanned as usize] as usize];
        let values = self
            .values
            .into_iter()
            .map(|column| order.iter().map(|&scanned| value(&column, scanned)).collect())
            .collect();
        let ids: Vec<u64> = order.iter().map(|&scanned| self.ids[scanned as usize]).collect();
        let ids: Arc<[u64]> = ids.into();
        // Ids of foreign tiles stay as they are.
        let tile_ids = if self.options.omit_ids {
            vec![NO_ID; ids.len()].into()
        } else if self.of_tile {
            Arc::clone(&ids)
        } else {
            unique_ids(&ids, &self.ids)
        };
        let drawn = if self.of_tile || self.options.omit_ids {
            DrawOrder::of_rows(drawn.len())
        } else {
            DrawOrder::by_id(&ids[..drawn.len()], &order)
        };
        Ok(FeatureTable {
            columns: self.columns.into(),
            values,
            dictionary: Arc::new(dictionary),
            ids,
            tile_ids,
            shapes: Arc::new(shapes),
            index: Arc::new(index),
            drawn: Arc::new(drawn),
            geometry,
            keeps_edges: self.of_tile || self.options.coverage || self.options.keep_every_vertex,
        })
    }

    /// Scanned rows in the table's order: those with geometry along the Hilbert curve (equal
    /// places by id), the others after them, whatever order the store has.
    ///
    /// Rows of a table for one tile are ordered by id: the tile shows nearly all of them,
    /// and lists them so.
    fn row_order(&self, boxes: &[WorldRect]) -> Vec<u32> {
        if self.scope.is_some()
            && !self.options.omit_ids
            && let Some(order) = self.order_by_id()
        {
            return order;
        }
        let centre = |rect: &WorldRect| WorldPoint {
            x: rect.min.x + (rect.max.x - rect.min.x) / 2,
            y: rect.min.y + (rect.max.y - rect.min.y) / 2,
        };
        let mut order: Vec<(u64, u64, u32)> = (0..self.ids.len())
            .map(|scanned| {
                let shape = self.shape_of[scanned];
                let position = match shape {
                    NO_SHAPE => u64::MAX,
                    _ if self.of_tile => scanned as u64,
                    shape => hilbert(centre(&boxes[shape as usize])),
                };
                (position, self.ids[scanned], scanned as u32)
            })
            .collect();
        order.sort_unstable_by_key(|&(position, id, scanned)| {
            (self.shape_of[scanned as usize] == NO_SHAPE, position, id, scanned)
        });
        order.into_iter().map(|(_, _, scanned)| scanned).collect()
    }

    /// Scanned rows by ascending id, those without geometry last; `None` if an id occurs
    /// twice, since the order of its rows must not depend on the scan.
    fn order_by_id(&self) -> Option<Vec<u32>> {
        let mut order: Vec<(bool, u64, u32)> = (0..self.ids.len())
            .map(|scanned| (self.shape_of[scanned] == NO_SHAPE, self.ids[scanned], scanned as u32))
            .collect();
        order.sort_unstable();
        let repeated = order.windows(2).any(|pair| pair[0].1 == pair[1].1);
        (!repeated).then(|| order.into_iter().map(|(_, _, scanned)| scanned).collect())
    }

    fn fail(&mut self, fault: TableError) -> Result<(), VisitError> {
        self.fault.get_or_insert_with(|| fault.clone());
        Err(VisitError::new(fault))
    }

    fn id(&self, row: u64, values: &[AttributeValue<'_>]) -> Result<u64, TableError> {
        let Some(column) = self.id_column else {
            return Ok(row);
        };
        let id = match values.get(column) {
            Some(AttributeValue::Int(id)) => u64::try_from(*id).ok(),
            Some(AttributeValue::UInt(id)) => Some(*id),
            _ => None,
        };
        id.filter(|&id| id < ID_LIMIT).ok_or_else(|| TableError::IdColumn {
            column: self.columns[column].name.clone(),
            problem: format!("row {row} has no integer from 0 to 2^53 - 1"),
        })
    }

    /// Appends one feature's geometry as a row, unless no part of it has a vertex.
    ///
    /// # Errors
    /// Returns [`TableError`] if the table is full or the tile's deadline passes.
    fn shape(
        &mut self,
        geometry: &Geometry,
        kind: ShapeKind,
        world: impl Fn(&[f64; 2]) -> WorldPoint + Copy,
    ) -> Result<(), TableError> {
        let shapes = &mut self.shapes;
        let mut rect = WorldRect::EMPTY;
        let start = shapes.coordinates.len();
        match kind {
            ShapeKind::Point => {
                shapes.coordinates.extend(geometry.coordinates.iter().map(world));
                if !shapes.end_part(false) {
                    return Err(TOO_MANY_VERTICES);
                }
            }
            ShapeKind::Line => {
                for part in geometry.parts().filter(|part| !part.is_empty()) {
                    let from = shapes.coordinates.len();
                    push_distinct(&mut shapes.coordinates, from, part.iter().map(world));
                    if !shapes.end_part(false) {
                        return Err(TOO_MANY_VERTICES);
                    }
                }
            }
            ShapeKind::Polygon => rect = self.polygons(geometry, world)?,
        }
        let shapes = &mut self.shapes;
        if kind != ShapeKind::Polygon {
            shapes.coordinates[start..].iter().for_each(|&point| rect.extend(point));
        }
        if shapes.coordinates.len() > start {
            shapes.end_row(kind, rect);
        }
        Ok(())
    }
}

impl FeatureVisitor for TableBuilder {
    fn begin(&mut self, schema: &FeatureSchema) {
        self.columns.clone_from(&schema.columns);
        self.values = vec![Vec::new(); schema.columns.len()];
        self.dictionary = DictionaryBuilder::new(schema.columns.len());
        self.forms = ColumnForms::new(&mut self.columns, &self.options);
        if let Some(name) = &self.options.id_column {
            self.id_column = schema.columns.iter().position(|column| &column.name == name);
            if self.id_column.is_none() {
                self.fault = Some(TableError::IdColumn {
                    column: name.clone(),
                    problem: "the dataset has no such column".to_owned(),
                });
            }
        }
    }

    fn feature(
        &mut self,
        row: u64,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), VisitError> {
        if let Some(fault) = &self.fault {
            return Err(VisitError::new(fault.clone()));
        }
        if self.ids.len() >= NO_SHAPE as usize {
            return self.fail(TableError::TooLarge("more than 2^32 - 1 features"));
        }
        match self.id(row, values) {
            Ok(id) => self.ids.push(id),
            Err(fault) => return self.fail(fault),
        }
        for column in 0..self.columns.len() {
            let value = values.get(column).copied().unwrap_or(AttributeValue::Null);
            let added = self.add_value(column, value);
            if let Err(DictionaryFull) = added {
                return self.fail(TableError::TooLarge("4 GiB of distinct values"));
            }
        }
        match geometry.kind {
            Some(kind) if !geometry.coordinates.is_empty() => {
                let shape = self.shapes.kinds.len() as u32;
                let world = |&[lon, lat]: &[f64; 2]| WorldPoint::from_lon_lat(lon, lat);
                if let Err(fault) = self.shape(geometry, kind, world) {
                    return self.fail(fault);
                }
                let added = self.shapes.kinds.len() as u32 > shape;
                self.shape_of.push(if added { shape } else { NO_SHAPE });
            }
            _ => self.shape_of.push(NO_SHAPE),
        }
        Ok(())
    }
}

fn index_of(shapes: &RowGeometries) -> HilbertIndex {
    match shapes {
        RowGeometries::Points(points) => {
            HilbertIndex::new(points.len(), |row| WorldRect { min: points[row], max: points[row] })
        }
        RowGeometries::Parts(parts) => HilbertIndex::new(parts.boxes.len(), |row| parts.boxes[row]),
    }
}

/// Appends points, without those equal to the preceding one.
fn push_distinct(out: &mut Vec<WorldPoint>, from: usize, points: impl Iterator<Item = WorldPoint>) {
    for point in points {
        if out.len() == from || out[out.len() - 1] != point {
            out.push(point);
        }
    }
}
