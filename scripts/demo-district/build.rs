//! Lists the files of the default catalog, so that the program carries all of them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let catalog = Path::new(&here).join("../../sources/catalog").canonicalize()?;
    let mut names = vec!["district.toml".to_owned()];
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
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(PathBuf::from(out).join("catalog_files.rs"), code)
}
