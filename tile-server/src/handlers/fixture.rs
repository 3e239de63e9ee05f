//! A catalog for tests of handlers.

use catalog::Catalog;

/// Dataset of dongs, which every district has.
const DONGS: &str = r#"
title = { ko = "기반", en = "Base" }
[[dataset]]
id = "dong"
title = { ko = "동", en = "Dongs" }
geometry = "polygon"
key = ["cd"]
column = [{ name = "cd", type = "code", title = { ko = "코드", en = "Code" } }]
"#;

/// A catalog of these datasets and layers, with dongs as the areas of measures.
pub(crate) fn catalog(datasets: &str, layers: &str) -> Catalog {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("district.toml", "title = { ko = '구', en = 'District' }\nstats_areas = 'dong'"),
        ("datasets/base.toml", DONGS),
        ("datasets/data.toml", datasets),
        ("layers/maps.toml", layers),
    ] {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Catalog::load(folder.path()).unwrap()
}
