//! `tile-server import`: foreign files into the data directory.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use catalog::{Catalog, District, EpsgCode, LocalizedText};
use clap::{Args, ValueEnum};
use data_model::{DatasetId, GeographicBounds};
use ingest::{
    DbfEncoding, DestinationTable, ImportInput, ImportOptions, ImportProgress, ImportRegion,
    ImportSummary, IngestError,
};
use korean_text::{Bilingual, Sentence};

use crate::commands::argument_fault::ArgumentFault;
use crate::commands::database::{DatabaseArgs, LoadConnection};
use crate::commands::exit;
use crate::commands::import_summary::{mention_rejected, summarise};
use crate::commands::terminal::{LOADING, WRITING, bar_style, progress_bar, report};

/// Settings of `import`.
#[derive(Debug, Args)]
#[command(after_help = "A file is imported whole or not at all: what is refused leaves the data \
    directory as it was. Rows that can't be kept are listed in <id>.rejects.csv beside the \
    dataset. Files that would become the same layer are all refused. A running server notices the new file by itself.\n\n\
    Exit codes: 0 imported, 1 a file was refused, 2 wrong usage.")]
pub struct ImportArgs {
    /// The files: .shp with its .dbf, .shx, .prj and .cpg, .zip, .geojson
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The data directory; it is made where it is missing
    #[arg(long, value_name = "DIR", default_value = "data", env = "TILE_SERVER_DATA")]
    data: PathBuf,
    /// The dataset's id, for one file [default: made from the file's name]
    #[arg(long, value_name = "ID")]
    id: Option<DatasetId>,
    /// The dataset's title, for one file [default: the file's name]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The CRS of the files, over what they say, such as EPSG:4326
    #[arg(long, value_name = "EPSG:CODE", value_parser = epsg)]
    crs: Option<u32>,
    /// Bounds that the data must lie in, in degrees [default: the catalog's district, else its
    /// country]
    #[arg(long, value_name = "W,S,E,N", value_parser = bounds, allow_hyphen_values = true)]
    bounds: Option<GeographicBounds>,
    /// The encoding of the .dbf, over what the files say, such as cp949
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<DbfEncoding>,
    /// Store of the datasets: FlatGeobuf files in the data directory, or PostGIS tables. With
    /// tables the data directory gets the lists of rejected rows
    #[arg(long, value_name = "STORE", value_enum, default_value_t = Store::Flatgeobuf)]
    to: Store,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Refuse a file of which not every row can be kept
    #[arg(long)]
    strict: bool,
    /// Print nothing but errors and how many rows were rejected
    #[arg(long, short)]
    quiet: bool,
}

/// Kind of store that datasets are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Store {
    /// Files in the data directory
    Flatgeobuf,
    /// Tables of a database
    Postgis,
}

fn epsg(text: &str) -> Result<u32, ArgumentFault> {
    let code = text.get(..5).filter(|start| start.eq_ignore_ascii_case("epsg:"));
    let digits = if code.is_some() { &text[5..] } else { text };
    let code = digits.parse().map_err(|_| ArgumentFault::NoCode)?;
    // Known at once, not after the file was read.
    projection::Projection::from_epsg(code)?;
    Ok(code)
}

fn bounds(text: &str) -> Result<GeographicBounds, ArgumentFault> {
    let numbers: Vec<f64> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    let bounds = match numbers[..] {
        [west, south, east, north] if text.split(',').count() == 4 => {
            GeographicBounds::new(west, south, east, north).ok()
        }
        _ => None,
    };
    bounds.filter(|bounds| bounds.has_area()).ok_or(ArgumentFault::Bounds)
}

fn encoding(text: &str) -> Result<DbfEncoding, ArgumentFault> {
    DbfEncoding::named(text).ok_or(ArgumentFault::Encoding)
}

/// Imports the files one after the other; a refused file does not stop the others.
#[must_use]
pub fn run(args: &ImportArgs) -> ExitCode {
    let mut connection = match connection(args) {
        Ok(connection) => connection,
        Err(code) => return ExitCode::from(code),
    };
    let folder = DataFolder::of(&args.data);
    let Listed { inputs, errors } = list(args, folder.nearest());
    if inputs.len() + errors.len() > 1 && (args.id.is_some() || args.title.is_some()) {
        let names: Vec<_> = inputs.iter().map(|input| input.path.display().to_string()).collect();
        report(&format!(
            "tile-server: --id와 --title은 자료 하나에만 씁니다. {0}개({1})를 하나씩 가져오십시오(압축 \
             파일은 먼저 푸십시오)\n\
             tile-server: --id and --title are for one dataset, not for {0} ({1}); import them one \
             by one (unpack an archive first)",
            inputs.len() + errors.len(),
            names.join(", ")
        ));
        return ExitCode::from(exit::USAGE);
    }
    let district = district(args);
    let options = ImportOptions {
        data: args.data.clone(),
        id: args.id.clone(),
        title: args.title.clone(),
        epsg: args.crs,
        bounds: args.bounds.or(district.bounds),
        region: region(district),
        encoding: args.encoding,
        strict: args.strict,
    };
    errors.iter().for_each(refuse);
    let (inputs, collided) = without_collisions(inputs);
    let mut refused = !errors.is_empty() || collided;
    for input in inputs {
        let path = input.path.clone();
        match import(args, &options, connection.as_mut(), input) {
            Ok(imported) if args.quiet => mention_rejected(&path, &imported),
            Ok(imported) => summarise(&imported),
            Err(error) => {
                refuse(&error);
                refused = true;
            }
        }
    }
    folder.remove_if_unused();
    if refused { ExitCode::from(exit::REFUSED) } else { ExitCode::SUCCESS }
}

/// The database connection; `None` where datasets become files. An exit code on failure.
fn connection(args: &ImportArgs) -> Result<Option<LoadConnection<'_>>, u8> {
    let url = match (args.to, &args.database.database_url) {
        (Store::Flatgeobuf, _) => return Ok(None),
        (Store::Postgis, Some(url)) => url,
        (Store::Postgis, None) => {
            report(
                "tile-server: --to postgis에는 --database-url이나 TILE_SERVER_DATABASE_URL이 \
                 필요합니다\n\
                 tile-server: --to postgis needs --database-url, or TILE_SERVER_DATABASE_URL",
            );
            return Err(exit::USAGE);
        }
    };
    match LoadConnection::to(url) {
        Ok(connection) => Ok(Some(connection)),
        Err(error) => {
            refuse(&error.into());
            Err(exit::REFUSED)
        }
    }
}

/// The data directory, which is removed again if it was created and left empty.
struct DataFolder<'a> {
    /// Missing folders of the path, the deepest first.
    missing: Vec<&'a Path>,
    nearest: &'a Path,
}

impl<'a> DataFolder<'a> {
    fn of(data: &'a Path) -> Self {
        let mut missing = Vec::new();
        for folder in data.ancestors() {
            if folder.as_os_str().is_empty() {
                break;
            }
            if folder.exists() {
                return Self { missing, nearest: folder };
            }
            missing.push(folder);
        }
        Self { missing, nearest: Path::new(".") }
    }

    /// The nearest existing folder, on the same disk.
    fn nearest(&self) -> &'a Path {
        self.nearest
    }

    /// Removes the folders that were created, where they are empty.
    fn remove_if_unused(&self) {
        // A folder that is not empty can't be removed so, and shall not.
        let _ = self.missing.iter().try_for_each(std::fs::remove_dir);
    }
}

/// Inputs found in the arguments, and the errors of the others.
struct Listed {
    inputs: Vec<ImportInput>,
    errors: Vec<IngestError>,
}

/// Lists the datasets of all files, each once: `a.*` names every part of a Shapefile.
fn list(args: &ImportArgs, scratch: &Path) -> Listed {
    let mut listed = Listed { inputs: Vec::new(), errors: Vec::new() };
    let mut seen = HashSet::new();
    for file in &args.files {
        match ingest::inputs(file, scratch) {
            Ok(inputs) => {
                let new = inputs.into_iter().filter(|input| seen.insert(place_of(file, input)));
                listed.inputs.extend(new);
            }
            Err(error) => listed.errors.push(error),
        }
    }
    listed
}

/// Canonical path of an input, equal for two arguments that name the same dataset.
fn place_of(file: &Path, input: &ImportInput) -> PathBuf {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match input.path.strip_prefix(file) {
        // Inside an archive.
        Ok(inner) if !inner.as_os_str().is_empty() => real(file).join(inner),
        _ => real(&input.path),
    }
}

/// The inputs without those that would overwrite each other, and whether there were such.
/// Reports them.
fn without_collisions(inputs: Vec<ImportInput>) -> (Vec<ImportInput>, bool) {
    let mut by_id: BTreeMap<DatasetId, Vec<String>> = BTreeMap::new();
    for input in &inputs {
        by_id.entry(input.id()).or_default().push(input.path.display().to_string());
    }
    by_id.retain(|_, paths| paths.len() > 1);
    for (id, paths) in &by_id {
        report(&format!(
            "tile-server: 가져오지 못함: {0}이(가) 모두 레이어 {id}이(가) 되어 서로를 덮어씁니다. 하나씩 \
             각각 --id를 주어 가져오십시오(압축 파일은 먼저 푸십시오)\n\
             tile-server: not imported: {0} would all become the layer {id} and overwrite each \
             other; import them one by one, each with its own --id (unpack an archive first)",
            paths.join(", ")
        ));
    }
    let kept = inputs.into_iter().filter(|input| !by_id.contains_key(&input.id())).collect();
    (kept, !by_id.is_empty())
}

/// The district that the data directory's catalog declares; without a sound catalog the
/// facts of the shipped one.
fn district(args: &ImportArgs) -> District {
    let folder = args.data.join("catalog");
    if !folder.is_dir() {
        return District::default();
    }
    match Catalog::load(&folder) {
        Ok(catalog) => catalog.district,
        Err(faults) => {
            let district = District::default();
            let LocalizedText { ko, en } = &district.country.name;
            report(&format!(
                "tile-server: {}: {faults}\n지역의 범위를 알 수 없어 {ko}의 범위를 씁니다.\nThe \
                 district's bounds are not known; those of {en} are used.",
                folder.display()
            ));
            district
        }
    }
}

/// The region in which a district's imports are expected.
fn region(District { country, crs_candidates, .. }: District) -> ImportRegion {
    ImportRegion {
        name: Sentence::new(country.name.ko, country.name.en),
        bounds: country.bounds,
        land: country.land,
        candidates: crs_candidates.into_iter().map(EpsgCode::number).collect(),
    }
}

fn import(
    args: &ImportArgs,
    options: &ImportOptions,
    connection: Option<&mut LoadConnection<'_>>,
    input: ImportInput,
) -> Result<ImportSummary, IngestError> {
    let bar = progress_bar(args.quiet, input.path.display().to_string());
    bar.set_style(bar_style("{prefix} 읽는 중 · reading {spinner} {human_pos}"));
    bar.enable_steady_tick(Duration::from_millis(100));
    let mut shown = None;
    let mut show = |template, rows, total| {
        if shown.replace(template) != Some(template) {
            bar.set_length(total);
            bar.set_style(bar_style(template));
        }
        bar.set_position(rows);
    };
    let mut progress = |progress| match progress {
        // A call for each row: the bar itself draws a few times a second.
        ImportProgress::Surveyed(rows) => bar.set_position(rows),
        ImportProgress::Written(rows, total) => show(WRITING, rows, total),
        ImportProgress::Loaded(rows, total) => show(LOADING, rows, total),
    };
    let result = match connection {
        None => ingest::import(input, options, &mut progress),
        Some(connection) => {
            let database = connection.get()?;
            let mut table = DestinationTable::new(database, &args.database.schema);
            ingest::import_to(input, options, &mut table, &mut progress)
        }
    };
    bar.finish_and_clear();
    result
}

fn refuse(error: &IngestError) {
    report(&format!("tile-server: 가져오지 못함: {}", error.ko()));
    report(&format!("tile-server: not imported: {}", error.en()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("EPSG:5186", Some(5186))]
    #[case("epsg:5174", Some(5174))]
    #[case("4326", Some(4326))]
    #[case("EPSG:", None)]
    #[case("EPSG:1", None)]
    #[case("오천", None)]
    fn crs_codes(#[case] text: &str, #[case] expected: Option<u32>) {
        assert_eq!(epsg(text).ok(), expected);
    }

    #[rstest]
    #[case("127.0,37.5,127.1,37.6", true)]
    #[case("-10, -5, 10, 5", true)]
    #[case("127.1,37.5,127.0,37.6", false)]
    #[case("127.0,37.5,127.1", false)]
    #[case("127.0,37.5,127.1,37.6,1", false)]
    #[case("127.0,x,127.1,37.6", false)]
    #[case("NaN,37.5,127.1,37.6", false)]
    #[case("0,0,181,10", false)]
    fn rectangles(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(bounds(text).is_ok(), valid);
    }
}
