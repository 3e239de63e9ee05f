//! Reading of the files of a catalog folder.

use std::path::Path;

use super::district;
use super::entry::TomlTable;
use super::{CatalogDeclarations, FaultCollector, KeyLocation};
use crate::renamed_keys::{TableKind, old_key_faults, rename_table};
use crate::{BaseMap, District};
use data_model::id::InvalidId;

/// Largest size of a catalog file in bytes.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// Reader of a catalog folder.
pub(crate) struct CatalogFiles<'f> {
    folder: &'f Path,
    faults: &'f FaultCollector,
}

impl<'f> CatalogFiles<'f> {
    pub(crate) const fn new(folder: &'f Path, faults: &'f FaultCollector) -> Self {
        Self { folder, faults }
    }

    /// Reads every file. Blocks.
    pub(crate) fn read(&self) -> CatalogDeclarations {
        let mut declared =
            CatalogDeclarations { district: self.district(), ..CatalogDeclarations::default() };
        for (place, stem) in self.list("datasets") {
            let (Some(entry), Some(field)) = (self.open(&place), self.id(&place, &stem)) else {
                declared.datasets_lost = true;
                continue;
            };
            declared.read_field(field, entry);
        }
        // Before the layers of maps, so that a map made from it is refused by name.
        self.read_base_map(&mut declared);
        for (place, stem) in self.list("layers") {
            let (Some(entry), Some(theme)) = (self.open(&place), self.id(&place, &stem)) else {
                declared.lost_themes.push(stem);
                continue;
            };
            declared.read_theme(theme, entry);
        }
        declared
    }

    /// Reads `base.toml`, if there is one.
    fn read_base_map(&self, declared: &mut CatalogDeclarations) {
        let place = KeyLocation::file(BaseMap::FILE);
        // Whatever else keeps it from being read is a fault.
        if matches!(self.folder.join(BaseMap::FILE).try_exists(), Ok(false)) {
            return;
        }
        match (self.open(&place), self.id(&place, BaseMap::ID), self.id(&place, BaseMap::ID)) {
            (Some(file), Some(field), Some(set)) => declared.read_base_map(&field, &set, file),
            _ => declared.datasets_lost = true,
        }
    }

    /// The id that a file's stem is; adds a fault if it is not valid.
    fn id<T: std::str::FromStr<Err = InvalidId>>(
        &self,
        place: &KeyLocation,
        stem: &str,
    ) -> Option<T> {
        match stem.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                self.faults.add(place, error.to_string(), "rename the file");
                None
            }
        }
    }

    /// Parses a file as a table; adds a fault if it can't be read or is not TOML.
    fn open(&self, place: &KeyLocation) -> Option<TomlTable<'f>> {
        let path = self.folder.join(place.file_name());
        let text = match std::fs::metadata(&path) {
            Ok(meta) if meta.len() > MAX_FILE_BYTES => {
                self.faults.add(place, format!("{} bytes", meta.len()), "keep it under 4 MiB");
                return None;
            }
            Ok(_) => std::fs::read_to_string(&path),
            Err(error) => Err(error),
        };
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                self.faults.add(place, error.to_string(), "make it a readable UTF-8 file");
                return None;
            }
        };
        match text.parse::<toml::Table>() {
            Ok(mut table) => {
                let (kind, mut old_keys) = (TableKind::of_file(place.file_name()), Vec::new());
                rename_table(&mut table, kind, place, &mut old_keys);
                old_key_faults(&old_keys, self.faults);
                Some(TomlTable::new(table, place.clone(), self.faults))
            }
            Err(error) => {
                let before = error.span().and_then(|span| text.get(..span.start));
                let line = before.map_or(1, |text| text.matches('\n').count() + 1);
                self.faults.add(
                    &place.line(line),
                    error.message().trim(),
                    "correct the TOML; nothing of this file was read",
                );
                None
            }
        }
    }

    /// The `.toml` files of a sub-folder, sorted by name.
    fn list(&self, sub: &str) -> Vec<(KeyLocation, String)> {
        let place = KeyLocation::file(sub);
        let entries = match std::fs::read_dir(self.folder.join(sub)) {
            Ok(entries) => entries,
            Err(error) => {
                self.faults.add(&place, error.to_string(), "make it a folder of .toml files");
                return Vec::new();
            }
        };
        let mut names = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => names.extend(entry.file_name().into_string().ok()),
                // A partial listing would give a partial catalog.
                Err(error) => {
                    let remedy = "make it a folder that can be listed";
                    self.faults.add(&place, error.to_string(), remedy);
                }
            }
        }
        names.retain(|name| name.ends_with(".toml") && !name.starts_with('.'));
        names.sort();
        let placed = names.into_iter().map(|name| {
            let stem = name.trim_end_matches(".toml").to_owned();
            (KeyLocation::file(&format!("{sub}/{name}")), stem)
        });
        placed.collect()
    }

    fn district(&self) -> District {
        let place = KeyLocation::file("district.toml");
        let Some(mut entry) = self.open(&place) else { return District::default() };
        let title = entry.need_text("title").unwrap_or_default();
        let bounds = district::rectangle(&mut entry, "bounds");
        let inherited = District::inherited(bounds);
        let district = District {
            title,
            bounds,
            attribution: entry.text("attribution"),
            notice: entry.text("notice"),
            stats_areas: entry.take("stats_areas"),
            addresses: entry.take("addresses"),
            search_areas: entry.list("search_areas").unwrap_or_default(),
            time_zone: district::time_zone(&mut entry, &inherited),
            crs_candidates: district::crs_candidates(&mut entry, &inherited),
            country: district::country(&mut entry, &inherited),
            suppressed_label: entry.text("suppressed_label").unwrap_or(inherited.suppressed_label),
            suppressed_title: entry.text("suppressed_title").unwrap_or(inherited.suppressed_title),
        };
        entry.finish();
        district
    }
}
