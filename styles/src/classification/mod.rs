//! Classes of a map, read from its style layers.
//!
//! The style layers are the source of truth. [`classify`] evaluates them for features that stand
//! for all that a column can hold: one between each two breaks, one for each label, one without
//! data, one suppressed. Neighbours that are drawn alike are one class. So it does not matter
//! whether an author wrote `step`, `case`, `match` or one style layer with a filter for each
//! class.
//!
//! | module | content |
//! |---|---|
//! | `condition` | the values of a class, and its filter |
//! | `look` | what a mark looks like for one feature |
//! | `mark` | marks and their classes |
//! | `break_points` | numbers and labels at which expressions change |
//! | `probe` | features that stand for the values of a column |
//! | `mark_group` | style layers that draw one mark together |
//! | `classify` | style layers to classes |

mod bivariate;
mod break_points;
mod classify;
mod condition;
mod look;
mod mark;
mod mark_group;
mod probe;
mod size;

pub(crate) use break_points::{BreakPoints, break_points};
pub(crate) use probe::{Probe, join, probes};

pub use classify::{ClassifyOptions, classify};
pub use condition::{ClassCondition, NumberRange};
pub use look::{MarkLook, Outline};
pub use mark::{BivariateClasses, ClassifiedMark, MarkKind, StyleClass};
pub use size::SizeScale;

#[cfg(test)]
mod tests;
