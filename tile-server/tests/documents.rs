//! Files and folders that the documents name exist.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// All committed paths, files and folders.
fn paths() -> BTreeSet<String> {
    let listed = Command::new("git").arg("-C").arg(repository()).args(["ls-files"]).output();
    let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
    assert!(listed.lines().count() > 100, "git lists the repository's files");
    let with_folders = |path: &str| -> Vec<String> {
        Path::new(path).ancestors().filter_map(|at| Some(at.to_str()?.to_owned())).collect()
    };
    listed.lines().flat_map(with_folders).filter(|path| !path.is_empty()).collect()
}

/// Words in code marks that look like a path of this repository.
fn named_paths(document: &str) -> Vec<&str> {
    let marked = document.split('`').skip(1).step_by(2);
    let is_path = |word: &&str| {
        let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
        // One folder alone may be one of the data directory.
        let folder = word.ends_with('/') && !word.starts_with('/') && word.matches('/').count() > 1;
        plain && (word.ends_with(".rs") || folder)
    };
    marked.filter(is_path).collect()
}

#[test]
fn every_file_that_the_documents_name_exists() {
    let known = paths();
    let mut named = 0;
    let mut missing = Vec::new();
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(repository().join(document)).unwrap();
        for word in named_paths(&text) {
            named += 1;
            let end = word.trim_end_matches('/');
            // A crate's files are named without `sources/` and `src/`.
            let is_it = |path: &String| {
                let short = path.replace("/src/", "/");
                [path, &short].iter().any(|path| *path == end || path.ends_with(&format!("/{end}")))
            };
            if !known.iter().any(is_it) {
                missing.push(format!("{document}: {word}"));
            }
        }
    }
    assert!(named > 40, "only {named} names of files were found");
    assert!(missing.is_empty(), "{missing:#?}");
}
