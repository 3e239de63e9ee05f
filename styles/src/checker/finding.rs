//! Findings of the cartographic checks.

use std::fmt;

use crate::Severity;
use crate::map_description::MapForm;

/// A cartographic check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MapCheck {
    /// The map has style layers.
    Styled,
    /// Source layers and properties exist with their types.
    References,
    /// 1: the scheme fits the data.
    Scheme,
    /// 2: areas of unequal size show rates, not counts.
    Rates,
    /// 3: at most seven classes, or eight categories.
    ClassCount,
    /// 4: no class is empty or holds more than half of the features.
    ClassFrequency,
    /// 5: the method of the breaks is recorded.
    BreakMethod,
    /// 6: breaks are rounded.
    RoundedBreaks,
    /// 7: a diverging scheme is neutral at its middle.
    Middle,
    /// 8: neighbouring classes can be told apart, with deutan and protan vision too.
    Difference,
    /// 9: zero, no data and suppressed look different.
    Gaps,
    /// 10: lightness is monotone.
    Lightness,
    /// 11: marks stand out from the ground.
    Contrast,
    /// 12: one scale for all time slices.
    OneScale,
    /// 13: titles and unit for the legend.
    Legend,
    /// 14: one label for each area.
    Labels,
}

impl MapCheck {
    /// Number of the check; `None` for the two that stand before the list.
    #[must_use]
    pub const fn number(self) -> Option<u8> {
        let number = self as u8;
        if number < 2 { None } else { Some(number - 1) }
    }
}

impl fmt::Display for MapCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.number()) {
            (_, Some(number)) => write!(f, "check {number}"),
            (Self::Styled, None) => f.write_str("style layers"),
            (_, None) => f.write_str("references"),
        }
    }
}

/// A finding of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapFinding {
    /// Layer id of the map.
    pub map: String,
    /// Form of the map.
    pub form: MapForm,
    /// The check.
    pub check: MapCheck,
    /// Severity: an error misleads or draws nothing, a warning is for the author to judge.
    pub severity: Severity,
    /// The figure that was found, such as `62 %`.
    pub figure: String,
    /// The problem.
    pub problem: String,
    /// The remedy.
    pub remedy: String,
}

impl fmt::Display for MapFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { map, form, check, figure, problem, remedy, .. } = self;
        write!(f, "{map} ({}): {check}: {problem} ({figure}); {remedy}", form_name(*form))
    }
}

/// A form's name in reports.
const fn form_name(form: MapForm) -> &'static str {
    match form {
        MapForm::Only => "all",
        MapForm::Public => "public",
        MapForm::Staff => "staff",
    }
}
