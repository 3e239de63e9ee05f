//! Generated style of a layer that no document styles.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::keys::SOURCE;
use crate::layer_input::{LayerGeometry, LayerStyleInput};

/// Palette of colours that people with any of the common colour vision deficiencies can
/// tell apart (Okabe and Ito, 2008).
///
/// Black and yellow are left out, since they are lost on a light background.
const PALETTE: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"];

/// Opacity of a generated fill.
pub(crate) const FILL_OPACITY: f64 = 0.35;

/// Assigns colours to the layers of one map, in its order.
///
/// No two are alike while there are enough colours, and neighbours in the list never are;
/// the same list always gets the same colours. A layer gets the preferred colour of its
/// id if that is free, so most layers keep theirs from map to map.
#[must_use]
pub fn colours<'a>(ids: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, &'static str> {
    let mut used = [0usize; PALETTE.len()];
    let mut last = None;
    let mut colours = BTreeMap::new();
    for id in ids {
        let wanted = preferred(id);
        let turns = (0..PALETTE.len()).map(|turn| (wanted + turn) % PALETTE.len());
        let free = turns.filter(|i| Some(*i) != last).min_by_key(|i| used[*i]);
        let i = free.unwrap_or(wanted);
        used[i] += 1;
        last = Some(i);
        colours.entry(id).or_insert(PALETTE[i]);
    }
    colours
}

/// Position in the palette of an id's preferred colour.
fn preferred(id: &str) -> usize {
    // FNV-1a: short, and stable across versions, which a hasher of std is not.
    let digest = id
        .bytes()
        .fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (digest >> 16) as usize % PALETTE.len()
}

/// Style layers of one map layer, from the bottom up, in operators for QGIS too.
///
/// Ids begin with the layer's id and a dot, so they differ from the ids of a document
/// unless an author chose the same on purpose.
#[must_use]
pub fn layers(input: &LayerStyleInput<'_>, colour: &str) -> Vec<Map<String, Value>> {
    let mut layers = Vec::new();
    let mut push = |part: &str, kind: &str, geometry: &str, paint: Value| {
        let mut layer = Map::new();
        layer.insert("id".into(), format!("{}.{part}", input.id).into());
        layer.insert("type".into(), kind.into());
        layer.insert("source".into(), SOURCE.into());
        layer.insert("source-layer".into(), input.id.into());
        layer.insert("metadata".into(), json!({ "title": input.title, "generated": true }));
        if input.shape == LayerGeometry::Mixed {
            // MapLibre would fill lines and put circles on corners.
            layer.insert("filter".into(), json!(["==", "$type", geometry]));
        }
        layer.insert("paint".into(), paint);
        layers.push(layer);
    };
    let wide =
        |near: f64, far: f64| json!(["interpolate", ["linear"], ["zoom"], 10, near, 16, far]);
    if matches!(input.shape, LayerGeometry::Polygon | LayerGeometry::Mixed) {
        let paint = json!({ "fill-color": colour, "fill-opacity": FILL_OPACITY });
        push("fill", "fill", "Polygon", paint);
        push(
            "outline",
            "line",
            "Polygon",
            json!({ "line-color": colour, "line-width": wide(0.5, 1.5) }),
        );
    }
    if matches!(input.shape, LayerGeometry::Line | LayerGeometry::Mixed) {
        push(
            "line",
            "line",
            "LineString",
            json!({ "line-color": colour, "line-width": wide(1.0, 4.0) }),
        );
    }
    if matches!(input.shape, LayerGeometry::Point | LayerGeometry::Mixed) {
        push(
            "circle",
            "circle",
            "Point",
            json!({
                "circle-color": colour,
                "circle-radius": wide(2.0, 6.0),
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1,
            }),
        );
    }
    layers
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{LocalizedTitle, StyleDocument};

    #[test]
    fn every_generated_style_passes_the_lint() {
        for (shape, count) in [
            (LayerGeometry::Point, 1),
            (LayerGeometry::Line, 1),
            (LayerGeometry::Polygon, 2),
            (LayerGeometry::Mixed, 4),
        ] {
            let input =
                LayerStyleInput { id: "a-1", title: LocalizedTitle { ko: "가", en: "A" }, shape };
            let layers = layers(&input, PALETTE[0]);
            assert_eq!(layers.len(), count);
            let style = json!({ "version": 8, "layers": layers });
            assert_eq!(StyleDocument::parse(&style.to_string()).unwrap().findings(), []);
        }
    }

    #[test]
    fn neighbours_differ_and_the_first_six_are_all_different() {
        let ids: Vec<_> = (0..60).map(|i| format!("layer-{i}")).collect();
        let ids: Vec<_> = ids.iter().map(String::as_str).collect();
        for start in 0..50 {
            let ids = &ids[start..];
            let given = colours(ids.iter().copied());
            let six: BTreeSet<_> = ids[..6].iter().map(|id| given[id]).collect();
            assert_eq!(six, PALETTE.into(), "from {start}");
            for pair in ids.windows(2) {
                assert_ne!(given[pair[0]], given[pair[1]], "{pair:?} from {start}");
            }
            assert_eq!(given, colours(ids.iter().copied()));
        }
    }

    #[test]
    fn a_single_layer_gets_the_preferred_colour_of_its_id() {
        let alone = |id| colours([id])[id];
        assert_eq!(colours(["roads", "parks"])["roads"], alone("roads"));
        let all: BTreeSet<_> =
            ["a", "b", "c", "d", "e", "f", "roads", "parks"].into_iter().map(alone).collect();
        assert!(all.len() > 3, "{all:?}");
    }
}
