//! The one unsafe function of the workspace, and the lints that keep it the only one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["target", "node_modules", ".git"].contains(&name.as_str()) {
            rust_files(&path, found);
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
}

/// The word followed by what makes it unsafe code, not by text.
fn is_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let keyword = concat!("un", "safe");
    code.match_indices(keyword).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + keyword.len()..].trim_start();
        let word = before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '-' && c != '\'');
        let follows = ["{", "(", "fn ", "impl ", "trait ", "extern "];
        word && follows.iter().any(|next| after.starts_with(next))
    })
}

#[test]
fn there_is_one_unsafe_site_and_it_maps_archives() {
    let mut files = Vec::new();
    rust_files(&workspace(), &mut files);
    assert!(files.len() > 100, "all of the workspace is looked at");
    let (mut sites, mut allowances) = (Vec::new(), Vec::new());
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        for line in text.lines() {
            if is_unsafe(line) {
                sites.push((file.clone(), line.trim().to_owned()));
            }
            let attribute = line.trim_start().starts_with('#');
            if attribute && line.contains(concat!("un", "safe_code")) {
                allowances.push(file.clone());
            }
        }
    }
    let mapping = workspace().join("sources/src/pmtiles/file.rs");
    let line = concat!("let mapping = un", "safe { Mmap::map(file)? };");
    assert_eq!(sites, [(mapping.clone(), line.to_owned())]);
    assert_eq!(allowances, [mapping]);
}

#[test]
fn this_crates_lints_are_the_workspaces_but_for_one() {
    let read = |path: &str| -> toml::Value {
        toml::from_str(&std::fs::read_to_string(workspace().join(path)).unwrap()).unwrap()
    };
    let mut shared = read("Cargo.toml")["workspace"]["lints"].clone();
    let code = concat!("un", "safe_code");
    let forbidden = shared["rust"].as_table_mut().unwrap().insert(code.to_owned(), "deny".into());
    assert_eq!(forbidden.unwrap().as_str(), Some("forbid"));
    assert_eq!(read("sources/Cargo.toml")["lints"], shared);
}
