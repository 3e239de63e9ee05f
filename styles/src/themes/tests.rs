use std::collections::BTreeSet;

use super::*;
use crate::source_layer::source_layer;

#[test]
fn the_embedded_documents_are_sound() {
    let themes = ThemeStyles::embedded().unwrap();
    let warnings: Vec<_> = themes.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(themes.names().count(), EMBEDDED.len());
}

#[test]
fn a_document_behind_a_byte_order_mark_is_read() {
    let folder = std::env::temp_dir().join(format!("styles-mark-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let text = "\u{feff}{\"version\": 8, \"sources\": {}, \"layers\": []}\r\n";
    std::fs::write(folder.join("safety.json"), text).unwrap();
    let loaded = ThemeStyles::load(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(loaded.unwrap().get("safety").is_some());
}

#[test]
fn the_embedded_documents_explain_every_layer_that_they_draw() {
    let themes = ThemeStyles::embedded().unwrap();
    assert!(themes.names().count() > 0);
    for theme in themes.names() {
        let document = themes.get(theme).unwrap();
        let legend = document.root()["metadata"][crate::keys::LEGEND].as_object().unwrap();
        let explained: BTreeSet<_> = legend.keys().map(String::as_str).collect();
        assert_eq!(explained, document.source_layers(), "{theme}");
    }
}

/// Every value of `property` in a style layer, including those in expressions.
fn literals<'v>(layer: &'v Map<String, Value>, property: &str) -> Vec<&'v str> {
    fn collect<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::String(text) if text.starts_with('#') => found.push(text),
            Value::Array(parts) => parts.iter().for_each(|part| collect(part, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    let value = layer.get("paint").and_then(|paint| paint.get(property));
    value.into_iter().for_each(|value| collect(value, &mut found));
    found
}

/// Whether a style layer paints the colour of a legend entry.
fn paints(layer: &Map<String, Value>, entry: &Value) -> bool {
    let shape = entry["shape"].as_str().unwrap();
    let paint = |name: &str| layer.get("paint").and_then(|paint| paint.get(name));
    let one = Value::from(1);
    let number = |value: Option<&Value>| value.unwrap_or(&one).as_f64();
    layer["type"] == shape
        && literals(layer, &format!("{shape}-color")).contains(&entry["color"].as_str().unwrap())
        // An opacity that differs by zoom is no number, and equals none.
        && number(paint(&format!("{shape}-opacity"))).is_some()
        && number(paint(&format!("{shape}-opacity"))) == number(entry.get("opacity"))
        && paint("line-dasharray").is_some() == (entry["dash"] == true)
}

#[test]
fn every_legend_entry_is_painted_by_a_layer_of_its_source_layer() {
    let themes = ThemeStyles::embedded().unwrap();
    let mut checked = 0;
    for theme in themes.names() {
        let document = themes.get(theme).unwrap();
        let legend = document.root()["metadata"][crate::keys::LEGEND].as_object().unwrap();
        for (id, entry) in legend
            .iter()
            .flat_map(|(id, entries)| entries.as_array().unwrap().iter().map(move |e| (id, e)))
        {
            let layers = document.layers().iter();
            let of_layer: Vec<_> =
                layers.filter(|layer| source_layer(layer) == Some(id.as_str())).collect();
            // An edge is drawn of the same features, by another style layer.
            let edged = |painter: &Map<String, Value>| {
                let Some(casing) = entry.get("casing") else { return true };
                of_layer.iter().any(|layer| {
                    layer["id"] != painter["id"]
                        && layer.get("filter") == painter.get("filter")
                        && literals(layer, "line-color").contains(&casing.as_str().unwrap())
                })
            };
            let painted = of_layer.iter().any(|layer| paints(layer, entry) && edged(layer));
            assert!(painted, "{theme}: {id}: nothing paints {entry}");
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked}");
}

/// Residents lie under buildings: a building must not look like a dong with many or
/// few residents.
#[test]
fn buildings_share_no_hue_with_the_population() {
    let themes = ThemeStyles::embedded().unwrap();
    let document = themes.get("common").unwrap();
    let colours = |id: &str| {
        let layers = document.layers().iter();
        let fills =
            layers.filter(|layer| source_layer(layer) == Some(id) && layer["type"] == "fill");
        fills.flat_map(|layer| literals(layer, "fill-color")).collect::<Vec<_>>()
    };
    let (buildings, ramp) = (colours("com-06-buildings"), colours("com-08-population"));
    assert_eq!((buildings.len(), ramp.len()), (7, 5));
    for building in buildings {
        let (hue, colourful) = hue(building);
        for step in &ramp {
            let apart = (hue - self::hue(step).0).abs();
            let apart = apart.min(360.0 - apart);
            assert!(apart >= 30.0 || !colourful, "{building} and {step}: {apart}°");
        }
    }
}

/// Hue of `#rrggbb` in degrees, and whether the colour is visibly not grey.
fn hue(colour: &str) -> (f64, bool) {
    let channel = |at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap());
    let (r, g, b) = (channel(1), channel(3), channel(5));
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let span = most - least;
    let sixths = if span == 0.0 {
        0.0
    } else if most == r {
        (g - b) / span
    } else if most == g {
        2.0 + (b - r) / span
    } else {
        4.0 + (r - g) / span
    };
    ((sixths * 60.0).rem_euclid(360.0), span > 12.0)
}

#[test]
fn too_many_documents_are_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"{"version": 8, "layers": []}"#;
    for i in 0..MAX_DOCUMENTS {
        std::fs::write(folder.path().join(format!("theme-{i}.json")), text).unwrap();
    }
    assert!(ThemeStyles::load(folder.path()).is_ok());
    std::fs::write(folder.path().join("one-more.json"), text).unwrap();
    let faults = ThemeStyles::load(folder.path()).unwrap_err();
    assert!(faults.to_string().contains("has 257 documents; keep 256"), "{faults}");
}

#[test]
fn a_folder_replaces_documents_and_all_its_faults_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    write("own.json", r#"{"version": 8, "name": "own", "layers": []}"#);
    write("notes.txt", "not a style");
    let themes = ThemeStyles::load(folder.path()).unwrap();
    assert_eq!(themes.get("own").unwrap().root()["name"], "own");

    write("bad.json", "{");
    write("worse.json", r#"{"version": 7, "layers": [{"type": "x"}]}"#);
    let faults = ThemeStyles::load(folder.path()).unwrap_err();
    let listed = faults.to_string();
    assert!(faults.0.len() > 4, "{listed}");
    assert!(listed.contains("bad.json") && listed.contains("worse.json: version"), "{listed}");
    assert!(ThemeStyles::load(&folder.path().join("missing")).is_ok());
}
