//! The look of a layer that no document styles.

use serde_json::{Map, Value, json};

use crate::{Look, SOURCE, Shape};

/// Colours that people with any of the common colour vision deficiencies can
/// tell apart (Okabe and Ito, 2008), without black and yellow, which are lost
/// on a light background.
const PALETTE: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"];

/// The colour of a layer: the same wherever and whenever it is drawn.
#[must_use]
pub fn colour(id: &str) -> &'static str {
    // FNV-1a: short, and stable across versions, which a hasher of std is not.
    let digest = id
        .bytes()
        .fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    PALETTE[(digest >> 16) as usize % PALETTE.len()]
}

/// Style layers for one map layer, from the bottom up, in the operators that
/// QGIS understands. Ids begin with the layer's id and a dot, so they meet no
/// id of a document unless someone wants them to.
#[must_use]
pub fn layers(look: &Look<'_>) -> Vec<Map<String, Value>> {
    let colour = colour(look.id);
    let mut layers = Vec::new();
    let mut push = |part: &str, kind: &str, geometry: &str, paint: Value| {
        let mut layer = Map::new();
        layer.insert("id".into(), format!("{}.{part}", look.id).into());
        layer.insert("type".into(), kind.into());
        layer.insert("source".into(), SOURCE.into());
        layer.insert("source-layer".into(), look.id.into());
        layer.insert("metadata".into(), json!({ "title": look.title, "generated": true }));
        if look.shape == Shape::Mixed {
            // MapLibre would fill lines and put circles on corners.
            layer.insert("filter".into(), json!(["==", "$type", geometry]));
        }
        layer.insert("paint".into(), paint);
        layers.push(layer);
    };
    let wide =
        |near: f64, far: f64| json!(["interpolate", ["linear"], ["zoom"], 10, near, 16, far]);
    if matches!(look.shape, Shape::Polygon | Shape::Mixed) {
        push("fill", "fill", "Polygon", json!({ "fill-color": colour, "fill-opacity": 0.35 }));
        push(
            "outline",
            "line",
            "Polygon",
            json!({ "line-color": colour, "line-width": wide(0.5, 1.5) }),
        );
    }
    if matches!(look.shape, Shape::Line | Shape::Mixed) {
        push(
            "line",
            "line",
            "LineString",
            json!({ "line-color": colour, "line-width": wide(1.0, 4.0) }),
        );
    }
    if matches!(look.shape, Shape::Point | Shape::Mixed) {
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
    use super::*;
    use crate::{Document, Title};

    #[test]
    fn every_shape_has_a_look_that_passes_the_lint() {
        for (shape, count) in
            [(Shape::Point, 1), (Shape::Line, 1), (Shape::Polygon, 2), (Shape::Mixed, 4)]
        {
            let look = Look { id: "a-1", title: Title { ko: "가", en: "A" }, shape };
            let layers = layers(&look);
            assert_eq!(layers.len(), count);
            let style = json!({ "version": 8, "layers": layers });
            assert_eq!(Document::parse(&style.to_string()).unwrap().findings(), []);
        }
    }

    #[test]
    fn colours_are_stable_and_spread() {
        assert_eq!(colour("roads"), colour("roads"));
        let ids: Vec<_> = (0..60).map(|i| format!("layer-{i}")).collect();
        for shade in PALETTE {
            let count = ids.iter().filter(|id| colour(id) == shade).count();
            assert!((3..=20).contains(&count), "{shade}: {count} of 60");
        }
    }
}
