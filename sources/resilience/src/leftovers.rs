//! Removal of temporary files that a killed process left behind.

use std::path::Path;
use std::time::Duration;

/// Kind of a leftover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftoverKind {
    /// A file.
    File,
    /// A folder, with its content.
    Folder,
}

/// Names of leftovers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftoverPattern {
    /// Beginning of the name.
    pub prefix: &'static str,
    /// End of the name; empty for any.
    pub suffix: &'static str,
    /// Kind of the leftover; others of the same name are kept.
    pub kind: LeftoverKind,
}

impl LeftoverPattern {
    fn matches(&self, name: &str) -> bool {
        name.starts_with(self.prefix) && name.ends_with(self.suffix)
    }
}

/// Removes the leftovers in a folder that no process has written to for `min_age`.
///
/// Links are not followed. Failures are ignored: the next sweep tries again.
pub fn sweep_leftovers(folder: &Path, patterns: &[LeftoverPattern], min_age: Duration) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let mut matching = patterns.iter().filter(|pattern| pattern.matches(&name)).peekable();
        if matching.peek().is_none() {
            continue;
        }
        let Ok(found) = entry.metadata() else { continue };
        let age = found.modified().ok().and_then(|time| time.elapsed().ok());
        if age.is_none_or(|age| age < min_age) {
            continue;
        }
        for pattern in matching {
            let _ = match pattern.kind {
                LeftoverKind::File if found.is_file() => std::fs::remove_file(entry.path()),
                LeftoverKind::Folder if found.is_dir() => std::fs::remove_dir_all(entry.path()),
                _ => Ok(()),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::SystemTime;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    const PATTERNS: [LeftoverPattern; 2] = [
        LeftoverPattern { prefix: ".import-", suffix: ".tmp", kind: LeftoverKind::File },
        LeftoverPattern { prefix: ".import-", suffix: ".folder", kind: LeftoverKind::Folder },
    ];

    fn age(path: &Path) {
        File::open(path).unwrap().set_modified(SystemTime::now() - 2 * DAY).unwrap();
    }

    #[test]
    fn old_leftovers_are_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let removed = [".import-1.tmp", ".import-1.folder"];
        let kept = [
            ".import-new.tmp",
            ".import-1.csv",
            ".other-1.tmp",
            "import-1.tmp",
            ".import-link.tmp",
            ".import-file.folder",
            ".import-folder.tmp",
        ];
        for name in [".import-1.tmp", ".import-1.csv", ".other-1.tmp", "import-1.tmp"] {
            File::create(at(name)).unwrap();
            age(&at(name));
        }
        File::create(at(".import-new.tmp")).unwrap();
        File::create(at(".import-file.folder")).unwrap();
        age(&at(".import-file.folder"));
        for name in [".import-1.folder", ".import-folder.tmp"] {
            std::fs::create_dir(at(name)).unwrap();
            File::create(at(name).join("inside")).unwrap();
            age(&at(name));
        }
        std::os::unix::fs::symlink(at("import-1.tmp"), at(".import-link.tmp")).unwrap();
        sweep_leftovers(folder.path(), &PATTERNS, DAY);
        for name in removed {
            assert!(at(name).symlink_metadata().is_err(), "{name}");
        }
        for name in kept {
            assert!(at(name).symlink_metadata().is_ok(), "{name}");
        }
    }
}
