//! Table of all settings.

use strsim::levenshtein;

/// Type of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
    /// Texts; separated by commas in a flag or variable.
    List,
}

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingKey {
    /// Key in the file, with its table.
    pub name: &'static str,
    /// Command-line flag.
    pub flag: &'static str,
    /// Environment variable.
    pub variable: &'static str,
    /// Type of the value.
    pub kind: SettingKind,
    /// Default value; `None` for off or none.
    pub default: Option<&'static str>,
}

const fn key(
    name: &'static str,
    flag: &'static str,
    variable: &'static str,
    kind: SettingKind,
    default: Option<&'static str>,
) -> SettingKey {
    SettingKey { name, flag, variable, kind, default }
}

/// Prefix of every environment variable.
pub const PREFIX: &str = "TILE_SERVER_";

/// Variable that names the configuration file; the only one that is no setting in it.
pub const CONFIG_VARIABLE: &str = "TILE_SERVER_CONFIG";

/// Every setting.
#[rustfmt::skip]
pub const KEYS: &[SettingKey] = &[
    key("listen", "--listen", "TILE_SERVER_LISTEN", SettingKind::Text, Some("127.0.0.1:3000")),
    key("listen_staff", "--listen-staff", "TILE_SERVER_LISTEN_STAFF", SettingKind::Text, None),
    key("listen_admin", "--listen-admin", "TILE_SERVER_LISTEN_ADMIN", SettingKind::Text, None),
    key("data", "--data", "TILE_SERVER_DATA", SettingKind::Text, Some("data")),
    key("database.url", "--database-url", "TILE_SERVER_DATABASE_URL", SettingKind::Text, None),
    key("database.publish_schema", "--publish-schema", "TILE_SERVER_PUBLISH_SCHEMA", SettingKind::List, None),
    key("database.dataset_schema", "--dataset-schema", "TILE_SERVER_DATASET_SCHEMA", SettingKind::List, None),
    key("database.table_memory", "--table-memory", "TILE_SERVER_TABLE_MEMORY", SettingKind::Number, Some("1024")),
    key("database.connections", "--database-connections", "TILE_SERVER_DATABASE_CONNECTIONS", SettingKind::Number, Some("8")),
    key("database.query_seconds", "--database-query-seconds", "TILE_SERVER_DATABASE_QUERY_SECONDS", SettingKind::Number, Some("10")),
    key("database.poll_seconds", "--database-poll-seconds", "TILE_SERVER_DATABASE_POLL_SECONDS", SettingKind::Number, Some("60")),
    key("database.scan_seconds", "--database-scan-seconds", "TILE_SERVER_DATABASE_SCAN_SECONDS", SettingKind::Number, Some("600")),
    key("database.lock_seconds", "--database-lock-seconds", "TILE_SERVER_DATABASE_LOCK_SECONDS", SettingKind::Number, Some("2")),
    key("database.login_seconds", "--database-login-seconds", "TILE_SERVER_DATABASE_LOGIN_SECONDS", SettingKind::Number, Some("3")),
    key("public_url", "--public-url", "TILE_SERVER_PUBLIC_URL", SettingKind::Text, None),
    key("staff_url", "--staff-url", "TILE_SERVER_STAFF_URL", SettingKind::Text, None),
    key("trust_proxy", "--trust-proxy", "TILE_SERVER_TRUST_PROXY", SettingKind::List, None),
    key("publish_uncatalogued", "--publish-uncatalogued", "TILE_SERVER_PUBLISH_UNCATALOGUED", SettingKind::Switch, None),
    key("frame_ancestors", "--frame-ancestors", "TILE_SERVER_FRAME_ANCESTORS", SettingKind::List, None),
    key("staff_frame_ancestors", "--staff-frame-ancestors", "TILE_SERVER_STAFF_FRAME_ANCESTORS", SettingKind::List, None),
    key("basemap.vworld_key", "--vworld-key", "TILE_SERVER_VWORLD_KEY", SettingKind::Text, None),
    key("log.format", "--log-format", "TILE_SERVER_LOG_FORMAT", SettingKind::Text, Some("text")),
    key("log.filter", "--log-filter", "TILE_SERVER_LOG_FILTER", SettingKind::Text, Some("info")),
    key("tiles.deflate_level", "--deflate-level", "TILE_SERVER_DEFLATE_LEVEL", SettingKind::Number, Some("2")),
    key("tiles.workers", "--workers", "TILE_SERVER_WORKERS", SettingKind::Number, None),
    key("tiles.queue", "--queue", "TILE_SERVER_QUEUE", SettingKind::Number, Some("2048")),
    key("tiles.cache_megabytes", "--cache-megabytes", "TILE_SERVER_CACHE_MEGABYTES", SettingKind::Number, Some("256")),
    key("limits.header_bytes", "--limit-header-bytes", "TILE_SERVER_LIMIT_HEADER_BYTES", SettingKind::Number, Some("32768")),
    key("limits.header_seconds", "--limit-header-seconds", "TILE_SERVER_LIMIT_HEADER_SECONDS", SettingKind::Number, Some("10")),
    key("limits.idle_seconds", "--limit-idle-seconds", "TILE_SERVER_LIMIT_IDLE_SECONDS", SettingKind::Number, Some("60")),
    key("limits.write_seconds", "--limit-write-seconds", "TILE_SERVER_LIMIT_WRITE_SECONDS", SettingKind::Number, Some("30")),
    key("limits.request_seconds", "--limit-request-seconds", "TILE_SERVER_LIMIT_REQUEST_SECONDS", SettingKind::Number, Some("15")),
    key("limits.connections", "--limit-connections", "TILE_SERVER_LIMIT_CONNECTIONS", SettingKind::Number, Some("4096")),
    key("limits.connections_per_peer", "--limit-connections-per-peer", "TILE_SERVER_LIMIT_CONNECTIONS_PER_PEER", SettingKind::Number, Some("256")),
    key("limits.drain_seconds", "--limit-drain-seconds", "TILE_SERVER_LIMIT_DRAIN_SECONDS", SettingKind::Number, Some("20")),
];

/// The setting of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static SettingKey> {
    KEYS.iter().find(|key| key.name == name)
}

/// The variable nearest to a misspelt one; `None` where none is near.
#[must_use]
pub fn nearest_variable(misspelt: &str) -> Option<&'static str> {
    let variables = KEYS.iter().map(|key| key.variable).chain([CONFIG_VARIABLE]);
    let measured = variables.map(|variable| (levenshtein(variable, misspelt), variable));
    measured.min().filter(|(distance, _)| *distance <= 3).map(|(_, variable)| variable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_flags_and_variables_are_unique_and_alike() {
        let count = KEYS.len();
        assert_eq!(KEYS.iter().map(|key| key.name).collect::<BTreeSet<_>>().len(), count);
        assert_eq!(KEYS.iter().map(|key| key.flag).collect::<BTreeSet<_>>().len(), count);
        for key in KEYS {
            let of_flag = key.flag.trim_start_matches("--").replace('-', "_").to_uppercase();
            assert_eq!(key.variable, format!("TILE_SERVER_{of_flag}"));
        }
    }
}
