//! Checks that `deny.toml` allows the licence of every dependency. `cargo deny` checks more,
//! where it is installed; this needs nothing but cargo.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support {
    mod cargo;
    pub(crate) use cargo::*;
}

use std::collections::BTreeSet;

use support::metadata;

fn allowed() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../deny.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let file: toml::Table = text.parse().unwrap();
    let list = file["licenses"]["allow"].as_array().unwrap();
    list.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Whether an SPDX expression can be met with these licences. The old `A/B`
/// means `A OR B`.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let plain = expression.replace('/', " OR ");
    // Enough for what packages write: AND binds tighter, brackets around either.
    let any = |text: &str, of: &dyn Fn(&str) -> bool| top_level(text, " OR ").iter().any(|t| of(t));
    any(&plain, &|all| {
        top_level(all, " AND ").iter().all(|one| {
            let one = one.trim();
            match one.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
                Some(inner) => is_met(inner, allowed),
                None => allowed.contains(one),
            }
        })
    })
}

/// Parts between separators outside brackets.
fn top_level(text: &str, separator: &str) -> Vec<String> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && at >= start && text[at..].starts_with(separator) => {
                parts.push(text[start..at].to_owned());
                start = at + separator.len();
            }
            _ => {}
        }
    }
    parts.push(text[start..].to_owned());
    parts
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "Zlib".to_owned()]);
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("Apache-2.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("MIT AND (GPL-3.0 OR Zlib)", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", false),
    ] {
        assert_eq!(is_met(expression, &allowed), expected, "{expression}");
    }
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let metadata = metadata(&[]);
    let allowed = allowed();
    // Only what is built: packages of other platforms are listed too.
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let built: BTreeSet<_> = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
    let packages = metadata["packages"].as_array().unwrap();
    let packages =
        packages.iter().filter(|package| built.contains(package["id"].as_str().unwrap()));
    let mut count = 0;
    let mut refused = Vec::new();
    for package in packages {
        count += 1;
        let licence = package["license"].as_str().unwrap_or("none stated");
        if !is_met(licence, &allowed) {
            refused.push(format!("{} {}: {licence}", package["name"], package["version"]));
        }
    }
    assert!(count > 50, "only {count} packages were looked at");
    assert!(refused.is_empty(), "not allowed by deny.toml: {refused:#?}");
}
