//! The CSV of rows that could not be kept, for use in a spreadsheet.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use csv::{IntoInnerError, Terminator, Writer, WriterBuilder};
use data_model::feature::AttributeValue;
use flatgeobuf_store::LEFTOVER_PREFIX;
use resilience::{AtomicFile, CompleteFile, TemporaryFile};

use crate::IngestError;
use crate::rejects::reject_reason::RejectReason;
use crate::summary::import_note::ImportNote;
use korean_text::bilingual::{Bilingual, Sentence};

/// The file under a temporary name: rows may be personal, so it is for the operator alone.
const TEMPORARY: TemporaryFile =
    TemporaryFile { prefix: LEFTOVER_PREFIX, suffix: ".csv.tmp", mode: 0o600 };

/// Rejected rows, written to a temporary file until [`complete`](Self::complete).
pub(crate) struct RejectFile {
    path: PathBuf,
    columns: Vec<String>,
    writer: Option<Writer<AtomicFile>>,
    pub(crate) rows: u64,
    /// The first row and its reason.
    pub(crate) first: Option<(u64, RejectReason)>,
}

impl RejectFile {
    /// Creates the rejects of `path`; there is no file until the first row.
    pub(crate) fn new(path: PathBuf, columns: Vec<String>) -> Self {
        Self { path, columns, writer: None, rows: 0, first: None }
    }

    /// Adds a row with the reason and all of its values.
    pub(crate) fn add(
        &mut self,
        row: u64,
        reason: &RejectReason,
        values: &[AttributeValue<'_>],
    ) -> Result<(), IngestError> {
        self.rows += 1;
        self.first.get_or_insert_with(|| (row, reason.clone()));
        let fields = [row.to_string(), reason.ko(), reason.en()];
        let record = fields.into_iter().chain(values.iter().map(text)).map(without_formula);
        self.write(record).map_err(|error| IngestError::io(&self.path, error))
    }

    fn write(&mut self, record: impl Iterator<Item = String>) -> io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let writer = self.writer.insert(create(&self.path)?);
                let columns = self.columns.iter().cloned().map(without_formula);
                let fixed = ["row", "이유", "reason"].map(str::to_owned);
                writer.write_record(fixed.into_iter().chain(columns))?;
                writer
            }
        };
        Ok(writer.write_record(record)?)
    }

    /// Completes the temporary file, so that only the final rename can still fail.
    ///
    /// # Errors
    /// Returns [`IngestError::File`] if writing fails, or a folder has the file's name.
    pub(crate) fn complete(self) -> Result<CompleteRejects, IngestError> {
        let Self { path, writer, .. } = self;
        let Some(writer) = writer else { return Ok(CompleteRejects { path, file: None }) };
        let written = writer
            .into_inner()
            .map_err(IntoInnerError::into_error)
            .and_then(AtomicFile::complete)
            .and_then(CompleteFile::refuse_folder);
        match written {
            Ok(file) => Ok(CompleteRejects { path, file: Some(file) }),
            Err(error) => Err(IngestError::io(&path, error)),
        }
    }
}

/// Rejects that are complete on disk, under a temporary name.
pub(crate) struct CompleteRejects {
    path: PathBuf,
    file: Option<CompleteFile>,
}

impl CompleteRejects {
    /// Moves the file into place, or removes that of an earlier import if all rows were
    /// kept. Returns its path; `None` without rejects.
    ///
    /// # Errors
    /// Returns the path of the rejects that could not be moved, and a note: the dataset
    /// itself is in place by then, and stays there.
    pub(crate) fn replace(self) -> Result<Option<PathBuf>, (Option<PathBuf>, ImportNote)> {
        let Self { path, file } = self;
        let Some(file) = file else {
            return match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    let error = Sentence::new(error.ko(), error.en());
                    Err((None, ImportNote::OldRejectsStay { path, error }))
                }
                _ => Ok(None),
            };
        };
        match file.replace() {
            Ok(()) => Ok(Some(path)),
            Err(failed) => {
                let error = Sentence::new(failed.error.ko(), failed.error.en());
                let kept = failed.keep();
                Err((kept.clone(), ImportNote::RejectsElsewhere { path, kept, error }))
            }
        }
    }
}

fn text(value: &AttributeValue<'_>) -> String {
    match value {
        AttributeValue::Null => String::new(),
        AttributeValue::Bool(value) => value.to_string(),
        AttributeValue::Int(value) => value.to_string(),
        AttributeValue::UInt(value) => value.to_string(),
        AttributeValue::Float(value) => value.to_string(),
        AttributeValue::Double(value) => value.to_string(),
        AttributeValue::Text(value) => (*value).to_owned(),
        AttributeValue::Binary(value) => value.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// Creates the temporary file, with a byte order mark: spreadsheets then read it as UTF-8.
fn create(path: &Path) -> io::Result<Writer<AtomicFile>> {
    let mut file = AtomicFile::create(path, TEMPORARY)?;
    file.write_all("\u{feff}".as_bytes())?;
    // Flexible, since a source may deliver a row with other columns than it announced.
    Ok(WriterBuilder::new().terminator(Terminator::CRLF).flexible(true).from_writer(file))
}

/// Prefixes a text that a spreadsheet would evaluate as a formula with an apostrophe.
fn without_formula(text: String) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t']) && text.parse::<f64>().is_err();
    if formula { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_for_a_spreadsheet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.rejects.csv");
        let mut rejects = RejectFile::new(path.clone(), vec!["이름".to_owned(), "n".to_owned()]);
        rejects
            .add(
                7,
                &RejectReason::NoArea,
                &[AttributeValue::Text("a, \"b\""), AttributeValue::Int(-5)],
            )
            .unwrap();
        rejects
            .add(9, &RejectReason::NoArea, &[AttributeValue::Text("=1+1"), AttributeValue::Null])
            .unwrap();
        assert!(!path.exists(), "not before all is done");
        assert_eq!(rejects.complete().unwrap().replace(), Ok(Some(path.clone())));
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "\u{feff}row,이유,reason,이름,n\r\n\
             7,면에 넓이가 없습니다,its polygon has no area,\"a, \"\"b\"\"\",-5\r\n\
             9,면에 넓이가 없습니다,its polygon has no area,'=1+1,\r\n"
        );
        let none = RejectFile::new(path.clone(), Vec::new()).complete().unwrap();
        assert_eq!(none.replace(), Ok(None));
        assert!(!path.exists(), "the rejects of an earlier import are out of date");
    }

    #[test]
    fn rows_outlive_a_last_step_that_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.rejects.csv");
        let mut rejects = RejectFile::new(path.clone(), Vec::new());
        rejects.add(7, &RejectReason::NoArea, &[]).unwrap();
        let complete = rejects.complete().unwrap();
        // Something else takes the name at the last moment.
        std::fs::create_dir(&path).unwrap();
        let (kept, note) = complete.replace().unwrap_err();
        let kept = kept.unwrap();
        for text in [note.ko(), note.en()] {
            assert!(text.contains(&kept.display().to_string()), "{text}");
        }
        assert!(std::fs::read_to_string(kept).unwrap().contains("has no area"));

        let none = RejectFile::new(path, Vec::new()).complete().unwrap();
        let (kept, note) = none.replace().unwrap_err();
        assert!(kept.is_none() && matches!(note, ImportNote::OldRejectsStay { .. }), "{note:?}");
    }
}
