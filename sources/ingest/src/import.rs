//! The import of one dataset: survey, conversion, repair, writing, and the result.

use std::path::{Path, PathBuf};

use data_model::GeographicBounds;
use data_model::feature::{AttributeValue, Column, FeatureSchema, GeometryKind};
use data_model::id::DatasetId;
use flatgeobuf_store::{FlatGeobufWriter, WriteError};
use projection::{ProjectionError, onto_earth};

use crate::crs::crs_conversion::{CrsConversion, resolve_crs};
use crate::crs::crs_fault::CrsSource;
use crate::crs::import_region::ImportRegion;
use crate::destination::data_file::DataFile;
use crate::destination::import_destination::{DatasetLocation, FinishedDataset, ImportDestination};
use crate::destination::leftovers::sweep;
use crate::error::IngestError;
use crate::geojson::GeoJson;
use crate::input::file_fault::FileFault;
use crate::input::import_input::ImportInput;
use crate::input::open_dataset::OpenDataset;
use crate::input::row_source::{FileSurvey, RawGeometry, RowSink, RowSource};
use crate::rejects::reject_file::RejectFile;
use crate::rejects::reject_reason::RejectReason;
use crate::repair::{GeometryRepairs, repair};
use crate::shapefile::Shapefile;
use crate::summary::import_note::ImportNote;
use crate::summary::repair_tally::RepairTally;
use crate::text::dbf_encoding::DbfEncoding;
use crate::text::names::ascii_names;
use korean_text::Sentence;
use korean_text::romanization::composed;

/// Options of an import.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The data directory.
    pub data: PathBuf,
    /// The dataset's id; `None` derives it from the file's name.
    pub id: Option<DatasetId>,
    /// The title; `None` uses the file's name if that is not the id.
    pub title: Option<String>,
    /// EPSG code of the CRS, overriding the file's; `None` uses the file's.
    pub epsg: Option<u32>,
    /// Expected bounds of the data: west, south, east, north in degrees. `None` for those of
    /// the region.
    pub bounds: Option<GeographicBounds>,
    /// The region that data lies in where no bounds are expected, and the CRS to try.
    pub region: ImportRegion,
    /// Encoding of a DBF's text, overriding the file's; `None` detects it.
    pub encoding: Option<DbfEncoding>,
    /// Whether a row that can't be kept fails the import.
    pub strict: bool,
}

impl ImportOptions {
    /// The expected bounds as a text, or else the region's name.
    fn expected_place(&self) -> Sentence {
        match self.bounds {
            Some(bounds) => {
                let text = bounds.to_array().map(|side| side.to_string()).join(",");
                Sentence::new(text.clone(), text)
            }
            None => self.region.name.clone(),
        }
    }
}

/// Progress of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportProgress {
    /// Number of rows read by the survey.
    Surveyed(u64),
    /// Number of rows written, and of all rows.
    Written(u64, u64),
    /// Number of rows in the database, and of all rows.
    Loaded(u64, u64),
}

/// Result of an import.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportSummary {
    /// The dataset.
    pub id: DatasetId,
    /// Location of the dataset.
    pub location: DatasetLocation,
    /// Whether a dataset was replaced.
    pub replaced: bool,
    /// Number of features.
    pub features: u64,
    /// Kind of their geometry.
    pub kind: GeometryKind,
    /// Number of features without geometry.
    pub without_geometry: u64,
    /// Number of rows that could not be kept, and the file that lists them.
    pub rejected: Option<(u64, PathBuf)>,
    /// Name of the CRS of the positions.
    pub crs: String,
    /// The source of the CRS.
    pub crs_source: CrsSource,
    /// Bounds of the result: west, south, east, north in degrees.
    pub bounds: Option<GeographicBounds>,
    /// The columns as written.
    pub columns: Vec<Column>,
    /// Notes on repairs, encodings and columns.
    pub notes: Vec<ImportNote>,
}

/// Imports one dataset into the data directory: completely, or not at all.
///
/// ```
/// use ingest::{ImportOptions, import, inputs};
///
/// # let folder = tempfile::tempdir()?;
/// # let (file, data) = (folder.path().join("lamps.geojson"), folder.path().join("data"));
/// std::fs::write(&file, r#"{"type": "Point", "coordinates": [127.04, 37.55]}"#)?;
/// let options = ImportOptions { data: data.clone(), ..ImportOptions::default() };
/// for input in inputs(&file, folder.path())? {
///     let summary = import(input, &options, &mut |_| ())?;
///     assert_eq!(summary.features, 1);
/// }
/// assert!(data.join("lamps.fgb").exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Returns [`IngestError`] if the import fails; the data directory is then unchanged.
pub fn import(
    input: ImportInput,
    options: &ImportOptions,
    progress: &mut dyn FnMut(ImportProgress),
) -> Result<ImportSummary, IngestError> {
    import_to(input, options, &mut DataFile::default(), progress)
}

/// Imports one dataset to another destination: completely, or not at all. The data
/// directory receives the list of rejected rows, and temporarily a file.
///
/// # Errors
/// Returns [`IngestError`] if the import fails; the former dataset is then unchanged.
pub fn import_to(
    input: ImportInput,
    options: &ImportOptions,
    destination: &mut dyn ImportDestination,
    progress: &mut dyn FnMut(ImportProgress),
) -> Result<ImportSummary, IngestError> {
    let id = options.id.clone().unwrap_or_else(|| input.id());
    destination.check(&id)?;
    let content = input.open()?;
    let ImportInput { name, path, .. } = input;
    let mut source: Box<dyn RowSource> = match content {
        OpenDataset::Shapefile(parts) => Box::new(Shapefile::open(*parts, options.encoding)?),
        OpenDataset::GeoJson(file) => Box::new(GeoJson::new(file, &path)),
    };
    let survey = source.survey(&mut |rows| progress(ImportProgress::Surveyed(rows)))?;
    let sample = survey.sample.positions();
    let region = &options.region;
    let conversion = resolve_crs(&path, &survey.crs, options.epsg, sample, options.bounds, region)?;
    let expected = options.bounds.unwrap_or(region.bounds);

    // Created only when something is about to be written.
    std::fs::create_dir_all(&options.data)
        .map_err(|error| IngestError::io(&options.data, error))?;
    let target = destination.file(&options.data, &id)?;
    let schema = schema(&survey, options.title.clone().or((id.as_str() != name).then_some(name)));
    let titles = survey.columns.iter().map(|column| column.name.clone()).collect();
    sweep(&options.data);
    let mut import = RowImport {
        path: &path,
        writer: FlatGeobufWriter::create(&target, &schema, survey.kind)?,
        rejects: RejectFile::new(options.data.join(format!("{id}.rejects.csv")), titles),
        conversion,
        destination: &*destination,
        total: survey.rows,
        progress: &mut *progress,
        done: 0,
        tally: RepairTally::default(),
        expected,
        bounds: None,
    };
    source.rows(&mut import)?;
    let done = import.done;
    let RowImport { writer, rejects, conversion, tally, bounds, .. } = import;
    if done != survey.rows {
        return Err(IngestError::whole(&path, FileFault::Changed));
    }
    if let Some((row, reason)) = rejects.first.clone() {
        if options.strict {
            return Err(IngestError::Strict { path, rows: rejects.rows, row, reason });
        }
        if rejects.rows == survey.rows {
            return Err(IngestError::NothingKept { path, row, reason });
        }
    }
    let rejected = rejects.rows;
    let features = survey.rows - rejected;
    // Steps that can fail come before the dataset is replaced.
    let rejects = rejects.complete()?;
    let with_geometry = features - tally.without_geometry;
    let finished = FinishedDataset { input: &path, id: &id, writer, features, with_geometry };
    let written = destination
        .write(finished, &mut |done, all| progress(ImportProgress::Loaded(done, all)))?;
    let mut notes = survey.notes;
    notes.extend(written.notes);
    notes.extend(tally.notes(conversion.swapped, options.expected_place()));
    notes.extend(conversion.notes);
    let rejected = match rejects.replace() {
        Ok(path) => path.map(|path| (rejected, path)),
        Err((kept, note)) => {
            notes.push(note);
            kept.map(|path| (rejected, path))
        }
    };
    Ok(ImportSummary {
        id,
        location: written.location,
        replaced: written.replaced,
        features: written.features,
        kind: survey.kind,
        without_geometry: tally.without_geometry,
        rejected,
        crs: conversion.projection.name(),
        crs_source: conversion.source,
        bounds,
        columns: schema.columns,
        notes,
    })
}

fn schema(survey: &FileSurvey, title: Option<String>) -> FeatureSchema {
    let names = ascii_names(survey.columns.iter().map(|column| column.name.as_str()));
    let columns = survey
        .columns
        .iter()
        .zip(names)
        .map(|(raw, name)| Column {
            // The file's own name becomes the title of a column that is renamed.
            title: (raw.name != name && !raw.name.is_empty())
                .then(|| composed(&raw.name).into_owned()),
            name,
            kind: raw.kind,
            description: None,
        })
        .collect();
    FeatureSchema { columns, feature_count: Some(survey.rows), title, description: None }
}

struct RowImport<'a> {
    path: &'a Path,
    writer: FlatGeobufWriter,
    rejects: RejectFile,
    conversion: CrsConversion,
    destination: &'a dyn ImportDestination,
    total: u64,
    progress: &'a mut dyn FnMut(ImportProgress),
    done: u64,
    tally: RepairTally,
    expected: GeographicBounds,
    bounds: Option<GeographicBounds>,
}

/// Repairs and bounds of a geometry that is ready to be written.
struct PreparedGeometry {
    fixes: GeometryRepairs,
    swapped: bool,
    heights: bool,
    mixed: bool,
    brought_back: bool,
    /// West, south, east, north; `None` without geometry.
    bounds: Option<GeographicBounds>,
}

impl RowImport<'_> {
    /// Repairs and projects a geometry.
    fn prepare(&self, raw: &mut RawGeometry) -> Result<PreparedGeometry, RejectReason> {
        let conversion = &self.conversion;
        let positions = &mut raw.geometry.coordinates;
        let swapped = !conversion.swapped
            && conversion.projection.epsg() == Some(4326)
            && positions.iter().any(|&[_, y]| onto_earth([0.0, y]).is_none())
            && positions.iter().all(|[x, _]| x.abs() <= 90.0);
        // Before the repair: which way a ring runs depends on it.
        if conversion.swapped || swapped {
            positions.iter_mut().for_each(|[x, y]| std::mem::swap(x, y));
        }
        let fixes = repair(raw)?;
        let positions = &mut raw.geometry.coordinates;
        // A projection brings roundings back; of degrees that can be seen and is told.
        let past_the_end = |[x, y]: &[f64; 2]| x.abs() > 180.0 || y.abs() > 90.0;
        let brought_back =
            conversion.projection.is_geographic() && positions.iter().any(past_the_end);
        conversion.projection.to_lon_lat(positions).map_err(|error| match error {
            ProjectionError::Position { x, y, crs, .. } => {
                RejectReason::OffTheEarth { at: format!("{x} {y}"), crs }
            }
            ProjectionError::UnknownCode(_) | ProjectionError::Definition(_) => {
                RejectReason::OffTheEarth { at: String::new(), crs: error.to_string() }
            }
        })?;
        let corners =
            positions.iter().filter_map(|&[x, y]| GeographicBounds::clamped([x, y, x, y]));
        let bounds = corners.reduce(GeographicBounds::union);
        let RawGeometry { heights, mixed, .. } = *raw;
        Ok(PreparedGeometry { fixes, swapped, heights, mixed, brought_back, bounds })
    }

    /// Counts a feature that was written.
    fn count(&mut self, row: u64, prepared: &PreparedGeometry) {
        self.tally.count(prepared.fixes);
        self.tally.swapped += u64::from(prepared.swapped);
        self.tally.heights += u64::from(prepared.heights);
        self.tally.mixed += u64::from(prepared.mixed);
        self.tally.brought_back += u64::from(prepared.brought_back);
        let Some(bounds) = prepared.bounds else {
            self.tally.without_geometry += 1;
            return;
        };
        if !bounds.intersects(self.expected) {
            self.tally.outside += 1;
            if self.tally.first_outside == 0 {
                self.tally.first_outside = row;
            }
        }
        self.bounds = Some(self.bounds.map_or(bounds, |sum| sum.union(bounds)));
    }
}

impl RowSink for RowImport<'_> {
    fn row(
        &mut self,
        number: u64,
        geometry: &mut RawGeometry,
        values: &[AttributeValue<'_>],
    ) -> Result<(), IngestError> {
        self.done += 1;
        (self.progress)(ImportProgress::Written(self.done, self.total));
        if self.done > self.total {
            return Err(IngestError::whole(self.path, FileFault::Changed));
        }
        let prepared = match self.prepare(geometry) {
            Ok(prepared) => prepared,
            Err(reason) => return self.rejects.add(number, &reason, values),
        };
        if let Some(reason) = self.destination.refuses(values) {
            return self.rejects.add(number, &reason, values);
        }
        match self.writer.feature(&geometry.geometry, values) {
            Ok(()) => {
                self.count(number, &prepared);
                Ok(())
            }
            Err(WriteError::TooLarge { .. }) => {
                self.rejects.add(number, &RejectReason::TooLarge, values)
            }
            Err(error) => Err(error.into()),
        }
    }
}
