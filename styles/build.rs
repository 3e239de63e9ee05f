//! Lists the files that are embedded: `themes/<theme>/style.json` and the drawings in `symbols/`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let themes = root.join("themes");
    // A watched path that is missing would rebuild the crate every time.
    println!("cargo:rerun-if-changed={}", if themes.is_dir() { "themes" } else { "." });
    println!("cargo:rerun-if-changed=symbols");

    let mut documents = Vec::new();
    if themes.is_dir() {
        for entry in fs::read_dir(&themes)? {
            let entry = entry?;
            let file = entry.path().join("style.json");
            if let (true, Ok(theme)) = (file.is_file(), entry.file_name().into_string()) {
                documents.push((theme, file));
            }
        }
    }
    write_list(&out.join("themes.rs"), documents)?;
    write_list(&out.join("pictograms.rs"), drawings(&root.join("symbols"))?)?;
    write_list(&out.join("patterns.rs"), drawings(&root.join("symbols/patterns"))?)
}

/// The SVG files of a folder, each by its name without the ending.
fn drawings(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut drawings = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        let name = file.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
        if let (Some(name), Some("svg")) = (name, file.extension().and_then(|text| text.to_str())) {
            drawings.push((name, file));
        }
    }
    Ok(drawings)
}

/// Writes a slice of names and file contents, sorted by name.
fn write_list(path: &Path, mut files: Vec<(String, PathBuf)>) -> io::Result<()> {
    files.sort();
    let mut list = String::from("&[\n");
    for (name, file) in files {
        writeln!(list, "    ({name:?}, include_str!({:?})),", file.display().to_string())
            .map_err(io::Error::other)?;
    }
    list.push(']');
    fs::write(path, list)
}
