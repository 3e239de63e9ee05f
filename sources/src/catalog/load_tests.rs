//! What a whole catalog comes to.

use std::path::Path;

use super::*;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for sub in ["datasets", "layers"] {
        std::fs::create_dir_all(folder.join(sub)).unwrap();
    }
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

const DISTRICT: &str =
    "title = { ko = '성동구', en = 'Seongdong-gu' }\nbounds = [127.0, 37.5, 127.1, 37.6]";
const DATASETS: &str = "title = { ko = '안전', en = 'Safety' }\n[[dataset]]\nid = 'cctv'\ntitle = { ko = 'CCTV', en = 'CCTV' }\ngeometry = 'point'\ncolumn = [{ name = 'purpose', title = { ko = '용도', en = 'Purpose' } }]";

#[test]
fn a_sound_catalog_loads_with_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let layers = "title = { ko = '안전한 생활', en = 'Safe Living' }\norder = 5\n[[layer]]\nid = 'saf-10-cctv'\ntitle = { ko = 'CCTV', en = 'CCTV' }\ndataset = 'cctv'\nvisibility = 'public'\ncolumns = ['purpose']";
    write(
        dir.path(),
        &[
            ("district.toml", DISTRICT),
            ("datasets/safety.toml", DATASETS),
            ("layers/safety.toml", layers),
        ],
    );
    let catalog = Catalog::load(dir.path()).unwrap();
    let layer = catalog.layer("saf-10-cctv").unwrap();
    assert_eq!((layer.min_zoom.get(), layer.max_zoom.get(), layer.buffer), (0, 16, 64));
    assert_eq!(catalog.dataset("cctv").unwrap().field.as_str(), "safety");
}
