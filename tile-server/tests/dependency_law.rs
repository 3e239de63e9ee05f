//! The dependency law of the workspace, read from the table of crates in `ARCHITECTURE.md`,
//! and the one site of unsafe code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod cargo;
    pub(crate) use cargo::*;
}

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use support::metadata;

type Graph = BTreeMap<String, BTreeSet<String>>;

/// Crates that speak HTTP.
const HTTP: [&str; 4] = ["hyper", "hyper-util", "http", "http-body"];
/// Crates that reach a network.
const NETWORK: [&str; 3] = ["mio", "tokio-postgres", "rustls"];

/// The dependencies of every package by name; those of tests if `with_tests`.
fn graph(with_tests: bool) -> Graph {
    let metadata = metadata(&["--all-features"]);
    let mut names = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        names.insert(package["id"].as_str().unwrap(), package["name"].as_str().unwrap());
    }
    let mut graph = Graph::new();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        let of_code = node["deps"].as_array().unwrap().iter().filter(|dependency| {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            with_tests || kinds.iter().any(|kind| kind["kind"] != "dev")
        });
        let names_of = of_code.map(|dependency| names[dependency["pkg"].as_str().unwrap()]);
        let name = names[node["id"].as_str().unwrap()].to_owned();
        graph.entry(name).or_default().extend(names_of.map(str::to_owned));
    }
    graph
}

/// The crates of `sources/` and what each may depend on of them: the rows of the table
/// that begin with the name of a crate.
fn law() -> Graph {
    let text = include_str!("../../ARCHITECTURE.md");
    let start = text.find("| crate |").expect("the table of crates");
    let rows = text[start..].lines().skip(2).take_while(|line| line.starts_with('|'));
    let mut law = Graph::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let names = |cell: &str| -> BTreeSet<String> {
            cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
        };
        let name = names(cells[0]).pop_first().expect("the name of a crate");
        law.insert(name, names(cells[3]));
    }
    law
}

fn reachable(graph: &Graph, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![from.to_owned()];
    while let Some(name) = waiting.pop() {
        for next in &graph[&name] {
            if seen.insert(next.clone()) {
                waiting.push(next.clone());
            }
        }
    }
    seen
}

/// The names of the folders of `sources/` that hold a crate of the workspace.
fn crates_of_sources() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../sources");
    let folders = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let holds_crate = folders.filter(|folder| folder.path().join("Cargo.toml").exists());
    let names = holds_crate.map(|folder| folder.file_name().into_string().unwrap());
    names.filter(|name| name != "fuzz").collect()
}

#[test]
fn crates_of_sources_depend_on_what_the_table_of_crates_says() {
    let (graph, law) = (graph(false), law());
    assert_eq!(law.keys().cloned().collect::<BTreeSet<_>>(), crates_of_sources());
    for (name, allowed) in &law {
        let own = graph[name].iter().filter(|other| law.contains_key(*other)).cloned();
        assert_eq!(&own.collect::<BTreeSet<_>>(), allowed, "the crates that {name} depends on");
        assert!(!graph[name].contains("testing"), "{name} is no test");
    }
}

#[test]
fn sources_and_styles_see_neither_each_other_nor_http_in_their_tests_either() {
    let (graph, law) = (graph(true), law());
    assert!(graph["tile-server"].contains("styles"));
    let sources: BTreeSet<&str> = law.keys().map(String::as_str).collect();
    for name in sources.iter().copied().chain(["styles", "glyphs"]) {
        let seen = reachable(&graph, name);
        let other = |seen: &str| {
            if name == "styles" || name == "glyphs" {
                sources.contains(seen)
            } else {
                seen == "styles"
            }
        };
        let forbidden = seen.iter().find(|seen| {
            other(seen) || seen.as_str() == "tile-server" || HTTP.contains(&seen.as_str())
        });
        assert_eq!(forbidden, None, "{name} depends on it");
    }
}

#[test]
fn the_vector_tile_crate_has_no_async_and_the_postgis_store_alone_reaches_the_network() {
    let (graph, law) = (graph(false), law());
    assert!(!reachable(&graph, "vector-tile").contains("tokio"));
    for name in law.keys().filter(|name| *name != "testing") {
        let names_network = graph[name].iter().any(|other| NETWORK.contains(&other.as_str()));
        assert_eq!(names_network, name == "postgis-store", "{name}");
    }
}

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

/// Whether the line has unsafe code, and not the word in a text.
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
            let attribute = line.trim_start().starts_with('#') && !line.contains("forbid");
            if attribute && line.contains(concat!("un", "safe_code")) {
                allowances.push(file.clone());
            }
        }
    }
    let mapping = workspace().join("sources/pmtiles-source/src/file.rs");
    let line = concat!("let mapping = un", "safe { Mmap::map(file)? };");
    assert_eq!(sites, [(mapping.clone(), line.to_owned())]);
    assert_eq!(allowances, [mapping]);
}

#[test]
fn every_crate_but_the_one_that_maps_archives_forbids_unsafe_code() {
    let of_sources = crates_of_sources().into_iter().map(|name| Path::new("sources").join(name));
    let others = ["styles", "styles/glyphs", "tile-server", "benches", "scripts/demo-district"];
    for folder in of_sources.chain(others.map(PathBuf::from)) {
        let code = std::fs::read_to_string(workspace().join(&folder).join("src/lib.rs")).unwrap();
        let forbids = code.lines().any(|line| line == "#![forbid(unsafe_code)]");
        assert_eq!(forbids, !folder.ends_with("pmtiles-source"), "{}", folder.display());
    }
}
