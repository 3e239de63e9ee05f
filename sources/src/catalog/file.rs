//! What the files of a catalog hold, before it is checked.

use serde::Deserialize;

use super::dataset::DatasetColumn;
use super::declaration::{Attribution, Text, Visibility};
use crate::feature::GeometryKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldFile {
    pub(super) title: Text,
    #[serde(default)]
    pub(super) dataset: Vec<DatasetEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DatasetEntry {
    pub(super) id: String,
    pub(super) title: Text,
    pub(super) description: Option<Text>,
    pub(super) table: Option<String>,
    #[serde(default)]
    pub(super) offer_archive: bool,
    pub(super) geometry: GeometryKind,
    pub(super) attribution: Option<Attribution>,
    pub(super) id_column: Option<String>,
    #[serde(default)]
    pub(super) column: Vec<DatasetColumn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThemeFile {
    pub(super) title: Text,
    pub(super) order: u16,
    #[serde(default)]
    pub(super) layer: Vec<LayerEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayerEntry {
    pub(super) id: String,
    pub(super) title: Text,
    pub(super) description: Option<Text>,
    pub(super) dataset: String,
    pub(super) visibility: Visibility,
    pub(super) columns: Option<Vec<String>>,
    pub(super) archive_layer: Option<String>,
    #[serde(default)]
    pub(super) coverage: bool,
    #[serde(default)]
    pub(super) labels: bool,
    #[serde(default)]
    pub(super) background: bool,
    pub(super) min_zoom: Option<u8>,
    pub(super) max_zoom: Option<u8>,
    pub(super) extent: Option<u32>,
    pub(super) buffer: Option<u16>,
    pub(super) max_age: Option<u32>,
}
