//! Parsing of `base.toml`: the datasets and layers of the base map.

use super::CatalogDeclarations;
use super::dataset::read_dataset;
use super::entry::TomlTable;
use crate::Visibility;
use data_model::{FieldId, ThemeId};

impl CatalogDeclarations {
    /// Parses `base.toml`; its layers are public where they do not say otherwise.
    pub(super) fn read_base_map(
        &mut self,
        field: &FieldId,
        set: &ThemeId,
        mut file: TomlTable<'_>,
    ) {
        self.base_title = file.need_text("title").unwrap_or_default();
        for entry in file.tables("dataset") {
            self.datasets.extend(read_dataset(field, entry));
        }
        self.read_layers(set, &mut file, Some(Visibility::Public));
        file.finish();
    }
}
