//! Description of a published layer.

use catalog::{Catalog, Layer, MapKind, Visibility};
use data_library::{LayerAudience, PublishedLayer};
use data_model::Audience;
use data_model::feature::{Column, ColumnType, GeometryKind};
use data_model::tiling::Reduction;
use styles::LayerGeometry;
use styles::map_description::{
    MapColumn, MapColumnKind, MapDescription, MapForm, MapRepresentation,
};
use tile_source::LayerDescription;

use super::cartography::declared_cartography;
use super::shown_value::ShownValues;
use super::texts::{bilingual, same};
use crate::handlers::catalog::audience_layer::{AudienceLayer, ColumnMeaning};

/// Column that marks features whose values are suppressed.
const SUPPRESSED: &str = "suppressed";

/// Description of a published layer; `None` while it has no source.
///
/// A layer that no catalog declares is described by its columns alone.
#[must_use]
pub fn map_description(catalog: &Catalog, layer: &PublishedLayer) -> Option<MapDescription> {
    let described = layer.source()?.description();
    let plain = undeclared(layer, described);
    let Some(declared) = catalog.layer(layer.id.as_str()).filter(|_| layer.theme.is_some()) else {
        return Some(plain);
    };
    let is_public = layer.audience == LayerAudience::Public;
    let audience = if is_public { Audience::Public } else { Audience::Staff };
    let audience_layer = AudienceLayer::new(catalog, declared, audience);
    let columns: Vec<MapColumn> = described
        .columns
        .iter()
        .map(|column| map_column(column, audience_layer.meaning(&column.name), described))
        .collect();
    let has_suppressed = columns.iter().any(|column| column.name == SUPPRESSED);
    let shown = ShownValues::new(catalog, declared, &audience_layer, layer);
    Some(MapDescription {
        representation: declared.kind_of(is_public).map(representation),
        value: shown.value(),
        second_value: shown.second_value(),
        suppressed: has_suppressed.then(|| bilingual(&catalog.district.suppressed_label)),
        cartography: declared_cartography(declared, theme_palette(catalog, declared), &plain),
        columns,
        ..plain
    })
}

/// Form that a layer is published in.
#[must_use]
pub const fn map_form(layer: &PublishedLayer) -> MapForm {
    match (layer.audience, layer.visibility) {
        (LayerAudience::Public, _) => MapForm::Public,
        (LayerAudience::Staff, _) | (LayerAudience::Everyone, Visibility::Staff) => MapForm::Staff,
        (LayerAudience::Everyone, Visibility::Public) => MapForm::Only,
    }
}

fn undeclared(layer: &PublishedLayer, described: &LayerDescription) -> MapDescription {
    MapDescription {
        id: layer.id.as_str().to_owned(),
        theme: layer.theme.as_ref().map(|theme| theme.as_str().to_owned()),
        form: map_form(layer),
        title: bilingual(&layer.title),
        representation: None,
        geometry: geometry(described.geometry),
        label_points: described.labels,
        columns: described
            .columns
            .iter()
            .map(|column| map_column(column, None, described))
            .collect(),
        value: None,
        second_value: None,
        suppressed: None,
        times: described.times.iter().map(ToString::to_string).collect(),
        zooms: (described.min_zoom.get(), described.max_zoom.get()),
        clustered_below: clustered_below(described),
        cartography: Default::default(),
    }
}

fn map_column(
    column: &Column,
    meaning: Option<ColumnMeaning<'_>>,
    described: &LayerDescription,
) -> MapColumn {
    let title = match meaning {
        Some(ColumnMeaning::Column(declared)) => bilingual(&declared.title),
        Some(ColumnMeaning::Measure(measure)) => bilingual(&measure.title),
        Some(ColumnMeaning::Own(title)) => bilingual(&title),
        None => same(column.title.as_deref().unwrap_or(&column.name)),
    };
    let kind = match column.kind {
        ColumnType::Bool => MapColumnKind::Flag,
        kind if kind.is_number() => MapColumnKind::Number,
        _ => MapColumnKind::Text,
    };
    let from = described.tiling.attributes.get(&column.name).copied();
    let min_zoom = from.map_or(described.min_zoom, |from| from.max(described.min_zoom)).get();
    MapColumn { name: column.name.clone(), title, kind, min_zoom }
}

/// Zoom below which tiles hold clusters; `None` without any.
fn clustered_below(described: &LayerDescription) -> Option<u8> {
    match described.tiling.reduction.as_ref()? {
        Reduction::Cluster(rule) => Some(rule.below_zoom.get()),
        Reduction::Thin(_) | Reduction::Merge(_) => None,
    }
}

fn theme_palette<'c>(catalog: &'c Catalog, layer: &Layer) -> Option<&'c str> {
    catalog.themes.iter().find(|theme| theme.id == layer.theme)?.palette.as_deref()
}

const fn geometry(kind: GeometryKind) -> LayerGeometry {
    match kind {
        GeometryKind::Point => LayerGeometry::Point,
        GeometryKind::Line => LayerGeometry::Line,
        GeometryKind::Polygon => LayerGeometry::Polygon,
        GeometryKind::Mixed => LayerGeometry::Mixed,
    }
}

const fn representation(kind: MapKind) -> MapRepresentation {
    match kind {
        MapKind::Symbol => MapRepresentation::Symbol,
        MapKind::Category => MapRepresentation::Category,
        MapKind::Line => MapRepresentation::Line,
        MapKind::Circle => MapRepresentation::Circle,
        MapKind::Choropleth => MapRepresentation::Choropleth,
        MapKind::Grid => MapRepresentation::Grid,
        MapKind::Heat => MapRepresentation::Heat,
        MapKind::Flow => MapRepresentation::Flow,
        MapKind::Isochrone => MapRepresentation::Isochrone,
    }
}
