//! Reads and checks a catalog folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::dataset::Dataset;
use super::declaration::{District, Field, TableName, Text, Theme};
use super::file::{DatasetEntry, FieldFile, LayerEntry, ThemeFile};
use super::layer::{Layer, LayerContent};
use super::{Catalog, CatalogFault, CatalogFaults};
use crate::feature::GeometryKind;
use crate::{DatasetId, Extent, FieldId, LayerId, ThemeId, Zoom};

/// A catalog file larger than this is not one.
const MAX_FILE_BYTES: u64 = 4 << 20;

impl Catalog {
    /// Reads the catalog in `folder`.
    ///
    /// # Errors
    /// [`CatalogFaults`] with every fault of every file. Blocks on file reads.
    pub fn load(folder: &Path) -> Result<Self, CatalogFaults> {
        let mut loader = Loader { faults: Vec::new(), catalog: Self::default() };
        loader.district(folder);
        loader.datasets(folder);
        loader.layers(folder);
        loader.catalog.themes.sort_by_key(|theme| theme.order);
        let order: BTreeMap<_, _> =
            loader.catalog.themes.iter().map(|theme| (theme.id.clone(), theme.order)).collect();
        loader.catalog.layers.sort_by_key(|layer| order.get(&layer.theme).copied());
        if loader.faults.is_empty() {
            Ok(loader.catalog)
        } else {
            Err(CatalogFaults(loader.faults))
        }
    }
}

struct Loader {
    faults: Vec<CatalogFault>,
    catalog: Catalog,
}

impl Loader {
    fn fault(&mut self, file: &str, key: impl Into<String>, problem: String, remedy: &str) {
        self.faults.push(CatalogFault {
            file: file.to_owned(),
            key: key.into(),
            problem,
            remedy: remedy.to_owned(),
        });
    }

    /// Reads one TOML file; a fault where it can't be read or parsed.
    fn read<T: serde::de::DeserializeOwned>(&mut self, folder: &Path, file: &str) -> Option<T> {
        let path = folder.join(file);
        let text = match std::fs::metadata(&path) {
            Ok(meta) if meta.len() > MAX_FILE_BYTES => {
                self.fault(file, "", format!("{} bytes", meta.len()), "keep it under 4 MiB");
                return None;
            }
            Ok(_) => std::fs::read_to_string(&path),
            Err(error) => Err(error),
        };
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                self.fault(file, "", error.to_string(), "make it a readable UTF-8 file");
                return None;
            }
        };
        match toml::from_str(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
                let key = format!("line {line}");
                self.fault(file, key, error.message().to_owned(), "correct the declaration");
                None
            }
        }
    }

    fn district(&mut self, folder: &Path) {
        let file = "district.toml";
        let Some(district) = self.read::<District>(folder, file) else {
            return;
        };
        if let Some([west, south, east, north]) = district.bounds {
            let sound = -180.0 <= west && west < east && east <= 180.0;
            if !(sound && -85.06 <= south && south < north && north <= 85.06) {
                self.fault(
                    file,
                    "bounds",
                    format!("{:?} is not a rectangle", district.bounds.unwrap_or_default()),
                    "give west, south, east, north in degrees",
                );
            }
        }
        self.catalog.district = district;
    }

    /// The `.toml` files of a sub-folder, sorted by name.
    fn files(&mut self, folder: &Path, sub: &str) -> Vec<(String, String)> {
        let entries = match std::fs::read_dir(folder.join(sub)) {
            Ok(entries) => entries,
            Err(error) => {
                self.fault(sub, "", error.to_string(), "make it a folder of .toml files");
                return Vec::new();
            }
        };
        let mut names = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => names.extend(entry.file_name().into_string().ok()),
                // Half a listing would be half a catalog.
                Err(error) => {
                    self.fault(sub, "", error.to_string(), "make it a folder that can be listed");
                }
            }
        }
        names.retain(|name| name.ends_with(".toml") && !name.starts_with('.'));
        names.sort();
        names
            .into_iter()
            .map(|name| (format!("{sub}/{name}"), name.trim_end_matches(".toml").to_owned()))
            .collect()
    }

    fn datasets(&mut self, folder: &Path) {
        let mut seen = BTreeMap::new();
        for (file, stem) in self.files(folder, "datasets") {
            let Some(content) = self.read::<FieldFile>(folder, &file) else {
                continue;
            };
            let field = match FieldId::new(&stem) {
                Ok(field) => field,
                Err(error) => {
                    self.fault(&file, "", error.to_string(), "rename the file");
                    continue;
                }
            };
            self.text(&file, "title", &content.title);
            for (i, entry) in content.dataset.into_iter().enumerate() {
                let key = format!("dataset[{i}]");
                self.dataset(&file, &key, &field, entry, &mut seen);
            }
            self.catalog.fields.push(Field { id: field, title: content.title });
        }
    }

    fn dataset(
        &mut self,
        file: &str,
        key: &str,
        field: &FieldId,
        entry: DatasetEntry,
        seen: &mut BTreeMap<DatasetId, String>,
    ) {
        self.text(file, &format!("{key}.title"), &entry.title);
        let id = match DatasetId::new(&entry.id) {
            Ok(id) => id,
            Err(error) => {
                return self.fault(file, format!("{key}.id"), error.to_string(), "rename it");
            }
        };
        if let Some(first) = seen.insert(id.clone(), file.to_owned()) {
            let problem = format!("dataset {id} is declared in {first} already");
            self.fault(file, format!("{key}.id"), problem, "give each dataset an id of its own");
        }
        let table =
            entry.table.map(|name| name.parse::<TableName>()).transpose().unwrap_or_else(|error| {
                let remedy = "write table, schema.table or schema.table.column";
                self.fault(file, format!("{key}.table"), format!("{error}"), remedy);
                None
            });
        let mut names = BTreeSet::new();
        for (i, column) in entry.column.iter().enumerate() {
            self.text(file, &format!("{key}.column[{i}].title"), &column.title);
            if !names.insert(column.name.as_str()) {
                let problem = format!("column {:?} is declared twice", column.name);
                self.fault(file, format!("{key}.column[{i}].name"), problem, "remove one");
            }
        }
        if let Some(id_column) = &entry.id_column
            && !names.is_empty()
            && !names.contains(id_column.as_str())
        {
            let problem = format!("{id_column:?} is no column of {id}");
            self.fault(file, format!("{key}.id_column"), problem, "name a declared column");
        }
        self.catalog.datasets.push(Dataset {
            description: entry.description,
            table,
            offer_archive: entry.offer_archive,
            attribution: entry.attribution,
            id_column: entry.id_column,
            columns: entry.column,
            ..Dataset::new(id, field.clone(), entry.title, entry.geometry)
        });
    }

    fn layers(&mut self, folder: &Path) {
        let mut seen = BTreeMap::new();
        let mut theme_ids = Vec::new();
        for (file, stem) in self.files(folder, "layers") {
            let Some(content) = self.read::<ThemeFile>(folder, &file) else {
                continue;
            };
            let theme = match ThemeId::new(&stem) {
                Ok(theme) => theme,
                Err(error) => {
                    self.fault(&file, "", error.to_string(), "rename the file");
                    continue;
                }
            };
            self.text(&file, "title", &content.title);
            for (i, entry) in content.layer.into_iter().enumerate() {
                let key = format!("layer[{i}]");
                self.layer(&file, &key, &theme, entry, &mut seen);
            }
            theme_ids.push((file, theme.clone()));
            self.catalog.themes.push(Theme {
                id: theme,
                title: content.title,
                order: content.order,
            });
        }
        // `/tiles/{layers}` takes either kind of id, so they share one name space.
        for (file, theme) in theme_ids {
            if let Some(other) = seen.get(theme.as_str()) {
                let problem = format!("theme {theme} has the id of a layer in {other}");
                self.fault(&file, "", problem, "rename one of them");
            }
        }
    }

    fn layer(
        &mut self,
        file: &str,
        key: &str,
        theme: &ThemeId,
        entry: LayerEntry,
        seen: &mut BTreeMap<String, String>,
    ) {
        self.text(file, &format!("{key}.title"), &entry.title);
        if let Some(first) = seen.insert(entry.id.clone(), file.to_owned()) {
            let problem = format!("layer {:?} is declared in {first} already", entry.id);
            self.fault(file, format!("{key}.id"), problem, "give each layer an id of its own");
        }
        let id = LayerId::new(&entry.id);
        if let Err(error) = &id {
            self.fault(file, format!("{key}.id"), error.to_string(), "rename it");
        }
        match self.catalog.dataset(&entry.dataset).cloned() {
            None => {
                let problem = format!("no dataset {:?} is declared", entry.dataset);
                self.fault(
                    file,
                    format!("{key}.dataset"),
                    problem,
                    "declare it under datasets/ or name another",
                );
            }
            Some(dataset) => {
                if entry.labels && dataset.geometry != GeometryKind::Polygon {
                    let problem = format!("{} holds no polygons", dataset.id);
                    self.fault(file, format!("{key}.labels"), problem, "remove it");
                }
                for name in entry.columns.iter().flatten() {
                    let known = dataset.columns.iter().any(|column| &column.name == name);
                    if !dataset.columns.is_empty() && !known {
                        let problem = format!("{name:?} is no column of {}", dataset.id);
                        self.fault(file, format!("{key}.columns"), problem, "remove or rename it");
                    }
                }
            }
        }
        let zoom = |loader: &mut Self, name: &str, value: Option<u8>, default| {
            Zoom::new(value.unwrap_or(default)).unwrap_or_else(|error| {
                loader.fault(file, format!("{key}.{name}"), error.to_string(), "lower it");
                Zoom::MAX
            })
        };
        let min_zoom = zoom(self, "min_zoom", entry.min_zoom, 0);
        let max_zoom = zoom(self, "max_zoom", entry.max_zoom, Layer::DEFAULT_MAX_ZOOM);
        if min_zoom > max_zoom {
            let problem = format!("{min_zoom} is past max_zoom {max_zoom}");
            self.fault(file, format!("{key}.min_zoom"), problem, "swap or correct them");
        }
        let extent = entry.extent.map_or(Ok(Extent::DEFAULT), Extent::new);
        let extent = extent.unwrap_or_else(|error| {
            self.fault(file, format!("{key}.extent"), error.to_string(), "4096 suits all clients");
            Extent::DEFAULT
        });
        let buffer = entry.buffer.unwrap_or(Layer::DEFAULT_BUFFER);
        if buffer > Layer::MAX_BUFFER {
            let problem = format!("{buffer} tile units");
            self.fault(file, format!("{key}.buffer"), problem, "use 2048 at most");
        }
        let (Ok(id), Ok(dataset)) = (id, DatasetId::new(&entry.dataset)) else {
            return;
        };
        self.catalog.layers.push(Layer {
            id,
            theme: theme.clone(),
            title: entry.title,
            description: entry.description,
            datasets: vec![dataset.clone()],
            dataset,
            also: Vec::new(),
            kind: None,
            content: LayerContent::Features { filter: BTreeMap::new() },
            public_form: None,
            value: None,
            visibility: entry.visibility,
            columns: entry.columns,
            archive_layer: entry.archive_layer,
            coverage: entry.coverage,
            labels: entry.labels,
            background: entry.background,
            min_zoom,
            max_zoom,
            declared_zooms: (entry.min_zoom.map(|_| min_zoom), entry.max_zoom.map(|_| max_zoom)),
            extent,
            buffer,
            max_age: entry.max_age.unwrap_or(Layer::DEFAULT_MAX_AGE),
        });
    }

    fn text(&mut self, file: &str, key: &str, text: &Text) {
        for (language, value) in [("ko", &text.ko), ("en", &text.en)] {
            if value.trim().is_empty() {
                let key = format!("{key}.{language}");
                self.fault(file, key, "empty text".to_owned(), "write it in this language");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, files: &[(&str, &str)]) {
        for sub in ["datasets", "layers"] {
            std::fs::create_dir_all(folder.join(sub)).unwrap();
        }
        for (name, text) in files {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }

    const DISTRICT: &str =
        "title = { ko = '성동구', en = 'Seongdong-gu' }\nbounds = [127.0, 37.5, 127.1, 37.6]";
    const DATASETS: &str = "title = { ko = '안전', en = 'Safety' }\n[[dataset]]\nid = 'cctv'\ntitle = { ko = 'CCTV', en = 'CCTV' }\ngeometry = 'point'\ncolumn = [{ name = 'purpose', title = { ko = '용도', en = 'Purpose' } }]";

    #[test]
    fn a_sound_catalog_loads_with_defaults() {
        let dir = tempfile::tempdir().unwrap();
        let layers = "title = { ko = '안전한 생활', en = 'Safe Living' }\norder = 5\n[[layer]]\nid = 'saf-10-cctv'\ntitle = { ko = 'CCTV', en = 'CCTV' }\ndataset = 'cctv'\nvisibility = 'public'\ncolumns = ['purpose']";
        write(
            dir.path(),
            &[
                ("district.toml", DISTRICT),
                ("datasets/safety.toml", DATASETS),
                ("layers/safety.toml", layers),
            ],
        );
        let catalog = Catalog::load(dir.path()).unwrap();
        let layer = catalog.layer("saf-10-cctv").unwrap();
        assert_eq!((layer.min_zoom.get(), layer.max_zoom.get(), layer.buffer), (0, 16, 64));
        assert_eq!(catalog.dataset("cctv").unwrap().field.as_str(), "safety");
    }

    #[test]
    fn all_faults_are_listed_at_once_with_file_and_key() {
        let dir = tempfile::tempdir().unwrap();
        let layers = "title = { ko = '', en = 'Safe Living' }\norder = 5\n[[layer]]\nid = 'Bad Id'\ntitle = { ko = 'a', en = 'b' }\ndataset = 'missing'\nvisibility = 'public'\nmin_zoom = 12\nmax_zoom = 3\nextent = 1000\nbuffer = 9999\n[[layer]]\nid = 'safety'\ntitle = { ko = 'a', en = 'b' }\ndataset = 'cctv'\nvisibility = 'public'\ncolumns = ['nope']\nlabels = true";
        write(
            dir.path(),
            &[
                ("district.toml", "title = 3"),
                ("datasets/safety.toml", DATASETS),
                ("layers/safety.toml", layers),
            ],
        );
        let faults = Catalog::load(dir.path()).unwrap_err();
        let keys: Vec<_> = faults.0.iter().map(|f| format!("{}:{}", f.file, f.key)).collect();
        for expected in [
            "district.toml:line 1",
            "layers/safety.toml:title.ko",
            "layers/safety.toml:layer[0].id",
            "layers/safety.toml:layer[0].dataset",
            "layers/safety.toml:layer[0].min_zoom",
            "layers/safety.toml:layer[0].extent",
            "layers/safety.toml:layer[0].buffer",
            "layers/safety.toml:layer[1].columns",
            "layers/safety.toml:layer[1].labels",
            "layers/safety.toml:",
        ] {
            assert!(keys.iter().any(|key| key == expected), "{expected} is missing from {keys:#?}");
        }
    }
}
