//! All style documents: embedded, and from an operator's folder.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde_json::{Map, Value};

use crate::base::BaseStyle;
use crate::document::{MAX_BYTES, StyleDocument};
use crate::finding::{Severity, StyleFinding};
use crate::keys::BASE_SOURCE;
use crate::map_description::MapForm;

const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/themes.rs"));

/// The embedded base.
const EMBEDDED_BASE: &str = include_str!("../base/style.json");

/// Maximum number of documents in a folder.
const MAX_DOCUMENTS: usize = 256;

/// Style documents by theme id, and the base.
///
/// A document of an operator's folder replaces the embedded one map by map and form by form:
/// what it does not draw is drawn as embedded. So an operator may save a document that the
/// public listener served, which lacks what only staff see.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ThemeStyles {
    documents: BTreeMap<String, ThemeDocuments>,
    base: Option<BaseStyle>,
    warnings: Vec<StyleFault>,
}

/// Documents of one theme, the preferred one first; never empty.
type ThemeDocuments = Vec<StyleDocument>;

/// Style layers of one form of a map, and the document that holds them.
#[derive(Debug, Clone)]
pub struct MapParts<'t> {
    /// The document.
    pub document: &'t StyleDocument,
    /// Style layers from the bottom up; never empty.
    pub layers: Vec<&'t Map<String, Value>>,
}

/// One fault of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleFault {
    /// Name of the file.
    pub file: String,
    /// Fault in the file.
    pub finding: StyleFinding,
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

impl ThemeStyles {
    /// Loads the embedded documents.
    ///
    /// # Errors
    /// [`StyleFaults`]; a test keeps the embedded documents free of them.
    pub fn embedded() -> Result<Self, StyleFaults> {
        Loader::embedded().finish()
    }

    /// Loads the embedded documents, and those of `folder`, which come before them:
    /// `<theme>.json` of a theme, `base.json` of the base.
    ///
    /// A missing folder counts as empty. Blocks.
    ///
    /// # Errors
    /// [`StyleFaults`] with every fault of every document.
    pub fn load(folder: &Path) -> Result<Self, StyleFaults> {
        let mut loader = Loader::embedded();
        let fault = |file: String, error: &std::io::Error| StyleFault {
            file,
            finding: StyleFinding::error(
                "",
                &error.to_string(),
                "make it a readable folder or file",
            ),
        };
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return loader.finish(),
            Err(error) => {
                loader.faults.push(fault(folder.display().to_string(), &error));
                return loader.finish();
            }
        };
        let mut files = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => files.push(entry.path()),
                Err(error) => loader.faults.push(fault(folder.display().to_string(), &error)),
            }
        }
        files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        if files.len() > MAX_DOCUMENTS {
            let problem = format!("has {} documents", files.len());
            loader.refuse(folder, &problem, "keep 256 at most");
            files.truncate(MAX_DOCUMENTS);
        }
        for path in &files {
            let file = path.display().to_string();
            let Some(theme) = path.file_stem().and_then(|stem| stem.to_str()) else {
                loader.refuse(path, "is named in no UTF-8", "name it <theme>.json");
                continue;
            };
            match read(path) {
                Ok(text) => loader.add(theme, file, &text),
                Err(error) => loader.faults.push(fault(file, &error)),
            }
        }
        loader.finish()
    }

    /// Styles of these documents by theme, the preferred one first, without a base.
    #[must_use]
    pub fn of_documents<'t>(
        documents: impl IntoIterator<Item = (&'t str, Vec<StyleDocument>)>,
    ) -> Self {
        let documents = documents.into_iter().map(|(theme, all)| (theme.to_owned(), all)).collect();
        Self { documents, ..Self::default() }
    }

    /// Preferred document of a theme.
    #[must_use]
    pub fn get(&self, theme: &str) -> Option<&StyleDocument> {
        self.documents(theme).next()
    }

    /// Documents of a theme, the preferred one first.
    pub fn documents(&self, theme: &str) -> impl Iterator<Item = &StyleDocument> {
        self.documents.get(theme).into_iter().flatten()
    }

    /// Style layers of one form of a map, from the first document of its theme that draws
    /// the form; `None` where none does.
    #[must_use]
    pub fn parts(&self, theme: &str, map: &str, form: MapForm) -> Option<MapParts<'_>> {
        self.documents(theme).find_map(|document| {
            let layers = document.parts(map, form)?;
            Some(MapParts { document, layers })
        })
    }

    /// The base beneath and above the maps; `None` without any document.
    #[must_use]
    pub const fn base(&self) -> Option<&BaseStyle> {
        self.base.as_ref()
    }

    /// Themes that have a document.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.documents.keys().map(String::as_str)
    }

    /// Warnings about the documents, for the log.
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
    themes: ThemeStyles,
    faults: Vec<StyleFault>,
}

impl Loader {
    /// A loader with the embedded documents.
    fn embedded() -> Self {
        let mut loader = Self::default();
        loader.add(BASE_SOURCE, "base/style.json".to_owned(), EMBEDDED_BASE);
        for (theme, text) in EMBEDDED {
            loader.add(theme, format!("themes/{theme}/style.json"), text);
        }
        loader
    }

    /// Adds a document before those of its theme.
    fn add(&mut self, theme: &str, file: String, text: &str) {
        if theme == BASE_SOURCE {
            match BaseStyle::parse(text) {
                Ok(base) => self.themes.base = Some(base),
                Err(findings) => self.list(&file, findings),
            }
            return;
        }
        match StyleDocument::parse(text) {
            Ok(document) => {
                let warnings = document.findings();
                debug_assert!(warnings.iter().all(|w| w.severity == Severity::Warning));
                self.themes.warnings.extend(
                    warnings.into_iter().map(|finding| StyleFault { file: file.clone(), finding }),
                );
                self.themes.documents.entry(theme.to_owned()).or_default().insert(0, document);
            }
            Err(findings) => self.list(&file, findings),
        }
    }

    fn list(&mut self, file: &str, findings: Vec<StyleFinding>) {
        let fault = |finding| StyleFault { file: file.to_owned(), finding };
        self.faults.extend(findings.into_iter().map(fault));
    }

    fn refuse(&mut self, path: &Path, problem: &str, remedy: &'static str) {
        let finding = StyleFinding::error("", problem, remedy);
        self.faults.push(StyleFault { file: path.display().to_string(), finding });
    }

    fn finish(self) -> Result<ThemeStyles, StyleFaults> {
        if self.faults.is_empty() { Ok(self.themes) } else { Err(StyleFaults(self.faults)) }
    }
}

#[cfg(test)]
mod tests;
