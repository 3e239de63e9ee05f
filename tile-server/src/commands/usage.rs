//! Faults of arguments, reported in Korean and in English.

use std::error::Error as _;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use korean_text::Bilingual;

use crate::commands::argument_fault::ArgumentFault;
use crate::commands::cli::CommandLine;
use crate::commands::exit;
use crate::commands::terminal::report;
use crate::config::renamed_settings::current_setting;

/// Reads the command line.
///
/// # Errors
/// The exit code for help, version and faulty arguments, after printing them.
pub fn read() -> Result<CommandLine, ExitCode> {
    CommandLine::try_parse().map_err(|mut error| {
        suggest_current_flag(&mut error);
        if let Some(korean) = korean(&error) {
            report(&format!("tile-server: {korean}"));
        }
        // A closed standard error leaves nowhere to report.
        let _ = error.print();
        match error.use_stderr() {
            true => ExitCode::from(exit::USAGE),
            false => ExitCode::SUCCESS,
        }
    })
}

/// Replaces the suggestion of an unknown flag, by its spelling, where the flag was renamed.
fn suggest_current_flag(error: &mut clap::Error) {
    let unknown = error.get(ContextKind::InvalidArg).map(shown).unwrap_or_default();
    if let Some(setting) = current_setting(&unknown) {
        let flag = ContextValue::String(setting.flag.to_owned());
        error.insert(ContextKind::SuggestedArg, flag);
        // It shows the flag of the replaced suggestion.
        error.remove(ContextKind::Usage);
    }
}

/// Korean text of an error; `None` for help and version, which are no errors.
fn korean(error: &clap::Error) -> Option<String> {
    let text = |kind| error.get(kind).map(shown).filter(|text| !text.is_empty());
    let argument = text(ContextKind::InvalidArg).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    let fault = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return None,
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("{argument}에 값이 없습니다{}", among(text(ContextKind::ValidValue)))
        }
        ErrorKind::InvalidValue => format!(
            "{argument}의 값 \"{value}\"을(를) 쓸 수 없습니다{}",
            among(text(ContextKind::ValidValue))
        ),
        ErrorKind::ValueValidation => {
            format!("{argument}의 값 \"{value}\"을(를) 쓸 수 없습니다. {}", reason(error))
        }
        ErrorKind::UnknownArgument => {
            format!("{argument}은(는) 없는 옵션입니다{}", instead(text(ContextKind::SuggestedArg)))
        }
        ErrorKind::InvalidSubcommand => format!(
            "{}은(는) 없는 명령입니다{}",
            text(ContextKind::InvalidSubcommand).unwrap_or_default(),
            instead(text(ContextKind::SuggestedSubcommand))
        ),
        ErrorKind::MissingRequiredArgument => format!("{argument}이(가) 필요합니다"),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "명령이 필요합니다. serve, import, load, check, style 가운데 하나를 쓰십시오".to_owned()
        }
        ErrorKind::ArgumentConflict => format!(
            "{argument}은(는) {}와(과) 함께 쓸 수 없습니다. 하나만 쓰십시오",
            text(ContextKind::PriorArg).unwrap_or_default()
        ),
        ErrorKind::NoEquals
        | ErrorKind::TooFewValues
        | ErrorKind::TooManyValues
        | ErrorKind::WrongNumberOfValues => format!("{argument}의 값이 개수에 맞지 않습니다"),
        ErrorKind::InvalidUtf8 => "UTF-8이 아닌 인자가 있습니다".to_owned(),
        _ => "명령줄을 읽을 수 없습니다".to_owned(),
    };
    Some(fault)
}

/// Reason for which the argument's parser refused a value.
fn reason(error: &clap::Error) -> String {
    let Some(source) = error.source() else { return String::new() };
    if let Some(fault) = source.downcast_ref::<ArgumentFault>() {
        return fault.ko();
    }
    if source.is::<data_model::id::InvalidId>() {
        return "id는 a-z, 0-9, _, -만으로 1~64자입니다".to_owned();
    }
    "--help로 쓰는 법을 보십시오".to_owned()
}

fn among(values: Option<String>) -> String {
    values.map_or_else(String::new, |values| format!(". {values} 가운데 하나를 쓰십시오"))
}

fn instead(suggestion: Option<String>) -> String {
    suggestion.map_or_else(
        || ". --help로 있는 것을 보십시오".to_owned(),
        |suggestion| format!(". {suggestion}을(를) 쓰려던 것입니까?"),
    )
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::Number(number) => number.to_string(),
        ContextValue::Bool(flag) => flag.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::crs(&["import", "a.shp", "--crs", "EPSG:99999"], "\"EPSG:99999\"", "EPSG:99999은(는) 지원하지 않습니다")]
    #[case::no_code(&["import", "a.shp", "--crs", "오천"], "--crs", "EPSG 코드를 쓰십시오")]
    #[case::bounds(&["import", "a.shp", "--bounds", "1,2"], "--bounds", "도 단위로 쓰십시오")]
    #[case::encoding(&["import", "a.shp", "--encoding", "klingon"], "\"klingon\"", "cp949")]
    #[case::id(&["import", "a.shp", "--id", "성수동"], "\"성수동\"", "a-z")]
    #[case::store(&["import", "a.shp", "--to", "oracle"], "\"oracle\"", "flatgeobuf, postgis 가운데")]
    #[case::unknown(&["import", "a.shp", "--encodng", "cp949"], "--encodng", "--encoding")]
    #[case::no_file(&["import"], "<FILE>", "필요합니다")]
    #[case::no_value(&["import", "a.shp", "--crs"], "--crs", "값이 없습니다")]
    #[case::command(&["improt", "a.shp"], "improt", "import")]
    #[case::no_command(&[], "명령", "serve")]
    #[case::number(&["serve", "--listen"], "--listen", "값이 없습니다")]
    fn a_wrong_argument_was_told_in_english_only(
        #[case] arguments: &[&str],
        #[case] names: &str,
        #[case] says: &str,
    ) {
        let arguments = ["tile-server"].iter().chain(arguments);
        let error = CommandLine::try_parse_from(arguments).unwrap_err();
        let korean = korean(&error).unwrap();
        assert!(korean.contains(names) && korean.contains(says), "{korean}\n{error}");
    }

    #[rstest]
    #[case::apart(&["serve", "--database-look-seconds", "5"])]
    #[case::joined(&["serve", "--database-look-seconds=5"])]
    fn a_removed_flag_suggested_another_by_its_spelling(#[case] arguments: &[&str]) {
        let arguments = ["tile-server"].iter().chain(arguments);
        let mut error = CommandLine::try_parse_from(arguments).unwrap_err();
        suggest_current_flag(&mut error);
        for text in [error.to_string(), korean(&error).unwrap()] {
            assert!(text.contains("--database-poll-seconds"), "{text}");
            assert!(!text.contains("lock-seconds"), "{text}");
        }
    }

    #[test]
    fn help_is_no_fault() {
        let error = CommandLine::try_parse_from(["tile-server", "--help"]).unwrap_err();
        assert_eq!(korean(&error), None);
    }
}
