//! `/tiles/{layers}.json`: TileJSON 3.0.0.

use std::collections::BTreeMap;

use catalog::{BaseMap, LocalizedText};
use data_library::PublishedLayer;
use data_library::Snapshot;
use data_model::{GeographicBounds, Zoom};
use http::HeaderValue;
use tile_source::LayerDescription;
use tilejson::{Bounds, Center, TileJSON, VectorLayer};

use super::attribution::attribution;
use super::language::{in_language, language};
use super::tile::document_cache_control;
use super::{RequestContext, json};
use crate::http::problem::Problem;
use crate::http::reply::HttpReply;
use crate::http::route::NameList;
use crate::layer_set::LayerSet;
use crate::server_state::ServerState;
use styles::Language;

/// Answers with the TileJSON of a set of layers.
///
/// # Errors
/// A [`Problem`] where a layer is unknown, or where one can't be read: its
/// fields would be missing.
pub async fn tilejson(
    state: &ServerState,
    context: &RequestContext<'_>,
    names: &NameList<'_>,
) -> Result<HttpReply, Problem> {
    let body = body(context, names)?;
    let cache_control: HeaderValue = document_cache_control(context.audience);
    Ok(json(state, context, body, &cache_control).await)
}

fn body(context: &RequestContext<'_>, names: &NameList<'_>) -> Result<Vec<u8>, Problem> {
    let published = context.published;
    let snapshot = &published.snapshot;
    let set = LayerSet::resolve(snapshot, names, context.audience)?;
    LayerSet::check_names(&set.layers)?;
    let language = language(context)?;
    let mut described = Vec::with_capacity(set.layers.len());
    for layer in &set.layers {
        match &layer.state {
            data_library::LayerState::Ready(source) => {
                described.push((*layer, source.description()));
            }
            data_library::LayerState::Unavailable { reason } => {
                return Err(Problem::unavailable(layer.id.as_str(), reason));
            }
            data_library::LayerState::Absent { .. } => {
                return Err(Problem::absent_layer(layer.id.as_str()));
            }
        }
    }
    let document = document(context, snapshot, &set, &described, language);
    Ok(serde_json::to_vec(&document).unwrap_or_default())
}

fn document(
    context: &RequestContext<'_>,
    snapshot: &Snapshot,
    set: &LayerSet<'_>,
    described: &[(&PublishedLayer, &LayerDescription)],
    language: Language,
) -> TileJSON {
    let base = context.base_url.as_str();
    let url =
        format!("{base}/tiles/{}/{{z}}/{{x}}/{{y}}{}", set.names, context.query.selection_text());
    let bounds = described.iter().filter_map(|(_, description)| description.bounds);
    let bounds = bounds.reduce(GeographicBounds::union);
    let bounds = bounds.or(snapshot.catalog().district.bounds);
    let zooms = zooms(described.iter().map(|(_, description)| *description));
    let name = name(snapshot, set, language);
    let description = match described {
        [(layer, _)] => {
            layer.description.as_ref().map(|text| in_language(text, language).to_owned())
        }
        _ => None,
    };
    TileJSON {
        tilejson: "3.0.0".to_owned(),
        tiles: vec![url],
        vector_layers: Some(
            described
                .iter()
                .flat_map(|(layer, description)| vector_layers(layer, description, language))
                .collect(),
        ),
        attribution: attribution(snapshot, described, language),
        bounds: bounds.map(|bounds| {
            let [left, bottom, right, top] = bounds.to_array();
            Bounds { left, bottom, right, top }
        }),
        center: bounds.map(|bounds| {
            let [longitude, latitude] = bounds.center();
            Center { longitude, latitude, zoom: opening_zoom(bounds).clamp(zooms.0, zooms.1) }
        }),
        description,
        minzoom: Some(zooms.0),
        maxzoom: Some(zooms.1),
        name: Some(name),
        scheme: Some("xyz".to_owned()),
        data: None,
        fillzoom: None,
        grids: None,
        legend: None,
        template: None,
        version: None,
        other: absent(set, language),
    }
}

/// The absent maps of a theme, as the extra key `absent`. TileJSON 3.0.0, section 3, permits
/// other keys.
fn absent(set: &LayerSet<'_>, language: Language) -> BTreeMap<String, serde_json::Value> {
    let map = |layer: &&PublishedLayer| serde_json::json!({ "id": layer.id.as_str(), "name": in_language(&layer.title, language) });
    let maps: Vec<_> = set.absent.iter().map(map).collect();
    (!maps.is_empty()).then(|| ("absent".to_owned(), maps.into())).into_iter().collect()
}

/// The vector-tile layers of one map layer: its own and its label points, or those of an
/// archive published whole.
fn vector_layers(
    layer: &PublishedLayer,
    description: &LayerDescription,
    language: Language,
) -> impl Iterator<Item = VectorLayer> {
    let title = in_language(&layer.title, language).to_owned();
    // TileJSON 3.0.0, section 3.3, leaves other keys to us: what `time=` may be.
    let times = (!description.times.is_empty()).then(|| {
        (
            "times".to_owned(),
            serde_json::Value::from_iter(description.times.iter().map(|time| &**time)),
        )
    });
    let reduced = sampled(description);
    description.vector_layers().into_iter().map(move |inner| VectorLayer {
        id: inner.name,
        fields: inner
            .columns
            .into_iter()
            .map(|column| (column.name, column.kind.tilejson_type().to_owned()))
            .collect(),
        description: Some(title.clone()),
        minzoom: Some(inner.min_zoom.get()),
        maxzoom: Some(inner.max_zoom.get()),
        other: times
            .clone()
            .into_iter()
            .chain(reduced.clone())
            .chain(attribute_zooms(&inner.attribute_zooms))
            .collect(),
    })
}

/// Zooms of the attributes that not all tiles have, as the extra key `field_zooms`:
/// `{ name: [first, last] }`.
fn attribute_zooms(zooms: &[(String, Zoom, Zoom)]) -> Option<(String, serde_json::Value)> {
    let range = |(name, first, last): &(String, Zoom, Zoom)| {
        (name.clone(), serde_json::json!([first.get(), last.get()]))
    };
    let ranges: serde_json::Map<_, _> = zooms.iter().map(range).collect();
    (!ranges.is_empty()).then(|| ("field_zooms".to_owned(), ranges.into()))
}

/// The extra keys `sampled` and `sampled_zooms` of a layer whose tiles are made of a sample of
/// its features at low zooms.
fn sampled(description: &LayerDescription) -> Vec<(String, serde_json::Value)> {
    let first = description.min_zoom.get();
    let last = description.sampled_below.and_then(|below| below.get().checked_sub(1));
    let Some(last) = last.filter(|last| *last >= first) else { return Vec::new() };
    vec![
        ("sampled".to_owned(), true.into()),
        ("sampled_zooms".to_owned(), serde_json::json!([first, last])),
    ]
}

/// Name of a map: its theme's, or its layers' titles.
fn name(snapshot: &Snapshot, set: &LayerSet<'_>, language: Language) -> String {
    let title = title(snapshot, set);
    in_language(&title, language).to_owned()
}

/// Name of a map in both languages. Of many layers the first three are named.
#[must_use]
pub fn title(snapshot: &Snapshot, set: &LayerSet<'_>) -> LocalizedText {
    let theme = set
        .theme
        .and_then(|id| snapshot.catalog().themes.iter().find(|theme| theme.id.as_str() == id));
    if let Some(theme) = theme {
        return theme.title.clone();
    }
    if set.theme == Some(BaseMap::ID) {
        return snapshot.catalog().base.title.clone();
    }
    let join = |part: fn(&LocalizedText) -> &str| {
        let titles: Vec<_> = set.layers.iter().take(3).map(|layer| part(&layer.title)).collect();
        let more = if set.layers.len() > 3 { " …" } else { "" };
        titles.join(", ") + more
    };
    LocalizedText { ko: join(|text| &text.ko), en: join(|text| &text.en) }
}

/// The whole zoom at which a rectangle fills a view of about two 512-pixel tiles.
#[must_use]
pub fn opening_zoom(bounds: GeographicBounds) -> u8 {
    let [west, south, east, north] = bounds.to_array();
    // Degrees of latitude are wider than those of longitude in Mercator.
    let stretch = f64::midpoint(south, north).to_radians().cos().max(0.01);
    let span = (east - west).max((north - south) / stretch).max(1e-4);
    (720.0 / span).log2().floor().clamp(0.0, 24.0) as u8
}

/// The zooms of a composite's tiles, from the first that any layer has to the last: past its
/// own last zoom a layer is still in the tiles of the others.
fn zooms<'a>(descriptions: impl Iterator<Item = &'a LayerDescription> + Clone) -> (u8, u8) {
    let min = descriptions.clone().map(|description| description.min_zoom.get()).min();
    let max = descriptions.map(|description| description.max_zoom.get()).max();
    (min.unwrap_or(0), max.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_model::feature::GeometryKind;
    use data_model::{Extent, LayerId};
    use rstest::rstest;

    fn layer(min: u8, max: u8) -> LayerDescription {
        LayerDescription {
            id: LayerId::new("a").unwrap(),
            min_zoom: Zoom::new(min).unwrap(),
            max_zoom: Zoom::new(max).unwrap(),
            extent: Extent::DEFAULT,
            bounds: None,
            geometry: GeometryKind::Point,
            columns: Vec::new(),
            feature_count: None,
            labels: false,
            times: Vec::new(),
            partial_times: Vec::new(),
            attribution: None,
            inner: Vec::new(),
            tiling: data_model::Tiling::default(),
            sampled_below: None,
        }
    }

    #[rstest]
    #[case(&[(0, 16)], (0, 16))]
    #[case(&[(0, 16), (4, 14)], (0, 16))]
    #[case(&[(15, 18), (4, 14)], (4, 18))]
    fn a_composite_has_the_zooms_of_all_its_layers(
        #[case] layers: &[(u8, u8)],
        #[case] expected: (u8, u8),
    ) {
        let layers: Vec<_> = layers.iter().map(|&(min, max)| layer(min, max)).collect();
        assert_eq!(zooms(layers.iter()), expected);
    }

    #[test]
    fn attributes_of_some_zooms_are_told_with_their_zooms() {
        let zoom = |level| Zoom::new(level).unwrap();
        let rule = data_model::tiling::PointClustering {
            below_zoom: zoom(14),
            radius_px: 40,
            sums: Vec::new(),
        };
        let tiling = data_model::Tiling {
            reduction: Some(data_model::tiling::Reduction::Cluster(rule)),
            ..data_model::Tiling::default()
        };
        let described = LayerDescription { tiling, ..layer(3, 16) };
        let [own] = &described.vector_layers()[..] else { unreachable!("one layer") };
        let names: Vec<&str> = own.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["cluster", "point_count", "point_count_abbreviated"]);
        let (key, zooms) = attribute_zooms(&own.attribute_zooms).unwrap();
        let expected = serde_json::json!({
            "cluster": [3, 13], "point_count": [3, 13], "point_count_abbreviated": [3, 13]
        });
        assert_eq!((key.as_str(), zooms), ("field_zooms", expected));
        assert_eq!(attribute_zooms(&[]), None);
    }

    #[rstest]
    #[case(None, serde_json::json!({}))]
    #[case(Some(12), serde_json::json!({ "sampled": true, "sampled_zooms": [3, 11] }))]
    // All zooms of the layer have all rows.
    #[case(Some(3), serde_json::json!({}))]
    fn a_sample_is_told(#[case] below: Option<u8>, #[case] expected: serde_json::Value) {
        let sampled_below = below.map(|level| Zoom::new(level).unwrap());
        let described = LayerDescription { sampled_below, ..layer(3, 16) };
        let told: serde_json::Map<_, _> = sampled(&described).into_iter().collect();
        assert_eq!(serde_json::Value::from(told), expected);
    }

    #[rstest]
    #[case([127.0083, 37.5291, 127.0737, 37.5730], 13)]
    #[case([-180.0, -85.0, 180.0, 85.0], 1)]
    #[case([127.0, 37.5, 127.0, 37.5], 22)]
    fn the_opening_zoom_fits_the_bounds(#[case] bounds: [f64; 4], #[case] zoom: u8) {
        assert_eq!(opening_zoom(bounds.try_into().unwrap()), zoom);
    }
}
