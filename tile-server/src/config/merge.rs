//! Merges the sources of settings: flag over environment over file over default.

use std::collections::BTreeMap;
use std::fmt;

use super::keys::{self, KEYS, SettingKey, SettingKind};
use super::renamed_settings::current_setting;
use super::{SettingFault, SettingOrigin};

/// An unchecked value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSetting {
    /// The value as given; of a list, its entries.
    pub texts: Vec<String>,
    /// Source of the value.
    pub origin: SettingOrigin,
}

/// The merged value of every setting that has one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawValues(BTreeMap<&'static str, RawSetting>);

impl RawValues {
    /// Merges the sources. `flags` holds the given flags by setting; `variables` looks up the
    /// environment; `file` holds the values of the file.
    pub fn merge(
        flags: &BTreeMap<&'static str, String>,
        variables: impl Fn(&str) -> Option<String>,
        mut file: BTreeMap<&'static str, RawSetting>,
    ) -> Self {
        let mut values = BTreeMap::new();
        for key in KEYS {
            let given = if let Some(text) = flags.get(key.name) {
                Some(raw(key, text, SettingOrigin::Flag(key.flag)))
            } else if let Some(text) = variables(key.variable).filter(|text| !text.is_empty()) {
                Some(raw(key, &text, SettingOrigin::Variable(key.variable.to_owned())))
            } else if let Some(raw) = file.remove(key.name) {
                Some(raw)
            } else {
                key.default.map(|text| raw(key, text, SettingOrigin::Default(key.name)))
            };
            if let Some(raw) = given {
                values.insert(key.name, raw);
            }
        }
        Self(values)
    }

    /// The value of a setting.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&RawSetting> {
        self.0.get(name)
    }
}

/// A fault for each variable that has the prefix of a setting and is none: ignored, a misspelt
/// limit would not hold.
pub fn unknown_variables<'v>(names: impl Iterator<Item = &'v str>) -> Vec<SettingFault> {
    names
        .filter(|name| name.starts_with(keys::PREFIX) && *name != keys::CONFIG_VARIABLE)
        .filter(|name| KEYS.iter().all(|key| key.variable != *name))
        .filter(|name| !is_of_a_service(name))
        .map(|name| SettingFault {
            origin: SettingOrigin::Variable(name.to_owned()),
            problem: "is no setting".to_owned(),
            remedy: match current_variable(name) {
                Some(variable) => format!("write {variable}"),
                None => "remove it; `tile-server serve --help` lists the settings".to_owned(),
            },
        })
        .collect()
}

/// The variable that a former or misspelt one most likely means.
fn current_variable(name: &str) -> Option<&'static str> {
    let renamed = current_setting(name).map(|setting| setting.variable);
    renamed.or_else(|| keys::nearest_variable(name))
}

/// Whether Kubernetes sets a variable in every container beside a service named `tile-server`.
fn is_of_a_service(name: &str) -> bool {
    let rest = name.strip_prefix(keys::PREFIX).unwrap_or_default();
    rest == "PORT" || rest.starts_with("PORT_") || rest.starts_with("SERVICE_")
}

fn raw(key: &SettingKey, text: &str, origin: SettingOrigin) -> RawSetting {
    let texts = match key.kind {
        SettingKind::List => text.split(',').map(|part| part.trim().to_owned()).collect(),
        _ => vec![text.to_owned()],
    };
    RawSetting { texts, origin }
}

impl RawSetting {
    /// The value as one text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    /// A fault of this value.
    #[must_use]
    pub fn fault(&self, problem: impl fmt::Display, remedy: impl Into<String>) -> SettingFault {
        SettingFault {
            origin: self.origin.clone(),
            problem: problem.to_string(),
            remedy: remedy.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_variable_is_a_fault() {
        let names = [
            "TILE_SERVER_LISTEN",
            "TILE_SERVER_CONFIG",
            "TILE_SERVER_LISTEN_STAF",
            "TILE_SERVER_COLOUR",
            "TILE_SERVER_DATABASE_LOOK_SECONDS",
            "TILE_SERVER_SERVICE_HOST",
            "TILE_SERVER_PORT_3000_TCP_ADDR",
            "PATH",
        ];
        let faults = unknown_variables(names.into_iter());
        let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            faults,
            [
                "TILE_SERVER_LISTEN_STAF: is no setting; write TILE_SERVER_LISTEN_STAFF",
                "TILE_SERVER_COLOUR: is no setting; remove it; `tile-server serve --help` lists the settings",
                "TILE_SERVER_DATABASE_LOOK_SECONDS: is no setting; write TILE_SERVER_DATABASE_POLL_SECONDS",
            ]
        );
    }

    #[test]
    fn flags_win_over_environment_over_file_over_defaults() {
        let flags = BTreeMap::from([("listen", "1".to_owned())]);
        let variables = |name: &str| match name {
            "TILE_SERVER_LISTEN" | "TILE_SERVER_DATA" => Some("2".to_owned()),
            "TILE_SERVER_LOG_FORMAT" => Some(String::new()),
            _ => None,
        };
        let of_file = |name: &str| RawSetting {
            texts: vec!["3".to_owned()],
            origin: SettingOrigin::File("a.toml".into(), name.to_owned()),
        };
        let file = ["listen", "data", "log.format"].map(|name| (name, of_file(name)));
        let values = RawValues::merge(&flags, variables, BTreeMap::from(file));
        let origin = |name| values.get(name).unwrap().origin.to_string();
        assert_eq!(origin("listen"), "--listen");
        assert_eq!(origin("data"), "TILE_SERVER_DATA");
        assert_eq!(origin("log.format"), "a.toml: log.format");
        assert_eq!(origin("tiles.queue"), "tiles.queue (default)");
        assert_eq!(values.get("listen_staff"), None);
    }
}
