//! `tile-server check`: a catalog and styles as `serve` would check them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use catalog::{Catalog, LayerContent, Visibility, rename_keys};
use clap::Args;

use crate::commands::data_args::DataArgs;
use crate::commands::data_in_force::DataInForce;
use crate::commands::styles_report::StylesReport;
use crate::commands::terminal::{print, report};
use crate::layer_library::LibraryDirectory;

/// Number of missing datasets that one line names at most.
const NAMED: usize = 20;

/// Settings of `check`.
#[derive(Debug, Args)]
#[command(after_help = "Every fault is listed with file, key and remedy. Nothing is opened but \
    the declarations: whether data is sound is seen when it is imported and served.\n\n\
    --rename-keys rewrites the files in place, all of them or none; comments and order stay. \
    Each change is listed with file, line, old and new name.\n\n\
    --styles-report opens the data as serve would. Each finding names map, form, check, figure \
    and remedy; warnings are for the author to judge, errors make the command fail.\n\n\
    Exit codes: 0 sound, 1 there are faults, 2 wrong usage.")]
pub struct CheckArgs {
    /// The data directory: its catalog/ and styles/, and which datasets are there
    #[arg(long, value_name = "DIR", default_value = "data", env = "TILE_SERVER_DATA")]
    data: PathBuf,
    /// Check the catalog in this folder, and nothing else
    #[arg(long, value_name = "DIR")]
    catalog: Option<PathBuf>,
    /// Give old keys of the catalog in this folder their current names, and nothing else
    #[arg(long, value_name = "DIR", conflicts_with = "catalog")]
    rename_keys: Option<PathBuf>,
    /// Load the data too, check the styles of all maps on it, and print a table
    #[arg(long, conflicts_with_all = ["catalog", "rename_keys"])]
    styles_report: bool,
    /// A database with the data, for --styles-report; better given by TILE_SERVER_DATABASE_URL
    #[arg(long, value_name = "URL", requires = "styles_report")]
    database_url: Option<String>,
    /// Schemas of the database with the catalog's datasets, separated by commas
    #[arg(long, value_name = "SCHEMAS", requires = "styles_report")]
    dataset_schema: Option<String>,
}

/// Checks the declarations and prints the result.
#[must_use]
pub fn run(args: &CheckArgs) -> ExitCode {
    if args.styles_report {
        return styles_report(args);
    }
    let checked = match (&args.rename_keys, &args.catalog) {
        (Some(folder), _) => renamed(folder),
        (None, Some(folder)) => load(folder).map(|catalog| vec![summary(&catalog)]),
        (None, None) => check_data(&args.data),
    };
    match checked {
        Ok(lines) => {
            lines.iter().for_each(|line| print(line));
            ExitCode::SUCCESS
        }
        Err(faults) => {
            for fault in faults {
                report(&format!("tile-server: {fault}"));
            }
            ExitCode::from(crate::commands::exit::REFUSED)
        }
    }
}

/// Checks the styles of all maps on the data in force and prints the result.
fn styles_report(args: &CheckArgs) -> ExitCode {
    let data = DataArgs {
        config: None,
        data: Some(args.data.to_string_lossy().into_owned()),
        database_url: args.database_url.clone(),
        dataset_schema: args.dataset_schema.clone(),
    };
    match DataInForce::load(&data) {
        Ok(data) => {
            let report = StylesReport::new(&data);
            report.lines().iter().for_each(|line| print(line));
            let code = if report.has_errors() { crate::commands::exit::REFUSED } else { 0 };
            ExitCode::from(code)
        }
        Err(faults) => {
            faults.iter().for_each(|fault| report(&format!("tile-server: {fault}")));
            ExitCode::from(crate::commands::exit::REFUSED)
        }
    }
}

fn load(folder: &Path) -> Result<Catalog, Vec<String>> {
    Catalog::load(folder).map_err(|faults| vec![format!("{}: {faults}", folder.display())])
}

/// Renames old keys of a catalog; returns a line for each change, and a summary.
fn renamed(folder: &Path) -> Result<Vec<String>, Vec<String>> {
    let changes = rename_keys(folder).map_err(|error| vec![error.to_string()])?;
    let files: BTreeSet<&str> = changes.iter().map(|change| change.file.as_str()).collect();
    let (names, files) = (changes.len(), files.len());
    let summary = match names {
        0 => format!("{}: 바꿀 키 없음 · no key to rename", folder.display()),
        _ => format!(
            "{}: 파일 {files}개에서 이름 {names}개를 바꿈 · {} changed in {}",
            folder.display(),
            counted(names, "name"),
            counted(files, "file"),
        ),
    };
    Ok(changes.iter().map(ToString::to_string).chain([summary]).collect())
}

/// A number with its noun in English.
fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Checks catalog and styles of a data directory; returns summaries and missing data, or every
/// fault.
fn check_data(data: &Path) -> Result<Vec<String>, Vec<String>> {
    let files = stems(data).map_err(|error| {
        vec![format!("{}: {error}; name the data directory with --data", data.display())]
    })?;
    let faults = LibraryDirectory::faults_at(data);
    if !faults.is_empty() {
        return Err(faults);
    }
    let folder = data.join("catalog");
    if !folder.is_dir() {
        let text = format!(
            "{}: 목록 없음: 파일마다 레이어 하나 · no catalog: each of the {} file(s) is a layer",
            data.display(),
            files.len()
        );
        return Ok(vec![text]);
    }
    let catalog = load(&folder)?;
    let mut lines = vec![summary(&catalog)];
    lines.extend(missing(&catalog, data, &files));
    Ok(lines)
}

/// One line for a sound catalog.
fn summary(catalog: &Catalog) -> String {
    let public = catalog.layers.iter().filter(|layer| layer.visibility == Visibility::Public);
    let (fields, datasets) = (catalog.fields.len(), catalog.datasets.len());
    let (themes, layers, public) = (catalog.themes.len(), catalog.layers.len(), public.count());
    format!(
        "이상 없음: 분야 {fields}, 자료 {datasets}, 테마 {themes}, 지도 {layers}(공개 {public}) · \
         sound: {fields} fields, {datasets} datasets, {themes} themes, {layers} layers ({public} public)"
    )
}

/// Names of the files that hold features, values or tiles, without their endings.
fn stems(data: &Path) -> std::io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(data)? {
        let path = entry?.path();
        let stored = path.extension().is_some_and(|end| end == "fgb" || end == "pmtiles");
        if let Some(stem) = path.file_stem().and_then(|stem| stem.to_str())
            && stored
            && !stem.starts_with('.')
        {
            found.insert(stem.to_owned());
        }
    }
    Ok(found)
}

/// One line about declared data that is not in the directory; `None` where nothing is missing.
/// Missing data is no fault: a database may hold it, or it comes later.
fn missing(catalog: &Catalog, data: &Path, files: &BTreeSet<String>) -> Option<String> {
    let mut absent = Vec::new();
    for dataset in catalog.all_datasets() {
        let features = dataset.has_features().then(|| dataset.id.as_str().to_owned());
        absent.extend(features.into_iter().chain(dataset.values_name()));
    }
    let prepared = catalog
        .layers
        .iter()
        .filter(|layer| matches!(layer.content, LayerContent::Prepared { .. }));
    absent.extend(prepared.map(|layer| layer.id.as_str().to_owned()));
    let all = absent.len();
    absent.retain(|name| !files.contains(name));
    if absent.is_empty() {
        return None;
    }
    let more = absent.len().saturating_sub(NAMED);
    let mut names = absent[..absent.len() - more].join(", ");
    if more > 0 {
        names += &format!(" (+{more})");
    }
    Some(format!(
        "{}: {all}개 중 {}개 파일 없음, 데이터베이스에 있지 않으면 그 지도는 제공되지 않음 · {} of {all} \
         files are not there, and unless a database has them their layers are absent: {names}",
        data.display(),
        absent.len(),
        absent.len(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATASETS: &str = "title = { ko = '기반', en = 'Base' }\n\
        [[dataset]]\nid = 'dong'\ntitle = { ko = '동', en = 'Dongs' }\ngeometry = 'polygon'\n\
        key = ['cd']\ncolumn = [{ name = 'cd', type = 'code', title = { ko = '코드', en = 'Code' } }]\n\
        [dataset.values]\nkey = 'cd'\n\
        column = [{ name = 'cd', type = 'code', title = { ko = '코드', en = 'Code' } }]\n";
    const LAYERS: &str = "title = { ko = '공통', en = 'Common' }\norder = 1\n\
        [[layer]]\nid = 'com-01'\ntitle = { ko = '동', en = 'Dongs' }\ndataset = 'dong'\n\
        visibility = 'public'\n";

    fn data(layers: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let catalog = folder.path().join("catalog");
        for sub in ["datasets", "layers"] {
            std::fs::create_dir_all(catalog.join(sub)).unwrap();
        }
        std::fs::write(catalog.join("district.toml"), "title = { ko = '구', en = 'Gu' }").unwrap();
        std::fs::write(catalog.join("datasets/base.toml"), DATASETS).unwrap();
        std::fs::write(catalog.join("layers/common.toml"), layers).unwrap();
        folder
    }

    #[test]
    fn a_sound_directory_is_summed_up_with_what_is_not_there() {
        let folder = data(LAYERS);
        std::fs::write(folder.path().join("dong.fgb"), "").unwrap();
        let lines = check_data(folder.path()).unwrap();
        let sound = "sound: 1 fields, 1 datasets, 1 themes, 1 layers (1 public)";
        assert!(lines[0].ends_with(sound), "{lines:?}");
        assert!(lines[1].contains("1 of 2") && lines[1].ends_with(": dong_values"), "{lines:?}");
        std::fs::write(folder.path().join("dong_values.fgb"), "").unwrap();
        assert_eq!(check_data(folder.path()).unwrap().len(), 1);
    }

    #[test]
    fn faults_of_catalog_and_styles_are_listed_together() {
        let folder = data(&LAYERS.replace("'dong'", "'dang'"));
        std::fs::create_dir(folder.path().join("styles")).unwrap();
        std::fs::write(folder.path().join("styles/common.json"), "{").unwrap();
        let faults = check_data(folder.path()).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].contains("layer[0].dataset") && faults[0].contains("\"dong\""));
        assert!(faults[1].contains("common"), "{faults:?}");
    }

    #[test]
    fn old_keys_are_refused_with_the_command_that_renames_them() {
        let folder = data(&LAYERS.replace("dataset = 'dong'", "over = 'dong'\nfigure = []"));
        let catalog = folder.path().join("catalog");
        let faults = check_data(folder.path()).unwrap_err().join("\n");
        assert!(faults.contains("layer[0].over: is called \"carrier\" now"), "{faults}");
        assert!(faults.contains("tile-server check --rename-keys DIR"), "{faults}");
        let lines = renamed(&catalog).unwrap();
        assert_eq!(lines[0], "layers/common.toml:6: over -> carrier");
        assert_eq!(lines[1], "layers/common.toml:7: figure -> measure");
        assert!(lines[2].ends_with("2 names changed in 1 file"), "{lines:?}");
        let again = renamed(&catalog).unwrap();
        assert!(again.len() == 1 && again[0].ends_with("no key to rename"), "{again:?}");
    }

    #[test]
    fn one_renamed_key_is_counted_in_the_singular() {
        let folder = data(&LAYERS.replace("dataset = 'dong'", "over = 'dong'"));
        let lines = renamed(&folder.path().join("catalog")).unwrap();
        assert!(lines[1].ends_with("이름 1개를 바꿈 · 1 name changed in 1 file"), "{lines:?}");
    }

    #[test]
    fn a_directory_that_is_not_there_is_named() {
        let faults = check_data(Path::new("no/such/folder")).unwrap_err();
        assert!(faults[0].contains("no/such/folder") && faults[0].contains("--data"));
    }
}
