//! Published layers as the styles crate wants them.

use catalog::{Catalog, Visibility};
use data_library::{LayerAudience, PublishedLayer, Snapshot};
use data_model::GeographicBounds;
use data_model::feature::GeometryKind;
use styles::map_description::MapForm;
use styles::{
    Language, LayerGeometry, LayerShading, LayerStyleInput, LocalizedTitle, MapStyleInput, MapTiles,
};

use crate::handlers::attribution::attribution;

/// Input of a layer that is ready; `None` for any other.
pub(super) fn map_input<'l>(
    snapshot: &'l Snapshot,
    language: Language,
    layer: &'l PublishedLayer,
    shading: Option<&'l LayerShading>,
) -> Option<MapStyleInput<'l>> {
    let description = layer.source()?.description();
    let title = LocalizedTitle { ko: &layer.title.ko, en: &layer.title.en };
    let input =
        |id, geometry, shading| LayerStyleInput { id, title, shape: shape(geometry), shading };
    let layers = match &description.inner[..] {
        [] => vec![input(layer.id.as_str(), description.geometry, shading)],
        inner => inner.iter().map(|inner| input(&inner.name, inner.geometry, None)).collect(),
    };
    let tiles = MapTiles {
        zooms: (description.min_zoom.get(), description.max_zoom.get()),
        bounds: description.bounds.map(GeographicBounds::to_array),
        attribution: attribution(snapshot, &[(layer, description)], language),
    };
    Some(MapStyleInput {
        id: layer.id.as_str(),
        theme: layer.theme.as_ref().map(data_model::ThemeId::as_str),
        form: form(layer),
        layers,
        label_points: description.labels,
        tiles,
        times: description.times.iter().map(|time| &**time).collect(),
        opening_time: opening_time(snapshot.catalog(), layer),
    })
}

/// Time slice that the catalog has a published layer open with.
fn opening_time<'l>(catalog: &'l Catalog, layer: &PublishedLayer) -> Option<&'l str> {
    let declared = catalog.layer(layer.id.as_str())?;
    declared.cartography_of(layer.audience == LayerAudience::Public).opening_time.as_deref()
}

/// Form of a map that a published layer is.
fn form(layer: &PublishedLayer) -> MapForm {
    match (layer.audience, layer.visibility) {
        (LayerAudience::Public, _) => MapForm::Public,
        (LayerAudience::Staff, _) | (LayerAudience::Everyone, Visibility::Staff) => MapForm::Staff,
        (LayerAudience::Everyone, Visibility::Public) => MapForm::Only,
    }
}

const fn shape(geometry: GeometryKind) -> LayerGeometry {
    match geometry {
        GeometryKind::Point => LayerGeometry::Point,
        GeometryKind::Line => LayerGeometry::Line,
        GeometryKind::Polygon => LayerGeometry::Polygon,
        GeometryKind::Mixed => LayerGeometry::Mixed,
    }
}
