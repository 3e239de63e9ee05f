//! Parsing of `layers/<theme>.toml`: a theme and its layers.

use super::cartography;
use super::content::{LayerDefaults, ParsedContent, PublicForm};
use super::declarations::DatasetsById;
use super::entry::TomlTable;
use super::tiling;
use super::{CatalogDeclarations, DeclaredLayer};
use crate::declaration::Theme;
use crate::{Dataset, Layer, LayerContent, LocalizedText, MeasureSet, Visibility};
use data_model::{DatasetId, Extent, LayerId, ThemeId, Zoom};

impl CatalogDeclarations {
    /// Parses a file of `layers/`.
    pub(super) fn read_theme(&mut self, theme: ThemeId, mut file: TomlTable<'_>) {
        let title = file.need_text("title").unwrap_or_default();
        let order = file.need("order", "number the themes from 1").unwrap_or_default();
        let palette = file.take("palette");
        let opening_map = file.take("opening_map");
        self.read_layers(&theme, &mut file, None);
        let theme = Theme { id: theme, title, order, palette, opening_map };
        self.themes.push((file.place().clone(), theme));
        file.finish();
    }

    /// Parses the layers of a file; those without a `visibility` get `default`, and a fault
    /// where that is `None`.
    pub(super) fn read_layers(
        &mut self,
        theme: &ThemeId,
        file: &mut TomlTable<'_>,
        default: Option<Visibility>,
    ) {
        let datasets = self.datasets.iter().map(|declared| &declared.dataset);
        let datasets: DatasetsById<'_> =
            datasets.map(|dataset: &Dataset| (dataset.id.as_str(), dataset)).collect();
        let entries = file.tables("layer").into_iter();
        let layers: Vec<_> =
            entries.filter_map(|entry| read_layer(theme, entry, &datasets, default)).collect();
        self.layers.extend(layers);
    }
}

/// Parses a layer; `None` if it has no id or no content.
fn read_layer(
    theme: &ThemeId,
    mut entry: TomlTable<'_>,
    datasets: &DatasetsById<'_>,
    default_visibility: Option<Visibility>,
) -> Option<DeclaredLayer> {
    let place = entry.place().clone();
    let id = entry.need::<LayerId>("id", "name it with a-z, 0-9, '_' and '-'");
    let title = entry.need_text("title").unwrap_or_else(|| LocalizedText::same("?"));
    let description = entry.text("description");
    let visibility = match default_visibility {
        Some(default) => entry.take("visibility").or(Some(default)),
        None => entry.need("visibility", "write public or staff"),
    };
    // Never published, as a catalog with faults is rejected.
    let visibility = visibility.unwrap_or(Visibility::Staff);
    let content = ParsedContent::read(&mut entry, datasets);
    let value = entry.take::<String>("value");
    let cartography = cartography::read(&mut entry);
    let defaults = LayerDefaults { value: value.as_deref(), cartography: &cartography };
    let public = match &content {
        Some(content) => content.public_form(&mut entry, &defaults, datasets),
        None => {
            let _ = entry.take::<toml::Value>("public");
            PublicForm::default()
        }
    };
    let PublicForm {
        set: public_form,
        measures: public_measures,
        look: public_look,
        tiling: public_tiling,
        cartography: public_cartography,
    } = public;
    let (min_zoom, max_zoom) = (zoom(&mut entry, "min_zoom"), zoom(&mut entry, "max_zoom"));
    let default_max = Zoom::new(Layer::DEFAULT_MAX_ZOOM).unwrap_or(Zoom::MAX);
    let also = entry.list("other_themes").unwrap_or_default();
    let kind = entry.take("kind");
    let archive_layer = entry.take("archive_layer");
    let [coverage, labels, background] = ["coverage", "labels", "background"]
        .map(|name| entry.take::<bool>(name).unwrap_or_default());
    let extent = extent(&mut entry);
    let buffer = entry.take("buffer").unwrap_or(Layer::DEFAULT_BUFFER);
    let tiling = tiling::read(&mut entry).unwrap_or_default();
    let max_age = entry.take("max_age").unwrap_or(Layer::DEFAULT_MAX_AGE);
    entry.finish();
    let (id, ParsedContent { dataset, mut datasets, columns, mut content, measures, parts }) =
        id.zip(content)?;
    let mut value = value;
    if let LayerContent::Measures(set) | LayerContent::Flow(_, set) = &mut content {
        set.value = value.unwrap_or_else(|| set.only_value());
        value = Some(set.value.clone()).filter(|value| !value.is_empty());
    }
    datasets.extend(public_form.iter().flat_map(MeasureSet::datasets));
    let layer = Layer {
        id,
        theme: theme.clone(),
        other_themes: also,
        title,
        description,
        kind,
        dataset,
        datasets: each_once(datasets),
        content,
        public_form,
        public_look,
        cartography,
        visibility,
        columns,
        value,
        archive_layer,
        coverage,
        labels,
        background,
        min_zoom: min_zoom.unwrap_or(Zoom::MIN),
        max_zoom: max_zoom.unwrap_or(default_max),
        declared_zooms: (min_zoom, max_zoom),
        extent,
        buffer,
        tiling,
        public_tiling,
        max_age,
    };
    Some(DeclaredLayer { place, layer, measures, public_measures, public_cartography, parts })
}

fn each_once(ids: Vec<DatasetId>) -> Vec<DatasetId> {
    let mut once = Vec::with_capacity(ids.len());
    for id in ids {
        if !once.contains(&id) {
            once.push(id);
        }
    }
    once
}

fn zoom(entry: &mut TomlTable<'_>, name: &'static str) -> Option<Zoom> {
    let zoom = Zoom::new(entry.take::<u8>(name)?);
    zoom.map_err(|error| entry.fault(name, error.to_string(), "lower it")).ok()
}

fn extent(entry: &mut TomlTable<'_>) -> Extent {
    let extent = entry.take::<u32>("extent").map_or(Ok(Extent::DEFAULT), Extent::new);
    extent.unwrap_or_else(|error| {
        entry.fault("extent", error.to_string(), "4096 suits all clients");
        Extent::DEFAULT
    })
}
