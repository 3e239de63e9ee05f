//! The CSV of rows that could not be kept, for use in a spreadsheet.

use std::io::Write as _;
use std::path::PathBuf;

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
    file: Option<AtomicFile>,
    pub(crate) rows: u64,
    /// The first row and its reason.
    pub(crate) first: Option<(u64, RejectReason)>,
}

impl RejectFile {
    /// Creates the rejects of `path`; there is no file until the first row.
    pub(crate) fn new(path: PathBuf, columns: Vec<String>) -> Self {
        Self { path, columns, file: None, rows: 0, first: None }
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
        let mut line = format!("{row},");
        quote(&mut line, &reason.ko());
        line.push(',');
        quote(&mut line, &reason.en());
        for value in values {
            line.push(',');
            quote(&mut line, &text(value));
        }
        line.push_str("\r\n");
        self.write(&line).map_err(|error| IngestError::io(&self.path, error))
    }

    fn write(&mut self, line: &str) -> std::io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let file = AtomicFile::create(&self.path, TEMPORARY)?;
                let mut head = String::from("\u{feff}row,이유,reason");
                for column in &self.columns {
                    head.push(',');
                    quote(&mut head, column);
                }
                head.push_str("\r\n");
                let file = self.file.insert(file);
                file.write_all(head.as_bytes())?;
                file
            }
        };
        file.write_all(line.as_bytes())
    }

    /// Completes the temporary file, so that only the final rename can still fail.
    ///
    /// # Errors
    /// Returns [`IngestError::File`] if writing fails, or a folder has the file's name.
    pub(crate) fn complete(self) -> Result<CompleteRejects, IngestError> {
        let Self { path, file, .. } = self;
        let Some(file) = file else { return Ok(CompleteRejects { path, file: None }) };
        let written = file.complete().and_then(CompleteFile::refuse_folder);
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
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
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

/// Quotes a field as RFC 4180 requires. A text that a spreadsheet would evaluate as a
/// formula is prefixed with an apostrophe.
fn quote(into: &mut String, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t']) && text.parse::<f64>().is_err();
    let apostrophe = if formula { "'" } else { "" };
    if text.contains([',', '"', '\r', '\n']) {
        into.push('"');
        into.push_str(apostrophe);
        into.push_str(&text.replace('"', "\"\""));
        into.push('"');
    } else {
        into.push_str(apostrophe);
        into.push_str(text);
    }
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
