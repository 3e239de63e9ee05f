//! The dependency law: `tile-server → {sources, styles}`, those two never see
//! each other, and neither knows HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod cargo;
    pub(crate) use cargo::*;
}

use std::collections::{BTreeMap, BTreeSet};

use support::metadata;

/// Every package's dependencies by name, of every kind (dev and build too) for
/// members of the workspace.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata(&["--all-features"]);
    let mut names = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        names.insert(package["id"].as_str().unwrap(), package["name"].as_str().unwrap());
    }
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let mut graph = BTreeMap::new();
    for node in nodes {
        let dependencies = node["dependencies"].as_array().unwrap().iter();
        let dependencies = dependencies.map(|id| names[id.as_str().unwrap()].to_owned()).collect();
        graph.insert(names[node["id"].as_str().unwrap()].to_owned(), dependencies);
    }
    graph
}

fn reachable(graph: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
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

#[test]
fn the_server_sees_both_and_they_see_neither_each_other_nor_http() {
    let graph = graph();
    let server = &graph["tile-server"];
    assert!(server.contains("sources") && server.contains("styles"));
    for (name, other) in [("sources", "styles"), ("styles", "sources")] {
        let seen = reachable(&graph, name);
        for forbidden in [other, "tile-server", "hyper", "hyper-util", "http", "http-body"] {
            assert!(!seen.contains(forbidden), "{name} depends on {forbidden}");
        }
    }
}
