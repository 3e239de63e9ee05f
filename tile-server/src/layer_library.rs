//! Sources of layers and styles: the data directory, or a substitute.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use catalog::Catalog;
use data_library::LibraryOptions;
use data_library::{DataLibrary, Snapshot};
use styles::ThemeStyles;

/// Source of the server's layers, catalog and styles.
pub trait LayerLibrary: Send + Sync + 'static {
    /// Current layers and catalog.
    fn snapshot(&self) -> Arc<Snapshot>;

    /// Current style documents.
    fn themes(&self) -> Arc<ThemeStyles>;

    /// Faults of files that could not be read, while an older state is served.
    fn faults(&self) -> Vec<String>;

    /// Looks for changes; `true` if there were any. Blocks.
    fn refresh(&self) -> bool;
}

/// A data directory: datasets and catalog, and the style documents in `styles/`.
pub struct LibraryDirectory {
    data: DataLibrary,
    folder: PathBuf,
    styles: Mutex<Styles>,
}

struct Styles {
    themes: Arc<ThemeStyles>,
    fault: Option<String>,
    seen: Vec<(PathBuf, u64, Option<SystemTime>)>,
}

impl LibraryDirectory {
    /// Opens the directory and loads everything. Blocks.
    ///
    /// # Errors
    /// Every fault of the catalog and of the styles, one after the other.
    pub fn open(path: &Path, options: LibraryOptions) -> Result<Self, Vec<String>> {
        let folder = path.join("styles");
        let seen = file_stamps(&folder);
        let data = DataLibrary::open(path, options).map_err(|error| error.to_string());
        let themes = ThemeStyles::load(&folder).map_err(|faults| faults.to_string());
        match (data, themes) {
            (Ok(data), Ok(themes)) => {
                log_warnings(&themes);
                let styles = Styles { themes: Arc::new(themes), fault: None, seen };
                Ok(Self { data, folder, styles: Mutex::new(styles) })
            }
            (data, themes) => Err(data.err().into_iter().chain(themes.err()).collect()),
        }
    }

    /// The faults of the catalog and the styles, without loading a dataset: for a start that
    /// fails for another reason as well. Blocks.
    #[must_use]
    pub fn faults_at(path: &Path) -> Vec<String> {
        let folder = path.join("catalog");
        let catalog = folder.is_dir().then(|| Catalog::load(&folder).err()).flatten();
        let catalog = catalog.map(|faults| format!("{}: {faults}", folder.display()));
        let styles = ThemeStyles::load(&path.join("styles")).err().map(|faults| faults.to_string());
        catalog.into_iter().chain(styles).collect()
    }

    /// Reads the styles again if their folder has changed; returns whether it had. Of
    /// documents with faults only the faults are published.
    fn refresh_styles(&self) -> bool {
        let seen = file_stamps(&self.folder);
        let mut styles = self.styles.lock().unwrap_or_else(PoisonError::into_inner);
        if styles.seen == seen {
            return false;
        }
        styles.seen = seen;
        match ThemeStyles::load(&self.folder) {
            Ok(themes) => {
                log_warnings(&themes);
                styles.themes = Arc::new(themes);
                styles.fault = None;
            }
            Err(faults) => {
                tracing::error!(%faults, "the changed styles are not used");
                styles.fault = Some(faults.to_string());
            }
        }
        true
    }
}

fn log_warnings(themes: &ThemeStyles) {
    for warning in themes.warnings() {
        tracing::warn!(%warning, "a style may not look as it was meant");
    }
}

/// Path, size and time of modification of the documents of a folder.
fn file_stamps(folder: &Path) -> Vec<(PathBuf, u64, Option<SystemTime>)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let meta = std::fs::metadata(&path).ok()?;
            Some((path, meta.len(), meta.modified().ok()))
        })
        .collect();
    files.sort();
    files
}

impl LayerLibrary for LibraryDirectory {
    fn snapshot(&self) -> Arc<Snapshot> {
        self.data.snapshot()
    }

    fn themes(&self) -> Arc<ThemeStyles> {
        let styles = self.styles.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&styles.themes)
    }

    fn faults(&self) -> Vec<String> {
        let styles = self.styles.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.data.snapshot();
        snapshot.faults().iter().chain(&styles.fault).cloned().collect()
    }

    fn refresh(&self) -> bool {
        let data = self.data.refresh();
        let styles = self.refresh_styles();
        data || styles
    }
}
