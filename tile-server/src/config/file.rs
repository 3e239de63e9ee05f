//! The configuration file: parses TOML into raw values.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use super::keys::{self, KEYS, SettingKind};
use super::merge::RawSetting;
use super::renamed_settings::current_setting;
use super::{SettingFault, SettingOrigin};

/// Largest configuration file, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Reads a file; returns its values and its faults: unknown keys, values of the wrong type,
/// text that is no TOML. Blocks.
pub fn read(path: &Path) -> (BTreeMap<&'static str, RawSetting>, Vec<SettingFault>) {
    let fault = |problem: String, remedy: &str| {
        let origin = SettingOrigin::File(path.to_owned(), String::new());
        (BTreeMap::new(), vec![SettingFault { origin, problem, remedy: remedy.to_owned() }])
    };
    match std::fs::metadata(path) {
        Ok(meta) if meta.len() > MAX_BYTES => {
            return fault(format!("{} bytes", meta.len()), "keep it under 1 MiB");
        }
        _ => {}
    }
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return fault(error.to_string(), "name a readable UTF-8 file with --config"),
    };
    parse(path, &text)
}

/// Parses the text of a file.
#[must_use]
pub fn parse(path: &Path, text: &str) -> (BTreeMap<&'static str, RawSetting>, Vec<SettingFault>) {
    let mut values = BTreeMap::new();
    let mut faults = Vec::new();
    let mut fault = |key: &str, problem: String, remedy: String| {
        let origin = SettingOrigin::File(path.to_owned(), key.to_owned());
        faults.push(SettingFault { origin, problem, remedy });
    };
    let table: Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            let error: toml::de::Error = error;
            let before = error.span().map_or("", |span| &text[..span.start]);
            let line = before.matches('\n').count() + 1;
            fault(&format!("line {line}"), error.message().to_owned(), "write it as TOML".into());
            return (values, faults);
        }
    };
    let mut settings = Vec::new();
    for (name, value) in table {
        match value {
            Value::Table(table) => {
                settings
                    .extend(table.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
            }
            value => settings.push((name, value)),
        }
    }
    for (name, value) in settings {
        let Some(key) = keys::find(&name) else {
            fault(&name, "is no setting".to_owned(), suggestion(&name));
            continue;
        };
        let Some(texts) = texts(key.kind, &value) else {
            let wanted = match key.kind {
                SettingKind::Text => "a text in quotes",
                SettingKind::Number => "a whole number",
                SettingKind::Switch => "true or false",
                SettingKind::List => "a list of texts",
            };
            let problem = format!("is of type {}", value.type_str());
            fault(&name, problem, format!("write {wanted}"));
            continue;
        };
        let origin = SettingOrigin::File(path.to_owned(), name);
        values.insert(key.name, RawSetting { texts, origin });
    }
    (values, faults)
}

fn texts(kind: SettingKind, value: &Value) -> Option<Vec<String>> {
    match (kind, value) {
        (SettingKind::Text | SettingKind::List, Value::String(text)) => Some(vec![text.clone()]),
        (SettingKind::Number, Value::Integer(number)) => Some(vec![number.to_string()]),
        (SettingKind::Switch, Value::Boolean(on)) => Some(vec![on.to_string()]),
        (SettingKind::List, Value::Array(parts)) => {
            parts.iter().map(|part| part.as_str().map(str::to_owned)).collect()
        }
        _ => None,
    }
}

/// Suggests the setting that a misspelt one most likely means.
fn suggestion(name: &str) -> String {
    if let Some(renamed) = current_setting(name) {
        return format!("write {}", renamed.name);
    }
    let last = name.rsplit('.').next().unwrap_or(name).replace('-', "_");
    let close = KEYS.iter().find(|key| {
        let own = key.name.rsplit('.').next().unwrap_or(key.name);
        own == last || key.name.replace('.', "_") == name.replace(['.', '-'], "_")
    });
    match close {
        Some(key) => format!("write {}", key.name),
        None => "remove it; `tile-server serve --help` lists the settings".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check::check;
    use crate::config::merge::RawValues;

    #[test]
    fn values_keep_their_place_and_every_fault_is_listed() {
        let text = "listen = '0.0.0.0:80'\ntrust-proxy = ['10.0.0.1']\ncolour = 'red'\ndata = 7\n\
                    [limits]\nconnections = 'many'\nidle_seconds = 5\nspeed = 1\n[log]\nformat = true\n[database]\nlook_seconds = 5";
        let (values, faults) = parse(Path::new("a.toml"), text);
        assert_eq!(values["listen"].text(), "0.0.0.0:80");
        assert_eq!(values["limits.idle_seconds"].text(), "5");
        let mut listed: Vec<_> = faults.iter().map(ToString::to_string).collect();
        listed.sort();
        assert_eq!(
            listed,
            [
                "a.toml: colour: is no setting; remove it; `tile-server serve --help` lists the settings",
                "a.toml: data: is of type integer; write a text in quotes",
                "a.toml: database.look_seconds: is no setting; write database.poll_seconds",
                "a.toml: limits.connections: is of type string; write a whole number",
                "a.toml: limits.speed: is no setting; remove it; `tile-server serve --help` lists the settings",
                "a.toml: log.format: is of type boolean; write a text in quotes",
                "a.toml: trust-proxy: is no setting; write trust_proxy",
            ]
        );
    }

    #[test]
    fn invalid_toml_names_its_line() {
        let (_, faults) = parse(Path::new("a.toml"), "listen = '1'\n\nlisten: 3");
        assert!(faults[0].to_string().starts_with("a.toml: line 3: "), "{}", faults[0]);
        assert_eq!(read(Path::new("/nowhere/at/all.toml")).1.len(), 1);
    }

    const EXAMPLE: &str = include_str!("../../server.example.toml");

    #[test]
    fn the_example_changes_nothing_until_it_is_edited() {
        assert_eq!(parse(Path::new("a.toml"), EXAMPLE), (BTreeMap::new(), Vec::new()));
    }

    #[test]
    fn the_example_has_every_setting_with_its_default() {
        // Prose stands behind "# ", a setting behind "#".
        let uncomment = |line: &str| match line.strip_prefix('#') {
            Some(setting) if !setting.is_empty() && !setting.starts_with(' ') => setting.to_owned(),
            _ => line.to_owned(),
        };
        let text = EXAMPLE.lines().map(uncomment).collect::<Vec<_>>().join("\n");
        let (values, faults) = parse(Path::new("a.toml"), &text);
        assert_eq!(faults, []);
        let named: Vec<_> = values.keys().copied().collect();
        let mut settings: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        settings.sort_unstable();
        assert_eq!(named, settings);
        for key in KEYS.iter().filter(|key| key.default.is_some()) {
            assert_eq!(Some(values[key.name].text()), key.default, "{}", key.name);
        }
        // Examples are sound, too. The data directory is that of whoever uses it.
        let flags = BTreeMap::from([("data", ".".to_owned())]);
        let merged = RawValues::merge(&flags, |_| None, values);
        assert_eq!(check(&merged).map_err(|faults| faults.len()).map(|_| ()), Ok(()));
    }
}
