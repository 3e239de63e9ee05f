//! The dependency law: `tile-server → {sources, styles}`, those two never see
//! each other, and neither knows HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Every package's dependencies by name, of every kind (dev and build too) for
/// members of the workspace.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        // This platform only: what others need need not be in cargo's store.
        .args(["metadata", "--format-version", "1", "--offline", "--all-features"])
        .args(["--filter-platform", &host()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
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

/// The platform that this test runs on, as cargo names it.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
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
