//! Queries cargo about the workspace and its dependencies.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses a part")]

use std::process::Command;

use serde_json::Value;

/// `cargo metadata` with these arguments, for the platform of the tests: dependencies of other
/// platforms need not be in cargo's store.
pub fn metadata(arguments: &[&str]) -> Value {
    let output = Command::new("rustc").arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let host = text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", host])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
