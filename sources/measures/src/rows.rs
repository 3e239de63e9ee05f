//! Rows of one part of a dataset in memory: needed columns, times, geometry.
//!
//! A row takes 8 bytes for each number, 4 for each text and for its time, and 16 for each
//! vertex: 2 million rows of footfall with a key, a month and hour, a kind of day and one
//! number take 40 MB.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use super::boxes::{BoundingBox, BoxTree};
use super::column_cells::{ColumnCells, ColumnForm, TimeColumn, TimeReader, type_of};
use super::plane::MercatorPlane;
use super::row_outline::{PartOutlines, RowOutline};
use super::{DatasetPart, DatasetReader};
use crate::DeriveError;
use catalog::{Dataset, DatasetColumn, DistrictTimeZone};
use data_model::feature::{
    AttributeValue, ColumnType, FeatureSchema, FeatureVisitor, Geometry, ShapeKind,
};
use vector_tile::features::ID_LIMIT;

/// Columns, time and geometry that are needed of a part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RowNeeds {
    pub(super) columns: BTreeMap<String, ColumnForm>,
    pub(super) time: bool,
    pub(super) geometry: bool,
}

impl RowNeeds {
    pub(super) fn column(&mut self, name: &str, want: ColumnForm) {
        let known = self.columns.entry(name.to_owned()).or_default();
        *known = known.and(want);
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (name, &want) in &other.columns {
            self.column(name, want);
        }
        self.time |= other.time;
        self.geometry |= other.geometry;
    }

    pub(super) fn covers(&self, other: &Self) -> bool {
        let columns = other
            .columns
            .iter()
            .all(|(name, &want)| self.columns.get(name).is_some_and(|known| known.covers(want)));
        columns && (self.time || !other.time) && (self.geometry || !other.geometry)
    }
}

/// Rows of a part; those of features are sorted by id.
#[derive(Debug)]
pub(super) struct PartRows {
    pub(super) len: usize,
    pub(super) columns: BTreeMap<String, ColumnCells>,
    pub(super) times: Option<TimeColumn>,
    pub(super) outlines: PartOutlines,
    /// Feature ids; row numbers if there are no usable ids.
    pub(super) ids: Vec<u64>,
    /// The reason why ids are not usable; `None` if they are.
    pub(super) ids_fault: Option<String>,
    degrees: OnceLock<BoxTree>,
    places: OnceLock<Vec<Option<[f64; 2]>>>,
    metres: Mutex<Option<Arc<OnPlane>>>,
}

/// Features projected to a plane.
#[derive(Debug)]
pub(super) struct OnPlane {
    pub(super) plane: MercatorPlane,
    pub(super) coordinates: Vec<[f64; 2]>,
    pub(super) bounds: Vec<BoundingBox>,
}

impl PartRows {
    /// R-tree of the features' bounding boxes in degrees.
    pub(super) fn degrees(&self) -> &BoxTree {
        self.degrees.get_or_init(|| {
            let rows = 0..self.outlines.len();
            let bounds = |row| Some((row as u32, self.outlines.get(row)?.bounds()));
            BoxTree::new(rows.filter_map(bounds))
        })
    }

    /// The representative point of each feature.
    pub(super) fn places(&self) -> &[Option<[f64; 2]>] {
        self.places.get_or_init(|| {
            let place = |row| self.outlines.get(row).and_then(RowOutline::representative);
            (0..self.outlines.len()).map(place).collect()
        })
    }

    /// The features projected to a plane; cached for the last plane.
    pub(super) fn on_plane(&self, plane: MercatorPlane) -> Arc<OnPlane> {
        let mut kept = self.metres.lock();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.plane == plane) {
            return Arc::clone(kept);
        }
        let coordinates = self.outlines.coordinates().iter().map(|&at| plane.project(at));
        let coordinates: Vec<_> = coordinates.collect();
        let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let bounds = |row| self.outlines.on(&coordinates, row).map_or(none, RowOutline::bounds);
        let bounds = (0..self.outlines.len()).map(bounds).collect();
        let made = Arc::new(OnPlane { plane, coordinates, bounds });
        *kept = Some(Arc::clone(&made));
        made
    }

    /// The area of a polygon on the ground in square kilometres; NaN for other geometry.
    pub(super) fn area(&self, on: &OnPlane, row: usize) -> f64 {
        let outline = self.outlines.on(&on.coordinates, row);
        let Some(outline) = outline.filter(|outline| outline.kind == ShapeKind::Polygon) else {
            return f64::NAN;
        };
        let rings = outline.parts().map(|(ring, exterior)| {
            let area = super::plane::ground_area(ring);
            if exterior { area } else { -area }
        });
        rings.sum::<f64>() / 1e6
    }

    /// Bytes of memory held, without the cached trees, points and projections.
    pub(super) fn memory_bytes(&self) -> usize {
        self.columns.values().map(ColumnCells::memory_bytes).sum::<usize>()
            + self.times.as_ref().map_or(0, TimeColumn::memory_bytes)
            + self.outlines.memory_bytes()
            + self.ids.capacity() * 8
    }
}

/// Reads a part.
pub(super) fn read(
    inputs: &dyn DatasetReader,
    dataset: &Dataset,
    part: DatasetPart,
    wants: &RowNeeds,
    zone: &DistrictTimeZone,
) -> Result<PartRows, DeriveError> {
    let mut reader = Reader::new(dataset, part, wants, zone, inputs.id_column(&dataset.id));
    let scanned = inputs.scan(&dataset.id, part, &mut reader);
    if let Some(column) = reader.missing {
        return Err(DeriveError::NoColumn { dataset: dataset.id.clone(), part, column });
    }
    scanned?;
    Ok(reader.finish())
}

/// The declared columns of a part, and the names of its time columns.
struct Declared<'a> {
    columns: &'a [DatasetColumn],
    time: Option<&'a str>,
    hour: Option<&'a str>,
    period: Option<data_model::Period>,
}

fn declared(dataset: &Dataset, part: DatasetPart) -> Declared<'_> {
    match (part, &dataset.values) {
        (DatasetPart::Values, Some(values)) => Declared {
            columns: &values.columns,
            time: values.time.as_deref(),
            hour: values.hour.as_deref(),
            period: values.row_period(),
        },
        _ => Declared {
            columns: &dataset.columns,
            time: dataset.time.as_deref(),
            hour: None,
            period: None,
        },
    }
}

struct Reader<'a> {
    declared: Declared<'a>,
    part: DatasetPart,
    wants: &'a RowNeeds,
    zone: &'a DistrictTimeZone,
    id_column: Option<String>,
    /// Wanted columns: name, index in a row, cells.
    columns: Vec<(String, usize, ColumnCells)>,
    id_at: Option<usize>,
    time_at: Option<(usize, Option<usize>)>,
    times: TimeReader,
    outlines: PartOutlines,
    ids: Vec<u64>,
    ids_fault: Option<String>,
    missing: Option<String>,
    rows: usize,
}

impl<'a> Reader<'a> {
    fn new(
        dataset: &'a Dataset,
        part: DatasetPart,
        wants: &'a RowNeeds,
        zone: &'a DistrictTimeZone,
        id: Option<String>,
    ) -> Self {
        let declared = declared(dataset, part);
        Self {
            times: TimeReader::new(declared.period, zone.clone(), 0),
            declared,
            part,
            wants,
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
            self.columns.iter_mut().for_each(|(_, _, cells)| cells.arrange(&order));
            if self.wants.geometry {
                self.outlines.arrange(&order);
            }
            if self.time_at.is_some() {
                self.times.arrange(&order);
            }
        }
        if self.ids_fault.is_none()
            && let Some(twice) = self.ids.windows(2).find(|pair| pair[0] == pair[1])
        {
            self.ids_fault =
                Some(format!("two features have the id {}; make ids unique", twice[0]));
        }
        let columns = self.columns.into_iter().map(|(name, _, mut cells)| {
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
            degrees: OnceLock::new(),
            places: OnceLock::new(),
            metres: Mutex::new(None),
        }
    }

    fn id(&mut self, row: u64, values: &[AttributeValue<'_>]) -> u64 {
        let Some(at) = self.id_at else { return row };
        let id = match values.get(at) {
            Some(&AttributeValue::Int(id)) => u64::try_from(id).ok(),
            Some(&AttributeValue::UInt(id)) => Some(id),
            _ => None,
        };
        // The features that carry measures have no other ids.
        id.filter(|&id| id < ID_LIMIT).unwrap_or_else(|| {
            let column = self.id_column.as_deref().unwrap_or_default();
            self.ids_fault.get_or_insert_with(|| {
                format!(
                    "row {row} has no whole number from 0 to 2^53 - 1 in its id column \
                     {column:?}; declare another id_column, or number the rows"
                )
            });
            row
        })
    }
}

/// Maximum number of rows to reserve memory for, whatever count a store reports.
const MOST_FORESEEN: u64 = 1 << 22;

impl FeatureVisitor for Reader<'_> {
    fn begin(&mut self, schema: &FeatureSchema) {
        let foreseen = schema.feature_count.unwrap_or(0).min(MOST_FORESEEN) as usize;
        let place = |name: &str| schema.columns.iter().position(|column| column.name == name);
        for (name, &want) in &self.wants.columns {
            let Some(at) = place(name) else {
                self.missing.get_or_insert_with(|| name.clone());
                continue;
            };
            let declared = self.declared.columns.iter().find(|column| &column.name == name);
            let kind = type_of(declared.and_then(|column| column.kind), schema.columns[at].kind);
            self.columns.push((name.clone(), at, ColumnCells::new(kind, want, foreseen)));
        }
        if let Some(time) = self.declared.time.filter(|_| self.wants.time) {
            let hour = self.declared.hour;
            match (place(time), hour.map(place)) {
                (Some(time), None) => self.time_at = Some((time, None)),
                (Some(time), Some(Some(hour))) => self.time_at = Some((time, Some(hour))),
                (None, _) => self.missing = Some(time.to_owned()),
                (_, Some(None)) => self.missing = hour.map(str::to_owned),
            }
            self.times = TimeReader::new(self.declared.period, self.zone.clone(), foreseen);
        }
        if let Some(name) = &self.id_column {
            self.id_at = place(name);
            if self.id_at.is_none() {
                self.ids_fault = Some(format!("there is no id column {name:?}"));
            }
        }
    }

    fn feature(
        &mut self,
        row: u64,
        geometry: &Geometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), String> {
        if let Some(column) = &self.missing {
            return Err(format!("there is no column {column:?}"));
        }
        if self.rows >= u32::MAX as usize - 1 {
            return Err("more than 2^32 - 2 rows".to_owned());
        }
        let value = |at: usize| values.get(at).copied().unwrap_or(AttributeValue::Null);
        if self.part == DatasetPart::Features {
            let id = self.id(row, values);
            self.ids.push(id);
        }
        for (_, at, cells) in &mut self.columns {
            match (cells.kind, value(*at)) {
                // Conditions on days mean the district's.
                (ColumnType::DateTime, AttributeValue::Text(text)) => {
                    let local = self.zone.local_text(text);
                    cells.push(AttributeValue::Text(local.as_deref().unwrap_or(text)));
                }
                (_, value) => cells.push(value),
            }
        }
        if let Some((time, hour)) = self.time_at {
            self.times.push(value(time), hour.map(value));
        }
        if self.wants.geometry && !self.outlines.push(geometry) {
            return Err("more than 2^32 - 1 vertices".to_owned());
        }
        self.rows += 1;
        Ok(())
    }
}
