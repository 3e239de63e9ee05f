//! Rows of a file before projection and repair.

use data_model::feature::{AttributeValue, ColumnType, Geometry, GeometryKind};

use crate::crs::crs_fault::CrsSource;
use crate::error::IngestError;
use crate::rejects::reject_reason::RejectReason;
use crate::summary::import_note::ImportNote;

/// A column with its name in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawColumn {
    pub(crate) name: String,
    pub(crate) kind: ColumnType,
}

/// Result of the first reading of a file.
#[derive(Debug)]
pub(crate) struct FileSurvey {
    pub(crate) columns: Vec<RawColumn>,
    pub(crate) kind: GeometryKind,
    pub(crate) rows: u64,
    pub(crate) sample: PositionSample,
    pub(crate) crs: StatedCrs,
    /// Notes for the summary.
    pub(crate) notes: Vec<ImportNote>,
}

/// The CRS declared by a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StatedCrs {
    /// None: a Shapefile without `.prj`.
    Nothing,
    /// The text of a `.prj`.
    Wkt(String),
    /// An EPSG code, and its source.
    Epsg(u32, CrsSource),
    /// An unknown name.
    Unknown(String),
}

/// The geometry of one row, in the file's CRS.
#[derive(Debug, Default)]
pub(crate) struct RawGeometry {
    pub(crate) geometry: Geometry,
    /// Whether the rings of a polygon are not yet sorted into exteriors and holes;
    /// `polygon_ends` is then empty.
    pub(crate) loose_rings: bool,
    /// Whether heights or measures were left out.
    pub(crate) heights: bool,
    /// Whether parts of a collection below the highest dimension were left out.
    pub(crate) mixed: bool,
    /// The reason for which the geometry is invalid; `None` if it is valid.
    pub(crate) fault: Option<RejectReason>,
}

impl RawGeometry {
    pub(crate) fn clear(&mut self) {
        self.geometry.clear();
        self.loose_rings = false;
        self.heights = false;
        self.mixed = false;
        self.fault = None;
    }
}

/// A file of rows that can be read repeatedly.
pub(crate) trait RowSource {
    /// Reads all rows, and determines columns, geometry and CRS.
    fn survey(&mut self, progress: &mut dyn FnMut(u64)) -> Result<FileSurvey, IngestError>;

    /// Reads all rows again, and passes each to `sink` with one value per surveyed
    /// column. Rows are numbered from 1, as in a spreadsheet.
    fn rows(&mut self, sink: &mut dyn RowSink) -> Result<(), IngestError>;
}

/// Receives rows.
pub(crate) trait RowSink {
    fn row(
        &mut self,
        number: u64,
        geometry: &mut RawGeometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), IngestError>;
}

/// An even sample of a file's positions: the first of each row, thinned out.
#[derive(Debug)]
pub(crate) struct PositionSample {
    positions: Vec<[f64; 2]>,
    stride: u64,
    seen: u64,
}

impl Default for PositionSample {
    fn default() -> Self {
        Self { positions: Vec::new(), stride: 1, seen: 0 }
    }
}

impl PositionSample {
    const MOST: usize = 8192;

    /// Adds the first position of a row. A point at 0, 0 is a row without coordinates.
    pub(crate) fn add(&mut self, geometry: &Geometry) {
        let Some(&position) = geometry.coordinates.first() else { return };
        if position == [0.0, 0.0] || !position[0].is_finite() || !position[1].is_finite() {
            return;
        }
        if self.seen.is_multiple_of(self.stride) {
            self.positions.push(position);
        }
        self.seen += 1;
        if self.positions.len() == Self::MOST {
            let mut keep = false;
            self.positions.retain(|_| {
                keep = !keep;
                keep
            });
            self.stride *= 2;
        }
    }

    pub(crate) fn positions(&self) -> &[[f64; 2]] {
        &self.positions
    }
}

/// The geometry kind of a file whose rows have these shapes.
pub(crate) fn joint_kind(seen: [bool; 3]) -> GeometryKind {
    match seen {
        [false, false, false] | [true, false, false] => GeometryKind::Point,
        [false, true, false] => GeometryKind::Line,
        [false, false, true] => GeometryKind::Polygon,
        _ => GeometryKind::Mixed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_spread_over_the_whole_file() {
        let mut sample = PositionSample::default();
        let mut geometry = Geometry::default();
        for n in 0..100_000 {
            geometry.coordinates = vec![[f64::from(n) + 1.0, 1.0]];
            sample.add(&geometry);
        }
        let positions = sample.positions();
        assert!((2048..8192).contains(&positions.len()), "{}", positions.len());
        let last = positions.last().unwrap()[0];
        assert!(last > 99_000.0, "{last}");
    }
}
