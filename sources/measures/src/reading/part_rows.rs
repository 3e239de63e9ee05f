//! Rows of one part of a dataset in memory: needed columns, times, geometry.
//!
//! A row takes 8 bytes for each number, 4 for each text and for its time, and 16 for each
//! vertex: 2 million rows of footfall with a key, a month and hour, a kind of day and one
//! number take 40 MB.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::column_cells::{ColumnCells, TimeColumn, TimeReader, type_of};
use super::dataset_reader::{DatasetPart, DatasetReader};
use super::row_needs::RowNeeds;
use crate::error::{EvaluationError, IdFault};
use crate::geometry::bounding_box::{BoundingBox, BoxTree};
use crate::geometry::plane::{MercatorPlane, ground_area};
use crate::geometry::row_outline::{PartOutlines, RowOutline};
use catalog::{Dataset, DatasetColumn, DistrictTimeZone};
use data_model::VisitError;
use data_model::feature::{
    AttributeValue, ColumnType, FeatureSchema, FeatureVisitor, Geometry, ShapeKind,
};
use vector_tile::features::ID_LIMIT;

/// Rows of a part; those of features are sorted by id.
#[derive(Debug)]
pub(crate) struct PartRows {
    pub(crate) len: usize,
    pub(crate) columns: BTreeMap<String, ColumnCells>,
    pub(crate) times: Option<TimeColumn>,
    pub(crate) outlines: PartOutlines,
    /// Feature ids; row numbers if there are no usable ids.
    pub(crate) ids: Vec<u64>,
    /// The reason why ids are not usable; `None` if they are.
    pub(crate) ids_fault: Option<IdFault>,
    box_tree: OnceLock<BoxTree>,
    representative_points: OnceLock<Vec<Option<[f64; 2]>>>,
    projected: Mutex<Option<Arc<ProjectedFeatures>>>,
}

/// Features projected to a plane.
#[derive(Debug)]
pub(crate) struct ProjectedFeatures {
    pub(crate) plane: MercatorPlane,
    pub(crate) coordinates: Vec<[f64; 2]>,
    pub(crate) bounds: Vec<BoundingBox>,
}

impl PartRows {
    /// R-tree of the features' bounding boxes in degrees.
    pub(crate) fn box_tree(&self) -> &BoxTree {
        self.box_tree.get_or_init(|| {
            let rows = 0..self.outlines.len();
            let bounds = |row| Some((row as u32, self.outlines.get(row)?.bounds()));
            BoxTree::new(rows.filter_map(bounds))
        })
    }

    /// The representative point of each feature.
    pub(crate) fn representative_points(&self) -> &[Option<[f64; 2]>] {
        self.representative_points.get_or_init(|| {
            let point = |row| self.outlines.get(row).and_then(RowOutline::representative);
            (0..self.outlines.len()).map(point).collect()
        })
    }

    /// The features projected to a plane; cached for the last plane.
    pub(crate) fn on_plane(&self, plane: MercatorPlane) -> Arc<ProjectedFeatures> {
        let mut cached = self.projected.lock();
        if let Some(known) = cached.as_ref().filter(|known| known.plane == plane) {
            return Arc::clone(known);
        }
        let coordinates = self.outlines.coordinates().iter().map(|&at| plane.project(at));
        let coordinates: Vec<_> = coordinates.collect();
        let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let bounds = |row| self.outlines.on(&coordinates, row).map_or(none, RowOutline::bounds);
        let bounds = (0..self.outlines.len()).map(bounds).collect();
        let projected = Arc::new(ProjectedFeatures { plane, coordinates, bounds });
        *cached = Some(Arc::clone(&projected));
        projected
    }

    /// The area of a polygon on the ground in square kilometres; NaN for other geometry.
    pub(crate) fn area(&self, projected: &ProjectedFeatures, row: usize) -> f64 {
        let outline = self.outlines.on(&projected.coordinates, row);
        let Some(outline) = outline.filter(|outline| outline.kind == ShapeKind::Polygon) else {
            return f64::NAN;
        };
        let rings = outline.parts().map(|(ring, exterior)| {
            let area = ground_area(ring);
            if exterior { area } else { -area }
        });
        rings.sum::<f64>() / 1e6
    }

    /// Bytes of memory used, without the cached trees, points and projections.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.columns.values().map(ColumnCells::memory_bytes).sum::<usize>()
            + self.times.as_ref().map_or(0, TimeColumn::memory_bytes)
            + self.outlines.memory_bytes()
            + self.ids.capacity() * 8
    }
}

/// Reads a part.
pub(crate) fn read(
    inputs: &dyn DatasetReader,
    dataset: &Dataset,
    part: DatasetPart,
    needs: &RowNeeds,
    zone: &DistrictTimeZone,
) -> Result<PartRows, EvaluationError> {
    let mut reader = PartReader::new(dataset, part, needs, zone, inputs.id_column(&dataset.id));
    let scanned = inputs.scan(&dataset.id, part, &mut reader);
    if let Some(column) = reader.missing {
        return Err(EvaluationError::NoColumn { dataset: dataset.id.clone(), part, column });
    }
    scanned?;
    Ok(reader.finish())
}

/// Reason for which a part's rows can't be read on.
#[derive(Debug, thiserror::Error)]
enum PartUnreadable {
    #[error("there is no column {0:?}")]
    NoColumn(String),
    #[error("more than 2^32 - 2 rows")]
    TooManyRows,
    #[error("more than 2^32 - 1 vertices")]
    TooManyVertices,
}

/// The declared columns of a part, and the names of its time columns.
struct DeclaredColumns<'a> {
    columns: &'a [DatasetColumn],
    time: Option<&'a str>,
    hour: Option<&'a str>,
    period: Option<data_model::Period>,
}

fn declared(dataset: &Dataset, part: DatasetPart) -> DeclaredColumns<'_> {
    match (part, &dataset.values) {
        (DatasetPart::Values, Some(values)) => DeclaredColumns {
            columns: &values.columns,
            time: values.time.as_deref(),
            hour: values.hour.as_deref(),
            period: values.row_period(),
        },
        _ => DeclaredColumns {
            columns: &dataset.columns,
            time: dataset.time.as_deref(),
            hour: None,
            period: None,
        },
    }
}

/// A needed column: name, index in a row, cells.
struct NeededColumn {
    name: String,
    at: usize,
    cells: ColumnCells,
}

/// Indexes of the time columns in a row.
#[derive(Clone, Copy)]
struct TimeIndexes {
    time: usize,
    /// `None` if the hour is no column of its own.
    hour: Option<usize>,
}

/// Reads a part row by row.
struct PartReader<'a> {
    declared: DeclaredColumns<'a>,
    part: DatasetPart,
    needs: &'a RowNeeds,
    zone: &'a DistrictTimeZone,
    id_column: Option<String>,
    columns: Vec<NeededColumn>,
    id_at: Option<usize>,
    time_at: Option<TimeIndexes>,
    times: TimeReader,
    outlines: PartOutlines,
    ids: Vec<u64>,
    ids_fault: Option<IdFault>,
    missing: Option<String>,
    rows: usize,
}

impl<'a> PartReader<'a> {
    fn new(
        dataset: &'a Dataset,
        part: DatasetPart,
        needs: &'a RowNeeds,
        zone: &'a DistrictTimeZone,
        id: Option<String>,
    ) -> Self {
        let declared = declared(dataset, part);
        Self {
            times: TimeReader::new(declared.period, zone.clone(), 0),
            declared,
            part,
            needs,
            zone,
            id_column: id.filter(|_| part == DatasetPart::Features),
            columns: Vec::new(),
            id_at: None,
            time_at: None,
            outlines: PartOutlines::default(),
            ids: Vec::new(),
            ids_fault: None,
            missing: None,
            rows: 0,
        }
    }

    fn finish(mut self) -> PartRows {
        let sorted = self.ids.is_sorted();
        if self.part == DatasetPart::Features && !sorted {
            let mut order: Vec<u32> = (0..self.rows as u32).collect();
            order.sort_by_key(|&row| (self.ids[row as usize], row));
            self.ids = order.iter().map(|&row| self.ids[row as usize]).collect();
            self.columns.iter_mut().for_each(|column| column.cells.arrange(&order));
            if self.needs.geometry {
                self.outlines.arrange(&order);
            }
            if self.time_at.is_some() {
                self.times.arrange(&order);
            }
        }
        if self.ids_fault.is_none()
            && let Some(twice) = self.ids.windows(2).find(|pair| pair[0] == pair[1])
        {
            self.ids_fault = Some(IdFault::Duplicate(twice[0]));
        }
        let columns = self.columns.into_iter().map(|NeededColumn { name, mut cells, .. }| {
            cells.finish();
            (name, cells)
        });
        PartRows {
            len: self.rows,
            columns: columns.collect(),
            times: self.time_at.map(|_| self.times.finish()),
            outlines: self.outlines,
            ids: self.ids,
            ids_fault: self.ids_fault,
            box_tree: OnceLock::new(),
            representative_points: OnceLock::new(),
            projected: Mutex::new(None),
        }
    }

    fn id(&mut self, row: u64, values: &[AttributeValue<'_>]) -> u64 {
        let Some(at) = self.id_at else { return row };
        let id = match values.get(at) {
            Some(&AttributeValue::Int(id)) => u64::try_from(id).ok(),
            Some(&AttributeValue::UInt(id)) => Some(id),
            _ => None,
        };
        // Feature ids are integers below the limit.
        id.filter(|&id| id < ID_LIMIT).unwrap_or_else(|| {
            let column = &self.id_column;
            self.ids_fault.get_or_insert_with(|| IdFault::NoInteger {
                row,
                column: column.clone().unwrap_or_default(),
            });
            row
        })
    }
}

/// Maximum number of rows to reserve memory for: a store may report a wrong count.
const MOST_RESERVED: u64 = 1 << 22;

impl FeatureVisitor for PartReader<'_> {
    fn begin(&mut self, schema: &FeatureSchema) {
        let expected_rows = schema.feature_count.unwrap_or(0).min(MOST_RESERVED) as usize;
        let position = |name: &str| schema.columns.iter().position(|column| column.name == name);
        for (name, &wanted) in &self.needs.columns {
            let Some(at) = position(name) else {
                self.missing.get_or_insert_with(|| name.clone());
                continue;
            };
            let declared = self.declared.columns.iter().find(|column| &column.name == name);
            let kind = type_of(declared.and_then(|column| column.kind), schema.columns[at].kind);
            let cells = ColumnCells::new(kind, wanted, expected_rows);
            self.columns.push(NeededColumn { name: name.clone(), at, cells });
        }
        if let Some(time) = self.declared.time.filter(|_| self.needs.time) {
            let hour = self.declared.hour;
            match (position(time), hour.map(position)) {
                (Some(time), None) => self.time_at = Some(TimeIndexes { time, hour: None }),
                (Some(time), Some(Some(hour))) => {
                    self.time_at = Some(TimeIndexes { time, hour: Some(hour) });
                }
                (None, _) => self.missing = Some(time.to_owned()),
                (_, Some(None)) => self.missing = hour.map(str::to_owned),
            }
            self.times = TimeReader::new(self.declared.period, self.zone.clone(), expected_rows);
        }
        if let Some(name) = &self.id_column {
            self.id_at = position(name);
            if self.id_at.is_none() {
                self.ids_fault = Some(IdFault::NoColumn(name.clone()));
            }
        }
    }

    fn feature(
        &mut self,
        row: u64,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), VisitError> {
        if let Some(column) = &self.missing {
            return Err(VisitError::new(PartUnreadable::NoColumn(column.clone())));
        }
        if self.rows >= u32::MAX as usize - 1 {
            return Err(VisitError::new(PartUnreadable::TooManyRows));
        }
        let value = |at: usize| values.get(at).copied().unwrap_or(AttributeValue::Null);
        if self.part == DatasetPart::Features {
            let id = self.id(row, values);
            self.ids.push(id);
        }
        for NeededColumn { at, cells, .. } in &mut self.columns {
            match (cells.kind, value(*at)) {
                // Conditions on days are in the district's time.
                (ColumnType::DateTime, AttributeValue::Text(text)) => {
                    let local = self.zone.local_text(text);
                    cells.push(AttributeValue::Text(local.as_deref().unwrap_or(text)));
                }
                (_, value) => cells.push(value),
            }
        }
        if let Some(TimeIndexes { time, hour }) = self.time_at {
            self.times.push(value(time), hour.map(value));
        }
        if self.needs.geometry && !self.outlines.push(geometry) {
            return Err(VisitError::new(PartUnreadable::TooManyVertices));
        }
        self.rows += 1;
        Ok(())
    }
}
