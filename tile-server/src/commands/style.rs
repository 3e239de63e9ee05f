//! `tile-server style suggest`: style layers or a document, from declaration and data.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use catalog::Theme;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;
use styles::map_description::{MapDescription, MapForm};
use styles::suggest::{suggest, suggest_theme};

use crate::commands::data_args::DataArgs;
use crate::commands::data_in_force::DataInForce;
use crate::commands::exit;
use crate::commands::terminal::{print, report};
use crate::map_descriptions::map_description;

/// Settings of `style`.
#[derive(Debug, Args)]
pub struct StyleArgs {
    /// The command on styles.
    #[command(subcommand)]
    command: StyleCommand,
}

/// Commands on styles.
#[derive(Debug, Subcommand)]
enum StyleCommand {
    /// Propose the style of a map, or of all maps of a theme, from its declaration and data.
    Suggest(SuggestArgs),
}

/// Settings of `style suggest`.
#[derive(Debug, Args)]
#[command(after_help = "For a map, the style layers are printed as a JSON list: of both forms, \
    where the public gets another one than staff. For a theme, the whole document is, which may \
    be saved as styles/THEME.json in the data directory and edited.\n\n\
    Measures that are not computed yet are computed first.\n\n\
    Exit codes: 0 printed, 1 no such map or no data of it, 2 wrong usage or faults of the catalog.")]
pub struct SuggestArgs {
    /// Layer id of the map
    #[arg(value_name = "LAYER", required_unless_present = "theme")]
    layer: Option<String>,
    /// Propose a document with all maps of this theme
    #[arg(long, value_name = "THEME", conflicts_with = "layer")]
    theme: Option<String>,
    /// Only the public's form, or only that of staff
    #[arg(long, value_name = "FORM")]
    form: Option<FormChoice>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Data and database.
    #[command(flatten)]
    data: DataArgs,
}

/// Form of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormChoice {
    /// The public form.
    Public,
    /// The staff form.
    Staff,
}

impl FormChoice {
    /// Whether a map of this form is the chosen one; one that has a single form is either.
    const fn includes(self, form: MapForm) -> bool {
        matches!(
            (self, form),
            (_, MapForm::Only) | (Self::Public, MapForm::Public) | (Self::Staff, MapForm::Staff)
        )
    }
}

/// Reason for which no style is proposed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum SuggestError {
    #[error("{id}: 자료가 없음 · no data: {reason}")]
    NoData { id: String, reason: String },
    #[error(
        "{id}: 그런 형태가 없음 · the map has no such form; leave out --form, or name the other"
    )]
    NoSuchForm { id: String },
    #[error("{id}: 그런 지도가 없음 · no map of this id; tile-server check lists the catalog's")]
    UnknownMap { id: String },
    #[error("{id}: 그런 테마가 없음 · no such theme; there are {themes}")]
    UnknownTheme { id: String, themes: String },
    #[error("지도가 지정되지 않음 · no map is named; name one, or a theme with --theme")]
    NothingNamed,
}

/// Runs the command.
#[must_use]
pub fn run(args: &StyleArgs) -> ExitCode {
    let StyleCommand::Suggest(args) = &args.command;
    let data = match DataInForce::load(&args.data) {
        Ok(data) => data,
        Err(faults) => return fail(exit::USAGE, &faults),
    };
    let proposed = match suggested(&data, args) {
        Ok(proposed) => proposed,
        Err(error) => return fail(exit::REFUSED, &[error.to_string()]),
    };
    let text = serde_json::to_string_pretty(&proposed).unwrap_or_default();
    match &args.write {
        None => print(&text),
        Some(path) => {
            if let Err(error) = write(path, &text) {
                return fail(exit::REFUSED, &[format!("{}: {error}", path.display())]);
            }
            report(&format!("{}: 스타일을 썼음 · style written", path.display()));
        }
    }
    ExitCode::SUCCESS
}

fn fail(code: u8, faults: &[String]) -> ExitCode {
    faults.iter().for_each(|fault| report(&format!("tile-server: {fault}")));
    ExitCode::from(code)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, format!("{text}\n"))
}

fn suggested(data: &DataInForce, args: &SuggestArgs) -> Result<Value, SuggestError> {
    let is_chosen =
        |description: &MapDescription| args.form.is_none_or(|form| form.includes(description.form));
    match (&args.layer, &args.theme) {
        (Some(layer), _) => {
            let maps = descriptions(data, |id, _| id == layer, is_chosen);
            if maps.is_empty() {
                return Err(missing_layer(data, layer));
            }
            let layers = maps.iter().flat_map(suggest).map(Value::Object);
            Ok(Value::Array(layers.collect()))
        }
        (None, Some(theme)) => {
            let declared = data.catalog().themes.iter().find(|known| known.id.as_str() == theme);
            let Some(declared) = declared else { return Err(missing_theme(data, theme)) };
            let maps = descriptions(data, |_, of| of == Some(theme.as_str()), is_chosen);
            Ok(document(declared, &maps))
        }
        (None, None) => Err(SuggestError::NothingNamed),
    }
}

fn document(theme: &Theme, maps: &[MapDescription]) -> Value {
    let opening = theme.opening_map.as_ref().map(data_model::LayerId::as_str);
    let opening = opening.filter(|id| maps.iter().any(|map| map.id == *id));
    suggest_theme(theme.id.as_str(), maps, opening)
}

/// Descriptions of the layers that are chosen by id and theme, and by their form.
fn descriptions(
    data: &DataInForce,
    is_wanted: impl Fn(&str, Option<&str>) -> bool,
    is_chosen: impl Fn(&MapDescription) -> bool,
) -> Vec<MapDescription> {
    let layers = data.snapshot.all_layers().iter().filter(|layer| {
        is_wanted(layer.id.as_str(), layer.theme.as_ref().map(data_model::ThemeId::as_str))
    });
    let described = layers.filter_map(|layer| map_description(data.catalog(), layer));
    described.filter(|description| is_chosen(description)).collect()
}

fn missing_layer(data: &DataInForce, id: &str) -> SuggestError {
    let state = data.snapshot.states().find(|(known, _)| known.as_str() == id);
    let id = id.to_owned();
    match state {
        Some((_, Some(reason))) => SuggestError::NoData { id, reason: reason.to_string() },
        Some((_, None)) => SuggestError::NoSuchForm { id },
        None => SuggestError::UnknownMap { id },
    }
}

fn missing_theme(data: &DataInForce, id: &str) -> SuggestError {
    let themes: Vec<&str> = data.catalog().themes.iter().map(|theme| theme.id.as_str()).collect();
    SuggestError::UnknownTheme { id: id.to_owned(), themes: themes.join(", ") }
}
