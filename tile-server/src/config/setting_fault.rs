//! Faults of settings, and where a value comes from.

use std::fmt;
use std::path::PathBuf;

/// One fault of a setting: source, problem and remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingFault {
    /// Source of the value.
    pub origin: SettingOrigin,
    /// Description of the fault.
    pub problem: String,
    /// Advice to the operator; empty where the problem contains it.
    pub remedy: String,
}

impl fmt::Display for SettingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.problem)?;
        if self.remedy.is_empty() { Ok(()) } else { write!(f, "; {}", self.remedy) }
    }
}

/// Source of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingOrigin {
    /// A flag of the command line.
    Flag(&'static str),
    /// An environment variable.
    Variable(String),
    /// A key of the configuration file.
    File(PathBuf, String),
    /// The default: no source has a value.
    Default(&'static str),
}

impl fmt::Display for SettingOrigin {
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
