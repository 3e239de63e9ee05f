//! Cartographic checks of a map's style layers on its declaration and data.
//!
//! | module | content |
//! |---|---|
//! | `finding` | a finding: map, form, check, figure and remedy |
//! | `checks` | checks of one map, with the findings so far |
//! | `drawn_classes` | classes of the value, as drawn |
//! | `references` | source layers and properties that the tiles hold |
//! | `scheme` | scheme and direction that fit the data (checks 1, 2, 7) |
//! | `classes` | number, frequency and rounding of classes (checks 3 to 6, 12) |
//! | `colours` | differences, order and contrast of colours (checks 8, 10, 11) |
//! | `gaps` | zero, no data, suppressed; titles and units; labels (checks 9, 13, 14) |

mod checks;
mod classes;
mod colours;
mod drawn_classes;
mod finding;
mod gaps;
mod references;
mod scheme;

pub use self::checks::{CheckedMap, MapReport};
pub use self::finding::{MapCheck, MapFinding};

use self::checks::Checks;

/// Checks a map.
#[must_use]
pub fn check_map(map: &CheckedMap<'_>) -> MapReport {
    let mut checks = Checks::new(map);
    if map.layers.is_empty() {
        checks.error(
            MapCheck::Styled,
            "0 style layers",
            "the map is not drawn",
            "add style layers to the theme's document: tile-server style suggest",
        );
        return checks.report;
    }
    checks.references();
    checks.scheme();
    checks.classes();
    checks.colours();
    checks.gaps();
    checks.report.findings.sort_by_key(|finding| finding.check);
    checks.report
}

#[cfg(test)]
mod tests;
