//! Any bytes as a vector tile: every layer read, renamed and restricted, or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vector_tile::mvt::read::{TilePath, layers};
use vector_tile::mvt::{rename, restrict};

fuzz_target!(|bytes: &[u8]| {
    let Ok(found) = layers(bytes) else { return };
    let mut path = TilePath::default();
    for raw in found {
        let mut renamed = Vec::new();
        if rename(raw, "other", &mut renamed).is_ok() {
            let again = layers(&renamed).expect("a renamed layer is a layer");
            assert_eq!(again[0].name, "other");
        }
        let Ok(layer) = raw.decode() else { continue };
        let columns: Vec<String> = layer.keys.iter().take(1).map(|&key| key.to_owned()).collect();
        let mut restricted = Vec::new();
        if restrict(raw, "other", &columns, &mut restricted).is_ok() {
            let again = layers(&restricted).expect("a restricted layer is a layer");
            let again = again[0].decode().expect("and can be read");
            assert_eq!(again.feature_count(), layer.feature_count());
            assert!(again.keys.iter().all(|key| columns.iter().any(|column| column == key)));
        }
        for feature in layer.features().flatten() {
            let _ = feature.tags().count();
            if feature.geometry(&mut path).is_ok() {
                let vertices: usize = path.parts().map(<[_]>::len).sum();
                assert_eq!(vertices, path.coordinates.len());
            }
        }
    }
});
