//! Values that are sound, and the faults of those that are not.

use super::*;
use rstest::rstest;
use std::collections::BTreeMap;

fn config(pairs: &[(&'static str, &str)]) -> Result<ServeConfig, Vec<String>> {
    let mut flags: BTreeMap<_, _> =
        pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    flags.entry("data").or_insert_with(|| ".".to_owned());
    let values = RawValues::merge(&flags, |_| None, BTreeMap::new());
    check(&values).map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

#[test]
fn the_defaults_are_sound() {
    let config = config(&[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!((config.listen_staff, config.listen_admin), (None, None));
    assert_eq!(config.workers.deflate_level, DeflateLevel::DEFAULT);
    assert!(config.workers.concurrent >= 1);
}

#[rstest]
#[case::loopback(&[], (false, true))]
#[case::loopback6(&[("listen", "[::1]:3000")], (false, true))]
#[case::open(&[("listen", "0.0.0.0:3000")], (false, false))]
#[case::open_and_asked(&[("listen", "0.0.0.0:3000"), ("publish_uncatalogued", "true")], (true, false))]
#[case::behind_proxy(&[("trust_proxy", "127.0.0.1")], (false, false))]
#[case::public_url(&[("public_url", "https://map.example")], (false, false))]
#[case::local_url(&[("public_url", "http://localhost:3000")], (false, true))]
fn private_files_stay_private_beyond_loopback(
    #[case] pairs: &[(&'static str, &str)],
    #[case] expected: (bool, bool),
) {
    let config = config(pairs).unwrap();
    assert_eq!((config.publish_uncatalogued, config.local_files), expected);
}

#[rstest]
#[case::parameter("postgresql://u@h/d?connection_limit=5", "remove it")]
#[case::value("postgresql://u@h/d?sslmode=sometimes", "require, verify-ca or verify-full")]
#[case::no_url("mysql://u@h/d", "%23 for #")]
fn a_fault_of_the_database_url_had_two_remedies(#[case] url: &str, #[case] end: &str) {
    let pairs = [("database.url", url), ("database.publish_schema", "public")];
    let faults = config(&pairs).unwrap_err();
    assert!(faults.len() == 1 && faults[0].ends_with(end), "{faults:?}");
}

#[test]
fn publishing_every_file_is_refused_beside_a_catalog() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let pairs = [("data", folder), ("publish_uncatalogued", "yes")];
    assert!(config(&pairs).unwrap().publish_uncatalogued);
    // One with faults too: it may be mended while the server runs.
    std::fs::create_dir(data.path().join("catalog")).unwrap();
    std::fs::write(data.path().join("catalog/district.toml"), "title = 1").unwrap();
    let faults = config(&pairs).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with("--publish-uncatalogued: "), "{faults:?}");
    assert!(config(&[("data", folder), ("publish_uncatalogued", "no")]).is_ok());
}

#[test]
fn every_fault_is_listed_with_its_origin() {
    let faults = config(&[
        ("listen", "localhost"),
        ("listen_staff", "127.0.0.1:4000"),
        ("listen_admin", "127.0.0.1:4000"),
        ("data", "/nowhere/at/all"),
        ("public_url", "map.example"),
        ("trust_proxy", "10.0.0.0/8, proxy, 1.2.3.4/40"),
        ("publish_uncatalogued", "maybe"),
        ("frame_ancestors", "https://a.example,b c"),
        ("staff_frame_ancestors", "https://a.example/path;x"),
        ("basemap.vworld_key", "a/b"),
        ("log.format", "xml"),
        ("log.filter", "a=b=c"),
        ("tiles.deflate_level", "0"),
        ("tiles.workers", "-1"),
        ("database.poll_seconds", "0"),
        ("database.login_seconds", "soon"),
        ("limits.header_seconds", "0"),
        ("limits.connections", "lots"),
    ])
    .unwrap_err();
    let expected = [
        "--listen: ",
        "--listen-admin: 127.0.0.1:4000 is taken by listen_staff; ",
        "--data: /nowhere/at/all: ",
        "--public-url: ",
        "--trust-proxy: \"proxy\": ",
        "--trust-proxy: \"1.2.3.4/40\": ",
        "--publish-uncatalogued: ",
        "--frame-ancestors: \"b c\" ",
        "--staff-frame-ancestors: \"https://a.example/path;x\" ",
        "--vworld-key: ",
        "--log-format: ",
        "--log-filter: ",
        "--deflate-level: ",
        "--workers: ",
        "--database-poll-seconds: ",
        "--database-login-seconds: ",
        "--limit-connections: ",
        "--limit-header-seconds: ",
    ];
    for start in expected {
        assert!(faults.iter().any(|fault| fault.starts_with(start)), "{start} in {faults:#?}");
    }
    assert_eq!(faults.len(), expected.len(), "{faults:#?}");
}
