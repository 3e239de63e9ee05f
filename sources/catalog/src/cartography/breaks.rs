//! Declared class breaks.

use serde::{Deserialize, Serialize};

/// Class breaks of a number: fixed, or found by a method.
///
/// At most one of `fixed` and the pair of `method` and `classes` is set in a checked catalog.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DeclaredBreaks {
    /// Fixed breaks, ascending; a number equal to a break belongs to the class above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<Vec<f64>>,
    /// Method that finds the breaks; `None` for the one that suits the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<BreakMethod>,
    /// Number of classes of the method, zero aside; `None` for the default, 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<u8>,
}

impl DeclaredBreaks {
    /// Default number of classes.
    pub const DEFAULT_CLASSES: u8 = 5;

    /// Whether no breaks and no method are declared.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.fixed.is_none() && self.method.is_none() && self.classes.is_none()
    }

    /// These breaks, completed by those of `base` where both leave the breaks to a method.
    pub(super) fn or(&self, base: &Self) -> Self {
        if self.is_empty() {
            return base.clone();
        }
        if self.fixed.is_some() {
            return self.clone();
        }
        Self {
            fixed: None,
            method: self.method.or(base.method),
            classes: self.classes.or(base.classes),
        }
    }
}

/// Method that finds class breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakMethod {
    /// Equal numbers of features.
    Quantile,
    /// Smallest variance within the classes (k-means in one dimension).
    Ckmeans,
    /// Repeated division at the mean, for heavy tails.
    HeadTail,
    /// Equal ratios, for positive numbers.
    Logarithmic,
    /// Equal intervals.
    EqualInterval,
}
