//! Lists the files of the default catalog and the outlines of the dongs, so that the program
//! carries them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use serde_json::Value;

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let catalog = here.join("../../sources/catalog").canonicalize()?;
    fs::write(out.join("catalog_files.rs"), catalog_files(&catalog)?)?;
    let outlines = here.join("data/seongdong_dong_2018.geojson");
    println!("cargo::rerun-if-changed={}", outlines.display());
    fs::write(out.join("dong_outlines.rs"), dong_outlines(&fs::read_to_string(outlines)?)?)
}

/// Array of pairs: path under `catalog/`, and text.
fn catalog_files(catalog: &Path) -> io::Result<String> {
    let mut names = vec!["district.toml".to_owned(), "base.toml".to_owned()];
    for folder in ["datasets", "layers"] {
        let path = catalog.join(folder);
        println!("cargo::rerun-if-changed={}", path.display());
        let mut files: Vec<String> = fs::read_dir(&path)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<_>>()?;
        files.retain(|name| name.ends_with(".toml"));
        files.sort();
        names.extend(files.into_iter().map(|name| format!("{folder}/{name}")));
    }
    let mut code = String::from("&[\n");
    for name in &names {
        let path = catalog.join(name);
        println!("cargo::rerun-if-changed={}", path.display());
        let line = format!("    ({name:?}, include_str!({:?})),", path.display().to_string());
        writeln!(code, "{line}").map_err(io::Error::other)?;
    }
    code.push_str("]\n");
    Ok(code)
}

/// Array of pairs: a dong's code, and its outline as a closed ring in degrees.
fn dong_outlines(geojson: &str) -> io::Result<String> {
    let invalid = |what: &str| io::Error::other(format!("seongdong_dong_2018.geojson: {what}"));
    let document: Value = serde_json::from_str(geojson)?;
    let features = document["features"].as_array().ok_or_else(|| invalid("no features"))?;
    let mut code = String::from("&[\n");
    for feature in features {
        let name = feature["properties"]["code"].as_str().ok_or_else(|| invalid("no code"))?;
        let polygons = feature["geometry"]["coordinates"].as_array().map(Vec::as_slice);
        let Some([polygon]) = polygons else { return Err(invalid("a dong in several parts")) };
        let Some([ring]) = polygon.as_array().map(Vec::as_slice) else {
            return Err(invalid("a dong with holes"));
        };
        let ring: Vec<[f64; 2]> = serde_json::from_value(ring.clone())?;
        writeln!(code, "    ({name:?}, &{ring:?}),").map_err(io::Error::other)?;
    }
    code.push_str("]\n");
    Ok(code)
}
