//! Lists `themes/<theme>/style.json` so that the documents are embedded.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let themes = Path::new(&root).join("themes");
    // A watched path that is missing would rebuild the crate every time.
    println!("cargo:rerun-if-changed={}", if themes.is_dir() { "themes" } else { "." });

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
    documents.sort();

    let mut list = String::from("&[\n");
    for (theme, file) in documents {
        writeln!(list, "    ({theme:?}, include_str!({:?})),", file.display().to_string())
            .map_err(io::Error::other)?;
    }
    list.push(']');
    fs::write(Path::new(&out).join("themes.rs"), list)
}
