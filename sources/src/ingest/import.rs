//! The import of one dataset: survey, place, repair, write, and what came of it.

use std::path::{Path, PathBuf};

use crate::feature::{Column, GeometryKind, Schema, Value};
use crate::flatgeobuf::Writer;
use crate::id::DatasetId;

use super::error::IngestError;
use super::files::{Content, Input};
use super::geojson::GeoJson;
use super::names::{ascii_names, composed};
use super::placement::{KOREA, Placement, place};
use super::rejects::Rejects;
use super::repair::{Fixes, repair};
use super::row::{RawGeometry, RowSink, RowSource, Survey};
use super::shapefile::Shapefile;
use super::text::Encoding;

/// How to import.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The data directory.
    pub data: PathBuf,
    /// The dataset's id; otherwise one made from the file's name.
    pub id: Option<DatasetId>,
    /// A title for people; otherwise the file's name where the id is another.
    pub title: Option<String>,
    /// EPSG code of the CRS, over what the file says.
    pub epsg: Option<u32>,
    /// West, south, east, north in degrees: where the data must lie. Otherwise
    /// [`KOREA`].
    pub bounds: Option<[f64; 4]>,
    /// Encoding of a DBF's text, over what the file says.
    pub encoding: Option<Encoding>,
    /// Whether one row that can't be kept is one too many.
    pub strict: bool,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Rows read for the survey.
    Surveyed(u64),
    /// Rows written, of all.
    Written(u64, u64),
}

/// What an import did.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The dataset.
    pub id: DatasetId,
    /// Its file.
    pub path: PathBuf,
    /// Whether a file was there before.
    pub replaced: bool,
    /// Features in the file.
    pub features: u64,
    /// What their geometry is.
    pub kind: GeometryKind,
    /// Features without geometry among them.
    pub without_geometry: u64,
    /// Rows that could not be kept, and the file that lists them.
    pub rejected: Option<(u64, PathBuf)>,
    /// The CRS that was read, and how it was known.
    pub crs: String,
    /// West, south, east, north of the result in degrees.
    pub bounds: Option<[f64; 4]>,
    /// The columns as written.
    pub columns: Vec<Column>,
    /// What was repaired, and what else is worth knowing; one line each.
    pub notes: Vec<String>,
}

/// Imports one dataset into the data directory: whole, or not at all.
///
/// # Errors
/// [`IngestError`]; the data directory is then as it was.
pub fn import(
    input: Input,
    options: &ImportOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Imported, IngestError> {
    let content = input.open()?;
    let id = options.id.clone().unwrap_or_else(|| input.id());
    let Input { name, path, .. } = input;
    let mut source: Box<dyn RowSource> = match content {
        Content::Shapefile(parts) => Box::new(Shapefile::open(*parts, options.encoding)?),
        Content::GeoJson(file) => Box::new(GeoJson::new(file, &path)),
    };
    let survey = source.survey(&mut |rows| progress(Progress::Surveyed(rows)))?;
    let sample = survey.sample.positions();
    let placement = place(&path, &survey.crs, options.epsg, sample, options.bounds)?;

    // Not before something is about to be written.
    std::fs::create_dir_all(&options.data)
        .map_err(|error| IngestError::io(&options.data, error))?;
    let target = options.data.join(format!("{id}.fgb"));
    let schema = schema(&survey, options.title.clone().or((id.as_str() != name).then_some(name)));
    let titles = survey.columns.iter().map(|column| column.name.clone()).collect();
    let mut import = Import {
        path: &path,
        writer: Writer::create(&target, &schema, survey.kind)?,
        rejects: Rejects::new(options.data.join(format!("{id}.rejects.csv")), titles),
        placement,
        total: survey.rows,
        progress,
        done: 0,
        tally: Tally::default(),
        bounds: None,
    };
    source.rows(&mut import)?;
    let Import { writer, rejects, placement, tally, bounds, .. } = import;

    if let Some(first) = rejects.first.clone() {
        if options.strict {
            return Err(IngestError::Strict { path, rows: rejects.rows, first });
        }
        if rejects.rows == survey.rows {
            let reason = format!("not one of its rows can be kept; {first}");
            return Err(IngestError::unsupported(&path, reason));
        }
    }
    let replaced = target.exists();
    let features = writer.finish()?;
    let rejected = rejects.rows;
    let rejected = rejects.finish()?.map(|path| (rejected, path));
    let mut notes = survey.notes;
    notes.extend(tally.lines(placement.swapped));
    notes.extend(placement.note);
    Ok(Imported {
        id,
        path: target,
        replaced,
        features,
        kind: survey.kind,
        without_geometry: tally.without_geometry,
        rejected,
        crs: format!("{}, {}", placement.projection.name(), placement.how),
        bounds,
        columns: schema.columns,
        notes,
    })
}

fn schema(survey: &Survey, title: Option<String>) -> Schema {
    let names = ascii_names(survey.columns.iter().map(|column| column.name.as_str()));
    let columns = survey
        .columns
        .iter()
        .zip(names)
        .map(|(raw, name)| Column {
            // People read what the file says where the name is another.
            title: (raw.name != name && !raw.name.is_empty())
                .then(|| composed(&raw.name).into_owned()),
            name,
            kind: raw.kind,
            description: None,
        })
        .collect();
    Schema { columns, feature_count: Some(survey.rows), title, description: None }
}

/// What happened to how many rows.
#[derive(Debug, Default)]
struct Tally {
    without_geometry: u64,
    heights: u64,
    closed: u64,
    dropped_parts: u64,
    rebuilt: u64,
    rewound: u64,
    nowhere: u64,
    swapped: u64,
    outside: u64,
    first_outside: u64,
}

impl Tally {
    fn count(&mut self, fixes: Fixes) {
        self.closed += u64::from(fixes.closed);
        self.dropped_parts += u64::from(fixes.dropped_parts);
        self.rebuilt += u64::from(fixes.rebuilt);
        self.rewound += u64::from(fixes.rewound);
        self.nowhere += u64::from(fixes.nowhere);
    }

    fn lines(&self, all_swapped: bool) -> Vec<String> {
        let mut lines = Vec::new();
        if all_swapped {
            lines.push("all coordinates were northing, easting: swapped".to_owned());
        }
        for (count, what) in [
            (self.swapped, "had latitude and longitude swapped: put right"),
            (self.rebuilt, "crossed themselves: rebuilt"),
            (self.closed, "had rings that were not closed: closed"),
            (self.rewound, "had rings wound the wrong way: rewound"),
            (self.dropped_parts, "had rings or lines without extent: these parts are left out"),
            (self.heights, "had heights or measures (Z, M), which a map does not keep"),
            (self.nowhere, "had 0, 0 for a position: kept without geometry"),
        ] {
            if count > 0 {
                lines.push(format!("{count} feature(s) {what}"));
            }
        }
        if self.outside > 0 {
            lines.push(format!(
                "{} feature(s) lie outside Korea, the first in row {}: look at their coordinates",
                self.outside, self.first_outside
            ));
        }
        lines
    }
}

struct Import<'a> {
    path: &'a Path,
    writer: Writer,
    rejects: Rejects,
    placement: Placement,
    total: u64,
    progress: &'a mut dyn FnMut(Progress),
    done: u64,
    tally: Tally,
    bounds: Option<[f64; 4]>,
}

impl Import<'_> {
    /// Repairs and projects a geometry.
    fn prepare(&mut self, row: u64, raw: &mut RawGeometry) -> Result<(), String> {
        let fixes = repair(raw)?;
        let positions = &mut raw.geometry.coordinates;
        let swap_row = !self.placement.swapped
            && self.placement.projection.epsg() == Some(4326)
            && positions.iter().any(|[_, y]| y.abs() > 90.0)
            && positions.iter().all(|[x, _]| x.abs() <= 90.0);
        if self.placement.swapped || swap_row {
            positions.iter_mut().for_each(|[x, y]| std::mem::swap(x, y));
        }
        self.placement.projection.to_lon_lat(positions).map_err(|error| error.to_string())?;
        self.tally.count(fixes);
        self.tally.swapped += u64::from(swap_row);
        self.tally.heights += u64::from(raw.heights);
        let Some(&[x, y]) = positions.first() else {
            self.tally.without_geometry += 1;
            return Ok(());
        };
        let [west, south, east, north] = KOREA;
        if !(west..=east).contains(&x) || !(south..=north).contains(&y) {
            self.tally.outside += 1;
            if self.tally.first_outside == 0 {
                self.tally.first_outside = row;
            }
        }
        let bounds = self.bounds.get_or_insert([x, y, x, y]);
        for &[x, y] in &*positions {
            *bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
        }
        Ok(())
    }
}

impl RowSink for Import<'_> {
    fn row(
        &mut self,
        number: u64,
        geometry: &mut RawGeometry,
        values: &[Value<'_>],
    ) -> Result<(), IngestError> {
        self.done += 1;
        (self.progress)(Progress::Written(self.done, self.total));
        if self.done > self.total {
            let reason = "the file grew while it was read; try again";
            return Err(IngestError::unsupported(self.path, reason));
        }
        match self.prepare(number, geometry) {
            Ok(()) => Ok(self.writer.feature(&geometry.geometry, values)?),
            Err(reason) => self.rejects.add(number, &reason, values),
        }
    }
}
