//! `tile-server load`: the FlatGeobuf files of a data directory into PostGIS tables.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use catalog::{Catalog, CatalogFaults, Dataset, TimeValues};
use clap::Args;
use data_model::DatasetId;
use flatgeobuf_store::FlatGeobuf;
use korean_text::Bilingual;
use postgis_store::writer::{
    LoadSummary, PostgisError, RECORD_TABLE, RowKind, TableComments, WriteOutcome, WriteRequest,
    load,
};

use crate::commands::database::{DatabaseArgs, LoadConnection};
use crate::commands::terminal::{LOADING, bar_style, print, progress_bar, report};

/// Settings of `load`.
#[derive(Debug, Args)]
#[command(after_help = "Each <dataset>.fgb becomes the table <dataset>, whole or not at all; \
    readers see the old rows until the new ones are there. A file whose rows have no geometry \
    (values over time) becomes a table without a geometry column, with an index on the key and \
    the time that the catalog names. Comments of tables and columns are \
    the titles of catalog/, where the data directory has one. A file that was loaded before and \
    has not changed is skipped; the table tile_server_loads keeps the record. Tables whose file \
    is gone are left as they are.\n\n\
    Exit codes: 0 all are loaded, 1 a file was refused, 2 wrong usage.")]
pub struct LoadArgs {
    /// The data directory: *.fgb and catalog/
    #[arg(long, value_name = "DIR", default_value = "data", env = "TILE_SERVER_DATA")]
    data: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

/// Loads every dataset; a refused one does not stop the others.
#[must_use]
pub fn run(args: &LoadArgs) -> ExitCode {
    let Some(url) = &args.database.database_url else {
        report("tile-server: load needs --database-url, or TILE_SERVER_DATABASE_URL");
        return ExitCode::from(crate::commands::exit::USAGE);
    };
    let refused = ExitCode::from(crate::commands::exit::REFUSED);
    let (files, mut sound) = match datasets(&args.data) {
        Ok(listed) => listed,
        Err(error) => {
            report(&format!("tile-server: {}: {error}", args.data.display()));
            return refused;
        }
    };
    if files.is_empty() {
        report(&format!(
            "tile-server: {}: 적재할 *.fgb 파일이 없음 · no *.fgb file to load",
            args.data.display()
        ));
        return refused;
    }
    let folder = args.data.join("catalog");
    let catalog = match catalog(&folder) {
        Ok(catalog) => catalog,
        Err(faults) => {
            report(&format!("tile-server: {}: {faults}", folder.display()));
            return refused;
        }
    };
    let mut connection = match LoadConnection::to(url) {
        Ok(connection) => connection,
        Err(error) => {
            report(&format!("tile-server: {error}"));
            return refused;
        }
    };
    for (id, path) in &files {
        match load_one(args, &mut connection, &catalog, id, path) {
            Ok(loaded) if args.quiet => mention(id, &loaded),
            Ok(loaded) => summarise(&args.database.schema, id, &loaded),
            Err(error) => {
                report(&format!("tile-server: 적재하지 못함 · not loaded: {error}"));
                sound = false;
            }
        }
    }
    if sound { ExitCode::SUCCESS } else { refused }
}

/// The files by dataset, and whether every file has a name that can be a dataset's.
fn datasets(data: &Path) -> std::io::Result<(Vec<(DatasetId, PathBuf)>, bool)> {
    let mut found = Vec::new();
    let mut sound = true;
    for entry in std::fs::read_dir(data)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let Some(stem) = name.strip_suffix(".fgb") else { continue };
        if stem.is_empty() || stem.starts_with('.') || !path.is_file() {
            continue;
        }
        match DatasetId::new(stem) {
            Ok(id) if id.as_str() != RECORD_TABLE => found.push((id, path)),
            Ok(_) => {
                report(&format!("tile-server: {}: that name is taken; rename it", path.display()));
                sound = false;
            }
            Err(error) => {
                report(&format!("tile-server: {}: {error}; rename it", path.display()));
                sound = false;
            }
        }
    }
    found.sort();
    Ok((found, sound))
}

/// The catalog of a folder; an empty one without the folder.
fn catalog(folder: &Path) -> Result<Catalog, CatalogFaults> {
    if folder.is_dir() { Catalog::load(folder) } else { Ok(Catalog::default()) }
}

/// The dataset and part that a file named `id` holds: its features (`None`), or its values.
fn part<'c>(catalog: &'c Catalog, id: &DatasetId) -> Option<(&'c Dataset, Option<&'c TimeValues>)> {
    let of_features =
        catalog.dataset(id.as_str()).filter(|dataset| dataset.has_features()).map(|d| (d, None));
    let of_values = |dataset: &'c Dataset| {
        let named = dataset.values_name().is_some_and(|name| name == id.as_str());
        dataset.values.as_ref().filter(|_| named).map(|values| (dataset, Some(values)))
    };
    of_features.or_else(|| catalog.all_datasets().find_map(of_values))
}

/// Index columns of rows of values: the feature's key, then the time.
fn index(values: &TimeValues) -> Vec<String> {
    let columns = [Some(&values.key), values.time.as_ref(), values.hour.as_ref()];
    columns.into_iter().flatten().cloned().collect()
}

/// Korean titles and description that a catalog declares for a part of a dataset.
fn labels(dataset: &Dataset, values: Option<&TimeValues>) -> TableComments {
    let columns = values.map_or(&dataset.columns, |values| &values.columns).iter();
    TableComments {
        title: Some(dataset.title.ko.clone()),
        description: dataset.description.as_ref().map(|text| text.ko.clone()),
        columns: columns.map(|column| (column.name.clone(), column.title.ko.clone())).collect(),
    }
}

fn load_one(
    args: &LoadArgs,
    connection: &mut LoadConnection<'_>,
    catalog: &Catalog,
    id: &DatasetId,
    path: &Path,
) -> Result<LoadSummary, PostgisError> {
    let bar = progress_bar(args.quiet, id.to_string());
    bar.set_style(bar_style(LOADING));
    let part = part(catalog, id);
    let labels = part.map(|(dataset, values)| labels(dataset, values)).unwrap_or_default();
    let index = part.and_then(|(_, values)| values).map(index).unwrap_or_default();
    let rows = match part {
        Some((_, Some(_))) => RowKind::Values { index: &index },
        Some((_, None)) => RowKind::Features,
        None => RowKind::AsStored,
    };
    let schema = &args.database.schema;
    let request = WriteRequest { schema, id, labels: &labels, rows, recorded: true };
    let result = load(connection.get()?, &FlatGeobuf::new(path), &request, &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    result
}

/// Prints a summary of a load, Korean and English on each line.
fn summarise(schema: &str, id: &DatasetId, loaded: &LoadSummary) {
    let what = match loaded.outcome {
        WriteOutcome::Unchanged => "변경 없음 · unchanged",
        WriteOutcome::Created => "새 테이블 · new table",
        WriteOutcome::RowsReplaced => "내용 교체 · rows replaced",
        WriteOutcome::TableReplaced => "테이블 교체 · table replaced",
    };
    let count = loaded.features;
    let rows = if loaded.geometry {
        format!("피처 {count} features")
    } else {
        format!("값 {count} rows of values")
    };
    print(&format!("{schema}.{id}: {rows}, {what}"));
    if loaded.outcome != WriteOutcome::Unchanged {
        for note in ingest::load_notes(loaded) {
            print(&format!("  참고: {}\n  note: {}", note.ko(), note.en()));
        }
    }
}

/// Reports every difference between the file and the table; nothing for an unchanged one.
fn mention(id: &DatasetId, loaded: &LoadSummary) {
    if loaded.outcome != WriteOutcome::Unchanged {
        for note in ingest::load_notes(loaded) {
            report(&format!("tile-server: {id}: {}", note.both()));
        }
    }
}
