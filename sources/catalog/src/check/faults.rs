//! Faults of a catalog, all of them at once.

use std::fmt;

/// A fault: its location, problem and remedy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatalogFault {
    /// The file, relative to the catalog's folder.
    pub file: String,
    /// The key at fault, such as `layer[3].dataset`; empty for a fault of the whole file.
    pub key: String,
    /// The problem.
    pub problem: String,
    /// The remedy.
    pub remedy: String,
}

impl fmt::Display for CatalogFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}; {}", self.problem, self.remedy)
    }
}

/// All faults of a catalog, in file order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CatalogFaults(pub Vec<CatalogFault>);

impl fmt::Display for CatalogFaults {
    /// Writes the faults by file, each with its key, problem and remedy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "the catalog has {count} fault{}", if count == 1 { "" } else { "s" })?;
        let mut files: Vec<&str> = Vec::new();
        for fault in &self.0 {
            if !files.contains(&fault.file.as_str()) {
                files.push(&fault.file);
            }
        }
        for file in files {
            write!(f, "\n  {file}")?;
            for fault in self.0.iter().filter(|fault| fault.file == file) {
                let CatalogFault { key, problem, remedy, .. } = fault;
                let colon = if key.is_empty() { "" } else { ": " };
                write!(f, "\n    {key}{colon}{problem}\n      → {remedy}")?;
            }
        }
        Ok(())
    }
}
