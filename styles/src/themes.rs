//! All style documents: those embedded, and those of an operator's folder.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::document::{Document, MAX_BYTES};
use crate::lint::{Finding, Severity};

const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/themes.rs"));

/// The most documents in a folder.
const MAX_DOCUMENTS: usize = 256;

/// The style documents by theme id.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Themes {
    documents: BTreeMap<String, Document>,
    warnings: Vec<StyleFault>,
}

/// One fault of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleFault {
    /// The file.
    pub file: String,
    /// What is wrong in it.
    pub finding: Finding,
}

impl fmt::Display for StyleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.finding)
    }
}

/// Every fault of every document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct StyleFaults(pub Vec<StyleFault>);

impl fmt::Display for StyleFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the styles have {} fault(s)", self.0.len())?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl Themes {
    /// The documents that this build carries.
    ///
    /// # Errors
    /// [`StyleFaults`]; a test keeps the embedded documents free of them.
    pub fn embedded() -> Result<Self, StyleFaults> {
        let mut loader = Loader::default();
        for (theme, text) in EMBEDDED {
            loader.add(theme, format!("themes/{theme}/style.json"), text);
        }
        loader.finish()
    }

    /// The embedded documents, with `<theme>.json` of `folder` in their place
    /// where it has one. A folder that is missing holds none. Blocks.
    ///
    /// # Errors
    /// [`StyleFaults`] with every fault of every document.
    pub fn load(folder: &Path) -> Result<Self, StyleFaults> {
        let mut loader = Loader::default();
        for (theme, text) in EMBEDDED {
            loader.add(theme, format!("themes/{theme}/style.json"), text);
        }
        let fault = |file: String, error: &std::io::Error| StyleFault {
            file,
            finding: Finding::error("", &error.to_string(), "make it a readable folder or file"),
        };
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return loader.finish(),
            Err(error) => {
                loader.faults.push(fault(folder.display().to_string(), &error));
                return loader.finish();
            }
        };
        let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        for path in files.iter().take(MAX_DOCUMENTS) {
            let file = path.display().to_string();
            let Some(theme) = path.file_stem().and_then(|stem| stem.to_str()) else {
                continue;
            };
            match read(path) {
                Ok(text) => loader.add(theme, file, &text),
                Err(error) => loader.faults.push(fault(file, &error)),
            }
        }
        loader.finish()
    }

    /// The document of a theme.
    #[must_use]
    pub fn get(&self, theme: &str) -> Option<&Document> {
        self.documents.get(theme)
    }

    /// The themes that have a document.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.documents.keys().map(String::as_str)
    }

    /// What QGIS would show differently, for the log.
    #[must_use]
    pub fn warnings(&self) -> &[StyleFault] {
        &self.warnings
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    use std::io::Read;
    let mut text = String::new();
    // One byte past the limit is enough for the document to be refused.
    std::fs::File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

#[derive(Default)]
struct Loader {
    themes: Themes,
    faults: Vec<StyleFault>,
}

impl Loader {
    fn add(&mut self, theme: &str, file: String, text: &str) {
        match Document::parse(text) {
            Ok(document) => {
                let warnings = document.findings();
                debug_assert!(warnings.iter().all(|w| w.severity == Severity::Warning));
                self.themes.warnings.extend(
                    warnings.into_iter().map(|finding| StyleFault { file: file.clone(), finding }),
                );
                self.themes.documents.insert(theme.to_owned(), document);
            }
            Err(findings) => self.faults.extend(
                findings.into_iter().map(|finding| StyleFault { file: file.clone(), finding }),
            ),
        }
    }

    fn finish(self) -> Result<Themes, StyleFaults> {
        if self.faults.is_empty() { Ok(self.themes) } else { Err(StyleFaults(self.faults)) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_embedded_documents_are_sound_and_safe_for_qgis() {
        let themes = Themes::embedded().unwrap();
        let warnings: Vec<_> = themes.warnings().iter().map(ToString::to_string).collect();
        assert_eq!(warnings, Vec::<String>::new());
        assert_eq!(themes.names().count(), EMBEDDED.len());
    }

    #[test]
    fn the_embedded_documents_explain_every_layer_that_they_draw() {
        let themes = Themes::embedded().unwrap();
        for theme in ["city", "common", "safety"] {
            let document = themes.get(theme).unwrap();
            let legend = document.root()["metadata"][crate::legend::LEGEND].as_object().unwrap();
            let explained: BTreeSet<_> = legend.keys().map(String::as_str).collect();
            assert_eq!(explained, document.source_layers(), "{theme}");
        }
    }

    #[test]
    fn a_folder_replaces_documents_and_all_its_faults_are_listed() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).unwrap();
        };
        write("own.json", r#"{"version": 8, "name": "own", "layers": []}"#);
        write("notes.txt", "not a style");
        let themes = Themes::load(folder.path()).unwrap();
        assert_eq!(themes.get("own").unwrap().root()["name"], "own");

        write("bad.json", "{");
        write("worse.json", r#"{"version": 7, "layers": [{"type": "x"}]}"#);
        let faults = Themes::load(folder.path()).unwrap_err();
        let listed = faults.to_string();
        assert!(faults.0.len() > 4, "{listed}");
        assert!(listed.contains("bad.json") && listed.contains("worse.json: version"), "{listed}");
        assert!(Themes::load(&folder.path().join("missing")).is_ok());
    }
}
