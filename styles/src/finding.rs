//! Findings of the lint.

use std::fmt;

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The document is refused.
    Error,
    /// The map looks otherwise than the author may expect.
    Warning,
}

/// One fault of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleFinding {
    /// Severity.
    pub severity: Severity,
    /// Key at fault, such as `layers[3].filter`; empty for the whole document.
    pub key: String,
    /// Description of the fault.
    pub problem: String,
    /// Instruction to correct the fault.
    pub remedy: &'static str,
}

impl StyleFinding {
    pub(crate) fn error(key: &str, problem: &str, remedy: &'static str) -> Self {
        Self { severity: Severity::Error, key: key.to_owned(), problem: problem.to_owned(), remedy }
    }

    pub(crate) fn warning(key: &str, problem: &str, remedy: &'static str) -> Self {
        Self { severity: Severity::Warning, ..Self::error(key, problem, remedy) }
    }
}

impl fmt::Display for StyleFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}; {}", self.problem, self.remedy)
    }
}
