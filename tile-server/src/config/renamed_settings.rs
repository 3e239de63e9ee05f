//! Former names of settings, for the faults and the suggestions that name the current one.

use super::keys::{self, SettingKey};

/// A setting under its former name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct RenamedSetting {
    /// Former key in the file, with its table.
    name: &'static str,
    /// Former command-line flag.
    flag: &'static str,
    /// Former environment variable.
    variable: &'static str,
    /// Current key in the file.
    current: &'static str,
}

/// Every setting that was renamed.
const RENAMED_SETTINGS: [RenamedSetting; 1] = [RenamedSetting {
    name: "database.look_seconds",
    flag: "--database-look-seconds",
    variable: "TILE_SERVER_DATABASE_LOOK_SECONDS",
    current: "database.poll_seconds",
}];

/// The setting of a former key, flag or variable; `None` if there was none.
#[must_use]
pub fn current_setting(former: &str) -> Option<&'static SettingKey> {
    let mut settings = RENAMED_SETTINGS.iter();
    let renamed = settings
        .find(|renamed| [renamed.name, renamed.flag, renamed.variable].contains(&former))?;
    keys::find(renamed.current)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys::KEYS;

    #[test]
    fn a_former_name_is_no_setting_and_its_current_one_is() {
        for renamed in RENAMED_SETTINGS {
            for former in [renamed.name, renamed.flag, renamed.variable] {
                let current = current_setting(former).unwrap();
                assert_eq!(current.name, renamed.current);
                let names = KEYS.iter().flat_map(|key| [key.name, key.flag, key.variable]);
                assert!(!names.into_iter().any(|name| name == former), "{former}");
            }
        }
        assert_eq!(current_setting("--listen"), None);
    }
}
