//! The CSV of rows that could not be kept, for a person with a spreadsheet.

use std::io::{BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::feature::Value;

use super::IngestError;

/// Rejected rows, written as they come; in place only once [`finish`](Self::finish)ed.
pub(super) struct Rejects {
    path: PathBuf,
    columns: Vec<String>,
    file: Option<BufWriter<NamedTempFile>>,
    pub(super) rows: u64,
    /// The first row and its reason.
    pub(super) first: Option<String>,
}

impl Rejects {
    /// Rejects that will stand at `path`; there is no file while there are none.
    pub(super) fn new(path: PathBuf, columns: Vec<String>) -> Self {
        Self { path, columns, file: None, rows: 0, first: None }
    }

    /// Notes a row with the reason and all of its values.
    pub(super) fn add(
        &mut self,
        row: u64,
        reason: &str,
        values: &[Value<'_>],
    ) -> Result<(), IngestError> {
        self.rows += 1;
        self.first.get_or_insert_with(|| format!("row {row}: {reason}"));
        let mut line = format!("{row},");
        quote(&mut line, reason);
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
                let folder = self.path.parent().unwrap_or(Path::new("."));
                let file = tempfile::Builder::new()
                    .prefix(".")
                    .suffix(".csv.tmp")
                    // What is in it may be personal: for the operator alone.
                    .permissions(std::fs::Permissions::from_mode(0o600))
                    .tempfile_in(folder)?;
                let mut head = String::from("\u{feff}row,reason");
                for column in &self.columns {
                    head.push(',');
                    quote(&mut head, column);
                }
                head.push_str("\r\n");
                let file = self.file.insert(BufWriter::new(file));
                file.write_all(head.as_bytes())?;
                file
            }
        };
        file.write_all(line.as_bytes())
    }

    /// Puts the file into place, or removes that of an earlier import where all
    /// rows were kept. Returns its path where there is one.
    pub(super) fn finish(self) -> Result<Option<PathBuf>, IngestError> {
        let Some(file) = self.file else {
            return match std::fs::remove_file(&self.path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(IngestError::io(&self.path, error))
                }
                _ => Ok(None),
            };
        };
        let file = file.into_inner().map_err(std::io::IntoInnerError::into_error);
        let put = file.and_then(|file| {
            file.as_file().sync_all()?;
            file.persist(&self.path).map_err(|error| error.error)
        });
        match put {
            Ok(_) => Ok(Some(self.path)),
            Err(error) => Err(IngestError::io(&self.path, error)),
        }
    }
}

fn text(value: &Value<'_>) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::UInt(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Text(value) => (*value).to_owned(),
        Value::Binary(value) => value.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// Quotes where RFC 4180 asks for it. A text that a spreadsheet would take for a
/// formula begins with an apostrophe.
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
        let mut rejects = Rejects::new(path.clone(), vec!["이름".to_owned(), "n".to_owned()]);
        rejects.add(7, "no area", &[Value::Text("a, \"b\""), Value::Int(-5)]).unwrap();
        rejects.add(9, "no area", &[Value::Text("=1+1"), Value::Null]).unwrap();
        assert!(!path.exists(), "not before all is done");
        assert_eq!(rejects.finish().unwrap(), Some(path.clone()));
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "\u{feff}row,reason,이름,n\r\n7,no area,\"a, \"\"b\"\"\",-5\r\n9,no area,'=1+1,\r\n"
        );
        assert_eq!(Rejects::new(path.clone(), Vec::new()).finish().unwrap(), None);
        assert!(!path.exists(), "the rejects of an earlier import are out of date");
    }
}
