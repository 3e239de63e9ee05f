//! Which value of a setting wins: flag, then environment, then file, then default.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::Fault;
use super::keys::{KEYS, Key, Kind};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line.
    Flag(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// A key of the configuration file.
    File(PathBuf, String),
    /// Nobody gave it.
    Default(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Variable(variable) => f.write_str(variable),
            Self::File(path, key) if key.is_empty() => write!(f, "{}", path.display()),
            Self::File(path, key) => write!(f, "{}: {key}", path.display()),
            Self::Default(name) => write!(f, "{name} (default)"),
        }
    }
}

/// A value before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// As given; of a list, its entries.
    pub texts: Vec<String>,
    /// Where it came from.
    pub origin: Origin,
}

/// The winning value of every setting that has one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawValues(BTreeMap<&'static str, Raw>);

impl RawValues {
    /// Merges the layers. `flags` are the flags given, by setting; `variables`
    /// looks up the environment; `file` are the values of the file.
    pub fn merge(
        flags: &BTreeMap<&'static str, String>,
        variables: impl Fn(&str) -> Option<String>,
        mut file: BTreeMap<&'static str, Raw>,
    ) -> Self {
        let mut values = BTreeMap::new();
        for key in KEYS {
            let given = if let Some(text) = flags.get(key.name) {
                Some(raw(key, text, Origin::Flag(key.flag)))
            } else if let Some(text) = variables(key.variable).filter(|text| !text.is_empty()) {
                Some(raw(key, &text, Origin::Variable(key.variable)))
            } else if let Some(raw) = file.remove(key.name) {
                Some(raw)
            } else {
                key.default.map(|text| raw(key, text, Origin::Default(key.name)))
            };
            if let Some(raw) = given {
                values.insert(key.name, raw);
            }
        }
        Self(values)
    }

    /// The value of a setting.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Raw> {
        self.0.get(name)
    }
}

fn raw(key: &Key, text: &str, origin: Origin) -> Raw {
    let texts = match key.kind {
        Kind::List => text.split(',').map(|part| part.trim().to_owned()).collect(),
        _ => vec![text.to_owned()],
    };
    Raw { texts, origin }
}

impl Raw {
    /// The value as one text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    /// A fault of this value.
    #[must_use]
    pub fn fault(&self, problem: impl fmt::Display, remedy: impl Into<String>) -> Fault {
        Fault { origin: self.origin.clone(), problem: problem.to_string(), remedy: remedy.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_environment_over_file_over_defaults() {
        let flags = BTreeMap::from([("listen", "1".to_owned())]);
        let variables = |name: &str| match name {
            "TILE_SERVER_LISTEN" | "TILE_SERVER_DATA" => Some("2".to_owned()),
            "TILE_SERVER_LOG_FORMAT" => Some(String::new()),
            _ => None,
        };
        let of_file = |name: &str| Raw {
            texts: vec!["3".to_owned()],
            origin: Origin::File("a.toml".into(), name.to_owned()),
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
