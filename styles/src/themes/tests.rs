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
fn the_embedded_documents_draw_all_maps_each_from_a_source_of_its_own() {
    let themes = ThemeStyles::embedded().unwrap();
    assert_eq!(themes.names().count(), 7);
    let mut maps = BTreeSet::new();
    for theme in themes.names() {
        let document = themes.get(theme).unwrap();
        let sources = document.root()["sources"].as_object().unwrap();
        for (id, source) in sources {
            let url = source["url"].as_str().unwrap();
            assert!(url.starts_with(&format!("/tiles/{id}.json")), "{theme}: {id}: {url}");
            maps.insert(id.as_str());
        }
        for layer in document.layers() {
            let map = layer["metadata"]["policy-map:map"].as_str().unwrap();
            assert_eq!(layer["source"], map, "{theme}");
            let drawn = source_layer(layer).unwrap();
            assert_eq!(drawn.strip_suffix(".label").unwrap_or(drawn), map, "{theme}");
        }
        let drawn: BTreeSet<_> =
            document.layers().iter().filter_map(|l| l["source"].as_str()).collect();
        let sources: BTreeSet<_> = sources.keys().map(String::as_str).collect();
        assert_eq!(drawn, sources, "{theme}: a map without style layers, or without a source");
        let opening = document.opening_map().unwrap();
        assert!(sources.contains(opening), "{theme}: {opening}");
    }
    assert_eq!(maps.len(), 182);
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
